"""Consistency checks: a dossier can be valid and still wrong. Each is one small pure function, with its prose."""

from evgrade.checks.model import Check, Item, Problem
from evgrade.checks.run import with_checks

__all__ = ["Check", "Item", "Problem", "with_checks"]
