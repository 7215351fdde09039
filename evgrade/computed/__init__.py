"""Effects computed from a dossier and shown beside the stated ones, which alone count for grading."""
