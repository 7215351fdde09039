"""Professional terms for names of the format: the tables `x-aliases` and `x-likely` of the dossier schema.

In `x-aliases` a word always means the same as a name of the format; in `x-likely` it usually does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from evgrade.schema.meant import Meant, Option, Scalar
from evgrade.schema.store import schema
from evgrade.yamlio.numerals import odd_blank

_LONGEST = 80
_LONG_PART = 4
_BRITISH = ((re.compile(r"is(?=e|ed|es|ing|ation)"), "iz"), (re.compile(r"(?<=[a-z]{2})our"), "or"))

Words = Mapping[str, Sequence[str]]
"""Names of the format, each with words that mean it."""


def choice_meant(value: Scalar, allowed: Sequence[Scalar], field: str) -> Meant | None:
    """Return the allowed value that a word means, or those that it may mean; None if unknown."""
    word = written(value)
    if value is None or len(word) > _LONGEST:
        return None
    names = {written(one): one for one in allowed}
    if same := _same(word, names):
        return Meant(f"{_blank(word)}the value is written `{same}`", (Option(names[same], same),), certain=True)
    groups = ("any", field)
    found = _meaning(word, names, "x-aliases", groups)
    if len(found) == 1:
        return Meant(f"`{word.strip()}` is `{found[0]}` here", (Option(names[found[0]], found[0]),), certain=True)
    return _likely(found or _meaning(word, names, "x-likely", groups), names) or _with_more(word, allowed, field)


def _with_more(word: str, allowed: Sequence[Scalar], field: str) -> Meant | None:
    """Return the meaning of a word with an addition: Double (Participant, Investigator); Odds Ratio (OR)."""
    before, *more = re.split("[,;(]", word.strip(), maxsplit=1)
    first = choice_meant(before.strip(), allowed, field) if more and before.strip() else None
    if first is None or not first.certain:
        return None
    inside = more[0].removesuffix(")") if word.strip() == f"{before}({more[0]}" else ""
    name = first.options[0].text
    again = choice_meant(inside, allowed, field) if inside else None
    if inside and (name == inside or (again and [option.text for option in again.options] == [name])):
        return Meant(f"`{word.strip()}` is `{name}` here", first.options, certain=True)
    return Meant(f"did you mean `{name}`?", first.options)


def key_meant(word: str, known: Sequence[str], definition: str) -> Meant | None:
    """Return the key that a word means, or those that it may mean; None if unknown.

    Args:
        word: an unknown key.
        known: the known keys.
        definition: the name of the mapping in the schema.
    """
    if len(word) > _LONGEST:
        return None
    names = {name: name for name in known}
    if same := _same(word, names):
        return Meant(f"{_blank(word)}the key is written `{same}`", (Option(same, same),), certain=True)
    groups = ("any", definition)
    found = _meaning(word, names, "x-key-aliases", groups)
    if len(found) == 1:
        return Meant(f"`{word.strip()}` is `{found[0]}` here", (Option(found[0], found[0]),), certain=True)
    return _likely(found or _meaning(word, names, "x-likely-keys", groups), names)


def _blank(word: str) -> str:
    """Name an unusual space, which looks like an ordinary one."""
    blank = odd_blank(word)
    return f"it contains a {blank}; " if blank else ""


def _likely(found: Sequence[str], names: Mapping[str, Scalar]) -> Meant | None:
    if not found:
        return None
    quoted = " or ".join(f"`{name}`" for name in found)
    return Meant(f"did you mean {quoted}?", [Option(names[name], name) for name in found])


def written(value: object) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(word: str, names: Mapping[str, Scalar]) -> str | None:
    """Return the name that differs only in case, spelling, spaces, hyphens and underscores, if it is the only one."""
    same = [name for name in names if collapsed(name) == collapsed(word)]
    return same[0] if len(same) == 1 else None


def _meaning(word: str, names: Mapping[str, Scalar], table: str, groups: Sequence[str]) -> Sequence[str]:
    """Return the names that a word means according to a table."""
    ways = [(folded(word), _by_word)]
    if _has_long_parts(word):
        ways.append((collapsed(word), _by_letters))
    for key, of_group in ways:
        found = [name for group in groups for name in of_group(table, group).get(key, ()) if name in names]
        if found:
            return list(dict.fromkeys(found))
    return ()


@cache
def _by_word(table: str, group: str) -> Mapping[str, Sequence[str]]:
    """Return the names that each word of a table means."""
    return _grouped((folded(word), name) for name, words in table_of(table).get(group, {}).items() for word in words)


@cache
def _by_letters(table: str, group: str) -> Mapping[str, Sequence[str]]:
    """Return the names that each word of a table means, by the word without spaces: doubleblind.

    Words with short parts are omitted: I-II must not become III.
    """
    return _grouped(
        (collapsed(word), name)
        for name, words in table_of(table).get(group, {}).items()
        for word in words
        if _has_long_parts(word)
    )


def _has_long_parts(word: str) -> bool:
    return all(len(part) >= _LONG_PART for part in folded(word).split())


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for word, name in pairs:
        found.setdefault(word, []).append(name)
    return found


def table_of(table: str) -> Mapping[str, Words]:
    """Return a table of the schema, grouped by the key of the values, or by the definition of the keys."""
    found: Mapping[str, Words] = schema("dossier")[table]
    return found


def trade_words() -> Iterator[str]:
    """Yield every word of every table."""
    for table in ("x-aliases", "x-likely", "x-key-aliases", "x-likely-keys"):
        for group in table_of(table).values():
            for synonyms in group.values():
                yield from synonyms


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return a normal form of a word, ignoring case, spelling, width, dots and kinds of spaces."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("\u2212", "-")
    if not any(sign.isalpha() for sign in plain):
        return plain.strip()
    plain = re.sub(r"['’`´\u200b\u2060]|(?<![^\W\d_]{2})(?<=[^\W\d_])\.", "", plain)  # i.v., n.s.
    for spelling, american in _BRITISH:
        plain = spelling.sub(american, plain)
    return re.sub(r"[\s_\u2010-\u2015-]+", " ", plain).strip().rstrip(".,;:")


def collapsed(word: str) -> str:
    """Return a normal form of a word that also ignores spaces, hyphens and underscores."""
    return folded(word).replace(" ", "")


def definition_of(node: Mapping[str, Any]) -> str:
    """Return the name of a mapping in the schema: `dossier` for the whole, empty if it has none."""
    root = schema("dossier")
    if node is root:
        return "dossier"
    return next((name for name, one in root["$defs"].items() if one is node), "")
