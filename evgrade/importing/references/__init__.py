"""Readers of references: one module per family of formats, and the values that references are made of."""
