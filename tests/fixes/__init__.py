"""Repairs of dossiers."""
