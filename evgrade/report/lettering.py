"""How much room words take, so that none of them overlap: an estimate from above, whatever sans-serif font is there."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from evgrade.render.clean import for_html

_WIDEST = {"plain": 1250, "bold": 1400}
"""Thousandths of its size that a letter reaches which the table does not have."""
_PICTURES = 0x1F000
"""From here on there are emoji, which are wider than letters."""


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    from evgrade.yamlio.reader import read  # noqa: PLC0415 - only pictures need it

    path = FilePath(__file__).with_name("widths.yaml")
    given: Mapping[str, Mapping[Any, str]] = read(path.read_bytes(), path.name).data
    return {
        name: {letter: int(width) for width, letters in table.items() for letter in letters}
        for name, table in given.items()
    }


def text_width(words: str, size: float, *, is_bold: bool = False) -> float:
    """Return how far words reach at most."""
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
    """Return words as a picture shows them, so that what is measured is what is drawn."""
    return for_html(words).strip(" ")


def wrapped(words: str, room: float, size: float, *, is_bold: bool = False, most: int = 3) -> list[str]:
    """Return words as lines that are no wider than `room`: between words where it can be, else anywhere.

    Of more than `most` lines the last ends in an ellipsis.
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
    """Return how many letters fit, at least one; none is parted from the marks that belong to it."""
    end, used = 0, 0.0
    for place, letter in enumerate(words):
        used += text_width(letter, size, is_bold=is_bold)
        if used > room + 1e-6:
            break
        end = place + 1
    while 0 < end < len(words) and unicodedata.combining(words[end]):
        end -= 1
    return max(1, end)
