"""Values derived from what a dossier states."""
