"""Consistency checks: each with its examples, its true cases and what it must let pass."""
