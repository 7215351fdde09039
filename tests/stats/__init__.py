"""Statistics against published values, and the laws that they keep."""
