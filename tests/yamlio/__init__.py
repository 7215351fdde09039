"""What the strict YAML reader promises."""
