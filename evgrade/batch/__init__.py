"""Grade many dossiers in several processes: each file on its own, results in the order of the files."""
