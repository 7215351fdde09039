"""Readers of tables: effects, counts, risk of bias, Review Manager, and our own exports."""
