"""Pages for people: blocks that say what something is, never how it looks.

A report is written once, as a page; each format is one renderer of pages. A page holds text just as the dossier has it:
each renderer cleans everything it prints in one place, so that no report can forget to. When a kind of block is added,
the type checker points to every renderer that must handle it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from evgrade.model import Finding


class Style(StrEnum):
    """The role of a text."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    DIM = "dim"
    """Secondary: a place, a date, an omission."""
    COMMAND = "command"
    """To be typed exactly like this."""
    FILE = "file"
    """A file name, in which every blank counts."""
    RAISED = "raised"
    """Superscript, as some citation styles use."""
    GENERATED = "generated"
    """Text by evgrade amid text by the authors of the dossier."""


GENERATED = "evgrade generated"
"""The name of the character style for text by evgrade, with which an editor can select all of it."""


class Tone(StrEnum):
    """How good a grade is. Colour only helps to spot it: the grade says the same."""

    NONE = "none"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    APART = "apart"
    """Off the scale: nothing was judged."""


def tone(strength: float | None) -> Tone:
    """Return the tone of a strength between 0 (worst) and 1 (best); None is off the scale."""
    if strength is None:
        return Tone.APART
    if strength >= 0.75:
        return Tone.GOOD
    return Tone.FAIR if strength >= 0.4 else Tone.POOR


class Span(NamedTuple):
    """A text in a line; unless `most` is 0, a terminal may shorten it to that many characters."""

    text: str
    style: Style = Style.PLAIN
    tone: Tone = Tone.NONE
    most: int = 0


Line = tuple[str | Span, ...]
"""The content of a paragraph or an item; a bare string is a plain span."""


class Place(NamedTuple):
    """A line of a dossier."""

    file: str
    line: int


class Mark(StrEnum):
    """The mark of a list item."""

    NONE = "none"
    DECIDES = "decides"
    """A grade rests on it."""
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """A list item.

    Attributes:
        line: its text.
        name: the name of its subject, if it has one.
        place: where the subject is in the dossier.
        citations: its sources.
        mark: its mark.
        children: the items of a nested list, iterated once.
    """

    line: Line
    name: Line = ()
    place: Place | None = None
    citations: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    children: Iterable[Item] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a page that is a document; a terminal leaves it out, as the command is just above."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 names the subject of the page, with a line below it; 2 is a section, 3 a subsection.

    `has_marks` asks the renderer to explain the marks of items.
    """

    level: int
    line: Line
    below: str = ""
    has_marks: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with an optional title; an empty list is no block. It is iterated once.

    A terminal shows `most` items, then the number of those left out and the `command` that shows them; or `rest`
    instead.
    """

    items: Iterable[Item]
    title: str = ""
    most: int | None = None
    command: str = ""
    rest: Line = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The overall verdict.

    Attributes:
        title: the recommendation.
        tone: how good it is.
        settled: whether it holds whatever the missing facts turn out to be; otherwise it is provisional.
        means: its meaning, and the rule that gave it.
        because: the grades that it rests on.
        settles: the facts that would settle it.
    """

    title: str
    tone: Tone
    settled: bool
    means: tuple[str, ...]
    because: Bullets
    settles: Bullets


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A grade in the overview.

    Attributes:
        title: the domain.
        grade: the grade.
        strength: how strong the grade is, from 0 to 1; None where nothing was judged.
        means: its meaning.
        possible: all possible grades, best first: only this one if it is settled, none if nothing is recorded.
        others: the possible grades except this one.
    """

    title: str
    grade: str
    strength: float | None
    means: str
    possible: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grades:
    """All grades at a glance."""

    rows: tuple[GradeRow, ...]


class EffectRow(NamedTuple):
    """An effect: its study or model, its words, and its estimate with both ends of its interval, if it can be drawn."""

    name: str
    words: str
    ends: tuple[float, float, float] | None
    is_pooled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The effects on one outcome, one row per study, drawn to scale if there is room.

    Attributes:
        title: the outcome.
        measure: the code of the effect measure, which determines the scale, and its name.
        rows: studies, then pooled effects.
        more: the number of studies left out.
        sides: the meaning of either side of no effect.
        people: the effect per 1,000 people; empty if not known.
    """

    title: str
    measure: tuple[str, str]
    rows: tuple[EffectRow, ...]
    more: int
    sides: tuple[str, str]
    people: str


Part = tuple[Span, ...]
"""Adjacent cells of a row. Cells that repeat together in many rows should form a part, which is laid out once."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        head: its title.
        short: a shorter title for narrow sinks; empty to use the title.
        share: its share of the remaining width, relative to other columns; 0 to fit its cells.
        least: its minimum width if it has no share.
        most: its maximum width; None for no limit.
        optional: whether to leave it out if all its cells are empty; only without a share.
        wide: the terminal width from which on it is shown.
    """

    head: str
    short: str = ""
    share: int = 0
    least: int = 0
    most: int | None = None
    optional: bool = False
    wide: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows come one at a time, so that they are never all in memory.

    Attributes:
        columns: its columns.
        title: its title, where several tables follow each other.
        rows: the cells of each row, in parts.
        ahead: the same rows for measuring; needed if `rows` can be iterated only once. Duplicates may be omitted, and
            cells of columns with a share may be empty.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Part]]
    ahead: Iterable[Sequence[Part]] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """The caption of the table below; tables in a document are numbered from 1."""

    number: int
    text: str


class Link(NamedTuple):
    """A link: its target and its text. Make links with `evgrade.report.links`, which checks addresses."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A reference of a document.

    Attributes:
        label: its label in the list, such as `1.`; empty if the style has no labels.
        warning: a warning, such as a retraction; empty for none.
        line: the text of the reference.
        links: where to read it.
    """

    label: str
    warning: str
    line: Line
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """The list of references of a document."""

    entries: tuple[SourceEntry, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Explains the signs in the block above, and the short column titles if the renderer used them."""

    texts: tuple[str, ...]
    columns: Sequence[Column] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings in the dossier that the page is about."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text to show line by line unchanged, such as YAML."""

    text: str


@dataclass(frozen=True, slots=True)
class Foot:
    """The last line: the rubric and version used, and the file."""

    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A separator between reports."""


Block = (
    Title
    | Heading
    | Paragraph
    | Note
    | Bullets
    | Verdict
    | Grades
    | Effects
    | Caption
    | Table
    | Sources
    | Findings
    | Verbatim
    | Foot
    | Rule
)
Page = Iterable[Block]


_MOST_COUNTED = 100
"""How far the items left out are counted: generating all of them just to count them would cost too much."""


def how_many_more(entries: Iterator[object], command: str) -> Line:
    """Return how many more items there are, and the command that shows them; nothing if there are none."""
    more = sum(1 for _ in islice(entries, _MOST_COUNTED + 1))
    if not more:
        return ()
    wording = f"and over {_MOST_COUNTED} more" if more > _MOST_COUNTED else f"and {more} more"
    return (Span(f"{wording}: ", Style.DIM), Span(command, Style.COMMAND)) if command else (Span(wording, Style.DIM),)


OPEN = "?"
"""The mark after a grade or recommendation while others are possible."""

OPEN_MEANS = f"{OPEN} other grades are possible while facts are missing"


def spaced(word: object) -> str:
    """Return a keyword of the format as people write it: «no benefit» for `no_benefit`."""
    return str(word).replace("_", " ")


def capitalized(text: str) -> str:
    """Capitalize the first letter and leave all others alone."""
    return text[:1].upper() + text[1:]


def strong(text: str, tone: Tone = Tone.NONE) -> Span:
    """Return a strong span."""
    return Span(text, Style.STRONG, tone)


def row(*cells: str | Span) -> tuple[Part]:
    """Return a row of a small table as one part."""
    return (tuple(cell if isinstance(cell, Span) else Span(cell) for cell in cells),)


def effects_table(effects: Effects) -> Table:
    """Return effects as a table of numbers, for formats without a drawing."""
    rows = [row(strong(one.name) if one.is_pooled else one.name, one.words) for one in effects.rows]
    return Table([Column(effects.title), Column(f"{effects.measure[1]} (95% interval)")], rows)


def effects_below(effects: Effects) -> list[str]:
    """Return the lines below effects: the number of studies left out, and the effect per 1,000 people."""
    more = f"and {effects.more} more {'study' if effects.more == 1 else 'studies'}" if effects.more else ""
    return [text for text in (more, effects.people) if text]
