"""The keys that a mapping may have, for somebody who looks for one: all of them, those nearest in meaning first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

from evgrade.schema.aliases import folded, table_of
from evgrade.schema.suggest import Suggestions, listed

_MOST_NAMES = 12
_COMMON = frozenset(
    """a all an and any are as at by for from had has have how if in is it its kind not number of on one or other that
    the their them they this to type was were what when where which who why with""".split()  # noqa: SIM905 - as prose
)
_ENDING = re.compile("(?:ions?|ings?|ed|es|s|e)$")


def known_here(word: str, known: Mapping[str, Any], definition: str, near: Suggestions) -> str:
    """Return the keys that a mapping may have, those first that share words with one: in their names or descriptions.

    Args:
        word: a key that is not known.
        known: those that are, with their schemas.
        definition: what the mapping is called in the schema.
        near: how many more names may be looked through; after that only the first are listed.
    """
    names = list(known)
    order = ""
    if near.may_compare(len(names)):
        scores = {name: _score(_stems(word), name, node, definition) for name, node in known.items()}
        names.sort(key=lambda name: -scores[name])
        order = ", nearest in meaning first" if any(scores.values()) else ""
    elif len(names) > _MOST_NAMES:
        names = [*names[:_MOST_NAMES], f"and {len(names) - _MOST_NAMES} more"]
    return f"known here{order}: {listed(names)}; a key of your own starts with x-"


def _score(wanted: Set[str], name: str, node: Mapping[str, Any], definition: str) -> int:
    tables = (table_of("x-key-aliases"), table_of("x-likely-keys"))
    words = [word for table in tables for group in ("any", definition) for word in table.get(group, {}).get(name, ())]
    named = wanted & _stems(" ".join([name, *words]))
    described = wanted & _stems(node.get("description", ""))
    return 3 * len(named) + len(described - named)


def _stems(text: str) -> Set[str]:
    """Return the words of a text that carry meaning, without their endings."""
    words = re.findall("[a-z0-9]+", folded(re.sub("(?<=[a-z])(?=[A-Z])", " ", text)))
    return {_ENDING.sub("", word) if len(word) > 4 else word for word in words} - _COMMON
