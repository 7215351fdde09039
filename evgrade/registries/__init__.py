"""Records from registries by number: the requests, checks of the answers, and the HTTP client."""
