"""Entries from what registries hand out: readers from bytes to entries, and the place of these entries in a dossier."""
