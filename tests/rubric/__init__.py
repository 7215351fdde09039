"""Rubrics: what is refused and where, what every construct means, how it reads."""
