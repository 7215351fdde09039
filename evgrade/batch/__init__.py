"""Many dossiers: graded by several processes, each file for itself, in the order they were asked for."""
