"""Assessments, derivations and findings as text and JSON: one module per format, one cleaning function per sink."""
