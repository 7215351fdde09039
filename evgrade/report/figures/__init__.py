"""Self-contained figures for slides and papers."""
