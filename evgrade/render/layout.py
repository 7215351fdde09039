"""Lay out tables with thousands of rows: each distinct cell is wrapped and coloured once.

Some columns fit their cells, the others share the remaining width. This module only places and colours text, which must
already be clean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from evgrade.render.clean import Sink
from evgrade.render.page import Column, Part, Span, Style, Table

_LEAST = 5
"""The minimum width of columns with a share; if there is no room, lines exceed the width of the terminal."""

KINDS = 4096
"""How many distinct cells to cache; most cells of a table recur in many rows."""

_WORD = re.compile(r"(?:\A *+)?+[^ ]++ *+")  # never break at a no-break space


class Cell(NamedTuple):
    """A clean text, and its colour code (ECMA-48, Select Graphic Rendition), empty for none."""

    text: str
    code: str = ""


def table_lines(table: Table, sink: Sink, shown: Callable[[Span], Cell]) -> Iterator[str]:
    """Yield the titles of a table, a rule, and each row with all its lines, without the last line end.

    Trailing blanks are stripped. The rows are iterated twice, first to measure the columns, so that they are never all
    in memory.
    """
    columns = table.columns
    needed = _needed(columns, table.rows if table.ahead is None else table.ahead, shown)
    places = [
        place
        for place, column in enumerate(columns)
        if (needed[place] or not column.optional) and column.wide <= sink.width
    ]
    heads = [shown(Span(columns[place].short or columns[place].head, Style.DIM)) for place in places]
    least = [max(text_width(head.text), needed[place]) for head, place in zip(heads, places, strict=True)]
    widths = _widths([columns[place] for place in places], least, sink.width)
    width_of = dict(zip(places, widths, strict=True))

    def block(cell: Cell, width: int) -> _Block:
        room = width + 1
        lines = [line.rstrip() for line in folded(cell.text, width)]  # even inside a colour
        return _Block([painted(line, cell.code, sink) + " " * (room - text_width(line)) for line in lines], room)

    @lru_cache(maxsize=KINDS)
    def cell_block(span: Span, width: int) -> _Block:
        return block(shown(span), width)

    @lru_cache(maxsize=KINDS)
    def part_block(part: Part, start: int) -> _Block:
        blocks = [cell_block(cell, width_of[place]) for place, cell in enumerate(part, start) if place in width_of]
        return _Block(list(map("".join, _side_by_side(blocks))), sum([one.width for one in blocks]))

    titles = [block(head, width) for head, width in zip(heads, widths, strict=True)]
    tallest = max(len(title.lines) for title in titles)
    if any(column.head for column in columns):  # otherwise the table is a list in columns
        yield _page([_Block([" " * width] * (tallest - len(lines)) + lines, width) for lines, width in titles])
        yield ("-" if sink.ascii else "─") * (sum(widths) + len(widths) - 1)
    for row in table.rows:
        blocks, start = [], 0
        for part in row:
            if len(part) > 1:
                blocks.append(part_block(part, start))
            elif start in width_of:
                blocks.append(cell_block(part[0], width_of[start]))
            start += len(part)
        yield _page(blocks)


def _page(blocks: Sequence[_Block]) -> str:
    """Join blocks side by side, without trailing blanks."""
    return "\n".join(["".join(pieces).rstrip() for pieces in _side_by_side(blocks)])


class _Block(NamedTuple):
    """Lines of equal width, each with a blank at its end."""

    lines: list[str]
    width: int

    def tall(self, height: int) -> list[str]:
        """Return its lines, padded with blank lines to a height."""
        missing = height - len(self.lines)
        return self.lines + [" " * self.width] * missing if missing else self.lines


def _side_by_side(blocks: Sequence[_Block]) -> Iterable[tuple[str, ...]]:
    """Return the lines of blocks side by side, aligned at the top, as pieces."""
    tallest = max([len(block.lines) for block in blocks], default=0)
    return zip(*[block.tall(tallest) for block in blocks], strict=True)


def _needed(columns: Sequence[Column], rows: Iterable[Sequence[Part]], shown: Callable[[Span], Cell]) -> list[int]:
    """Return the width of the widest cell of each column; 0 for empty columns and for columns with a share."""
    needed = [0] * len(columns)
    seen: set[tuple[int, Part]] = set()
    for row in rows:
        start = 0
        for part in row:
            if not (len(part) == 1 and columns[start].share) and (start, part) not in seen:
                if len(seen) >= KINDS:
                    seen.clear()
                seen.add((start, part))
                for place, cell in enumerate(part, start):
                    if not columns[place].share:
                        needed[place] = max(needed[place], text_width(shown(cell).text))
            start += len(part)
    return needed


def _widths(columns: Sequence[Column], needed: Sequence[int], width: int) -> list[int]:
    """Return the widths of the columns, which are a blank apart."""
    widths = [0] * len(columns)
    for place, column in enumerate(columns):
        if not column.share:
            widest = max(column.least, needed[place])
            widths[place] = widest if column.most is None else min(widest, column.most)
    left = width - sum(widths) - (len(columns) - 1)
    shares = sum(column.share for column in columns)
    for place, column in enumerate(columns):
        if column.share:
            widths[place] = max(_LEAST, -(-column.share * left // shares))
            left -= widths[place]
            widths[place] = widths[place] if column.most is None else min(widths[place], column.most)
            shares -= column.share
    return widths


def painted(text: str, code: str, sink: Sink) -> str:
    """Return a text in its colours if the sink has colours."""
    return f"\x1b[{code}m{text}\x1b[0m" if code and text and sink.color else text


def folded(text: str, width: int) -> list[str]:
    """Wrap a text to `width`, between words if possible."""
    return [_cut(line, width) for line in broken(text, width)]


def broken(text: str, width: int) -> list[str]:
    """Split a text into lines that together are the text; trailing blanks may exceed the width."""
    if text_width(text) <= width:
        return [text]
    lines, used = [""], 0
    for word in _WORD.findall(text):
        long = text_width(word.rstrip(" "))
        if used and used + long > width:
            lines.append("")
            used = 0
        for piece in [word] if long <= width else word:
            if used + text_width(piece.rstrip(" ")) > width:
                lines.append("")
                used = 0
            lines[-1] += piece
            used += text_width(piece)
    return lines


def _cut(line: str, width: int) -> str:
    """Drop trailing blanks that exceed the width."""
    while text_width(line) > width and line.endswith(" "):
        line = line[:-1]
    return line


def text_width(text: str) -> int:
    """Return the terminal width of a text without line ends and controls."""
    return len(text) if text.isascii() else _cell_len()(text)


@cache
def _cell_len() -> Callable[[str], int]:
    from rich.cells import cell_len  # noqa: PLC0415 - most texts are ASCII

    return cell_len
