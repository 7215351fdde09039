"""Self-contained pictures for slides and papers: what a page shows, laid out."""
