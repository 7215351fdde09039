"""A static site for a folder of dossiers: an index, a page a therapy, a page a grade, what changed, what is due."""
