"""The patterns of one `.gitignore`, as git reads them (gitignore(5), and otherwise git's sources).

Patterns do not become regular expressions, which can be made to backtrack for hours. Instead all patterns of a file are
one row of states, each a bit of an integer that holds the states reached so far. Each byte of the path moves all of
them at once, so time grows in proportion to the text and to the patterns.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_BYTES = 64 * 1024
"""The largest ignore file that is read; real ones have a few kilobytes."""

State = int
"""The places that a path has reached so far."""

_SLASH = ord("/")
_CLASSES = {
    b"alnum": rb"[0-9A-Za-z]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[!-~]",
    b"lower": rb"[a-z]",
    b"print": rb"[ -~]",
    b"punct": rb"[!-/:-@[-`{-~]",
    b"space": rb"[ \t-\r]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[0-9A-Fa-f]",
}
_WITHOUT_TRAILING_BLANKS = re.compile(rb"(?s)(?:[^\\ ]|\\.|\\\Z| ++(?=[^ ]))*+")
_PIECE = re.compile(rb"(?s)\*++|\\?.")

Bytes = frozenset[int]
Part = Bytes | str
"""A part of a pattern: one of some bytes, or any number of bytes, `*` within a name and `**` across names."""

_ANY = frozenset(range(256)) - {_SLASH}
_ONE_SLASH = frozenset({_SLASH})


class _NeverError(Exception):
    """A pattern is malformed and matches nothing."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of an ignore file.

    Attributes:
        start: the places before the first byte.
        steps: by byte, the places that it reaches from the place before; for other bytes see `others`.
        others: the same for a byte that no pattern names.
        names: places that any byte but a slash leaves unchanged.
        anything: places that every byte leaves unchanged.
        across: places that lead to the next one wherever a name begins.
        files: the places that match a file, the last of each pattern.
        folders: the places that match a folder.
        ends: the last place of each pattern, in order.
        ignores: whether each pattern ignores a path or takes it back.
    """

    start: int
    steps: Mapping[int, int]
    others: int
    names: int
    anything: int
    across: int
    files: int
    folders: int
    ends: Sequence[int]
    ignores: Sequence[bool]

    @classmethod
    def of(cls, content: bytes) -> Patterns:
        """Read an ignore file of at most `MOST_BYTES`."""
        row = _Row()
        for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            written = line.removesuffix(b"\r").partition(b"\0")[0]
            if written and not written.startswith(b"#"):
                _read(written, row)
        return row.patterns()

    def then(self, state: State, text: bytes) -> State:
        """Return the places reached after more bytes of a path, which begins at `start`."""
        for byte in text:
            moved = (state << 1) & self.steps.get(byte, self.others)
            if byte == _SLASH:
                state = moved | (state & self.anything)
                state |= (state & self.across) << 1
            else:
                state = moved | (state & (self.anything | self.names))
        return state

    def verdict(self, state: State, *, is_folder: bool) -> bool | None:
        """Whether a file or folder with this state is ignored; None if no pattern matches it."""
        found = state & (self.folders if is_folder else self.files)
        return self.ignores[bisect_left(self.ends, found.bit_length() - 1)] if found else None


@dataclass(slots=True)
class _Row:
    """The places of all patterns while they are read, as lists of numbers."""

    size: int = 0
    start: list[int] = field(default_factory=list)
    named: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    excluded: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    most: list[int] = field(default_factory=list)  # reached by all bytes except those excluded
    names: list[int] = field(default_factory=list)
    anything: list[int] = field(default_factory=list)
    across: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    folders: list[int] = field(default_factory=list)
    ignores: list[bool] = field(default_factory=list)

    def add(self, parts: Sequence[Part], *, ignores: bool, only_folders: bool) -> None:
        """Add a pattern."""
        place = self.size
        self.start.append(place)
        for part in parts:
            if part == "*":
                self.names.append(place)
            elif part == "**":
                self.anything.append(place)
            elif part == "**/":
                self.anything.append(place)
                self.across.append(place)
                place += 1
            elif not isinstance(part, str):
                place += 1
                self._lead(part, place)
        self.folders.append(place)
        if not only_folders:
            self.files.append(place)
        self.ignores.append(ignores)
        self.size = place + 1

    def _lead(self, some: Bytes, place: int) -> None:
        """Make some bytes lead to a place; if they are most bytes, note the others instead."""
        is_most = len(some) > 128
        for byte in _ANY - some if is_most else some:
            (self.excluded if is_most else self.named)[byte].append(place)
        if is_most:
            self.most.append(place)

    def patterns(self) -> Patterns:
        others = self._bits(self.most)
        touched = {*self.named, *self.excluded, _SLASH}
        steps = {byte: self._bits(self.named[byte]) | (others & ~self._bits(self.excluded[byte])) for byte in touched}
        steps[_SLASH] = self._bits(self.named[_SLASH])
        start, across = self._bits(self.start), self._bits(self.across)
        return Patterns(
            start=start | (start & across) << 1,
            steps=steps,
            others=others,
            names=self._bits(self.names),
            anything=self._bits(self.anything),
            across=across,
            files=self._bits(self.files),
            folders=self._bits(self.folders),
            ends=self.folders,
            ignores=self.ignores,
        )

    def _bits(self, places: Sequence[int]) -> int:
        bits = bytearray(self.size // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")


def _read(written: bytes, row: _Row) -> None:
    """Add the pattern of a line, unless it matches nothing."""
    found = _WITHOUT_TRAILING_BLANKS.match(written)
    glob = written[: found.end()] if found else written
    ignores = not glob.startswith(b"!")
    glob = glob.removeprefix(b"!")
    only_folders = glob.endswith(b"/")
    glob = glob.removesuffix(b"/")
    try:
        names = list(_names(list(_parts(glob.removeprefix(b"/")))))
    except _NeverError:
        return
    if all(names):
        parts = ["**/", *_stars_as_one(names[0])] if b"/" not in glob else list(_joined(names))
        row.add(parts, ignores=ignores, only_folders=only_folders)


def _parts(glob: bytes) -> Iterator[Part]:
    """Yield the parts of a pattern, with `**` for several stars.

    Raises:
        _NeverError: a bracket is not closed, or a backslash is the last character.
    """
    place = 0
    while place < len(glob):
        found = _PIECE.match(glob, place)
        assert found is not None  # noqa: S101 - for mypy: any character is a piece
        piece, place = found.group(), found.end()
        if piece == b"[":
            some, place = _bracket(glob, place)
            yield some
        elif piece == b"\\":
            raise _NeverError
        elif piece.startswith(b"*"):
            yield "*" if len(piece) == 1 else "**"
        else:
            yield _ANY if piece == b"?" else frozenset(piece[-1:])


def _names(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """Yield the names between slashes."""
    begin = 0
    for place, part in enumerate([*parts, _ONE_SLASH]):
        if part == _ONE_SLASH:
            yield parts[begin:place]
            begin = place + 1


def _joined(names: Sequence[Sequence[Part]]) -> Iterator[Part]:
    """Yield the parts of a path: `**` between slashes matches whole names, and elsewhere it is `*`."""
    for number, name in enumerate(names):
        is_last = number == len(names) - 1
        if list(name) != ["**"]:
            yield from _stars_as_one(name)
            if not is_last:
                yield _ONE_SLASH
        elif is_last:
            yield from (_ANY, "**")
        elif number == 0 or list(names[number - 1]) != ["**"]:
            yield "**/"


def _stars_as_one(name: Sequence[Part]) -> list[Part]:
    return ["*" if part == "**" else part for part in name]


def _bracket(glob: bytes, place: int) -> tuple[Bytes, int]:
    """Return the bytes that a bracket matches, which begins before a place, and the place after it.

    Raises:
        _NeverError: it is not closed.
    """
    is_negated = glob[place : place + 1] in (b"!", b"^")
    place += is_negated
    members: set[int] = set()
    before: int | None = None
    is_first = True
    while is_first or glob[place : place + 1] != b"]":
        is_first = False
        end = glob.find(b"]", place) if glob.startswith(b"[:", place) else -1
        if end > place + 2 and glob[end - 1 : end] == b":":
            members |= _class(glob[place + 2 : end - 1])
            before, place = None, end + 1
            continue
        is_range = (
            before is not None and glob[place : place + 1] == b"-" and glob[place + 1 : place + 2] not in (b"", b"]")
        )
        sign, place = _sign(glob, place + is_range)
        members.update(range(before, sign + 1) if is_range and before is not None else (sign,))
        before = None if is_range else sign
    return frozenset(_ANY - members if is_negated else _ANY & members), place + 1


def _class(name: bytes) -> Bytes:
    if name not in _CLASSES:
        raise _NeverError
    return frozenset(byte for byte in range(256) if re.fullmatch(_CLASSES[name], bytes([byte])))


def _sign(glob: bytes, place: int) -> tuple[int, int]:
    """Return a byte in a bracket, perhaps escaped by a backslash, and the place after it."""
    place += glob[place : place + 1] == b"\\"
    if place >= len(glob):
        raise _NeverError
    return glob[place], place + 1
