"""Repairs of a dossier that are certain and lose nothing: an identifier that is wrapped, a value in another case.

A repair changes the characters of one value and no other byte of the file.
What could mean two things is left to people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.model import EvgradeError, InvalidError, Location, Path
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.yamlio.document import Document, Place
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read
from evgrade.yamlio.written import Writing, Written, rewritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A repair of one value.

    Attributes:
        paths: where the value stands in the dossier: one place, or all those that share it through an alias.
        location: where it is written.
        old: what it says.
        new: what it should say.
        why: in words, what was wrong with it.
        written: the characters that are replaced.
    """

    paths: tuple[Path, ...]
    location: Location
    old: str
    new: str
    why: str
    written: Written


@dataclass(frozen=True, slots=True)
class _Rule:
    """An identifier with something around it that is no part of it: `new` is made of the groups of the pattern."""

    pattern: str
    new: str
    why: str


_DOI = r"(10\.[0-9]{4,9}/\S++)"
_PLAIN_PATH = r"(10\.[0-9]{4,9}/[^\s%?#]++)"  # in an address these three have a meaning of their own
_DOI_HOST = r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/"

_RULES: Mapping[tuple[str, str], Sequence[_Rule]] = {
    ("reference", "doi"): (
        _Rule(rf"\s*+{_DOI_HOST}{_PLAIN_PATH}\s*+", r"\1", "a DOI is written without the address of its resolver"),
        _Rule(rf"\s*+doi:\s*+{_DOI}\s*+", r"\1", "a DOI is written without `doi:`"),
    ),
    ("reference", "pmid"): (
        _Rule(r"\s*+pmid\s*+:?\s*+([1-9][0-9]{0,8})\s*+", r"\1", "a PMID is a number"),
        _Rule(
            r"\s*+(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/([1-9][0-9]{0,8})/?\s*+",
            r"\1",
            "a PMID is the number alone",
        ),
    ),
    ("reference", "pmcid"): (
        _Rule(r"\s*+(?:pmcid\s*+:?\s*+)?pmc([0-9]{1,9})\s*+", r"PMC\1", "a PMCID is written PMC, then its number"),
    ),
    ("trial", "registry"): (
        _Rule(r"\s*+nct([0-9]{8})\s*+", r"NCT\1", "the number of ClinicalTrials.gov begins with NCT"),
        _Rule(r"\s*+isrctn([0-9]{8})\s*+", r"ISRCTN\1", "the number of ISRCTN begins with ISRCTN"),
    ),
}
"""By the definition of the schema and the key in it. Letters stand for small and capital ones."""


def find_fixes(document: Document) -> tuple[Fix, ...]:
    """Return the repairs of a dossier, in the order of the file; none for a document that is not a dossier."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return ()
    texts: dict[int, list[tuple[Path, str, _Repair | None]]] = defaultdict(list)
    for offset, path, value, repair in _texts(document.data, dossier_shape(), None, document.places, ()):
        texts[offset].append((path, value, repair))
    writing: Writing | None = None
    fixes = []
    for offset, found in sorted(texts.items()):
        paths, (value, *_), (repair, *others) = zip(*found, strict=True)
        # Through an alias a text can mean two things, which no one repair could be right for.
        if repair is None or any(other != repair for other in others):
            continue
        writing = writing or Writing(document)
        written = writing.scalar(offset)
        if written is not None:
            new, why = repair
            location = document.location(paths[0])
            fixes.append(Fix(paths=paths, location=location, old=value, new=new, why=why, written=written))
    return tuple(fixes)


def fixed(document: Document, fixes: Sequence[Fix]) -> bytes:
    """Return the bytes of a document with repairs made, every other byte as it was.

    Raises:
        EvgradeError: read again, the document would not hold the same but for the repaired values.
    """
    text, end = [], 0
    for fix in sorted(fixes, key=lambda one: one.written.start):
        text += [document.text[end : fix.written.start], rewritten(fix.written, fix.new)]
        end = fix.written.end
    text.append(document.text[end:])
    mark = document.content[: len(document.content) - len(document.text.encode())]  # of the byte order, if any
    content = mark + "".join(text).encode()
    try:
        after = read(content, document.name)
    except InvalidError:
        after = None
    news = {path: fix.new for fix in fixes for path in fix.paths}
    if after is None or not _holds(document.data, after.data, (), news):
        hint = "please report this, with the file if you can"
        raise EvgradeError(
            f"{document.name} was not repaired: the result would have had a different meaning", hint=hint
        )
    return content


_Repair = tuple[str, str]
"""What a value should say, and why."""

_Owner = tuple[str, str]
"""The definition and the key that a value stands under; the entries of a list stand under the key of the list."""


def _texts(
    value: Any, shape: Shape | None, owner: _Owner | None, place: Place, path: Path
) -> Iterator[tuple[int, Path, str, _Repair | None]]:
    """Yield every text of a document: its offset, path and value, and its repair."""
    if isinstance(value, dict):
        for key, child in value.items():
            inside = None if shape is None else shape.key(key)
            under = None if shape is None or shape.definition is None else (shape.definition, key)
            yield from _texts(child, inside, under, place.inside[key], (*path, key))
    elif isinstance(value, list):
        inside = None if shape is None or "items" not in shape.node else shape.item
        for number, child in enumerate(value):
            yield from _texts(child, inside, owner, place.inside[number], (*path, number))
    elif isinstance(value, str):
        yield place.offset, path, value, None if shape is None else _repair(value, shape, owner)


def _repair(value: str, shape: Shape, owner: _Owner | None) -> _Repair | None:
    if "enum" in shape.node:
        return _meant(value, shape.node["enum"])
    for rule in _RULES.get(owner, ()) if owner else ():
        found = re.fullmatch(rule.pattern, value, re.IGNORECASE | re.ASCII)
        if found and found.expand(rule.new) != value:
            return found.expand(rule.new), rule.why
    return None


def _meant(value: str, allowed: Sequence[Any]) -> _Repair | None:
    """Return the one allowed value that differs only in case, blanks, hyphens and underscores."""
    if value in allowed:
        return None
    same = [one for one in allowed if isinstance(one, str) and _folded(one) == _folded(value)]
    return (same[0], f"the value is written `{same[0]}`") if len(same) == 1 else None


def _folded(word: str) -> str:
    return re.sub("[-_ ]", "", word).lower()


def _holds(before: Any, after: Any, path: Path, news: Mapping[Path, str]) -> bool:
    """Whether data say the same but for the values at some paths, which are to say something new."""
    if isinstance(before, dict):
        same = isinstance(after, dict) and list(before) == list(after)
        return same and all(_holds(before[key], after[key], (*path, key), news) for key in before)
    if isinstance(before, list):
        same = isinstance(after, list) and len(before) == len(after)
        return same and all(
            _holds(before[number], after[number], (*path, number), news) for number in range(len(before))
        )
    if path in news:  # a PMID without quotes becomes a number
        return isinstance(after, str | int) and str(after) == news[path]
    return type(before) is type(after) and bool(before == after)
