"""What a plot is made of: lines, boxes, polygons, dots and words at their places, with no word on how they look.

A shape has a kind, which the style of the page or of the picture gives a look; its tag and attributes are all that a
template needs to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from evgrade.report.lettering import text_width

Attributes = tuple[tuple[str, str], ...]


class Area(NamedTuple):
    """The place that something takes up."""

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
    """Points that are joined: a polygon where it is closed, else an open line."""

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
    """A line of words.

    Attributes:
        x, y: where it begins, has its middle or ends, and the line on which its letters stand.
        words: the words, cleaned.
        size: how large its letters are.
        kind: `bold` among others makes it wider.
        anchor: what of it is at `x`: start, middle or end.
        whole: the words in full where they are shortened here.
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
    """Return shapes at another place."""
    return tuple(shape.moved(x, y) for shape in shapes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A whole picture: what it is called, what it says to who cannot see it, and what is drawn where."""

    title: str
    description: str
    width: float
    height: float
    shapes: tuple[Shape, ...]


def _given(kind: str, **places: float) -> Attributes:
    return ("class", kind), *((name, _number(value)) for name, value in places.items())


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:g}"
