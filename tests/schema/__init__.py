"""The dossier format: its schema, what is said of a dossier that breaks it, and its cross-references."""
