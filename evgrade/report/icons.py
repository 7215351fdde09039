"""Icon arrays: a thousand people as a grid, of whom some are marked. Regions of cells to rectangles, no drawing."""

from __future__ import annotations

from dataclasses import dataclass

ACROSS, DOWN, CELL = 50, 20, 8


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, in units of the picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Group:
    """People of the grid who are alike: how many, in words, and the areas that they fill."""

    kind: str
    number: int
    words: str
    areas: tuple[Area, ...]


def areas(start: int, end: int) -> tuple[Area, ...]:
    """Return the rectangles that the cells from `start` up to `end` fill, row by row."""
    found = []
    while start < end:
        row, column = divmod(start, ACROSS)
        if column == 0 and end - start >= ACROSS:
            rows = (end - start) // ACROSS
            found.append(Area(0, row * CELL, ACROSS * CELL, rows * CELL))
            start += rows * ACROSS
        else:
            cells = min(ACROSS - column, end - start)
            found.append(Area(column * CELL, row * CELL, cells * CELL, CELL))
            start += cells
    return tuple(found)


def grouped(*groups: tuple[str, int, str]) -> tuple[Group, ...]:
    """Return groups of people one after the other in the grid; each is a kind, a number and words."""
    found, start = [], 0
    for kind, number, words in groups:
        end = min(ACROSS * DOWN, start + number)
        found.append(Group(kind, number, words, areas(start, end)))
        start = end
    return tuple(found)
