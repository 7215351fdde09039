"""Readers of tables, of RevMan among them: effects, counts, risk of bias, and our own exports."""
