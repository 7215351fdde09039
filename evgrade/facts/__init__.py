"""Values derived from a dossier: pure functions, each with its formula and source."""

from evgrade.facts.derived import REGISTRY, Derived, derived_names, derived_value
from evgrade.facts.known import Quantity, Range, bounds_of, known, within

__all__ = ["REGISTRY", "Derived", "Quantity", "Range", "bounds_of", "derived_names", "derived_value", "known", "within"]
