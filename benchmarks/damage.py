"""Ways to spoil a dossier, as people do: each makes a valid one invalid, in one place."""

from __future__ import annotations

import random
from collections.abc import Callable


def with_unknown_key(text: str) -> str:
    """Return the dossier with a key misspelt."""
    return text.replace("    allocation: ", "    alocation: ", 1)


def _wrong_value(text: str) -> str:
    return text.replace("    phase: phase", "    phase: stage", 1)


def _missing_key(text: str) -> str:
    return text.replace("\n  - id: trial-1\n    statement: ", "\n  - id: trial-1\n    notes: ", 1)


def _missing_reference(text: str) -> str:
    return text.replace("    refs: [", "    refs: [nobody-1900, ", 1)


def _equal_ids(text: str) -> str:
    return text.replace("- id: study-1\n", "- id: trial-1\n", 1)


def _equal_keys(text: str) -> str:
    return text.replace("\nclaims:", "\nreview: {}\nclaims:", 1)


def _not_yaml(text: str) -> str:
    return text.replace("\ncost:\n", "\ncost\n", 1)


WAYS: tuple[Callable[[str], str], ...] = (
    with_unknown_key,
    _wrong_value,
    _missing_key,
    _missing_reference,
    _equal_ids,
    _equal_keys,
    _not_yaml,
)


def damaged(text: str, seed: int) -> str:
    """Return a generated dossier with one mistake in it.

    Raises:
        ValueError: the text has no place for the mistake, so it is no generated dossier.
    """
    way = random.Random(seed).choice(WAYS)  # noqa: S311 - made-up data, no secret
    spoilt = way(text)
    if spoilt == text:
        raise ValueError(f"{way.__name__} found nothing to spoil")
    return spoilt
