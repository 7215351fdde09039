"""Readers of references: one module a format, and what a reference in the making is."""
