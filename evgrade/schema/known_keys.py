"""The keys that a mapping may have, for someone who looks for one: all of them, those nearest in meaning first."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from evgrade.schema.aliases import folded, table_of
from evgrade.schema.store import schema
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
    first = sorted((name for name in names if scores[name]), key=lambda name: -scores[name])
    order = ", nearest in meaning first" if first else ""
    others = _by_groups([name for name in names if name not in first], mapping.get("x-groups", ()))
    hint = f"known here{order}: {'; '.join(filter(None, [listed(first), *others]))}; {_OWN}"
    if "x-unknown" in mapping:
        return f"{mapping['x-unknown']}; {hint}"
    place = _place(word, known) if definition else None
    return hint if place is None else f"`{word}` belongs in `{place}`; {hint}"


_OWN = "a key of your own starts with x-"


def _by_groups(names: Sequence[str], groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield names under the titles of their groups, those of no group last."""
    left = dict.fromkeys(names)
    for group in groups:
        fields = [name for name in group["fields"] if name in left]
        if fields:
            yield f"{group['title']}: {listed(fields)}"
        for name in fields:
            del left[name]
    yield listed(left)


def _place(word: str, known: Mapping[str, Any]) -> str | None:
    """Return the key under which a mapping or a list of them has a key, None if none has."""
    return next((name for name, node in known.items() if word in _inside(node)), None)


def _inside(node: Mapping[str, Any]) -> Collection[str]:
    """Return the keys of the mapping that a field is, or that the entries of a list are."""
    if "$ref" in node:
        return _inside(schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")])
    keys: Collection[str] = _inside(node["items"]) if "items" in node else node.get("properties", ())
    return keys


def _score(wanted: Set[str], name: str, node: Mapping[str, Any], definition: str) -> int:
    tables = (table_of("x-key-aliases"), table_of("x-likely-keys"))
    words = [word for table in tables for group in ("any", definition) for word in table.get(group, {}).get(name, ())]
    named = wanted & _stems(" ".join([name, *words]))
    described = wanted & _stems(node.get("description", ""))
    return 3 * len(named) + len(described - named)


@lru_cache(maxsize=1024)
def _stems(text: str) -> Set[str]:
    """Return the words of a text that carry meaning, without their endings."""
    words = re.findall("[a-z0-9]+", folded(re.sub("(?<=[a-z])(?=[A-Z])", " ", text)))
    return {_ENDING.sub("", word) if len(word) > 4 else word for word in words} - _COMMON
