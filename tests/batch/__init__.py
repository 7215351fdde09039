"""Many dossiers: rows, the work on one file, and the pool that survives what a file does to its worker."""
