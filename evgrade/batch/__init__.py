"""Grade many dossiers in several processes: each file on its own, with results in the order of the files."""
