"""Entries that are added to a dossier."""
