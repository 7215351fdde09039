"""The keys that a mapping may have, for somebody who looks for one: all of them, those nearest in meaning first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

from evgrade.schema.aliases import folded, table_of
from evgrade.schema.suggest import Suggestions, listed

_MOST_NAMES = 12
_COMMON = frozenset(
    """a all an and any are as at by for from had has have how if in is it its kind not number of on one or other that
    the their them they this to type was were what when where which who why with""".split()  # noqa: SIM905 - as prose
)
_ENDING = re.compile("(?:ions?|ings?|ed|es|s|e)$")


def known_here(word: str, mapping: Mapping[str, Any], definition: str, near: Suggestions) -> str:
    """Return the keys that a mapping may have: those first that share words with one, or else by their groups.

    Args:
        word: a key that is not known.
        mapping: its schema.
        definition: what it is called in the schema of dossiers, nothing if it has no name there.
        near: how many more names may be looked through; after that only the first are listed.
    """
    known = mapping["properties"]
    names = list(known)
    if not near.may_compare(len(names)):
        more = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
        return f"known here: {listed([*names[:_MOST_NAMES], *more])}; {_OWN}"
    stems = _stems(word)
    scores = {name: _score(stems, name, node, definition) for name, node in known.items()}
    if any(scores.values()):
        names.sort(key=lambda name: -scores[name])
        return f"known here, nearest in meaning first: {listed(names)}; {_OWN}"
    return f"known here: {_grouped(names, mapping.get('x-groups', ()))}; {_OWN}"


_OWN = "a key of your own starts with x-"


def _grouped(names: Sequence[str], groups: Sequence[Mapping[str, Any]]) -> str:
    """Return names under the titles of their groups, those of no group last."""
    in_groups = {name for group in groups for name in group["fields"]}
    others = listed(name for name in names if name not in in_groups)
    titled = [f"{group['title']}: {listed(group['fields'])}" for group in groups]
    return "; ".join([*titled, *([others] if others else [])])


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
