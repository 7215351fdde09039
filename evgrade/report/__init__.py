"""The report that people read: one self-contained page from a dossier and its assessments."""
