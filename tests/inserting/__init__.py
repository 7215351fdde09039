"""Tests of entries that are inserted into a dossier."""
