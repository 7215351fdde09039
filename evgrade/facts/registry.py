"""All derived values, by the definition of the dossier schema that they belong to."""

from __future__ import annotations

from evgrade.facts.counts import COUNTS
from evgrade.facts.derived import Derived
from evgrade.facts.outcomes import OUTCOMES
from evgrade.facts.people import PEOPLE
from evgrade.facts.quality import QUALITY

REGISTRY: tuple[Derived, ...] = (*COUNTS, *OUTCOMES, *PEOPLE, *QUALITY)

_BY_NAME = {(derived.definition, derived.name): derived for derived in REGISTRY}


def derived_value(definition: str | None, name: str) -> Derived | None:
    """Return the derived value that mappings of a definition have under a name, None if there is none."""
    return None if definition is None else _BY_NAME.get((definition, name))


def derived_names(definition: str | None) -> tuple[str, ...]:
    """Return the names of all derived values of a definition."""
    return tuple(name for owner, name in _BY_NAME if owner == definition)
