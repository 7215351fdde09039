"""YAML bytes to plain data with positions: strict, bounded, one dialect."""
