"""Repairs of a dossier that are certain and lose nothing: a wrapped identifier, a decimal comma, a professional term.

A repair changes the characters of one value or key, or a slip of YAML, and no other byte of the file. Ambiguous cases
are left to the user.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from evgrade.model import EvgradeError, InvalidError, Location, Path
from evgrade.schema.aliases import definition_of, key_meant
from evgrade.schema.meant import Meant, Option, Scalar, fits
from evgrade.schema.pasted import value_meant
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document, Lines, Place
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read
from evgrade.yamlio.slips import Slip, certain, misshapen, origin, put_right, split_numbers
from evgrade.yamlio.source import LIMITS
from evgrade.yamlio.text import decode
from evgrade.yamlio.written import PLAIN, Writing, Written, rewritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A repair of one value or key.

    Attributes:
        paths: its path in the dossier, or all paths that share it through an alias; none for a slip of YAML, which
            belongs to no value.
        location: its place in the file.
        old: its text before.
        new: its text after.
        why: what was wrong with it.
        written: the characters to replace.
        value: the value afterwards.
        is_key: whether it is a key.
    """

    paths: tuple[Path, ...]
    location: Location
    old: str
    new: str
    why: str
    written: Written
    value: Scalar
    is_key: bool = False


def repaired(content: bytes, name: str) -> tuple[bytes, tuple[Fix, ...]]:
    """Return the bytes of a dossier with all certain repairs made, and the repairs in the order of the file.

    A file that cannot be read even then is left as it is, and so is one that is not a dossier.

    Raises:
        EvgradeError: the repaired file would differ in more than the repaired values and keys.
    """
    text = _text(content, name)
    plain = _repaired([_Shaped(content, text, ())], name)
    shapes = _shaped(content, text)
    if len(shapes) == 1:
        return plain
    shaped = _repaired(shapes, name)
    # In a readable file, slips are repaired only if that leaves fewer errors.
    return shaped if _errors(shaped[0], name) < _errors(plain[0], name) else plain


def _repaired(shapes: Sequence[_Shaped], name: str) -> tuple[bytes, tuple[Fix, ...]]:
    """Return a file with its slips repaired, and then its values and keys."""
    try:
        document = read(shapes[-1].content, name)
    except InvalidError:
        return shapes[0].content, ()
    fixes = find_fixes(document)
    after = fixed(document, fixes) if fixes else document.content
    return after, _placed(name, shapes, fixes)


def find_fixes(document: Document) -> tuple[Fix, ...]:
    """Return the repairs of a document, in the order of the file; none if it is not a dossier."""
    if not isinstance(document.data, dict) or HEADER not in document.data:
        return ()
    found: dict[tuple[int, bool], list[_Said]] = defaultdict(list)
    for said in _said(document.data, dossier_shape(), "", document.places, ()):
        found[said.offset, said.is_key].append(said)
    writing: Writing | None = None
    fixes = []
    for (offset, is_key), several in sorted(found.items()):
        repair = several[0].repair
        # Through an alias a text can have two meanings, and no single repair fits both.
        if repair is None or any(other.repair != repair for other in several):
            continue
        writing = writing or Writing(document)
        written = writing.scalar(offset)
        is_tagged = written is not None and "!" in document.text[offset : written.start]
        if written is not None and not (is_tagged and not isinstance(repair.option.value, str)):
            paths = tuple(said.path for said in several)
            location = document.location(paths[0], key=is_key)
            old = document.written(paths[0]) if isinstance(several[0].value, int | float) else str(several[0].value)
            fixes.append(
                Fix(
                    paths=paths,
                    location=location,
                    old=old,
                    new=repair.option.text,
                    why=repair.why,
                    written=written,
                    value=repair.option.value,
                    is_key=is_key,
                )
            )
    return tuple(fixes)


def fixed(document: Document, fixes: Sequence[Fix]) -> bytes:
    """Return the bytes of a document with repairs made and every other byte unchanged.

    Raises:
        EvgradeError: the repaired document would differ in more than the repaired values and keys.
    """
    text, end = [], 0
    for fix in sorted(fixes, key=lambda one: one.written.start):
        text += [document.text[end : fix.written.start], _rewritten(fix)]
        end = fix.written.end
    text.append(document.text[end:])
    content = _mark(document) + "".join(text).encode()
    try:
        after = read(content, document.name)
    except InvalidError:
        after = None
    values = {path: fix.value for fix in fixes if not fix.is_key for path in fix.paths}
    keys = {path: fix.new for fix in fixes if fix.is_key for path in fix.paths}
    if after is None or not _holds(document.data, after.data, (), values, keys):
        hint = "please report this, with the file if you can"
        raise EvgradeError(
            f"{document.name} was not repaired: the result would have had a different meaning", hint=hint
        )
    return content


def _mark(document: Document) -> bytes:
    """Return the byte order mark, if there is one."""
    return document.content[: len(document.content) - len(document.text.encode())]


# Finding repairs


@dataclass(frozen=True, slots=True)
class _Repair:
    option: Option
    why: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A value or key of a dossier, its place, and its repair, if there is one."""

    offset: int
    path: Path
    value: Scalar
    repair: _Repair | None
    is_key: bool = False


def _said(value: Any, shape: Shape | None, field: str, place: Place, path: Path) -> Iterator[_Said]:
    """Yield every value and key of a document."""
    if isinstance(value, dict):
        names = {} if shape is None or "properties" not in shape.node else _renamed(value, shape)
        for key, child in value.items():
            name = names.get(key)
            right = key if name is None else str(name.option.value)
            yield _Said(place.inside[key].key, (*path, key), key, name, is_key=True)
            inside = None if shape is None else shape.key(right)
            yield from _said(child, inside, right, place.inside[key], (*path, key))
    elif isinstance(value, list):
        item = None if shape is None or "items" not in shape.node else shape.item
        for number, child in enumerate(value):
            yield from _said(child, item, field, place.inside[number], (*path, number))
    else:
        meant = None if shape is None else value_meant(value, shape.node, field)
        yield _Said(place.offset, path, value, _certain(meant))


def _certain(meant: Meant | None) -> _Repair | None:
    if meant is None or not meant.certain or meant.key is not None:
        return None
    return _Repair(meant.options[0], meant.why)


def _renamed(mapping: Mapping[str, Any], shape: Shape) -> Mapping[str, _Repair]:
    """Return the keys of a mapping to rename; two keys never become one."""
    found = {key: right for key, value in mapping.items() if (right := _right_key(key, value, shape)) is not None}
    new = [repair.option.text for repair in found.values()]
    return {
        key: repair
        for key, repair in found.items()
        if repair.option.text not in mapping and new.count(repair.option.text) == 1
    }


def _right_key(key: str, value: Any, shape: Shape) -> _Repair | None:
    """Return the key that a value belongs under; None if that is its own key or not certain."""
    if key.startswith("x-"):
        return None
    right, why = key, ""
    if key not in shape.keys:
        meant = key_meant(key, shape.keys, shape.definition or definition_of(shape.node))
        if meant is None or not meant.certain:
            return None
        right, why = meant.options[0].text, meant.why
    inside = shape.key(right)
    if inside is not None and isinstance(value, str | int | float):
        of_value = value_meant(value, inside.node, right)
        if of_value is not None and of_value.certain and of_value.key is not None:
            right, why = of_value.key, of_value.why
        elif right != key and of_value is None and not (fits(value, inside.node) or inside.kind is Kind.LIST):
            return None
    wanted = Kind.LIST if isinstance(value, list) else Kind.MAPPING if isinstance(value, dict) else None
    if inside is not None and wanted is not None and inside.kind is not wanted:
        return None
    return None if right == key else _Repair(Option(right, right), why)


def _rewritten(fix: Fix) -> str:
    """Return the source text of a repaired value, in its present style if that can hold it."""
    written = fix.written
    if not isinstance(fix.value, str):
        return fix.new
    if written.style == PLAIN and not _PLAIN_TEXT.fullmatch(fix.new):
        return rewritten(replace(written, style="'"), fix.new)
    return rewritten(written, fix.new)


_PLAIN_TEXT = re.compile(r"[\w.<≤≥(](?:[^\s#:,\[\]{}'\"]|:(?=[^\s,\[\]{}])|(?<=[<≤≥=]) (?=[\w.]))*+")
"""Text that needs no quotes, even in braces."""


def _holds(before: Any, after: Any, path: Path, values: Mapping[Path, Scalar], keys: Mapping[Path, str]) -> bool:
    """Whether data are equal except for the new values and keys at some paths."""
    if isinstance(before, dict):
        expected = [keys.get((*path, key), key) for key in before]
        return (
            isinstance(after, dict)
            and expected == list(after)
            and all(
                _holds(before[key], after[new], (*path, key), values, keys)
                for key, new in zip(before, expected, strict=True)
            )
        )
    if isinstance(before, list):
        same = isinstance(after, list) and len(before) == len(after)
        return same and all(
            _holds(before[number], after[number], (*path, number), values, keys) for number in range(len(before))
        )
    if path not in values:
        return type(before) is type(after) and bool(before == after)
    value = values[path]
    if isinstance(value, str):  # a PMID without quotes becomes a number
        return isinstance(after, str | int) and not isinstance(after, bool) and str(after) == value
    return type(after) is type(value) and bool(after == value)


# Slips of YAML


@dataclass(frozen=True, slots=True)
class _Shaped:
    """A stage of a file: its bytes, and the slips repaired on the way to the next stage."""

    content: bytes
    text: str
    slips: Sequence[Slip]


def _text(content: bytes, name: str) -> str:
    """Return the text of a file; empty, and so without slips, if it is not text."""
    try:
        return decode(content, name, LIMITS.bytes).text
    except InvalidError:
        return ""


def _shaped(content: bytes, text: str) -> Sequence[_Shaped]:
    """Return the stages of a file as its slips are repaired: spacing and empty lists, then numbers split by commas."""
    mark = content[: len(content) - len(text.encode())]
    shapes = []
    for find in (misshapen, split_numbers):
        slips = certain(text, find(text))
        if slips:
            shapes.append(_Shaped(mark + text.encode(), text, slips))
            text = put_right(text, slips)
    return [*shapes, _Shaped(mark + text.encode(), text, ())]


def _errors(content: bytes, name: str) -> float:
    """Return the number of schema errors in a file; infinite if it cannot be read."""
    try:
        return len(validate(read(content, name), "dossier"))
    except InvalidError:
        return float("inf")


def _placed(name: str, shapes: Sequence[_Shaped], fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """Return all repairs with their places in the original file, in its order.

    A number split by a comma is first quoted and then rewritten, which counts as one repair.
    """
    lines = Lines.of(shapes[0].text)
    placed: dict[int, Fix] = {}
    for number, shape in enumerate(shapes):
        first = _origin(shapes[:number])
        for slip in shape.slips:
            start = first(slip.place(shape.text))
            written = Written(slip.start, slip.end, shape.text[slip.start : slip.end], PLAIN)
            placed[start] = Fix(
                paths=(),
                location=lines.location(name, start),
                old=written.text,
                new=slip.new,
                why=slip.message,
                written=written,
                value=None,
            )
    first = _origin(shapes)
    for fix in fixes:
        start = first(fix.written.start)
        line, column = lines.place(start)
        placed[start] = replace(fix, location=replace(fix.location, line=line, column=column))
    return tuple(fix for _, fix in sorted(placed.items()))


def _origin(shapes: Sequence[_Shaped]) -> Callable[[int], int]:
    """Return a function from the offset of a character after some stages to its original offset."""
    origins = [origin(shape.slips) for shape in reversed(shapes)]
    return lambda offset: reduce(lambda place, before: before(place), origins, offset)
