"""Formats for other programs: each turns dossiers into text, and lists the fields that it has no place for."""
