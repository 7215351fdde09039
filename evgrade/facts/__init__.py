"""Facts: what is known and what is not; values derived from a dossier, and numbers as sources report them.

The derived values stand in `evgrade.facts.registry`. Checking a dossier needs none of them, so it does not load them.
"""

from evgrade.facts.known import Quantity, Range, bounds_of, known, within

__all__ = ["Quantity", "Range", "bounds_of", "known", "within"]
