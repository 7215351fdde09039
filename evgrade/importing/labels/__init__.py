"""Readers of labels of drugs."""
