"""All derived values, by their definition in the dossier schema."""

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
"""The definition of an effect pooled by a systematic review: it has the derived values of an effect."""


def _of_several(derived: Derived) -> Derived:
    """Return the derived value of a pooled effect: never known if added-up arms make it meaningless."""
    return replace(derived, inputs=(), compute=lambda _: None) if derived.of_one_study else derived


_BY_NAME = {(derived.definition, derived.name): derived for derived in REGISTRY} | {
    (POOLED_EFFECT, derived.name): _of_several(derived) for derived in REGISTRY if derived.definition == "effect"
}


def derived_value(definition: str | None, name: str) -> Derived | None:
    """Return a derived value by definition and name, None if there is none."""
    return None if definition is None else _BY_NAME.get((definition, name))


def derived_names(definition: str | None) -> tuple[str, ...]:
    """Return the names of a definition's derived values."""
    return tuple(name for owner, name in _BY_NAME if owner == definition)
