"""Grading: what a dossier and a rubric come to, with every reason."""
