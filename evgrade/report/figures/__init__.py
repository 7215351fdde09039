"""Pictures that stand alone, for slides and papers: what a page shows, laid out."""
