"""All derived values, by the definition of the dossier schema that they belong to."""

from __future__ import annotations

from dataclasses import replace

from evgrade.facts.counts import COUNTS
from evgrade.facts.derived import Derived
from evgrade.facts.outcomes import OUTCOMES
from evgrade.facts.people import PEOPLE
from evgrade.facts.quality import QUALITY
from evgrade.facts.targets import TARGETS

REGISTRY: tuple[Derived, ...] = (*COUNTS, *OUTCOMES, *PEOPLE, *QUALITY, *TARGETS)

POOLED_EFFECT = "pooled effect"
"""What an effect is that the studies of a systematic review gave together; it has all that an effect has, in name."""


def _of_several(derived: Derived) -> Derived:
    """Return a value of an effect as a pooled effect has it: never known, where arms that were added up give none."""
    return replace(derived, inputs=(), compute=lambda _: None) if derived.of_one_study else derived


_BY_NAME = {(derived.definition, derived.name): derived for derived in REGISTRY} | {
    (POOLED_EFFECT, derived.name): _of_several(derived) for derived in REGISTRY if derived.definition == "effect"
}


def derived_value(definition: str | None, name: str) -> Derived | None:
    """Return the derived value that mappings of a definition have under a name, None if there is none."""
    return None if definition is None else _BY_NAME.get((definition, name))


def derived_names(definition: str | None) -> tuple[str, ...]:
    """Return the names of all derived values of a definition."""
    return tuple(name for owner, name in _BY_NAME if owner == definition)
