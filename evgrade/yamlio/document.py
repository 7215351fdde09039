"""A document that was read: plain data, its source, and where every key and value stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evgrade.model import Excerpt, Location, Path

_BREAK = re.compile(r"\r\n|\n|\r")
_PLAIN_END = re.compile(r"\s+#|\s*$")
_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s,\[\]{}][^,\[\]{}#]*|.""")
_EXCERPT_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Lines:
    """Source text cut into lines, to turn character offsets into lines and columns.

    Only CR, LF and CRLF end a line, as in every editor; YAML 1.1 knows more line ends.
    """

    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Cut a text into lines."""
        return cls(text, (0, *(match.end() for match in _BREAK.finditer(text))))

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of a character offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Return a line by its number from 1, without its line end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def location(self, file: str, offset: int, path: Path = ()) -> Location:
        """Return the location of a character offset."""
        line, column = self.place(offset)
        return Location(file=file, line=line, column=column, path=path)

    def excerpt(self, offset: int) -> Excerpt:
        """Return the line that holds an offset, and the length of the token that starts there."""
        line, column = self.place(offset)
        text = self.line(line)
        match = _TOKEN.match(text, column - 1)
        length = len(match.group().rstrip()) if match else 1
        return Excerpt(text=text, length=max(1, length))


@dataclass(frozen=True)
class Document:
    """One YAML document.

    Attributes:
        name: the file's name as people see it.
        data: plain dicts, lists and scalars. Parts reached through an alias are shared: never change them.
        text: the source, without a byte order mark.
        sha256: hexadecimal digest of the bytes that were read.
        marks: the character offset of every key and value in document order, depth first; what an
            alias stands for is repeated. `positions` turns it into an index when a place is asked for,
            so that a good file never pays for one.
    """

    name: str
    data: Any
    text: str
    sha256: str
    marks: tuple[int, ...] | list[int] = field(repr=False)

    @cached_property
    def lines(self) -> Lines:
        """The source, cut into lines."""
        return Lines.of(self.text)

    @cached_property
    def positions(self) -> Positions:
        """The offset of every key and value by path."""
        return Positions.of(self.data, self.marks)

    def location(self, path: Path, *, key: bool = False) -> Location:
        """Return where the value at `path` stands, or with `key` its key; the nearest parent if it is absent."""
        return self.lines.location(self.name, self._offset(path, key=key), path)

    def excerpt(self, path: Path, *, key: bool = False) -> Excerpt:
        """Return the source line of a path, for a message that shows it."""
        return self.lines.excerpt(self._offset(path, key=key))

    def _offset(self, path: Path, *, key: bool) -> int:
        places = self.positions
        if key and path in places.keys:
            return places.keys[path]
        while path not in places.values:
            path = path[:-1]
        return places.values[path]


@dataclass(frozen=True, slots=True)
class Positions:
    """Character offsets of keys and of values, by path."""

    keys: dict[Path, int]
    values: dict[Path, int]

    @classmethod
    def of(cls, data: Any, marks: tuple[int, ...] | list[int], start: int = 0) -> Positions:
        """Pair the values of `data`, in document order, with their marks from index `start` on."""
        keys: dict[Path, int] = {}
        values: dict[Path, int] = {}
        offsets = iter(marks[start:])
        _pair(data, (), offsets, keys, values)
        return cls(keys, values)


def _pair(
    value: Any, path: Path, offsets: Iterator[int], keys: dict[Path, int], values: dict[Path, int]
) -> None:
    """Walk depth first, as the reader did; the reader bounds the depth."""
    values[path] = next(offsets)
    if isinstance(value, dict):
        for key, child in value.items():
            keys[*path, key] = next(offsets)
            _pair(child, (*path, key), offsets, keys, values)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            _pair(child, (*path, number), offsets, keys, values)
