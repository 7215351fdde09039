"""Pages as Markdown for code hosts (run summaries, comments, wikis), and the one place that cleans text for it.

Adjacent texts are cleaned as one, so that they cannot combine into markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import assert_never

from evgrade.render.clean import EMPTY_PLACE, Sink, for_markdown, for_terminal, part_of_markdown
from evgrade.render.findings import severity_word, what_to_do
from evgrade.render.page import (
    Block,
    Bullets,
    Caption,
    Column,
    Effects,
    Findings,
    Foot,
    Grades,
    Heading,
    Item,
    Line,
    Mark,
    Note,
    Page,
    Paragraph,
    Part,
    Rule,
    SourceEntry,
    Sources,
    Span,
    Style,
    Table,
    Title,
    Verbatim,
    Verdict,
    effects_below,
    effects_table,
    row,
    strong,
)

_KINDS = 4096
"""How many distinct cells to cache; many recur in many rows."""


def page_markdown(page: Page, sink: Sink) -> Iterator[str]:
    """Yield a page block by block, in characters that the sink can show."""
    is_first = True
    for block in page:
        for number, text in enumerate(_block(block)):
            gap = "\n" if number == 0 and not is_first else ""
            yield sink.encodable(f"{gap}{text}\n")
            is_first = False


def _block(block: Block) -> Iterator[str]:
    """Yield the lines of a block, possibly several at once; nothing for an empty block."""
    match block:
        case Title():
            yield f"# {for_markdown(block.text)}"
        case Heading():
            yield from _heading(block)
        case Paragraph():
            yield _line(block.line)
        case Note():
            yield for_markdown(f"{'. '.join(block.texts)}.")
        case Bullets():
            yield from _bullets(block)
        case Verdict():
            yield from _verdict(block)
        case Grades():
            yield from _grades(block)
        case Effects():
            yield from _effects(block)
        case Caption():
            yield f"**Table {block.number}.** {for_markdown(block.text)}"
        case Table():
            yield from _table(block)
        case Sources():
            yield "\n\n".join(_source(one, number) for number, one in enumerate(block.entries, start=1))
        case Findings():
            yield from _findings(block)
        case Verbatim():
            yield "\n".join(f"    {for_terminal(line)}".rstrip() for line in block.text.splitlines())
        case Foot():
            yield f"<sub>{_line((Span(block.file, Style.FILE), f' {block.text}'))}</sub>"
        case Rule():
            yield "---"
        case _:
            assert_never(block)


def _heading(heading: Heading) -> Iterator[str]:
    yield f"{'#' * heading.level} {_line(heading.line)}"
    if heading.below:
        yield f"\n{for_markdown(heading.below)}"


def _line(line: Line) -> str:
    """Return a line of a page; adjacent spans with the same markup are cleaned together."""
    pieces: list[str] = []
    spans = [part if isinstance(part, Span) else Span(part) for part in line]
    for around, group in groupby(spans, _around):
        text = "".join(for_terminal(span.text) if span.style is Style.FILE else span.text for span in group)
        if not pieces:
            text = text.lstrip(" \t\r\n")
        elif pieces[-1].endswith(" "):
            text = text.lstrip(" ")
        inside = text.strip(" \t\r\n")
        if around and inside:
            lead, end = (" " if outer else "" for outer in (text[:1] in " \t\r\n", text[-1:] in " \t\r\n"))
            if around[0] == "*" and not lead and pieces and pieces[-1].endswith("*"):
                pieces.append(EMPTY_PLACE)  # or the asterisks of both would combine
            pieces.append(f"{lead}{around}{part_of_markdown(inside)}{_closing(around)}{end}")
        elif text:
            pieces.append(part_of_markdown(text))
    return "".join(pieces).rstrip(" ")


def _around(span: Span) -> str:
    """Return the markup around a text."""
    match span.style:
        case Style.STRONG:
            return "**"
        case Style.EMPHASIS | Style.GENERATED:
            return "*"
        case Style.RAISED:
            return "<sup>"
        case Style.PLAIN | Style.DIM | Style.COMMAND | Style.FILE:
            return ""
        case _:
            assert_never(span.style)


def _closing(around: str) -> str:
    return around.replace("<", "</")


def _source(source: SourceEntry, number: int) -> str:
    """Return a reference: a numbered list item if its label is its number, otherwise a paragraph."""
    is_item = source.label == f"{number}."
    line: list[str | Span] = [f"{source.label} "] if source.label and not is_item else []
    if source.warning:
        line += [strong(f"{source.warning}."), " "]
    links = "".join(f" <{link.href}>" for link in source.links)  # no address contains a character that could end it
    return f"{f'{number}. ' if is_item else ''}{_line((*line, *source.line))}{links}"


def _bullets(block: Bullets) -> Iterator[str]:
    for number, item in enumerate(block.items):
        if block.title and number == 0:
            yield f"{for_markdown(block.title)}\n"
        yield from _item(item, "")


def _item(item: Item, indent: str) -> Iterator[str]:
    line: list[str | Span] = []
    for number, part in enumerate(item.name, start=1):
        colon = ":" if number == len(item.name) and any(item.line) else ""
        span = part if isinstance(part, Span) else strong(part)
        line.append(span._replace(text=span.text + colon))
    line += [" ", *item.line]
    if item.citations:
        line.append(f" [{'; '.join(dict.fromkeys(item.citations))}]")
    if item.place is not None:
        line += [" (", Span(item.place.file, Style.FILE), f":{item.place.line})"]
    yield f"{indent}- {_mark(item.mark, _line(tuple(line)))}"
    for child in item.children:
        yield from _item(child, f"{indent}  ")


def _mark(mark: Mark, line: str) -> str:
    match mark:
        case Mark.NONE:
            return line
        case Mark.DECIDES:
            return f"{line} – **decides**"
        case Mark.YES:
            return f"**yes:** {line}"
        case Mark.NO:
            return f"**no:** {line}"
        case Mark.UNKNOWN:
            return f"**not known:** {line}"
        case _:
            assert_never(mark)


def _verdict(verdict: Verdict) -> Iterator[str]:
    provisional = "" if verdict.settled else " (provisional)"
    yield _line((strong(verdict.title), provisional))
    yield f"\n{_line((' '.join(verdict.means),))}"
    for bullets in (verdict.because, verdict.settles):
        lines = list(_bullets(bullets)) or ([for_markdown(bullets.title)] if bullets.title else [])
        if lines:  # a title may stand alone here
            yield ""
            yield from lines


def _effects(effects: Effects) -> Iterator[str]:
    yield from _table(effects_table(effects))
    yield from (f"\n{for_markdown(text)}" for text in effects_below(effects))


def _grades(grades: Grades) -> Iterator[str]:
    columns = [Column(head) for head in ("Domain", "Grade", "Possible", "Means")]
    rows = [row(one.title, strong(one.grade), " ".join(one.possible), one.means) for one in grades.rows]
    return _table(Table(columns, rows))


def _table(table: Table) -> Iterator[str]:
    @lru_cache(maxsize=_KINDS)
    def cells(part: Part) -> str:
        return " | ".join(map(_cell, part))

    if table.title:
        yield f"### {for_markdown(table.title)}\n"
    yield f"| {' | '.join(for_markdown(column.head) for column in table.columns)} |"
    yield f"| {' | '.join('---' for _ in table.columns)} |"
    for parts in table.rows:
        yield f"| {' | '.join([cells(part) if len(part) > 1 else _cell(part[0]) for part in parts])} |"


def _cell(span: Span) -> str:
    around = _around(span)
    text = for_markdown(for_terminal(span.text) if span.style is Style.FILE else span.text)
    return f"{around}{text}{_closing(around)}" if text else ""


def _findings(block: Findings) -> Iterator[str]:
    heads = ("Place", "Severity", "Finding", "Hint", "Code")
    rows = [
        row(
            Span(f"{one.location.file}:{one.location.line}", Style.FILE),
            severity_word(one),
            one.message,
            what_to_do(one),
            one.code,
        )
        for one in block.findings
    ]
    yield from _table(Table([Column(head) for head in heads], rows))
