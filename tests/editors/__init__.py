"""Editors, through the language servers that they run."""
