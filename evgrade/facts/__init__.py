"""Values derived from a dossier: pure functions, each with its formula and source."""

from evgrade.facts.derived import Derived
from evgrade.facts.known import Quantity, Range, bounds_of, known, within
from evgrade.facts.registry import REGISTRY, derived_names, derived_value

__all__ = ["REGISTRY", "Derived", "Quantity", "Range", "bounds_of", "derived_names", "derived_value", "known", "within"]
