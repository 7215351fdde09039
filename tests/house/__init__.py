"""The house rules: the direction of imports, types, style."""
