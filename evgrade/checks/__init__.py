"""Consistency checks, as a valid dossier can still be wrong. Each is one small pure function, with its explanation."""

from evgrade.checks.model import Check, Item, Problem
from evgrade.checks.run import with_checks

__all__ = ["Check", "Item", "Problem", "with_checks"]
