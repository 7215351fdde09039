"""The shapes of a plot: lines, boxes, polygons, dots and text with positions, independent of their look.

The style sheet of the page or figure gives each kind of shape its look; a template needs only its tag and attributes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from evgrade.render.clean import for_html

Attributes = tuple[tuple[str, str], ...]


class Area(NamedTuple):
    """The area that a shape covers."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str

    tag = "line"

    @property
    def attributes(self) -> Attributes:
        return _given(self.kind, x1=self.x1, y1=self.y1, x2=self.x2, y2=self.y2)

    @property
    def area(self) -> Area:
        return Area(min(self.x1, self.x2), min(self.y1, self.y2), max(self.x1, self.x2), max(self.y1, self.y2))

    def moved(self, x: float, y: float) -> Line:
        return replace(self, x1=self.x1 + x, x2=self.x2 + x, y1=self.y1 + y, y2=self.y2 + y)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    kind: str

    tag = "rect"

    @property
    def attributes(self) -> Attributes:
        return _given(self.kind, x=self.x, y=self.y, width=self.width, height=self.height)

    @property
    def area(self) -> Area:
        return Area(self.x, self.y, self.x + self.width, self.y + self.height)

    def moved(self, x: float, y: float) -> Box:
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle."""

    x: float
    y: float
    radius: float
    kind: str

    tag = "circle"

    @property
    def attributes(self) -> Attributes:
        return _given(self.kind, cx=self.x, cy=self.y, r=self.radius)

    @property
    def area(self) -> Area:
        return Area(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)

    def moved(self, x: float, y: float) -> Dot:
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Path:
    """Connected points: a polygon if closed, otherwise a polyline."""

    points: tuple[tuple[float, float], ...]
    kind: str
    is_closed: bool = False

    @property
    def tag(self) -> str:
        return "polygon" if self.is_closed else "polyline"

    @property
    def attributes(self) -> Attributes:
        return ("class", self.kind), ("points", " ".join(f"{_number(x)},{_number(y)}" for x, y in self.points))

    @property
    def area(self) -> Area:
        xs, ys = zip(*self.points, strict=True)
        return Area(min(xs), min(ys), max(xs), max(ys))

    def moved(self, x: float, y: float) -> Path:
        return replace(self, points=tuple((one + x, other + y) for one, other in self.points))


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text.

    Attributes:
        x, y: its anchor point on the baseline.
        words: the text, cleaned.
        size: its font size.
        kind: its CSS classes; `bold` makes it wider.
        anchor: the part of it at `x`: start, middle or end.
        whole: the full text if `words` is shortened.
    """

    x: float
    y: float
    words: str
    size: float
    kind: str = "words"
    anchor: str = "start"
    whole: str = ""

    tag = "text"

    @property
    def attributes(self) -> Attributes:
        given = _given(self.kind, x=self.x, y=self.y)
        anchor = () if self.anchor == "start" else (("text-anchor", self.anchor),)
        return (*given, *anchor, ("font-size", _number(self.size)))

    @property
    def area(self) -> Area:
        width = text_width(self.words, self.size, is_bold="bold" in self.kind)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Area(left, self.y - 0.93 * self.size, left + width, self.y + 0.24 * self.size)

    def moved(self, x: float, y: float) -> Text:
        return replace(self, x=self.x + x, y=self.y + y)


Shape = Line | Box | Dot | Path | Text


def moved(shapes: Iterable[Shape], x: float, y: float) -> tuple[Shape, ...]:
    """Move shapes."""
    return tuple(shape.moved(x, y) for shape in shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A whole figure: its title, a description for readers who cannot see it, its size and its shapes."""

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def _given(kind: str, **places: float) -> Attributes:
    return ("class", kind), *((name, _number(value)) for name, value in places.items())


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}"


# Text widths: an upper bound for any sans-serif font, so that texts never overlap

_WIDEST = {"plain": 1250, "bold": 1400}
"""The width of letters that are not in the table, in thousandths of the font size."""
_PICTURES = 0x1F000
"""Emoji, which are wider than letters, begin here."""


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    from evgrade.yamlio.reader import read  # noqa: PLC0415 - only figures need it

    path = FilePath(__file__).with_name("widths.yaml")
    given: Mapping[str, Mapping[Any, str]] = read(path.read_bytes(), path.name).data
    return {
        name: {letter: int(width) for width, letters in table.items() for letter in letters}
        for name, table in given.items()
    }


def text_width(words: str, size: float, *, is_bold: bool = False) -> float:
    """Return an upper bound for the width of a text."""
    face = "bold" if is_bold else "plain"
    return size * sum(_width(letter, face) for letter in words) / 1000


@cache
def _width(letter: str, face: str) -> int:
    found = _widths()[face].get(letter)
    if found is not None:
        return found
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDEST[face] + (250 if ord(letter) >= _PICTURES else 0)


def cleaned(words: str) -> str:
    """Clean a text as a figure shows it, so that the measured text is the drawn text."""
    return for_html(words).strip(" ")


def wrapped(words: str, room: float, size: float, *, is_bold: bool = False, most: int = 3) -> list[str]:
    """Wrap a text to `room`, between words if possible.

    If there are more than `most` lines, the last one shown ends in an ellipsis.
    """
    lines, rest = list[str](), cleaned(words)
    while rest and len(lines) < most:
        end = _fitting(rest, room, size, is_bold=is_bold)
        if end < len(rest):
            blank = rest.rfind(" ", 1, end + 1)
            end = blank if blank > 0 else end
        lines.append(rest[:end].rstrip(" "))
        rest = rest[end:].lstrip(" ")
    if rest and lines:
        short = lines[-1]
        while short and text_width(f"{short}…", size, is_bold=is_bold) > room:
            short = short[:-1].rstrip(" ")
        lines[-1] = f"{short}…"
    return lines


def _fitting(words: str, room: float, size: float, *, is_bold: bool) -> int:
    """Return how many characters fit, at least one, without separating a letter from its combining marks."""
    end, used = 0, 0.0
    for place, letter in enumerate(words):
        used += text_width(letter, size, is_bold=is_bold)
        if used > room + 1e-6:
            break
        end = place + 1
    while 0 < end < len(words) and unicodedata.combining(words[end]):
        end -= 1
    return max(1, end)
