"""What evgrade computes from a dossier and shows beside what sources state: never in its place, and never graded."""
