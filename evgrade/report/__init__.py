"""The report for people: one self-contained page from a dossier and its assessments."""
