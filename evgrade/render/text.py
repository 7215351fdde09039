"""Pages for a terminal: layout, and the one place that cleans text for it.

Indentation and empty lines follow from the kind of block and the heading above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import assert_never

from evgrade.render.clean import Sink, for_terminal, part_of_prose
from evgrade.render.findings import finding_line
from evgrade.render.layout import Cell, broken, painted, table_lines, text_width
from evgrade.render.page import (
    Block,
    Bullets,
    Caption,
    Effects,
    Findings,
    Foot,
    GradeRow,
    Grades,
    Heading,
    Item,
    Line,
    Mark,
    Note,
    Page,
    Paragraph,
    Rule,
    SourceEntry,
    Sources,
    Span,
    Style,
    Table,
    Title,
    Tone,
    Verbatim,
    Verdict,
    how_many_more,
    tone,
)

_BAR = 10
_NARROW = 60
"""Below this width, title, grade, bar and meaning do not fit on one line."""
_LEAST = 34
"""The minimum width of text, however deeply nested."""


def page_text(page: Page, sink: Sink) -> Iterator[str]:
    """Yield a page block by block, in the width, colours and characters of the sink."""
    terminal = _Terminal(sink)
    for block in page:
        lines = terminal.lines(block)
        if lines is not None:
            yield from (f"{line}\n" for line in lines)


class _Terminal:
    """Lays out one block after another."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._is_ascii = sink.ascii
        self._level = 0
        self._is_nested = False
        self._above: Block | None = None

    def shown(self, span: Span) -> Cell:
        """Return a text cleaned for the sink, with its colours."""
        text = self._clean(span)
        return Cell(text if span.style is Style.FILE else text.strip(" "), _code(span))

    def _clean(self, span: Span) -> str:
        text = for_terminal(span.text) if span.style is Style.FILE else part_of_prose(span.text)
        if span.most and len(text) > span.most:
            text = text[: span.most - 1].rstrip() + "…"
        return self.sink.encodable(text)

    def lines(self, block: Block) -> Iterator[str] | None:
        """Return the lines of a block, with an empty line before them if needed; None for a block without lines."""
        if isinstance(block, Bullets):
            items = iter(block.items)
            first = next(items, None)
            block = Title("") if first is None else replace(block, items=chain([first], items))
        if isinstance(block, Title):
            return None
        gap = self._is_apart(block, self._above)
        self._above, self._is_nested = block, False
        if isinstance(block, Heading):
            self._level = block.level
        elif isinstance(block, Rule):
            self._level = 0
        return chain([""], self._block(block)) if gap else self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        indent = {0: 0, 3: 3}.get(self._level, 1)
        match block:
            case Title():
                return iter(())
            case Heading():
                return self._heading(block)
            case Paragraph():
                return self._wrapped(block.line, indent)
            case Note():
                return self._note(block)
            case Bullets():
                return self._bullets(block, indent)
            case Verdict():
                return self._verdict(block)
            case Grades():
                return self._grades(block)
            case Effects():
                from evgrade.render.effects import effects_lines  # noqa: PLC0415 - few dossiers state effects

                return effects_lines(block, self.sink, self.shown)
            case Caption():
                return self._wrapped((Span(f"Table {block.number}. ", Style.STRONG), block.text))
            case Table():
                return self._table(block)
            case Sources():
                return chain.from_iterable(map(self._source, block.entries))
            case Findings():
                return self._bullets(Bullets([Item((finding_line(one),)) for one in block.findings]), indent)
            case Verbatim():
                return (f"  {self._clean(Span(line, Style.FILE))}".rstrip() for line in block.text.splitlines())
            case Foot():
                return self._foot(block)
            case Rule():
                return iter((self._sign("─", "-") * self.sink.width,))
            case _:
                assert_never(block)

    def _sign(self, sign: str, plain: str) -> str:
        return plain if self._is_ascii else sign

    def _is_apart(self, block: Block, above: Block | None) -> bool:
        """Whether an empty line separates a block from the one above it."""
        if above is None:
            return False
        is_close = self._level > 2 or (isinstance(above, Heading) and above.level > 1)
        match block:
            case Heading():
                return block.level < 3 or self._is_nested or (self._level == 2 and isinstance(above, Paragraph))
            case Verdict() | Grades() | Caption() | Foot() | Rule():
                return True
            case Paragraph() | Effects() | Table() | Sources() | Verbatim():
                return not is_close and not isinstance(above, Caption)
            case Bullets() | Findings():
                return not is_close and not isinstance(above, Paragraph | Effects | Bullets | Findings)
            case Note():
                return isinstance(above, Bullets)
            case Title():
                return False
            case _:
                assert_never(block)

    # Lines

    def _cells(self, line: Line, code: str) -> list[Cell]:
        """Return a line as pieces, without double blanks where they meet or blanks at either end."""
        cells: list[Cell] = []
        ends_blank = True
        for part in line:
            span = part if isinstance(part, Span) else Span(part)
            text = self._clean(span)
            text = text.lstrip(" ") if ends_blank and span.style is not Style.FILE else text
            if text:
                cells.append(Cell(text, _code(span) or code))
                ends_blank = text.endswith(" ")
        return cells

    def _folded(self, line: Line, width: int, code: str = "") -> list[str]:
        """Wrap a line of a page to lines of the terminal, each piece in its colours."""
        cells = self._cells(line, code)
        lines = broken("".join(cell.text for cell in cells), width)
        return _colored(lines, cells, self.sink) if self.sink.color else [one.rstrip(" ") for one in lines]

    def _wrapped(
        self, line: Line, indent: int = 0, lead: str = "", hang: int | None = None, code: str = ""
    ) -> Iterator[str]:
        """Yield a line wrapped to the width: the first line after `lead`, the others indented below its text."""
        hang = len(lead) if hang is None else hang
        indent = max(0, min(indent, self.sink.width - hang - _LEAST))
        first = " " * indent + lead
        for one in self._folded(line, self.sink.width - indent - hang, code):
            yield f"{first}{one}".rstrip(" ")
            first = " " * (indent + hang)

    # Blocks

    def _heading(self, heading: Heading) -> Iterator[str]:
        line = heading.line
        if heading.has_marks:
            line += (Span(f" ({self._mark(Mark.DECIDES, 0)} marks what a grade rests on)", Style.DIM),)
        yield from self._wrapped(line, 1 if heading.level > 2 else 0, code=_HEADINGS[heading.level])
        if heading.below:
            yield from self._wrapped((Span(heading.below, Style.DIM),))

    def _mark(self, mark: Mark, depth: int) -> str:
        match mark:
            case Mark.NONE:
                return self._sign("–" if depth else "•", "-")
            case Mark.DECIDES:
                return self._sign("»", ">")
            case Mark.YES:
                return "[yes]"
            case Mark.NO:
                return "[no]"
            case Mark.UNKNOWN:
                return "[?]"
            case _:
                assert_never(mark)

    def _bullets(self, block: Bullets, indent: int) -> Iterator[str]:
        if block.title:
            yield from self._wrapped((Span(block.title, Style.EMPHASIS),), indent)
        items = iter(block.items)
        for item in islice(items, block.most):
            yield from self._item(item, indent, 0)
        more = how_many_more(items, block.command)
        if more:
            yield from self._item(Item(block.rest or more), indent, 0)

    def _item(self, item: Item, indent: int, depth: int) -> Iterator[str]:
        lead = f"{self._mark(item.mark, depth)} "
        yield from self._wrapped(_whole(item), indent, lead, 6 if item.mark in _TRUTHS else None)
        for child in item.children:
            self._is_nested = True
            yield from self._item(child, indent + (4 if item.mark in _TRUTHS else 2), depth + 1)

    def _verdict(self, verdict: Verdict) -> Iterator[str]:
        left, right, top, side = ("++", "++", "-", "|") if self._is_ascii else ("╭╰", "╮╯", "─", "│")
        code, inner = _TONES[verdict.tone], self.sink.width - 4
        provisional = "" if verdict.settled else " (PROVISIONAL)"
        lines = self._folded((Span(verdict.title.upper() + provisional, Style.STRONG, verdict.tone),), inner)
        for wording in verdict.means:
            lines += self._folded((wording,), inner)
        for bullets in (verdict.because, verdict.settles):
            if bullets.title or bullets.items:
                lines += _Terminal(Sink(inner, self.sink.color, self.sink.encoding))._bullets(bullets, 0)
        yield painted(f"{left[0]}{top * (inner + 2)}{right[0]}", code, self.sink)
        edge = painted(side, code, self.sink)
        for line in lines:
            blanks = " " * (inner - text_width(_COLOURS.sub("", line)))
            yield f"{edge} {line}{blanks} {edge}"
        yield painted(f"{left[1]}{top * (inner + 2)}{right[1]}", code, self.sink)

    def _grades(self, grades: Grades) -> Iterator[str]:
        titles = [self._folded((row.title,), self.sink.width) for row in grades.rows]
        first = max((text_width(title[0]) for title in titles), default=0)
        second = max((text_width(row.grade) for row in grades.rows), default=0)
        is_narrow = self.sink.width < _NARROW or any(len(title) > 1 for title in titles) or first > self.sink.width // 2
        for row, title in zip(grades.rows, titles, strict=True):
            grade, bar = self.shown(Span(row.grade, Style.STRONG, tone(row.strength))), self._bar(row)
            others = f" (possible: {' '.join(row.others)})" if row.others else ""
            means = (row.means, Span(others, Style.EMPHASIS))
            wording = painted(*grade, self.sink)
            if is_narrow:
                yield from self._wrapped((row.title, " ", Span(row.grade, Style.STRONG, tone(row.strength))), 1)
                yield f" {bar}"
                yield from self._wrapped(means, 3)
            else:
                blanks = [" " * (first - text_width(title[0]) + 2), " " * (second - text_width(grade.text) + 2)]
                lead = f"{title[0]}{blanks[0]}{wording}{blanks[1]}{bar}  "
                yield from self._wrapped(means, 1, lead, first + second + _BAR + 6)

    def _bar(self, row: GradeRow) -> str:
        if row.strength is None:
            return painted(self._sign("·", ".") * _BAR, "2", self.sink)
        filled = max(1, round(row.strength * _BAR))
        bar = painted(self._sign("█", "#") * filled, _TONES[tone(row.strength)], self.sink)
        return bar + painted(self._sign("░", "-") * (_BAR - filled), "2", self.sink)

    def _table(self, table: Table) -> Iterator[str]:
        if table.title:
            yield from self._wrapped((Span(table.title, Style.STRONG),))
        yield from table_lines(table, self.sink, self.shown)

    def _source(self, source: SourceEntry) -> Iterator[str]:
        warning = (Span(f"{source.warning}. ", Style.STRONG),) if source.warning else ()
        links = (part for link in source.links for part in (" ", Span(link.href, Style.DIM)))
        lead = f"{self._clean(Span(source.label))} " if source.label else ""
        return self._wrapped((*warning, *source.line, *links), 1, lead)

    def _note(self, note: Note) -> Iterator[str]:
        shorts = [f"{one.short} {one.head}" for one in note.columns if one.short and one.short != one.head]
        texts = ["; ".join(shorts), *note.texts] if shorts else note.texts
        return self._wrapped((Span(". ".join((*texts, "")), Style.DIM),))

    def _foot(self, foot: Foot) -> Iterator[str]:
        file = (Span(f"{foot.file}  ", Style.FILE),) if foot.file else ()
        return self._wrapped((*file, Span(foot.text, Style.DIM)))


_TRUTHS = (Mark.YES, Mark.NO, Mark.UNKNOWN)


def _whole(item: Item) -> Line:
    """Return an item as one line: its name, place, text and sources."""
    line: list[str | Span] = [part if isinstance(part, Span) else Span(part, Style.STRONG) for part in item.name]
    if item.place is not None:
        line.append(Span(f" line {item.place.line}", Style.DIM))
    if line and any(item.line):
        line.append(": ")
    line += item.line
    if item.citations:
        line.append(Span(f" [{'; '.join(dict.fromkeys(item.citations))}]", Style.PLAIN, Tone.APART))
    return tuple(line)


_STYLES = {
    Style.PLAIN: "",
    Style.STRONG: "1",
    Style.EMPHASIS: "3",
    Style.DIM: "2",
    Style.COMMAND: "",
    Style.FILE: "2",
    Style.RAISED: "",
    Style.GENERATED: "3",
}
_TONES = {Tone.NONE: "", Tone.GOOD: "32", Tone.FAIR: "33", Tone.POOR: "31", Tone.APART: "36"}
_HEADINGS = {1: "1", 2: "1;4", 3: "1"}
_COLOURS = re.compile("\x1b\\[[0-9;]*m")


def _code(span: Span) -> str:
    """Return the colour code of a span (ECMA-48, Select Graphic Rendition)."""
    style, color = _STYLES[span.style], _TONES[span.tone]
    return f"{style};{color}" if style and color else style or color


def _colored(lines: Sequence[str], cells: Sequence[Cell], sink: Sink) -> list[str]:
    """Colour lines that together are the texts of some cells, each part in the colours of its cell."""
    left = [(cell.text, cell.code) for cell in reversed(cells)]
    colored = []
    for line in lines:
        length, pieces = len(line), list[Cell]()
        while length:
            text, code = left.pop()
            pieces.append(Cell(text[:length], code))
            if len(text) > length:
                left.append((text[length:], code))
            length -= len(pieces[-1].text)
        while pieces and not pieces[-1].text.strip(" "):
            pieces.pop()
        if pieces:
            pieces[-1] = pieces[-1]._replace(text=pieces[-1].text.rstrip(" "))
        colored.append("".join(painted(text, code, sink) for text, code in pieces))
    return colored
