"""Numbers that evgrade computes from a dossier."""
