"""The draft of a review article: what the reviewers wrote, and plain sentences of evgrade between."""
