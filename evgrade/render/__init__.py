"""Assessments, derivations and findings as text and JSON: one module a format, one cleaning function a sink."""
