"""A document after reading: plain data, its source, and the position of every key and value; and parts of documents."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import accumulate, count
from typing import Any, NamedTuple

from evgrade.model import Excerpt, Location, Path

# What a caret underlines: the anchor or tag before a value, then quoted text, a list or mapping without another inside,
# an indicator of block style, plain text up to a comment, a comma or the colon of a key, or else a single character.
# `*+` never backtracks, so a line of megabytes takes one pass.
_UNDERLINED = r"""(?x)(?:[&!]\S*+[ \t]++)*+(?:
        '(?:[^']++|'')*+' | "(?:[^"\\]++|\\.)*+"
        | \[[^][{}"'\#]*+\] | \{[^][{}"'\#]*+\}
        | [-?:](?=\s|$)
        | [^][{},\s](?:[^][{},:\#]|:(?![\s\]},]|$)|(?<=\S)\#)*+
        | . )"""


@cache
def _underlined() -> re.Pattern[str]:
    return re.compile(_UNDERLINED)


_LONGEST_TOKEN = 200
"""The most characters to underline, so that a line of megabytes costs no more than another."""


@lru_cache(maxsize=2)
def _cut(text: str, start: int, end: int) -> str:
    """Return a line; cached, as many findings may be in one long line."""
    return text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Lines:
    """Source text split into lines, to convert character offsets to lines and columns.

    Only CR, LF and CRLF end a line, as in every editor; the reader refuses the other line ends of Unicode.
    """

    text: str
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Split a text into lines."""
        lines = text.splitlines(keepends=True)
        ends = list(accumulate(map(len, lines), initial=0))
        if lines and lines[-1][-1] not in "\r\n":
            ends.pop()  # the end of the text starts no line
        return cls(text, ends)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a character offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def offset(self, location: Location) -> int:
        """Return the character offset of a location."""
        return self.starts[location.line - 1] + location.column - 1

    def line(self, number: int) -> str:
        """Return a line by its number from 1, without its line end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return _cut(self.text, start, end)

    def location(self, file: str, offset: int, path: Path = ()) -> Location:
        """Return the location of a character offset."""
        line, column = self.place(offset)
        return Location(file=file, line=line, column=column, path=path)

    def excerpt(self, offset: int, plain: str = "") -> Excerpt:
        """Return the line at an offset, with the length of the key or value there.

        `plain` is the text of the key or value, if known: unquoted text in block style may contain characters that end
        a token elsewhere, such as a comma.
        """
        line, column = self.place(offset)
        text = self.line(line)
        begin, end = column - 1, column - 1 + _LONGEST_TOKEN
        match = _underlined().match(text, begin, end)
        length = len(match.group().rstrip()) if match else 0
        rest, plain = text[begin:end].rstrip(), plain[:_LONGEST_TOKEN]
        if rest.startswith(plain) or plain.startswith(rest):  # in one line, or the first of several
            length = max(length, min(len(rest), len(plain)))
        return Excerpt(text=text, length=max(length, 1))


@dataclass(frozen=True)
class Document:
    """One YAML document.

    Attributes:
        name: the file's name in messages.
        data: plain dicts, lists and scalars. Parts reached through an alias are shared: never change them.
        text: the source, without a byte order mark.
        content: the bytes that were read.
        given_marks: the marks, or a function that finds them in the text.
    """

    name: str
    data: Any
    text: str
    content: bytes = field(repr=False)
    given_marks: Sequence[int] | Callable[[str], Sequence[int]] = field(repr=False)

    @cached_property
    def marks(self) -> Sequence[int]:
        """The character offset of every key and value in document order, depth first.

        Aliased values are repeated, with the positions of the original. Marks are computed when first needed, which is
        never for a good file.
        """
        return self.given_marks(self.text) if callable(self.given_marks) else self.given_marks

    @cached_property
    def sha256(self) -> str:
        """The hexadecimal digest of the bytes that were read."""
        import hashlib  # noqa: PLC0415 - loads OpenSSL, which checking a file does not need

        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def lines(self) -> Lines:
        """The source, split into lines."""
        return Lines.of(self.text)

    @cached_property
    def places(self) -> Place:
        """The positions of all values, as a tree like the data."""
        return Place.of(self.data, self.marks)

    def location(self, path: Path, *, key: bool = False) -> Location:
        """Return the location of the value at `path`, or with `key` of its key; of the nearest parent if absent."""
        return self.lines.location(self.name, self._find(path, key=key)[0], path)

    def excerpt(self, path: Path, *, key: bool = False) -> Excerpt:
        """Return the source line of a path, to show in a message."""
        return self.lines.excerpt(*self._find(path, key=key))

    def written(self, path: Path) -> str:
        """Return the scalar at `path` as written, such as 5.20 for the number 5.2."""
        offset, plain = self._find(path, key=False)
        excerpt, column = self.lines.excerpt(offset, plain), self.lines.place(offset)[1]
        return excerpt.text[column - 1 : column - 1 + excerpt.length]

    def marks_of(self, path: Path) -> Sequence[int]:
        """Return the marks of the value at `path`: its own, then those of everything in it.

        Raises:
            LookupError: there is no value at `path`.
        """
        value, at = self.data, 0
        for step in path:
            before = self._before(value, step)
            if before is None:
                raise LookupError(path)
            at += before + isinstance(value, dict)
            value = value[step]
        return self.marks[at : at + self._sizes.get(id(value), 1)]

    @cached_property
    def _sizes(self) -> dict[int, int]:
        """The number of marks of each mapping and list, by identity."""
        sizes: dict[int, int] = {}
        count_marks(self.data, sizes)
        return sizes

    @cached_property
    def _starts(self) -> dict[int, Mapping[str | int, int]]:
        """A cache of `_before`: for mappings and lists by identity, the number of marks before each child."""
        return {}

    def _find(self, path: Path, *, key: bool) -> tuple[int, str]:
        """Return the offset of a key or value, and its text if it is a string.

        Counting the marks before a few positions is cheaper than building the tree of all.
        """
        value, at, key_at = self.data, 0, 0
        for step in path:
            before = self._before(value, step)
            if before is None:
                return self.marks[at], ""
            key_at = at + before
            at = key_at + 1 if isinstance(value, dict) else key_at
            value = value[step]
        if key:
            value = path[-1] if path else ""
        return self.marks[key_at if key else at], value if isinstance(value, str) else ""

    def _before(self, value: Any, step: str | int) -> int | None:
        """Return how many marks of a mapping or list precede one of its keys or entries; None if that is absent."""
        starts = self._starts.get(id(value))
        if starts is None:
            if isinstance(value, dict):
                starts = self._count_starts(value.keys(), value.values(), 1)
            elif isinstance(value, list):
                starts = self._count_starts(count(), value, 0)
            else:
                return None
            self._starts[id(value)] = starts  # a thousand findings in one list count its marks once
        return starts.get(step)

    def _count_starts(self, steps: Iterable[str | int], children: Iterable[Any], key: int) -> Mapping[str | int, int]:
        """Return how many marks precede each child of a mapping or list; a child itself has `key` marks of keys."""
        sizes = (key + self._sizes.get(id(child), 1) for child in children)
        return dict(zip(steps, accumulate(sizes, initial=1), strict=False))


def count_marks(value: Any, sizes: dict[int, int]) -> int:
    """Return the number of marks of a value: one, plus those of its keys and values; record it in `sizes`."""
    if isinstance(value, dict):
        size = 1 + len(value) + sum(count_marks(child, sizes) for child in value.values())
    elif isinstance(value, list):
        size = 1 + sum(count_marks(child, sizes) for child in value)
    else:
        return 1
    sizes[id(value)] = size
    return size


class Place(NamedTuple):
    """The position of a value, as character offsets.

    Attributes:
        offset: of the value.
        key: of its key; of the value itself if it has none, as a list entry or the whole document.
        inside: the positions of its parts, by key or zero-based index.
    """

    offset: int
    key: int
    inside: dict[str | int, Place]

    @classmethod
    def of(cls, data: Any, marks: Sequence[int], start: int = 0) -> Place:
        """Pair `data`, in document order, with its marks from index `start` on."""
        return _pair(data, None, iter(marks[start:]))


_NOTHING: dict[str | int, Place] = {}


def _pair(value: Any, key: int | None, offsets: Iterator[int]) -> Place:
    """Walk depth first, like the reader, which bounds the depth, including aliases."""
    offset = next(offsets)
    inside: dict[str | int, Place] = _NOTHING
    if isinstance(value, dict):
        inside = {name: _pair(child, next(offsets), offsets) for name, child in value.items()}
    elif isinstance(value, list):
        inside = {number: _pair(child, None, offsets) for number, child in enumerate(value)}
    return Place(offset, offset if key is None else key, inside)


def part(document: Document, path: Path, defaults: Mapping[str, Any]) -> Document:
    """Return the mapping at `path` as a document, with missing keys added from `defaults`.

    Values keep their positions in the file; defaults get the position of the mapping. The digest stays that of the
    whole file.
    """
    data: Any = document.data
    for step in path:
        data = data[step]
    marks = list(document.marks_of(path))
    filled = dict(data)
    for key, value in defaults.items():
        if key not in filled:
            filled[key] = value
            marks += [marks[0]] * (1 + count_marks(value, {}))
    return Document(document.name, filled, document.text, document.content, marks)


def without(document: Document, left_out: Collection[Path]) -> Document:
    """Return a document without the values at some paths.

    The rest keeps its positions in the file, so list entries get new numbers but keep their lines. The digest stays
    that of the whole file.
    """
    marks: list[int] = []
    data = _kept(document.data, (), iter(document.marks), marks, left_out)
    return Document(document.name, data, document.text, document.content, marks)


def _kept(value: Any, path: Path, marks: Iterator[int], kept: list[int], left_out: Collection[Path]) -> Any:
    """Return what remains of a value and append its marks in document order."""
    kept.append(next(marks))
    if isinstance(value, dict):
        mapping = {}
        for key, child in value.items():
            own: list[int] = [next(marks)]
            remains = _kept(child, (*path, key), marks, own, left_out)
            if (*path, key) not in left_out:
                mapping[key] = remains
                kept += own
        return mapping
    if isinstance(value, list):
        entries = []
        for number, child in enumerate(value):
            own = []
            remains = _kept(child, (*path, number), marks, own, left_out)
            if (*path, number) not in left_out:
                entries.append(remains)
                kept += own
        return entries
    return value
