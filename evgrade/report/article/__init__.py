"""The draft of a review article: text by the reviewers, joined by plain sentences by evgrade."""
