"""What a person reads: a page of blocks that say what something is, and never how it looks.

A report is written once, as a page; each format is one renderer of pages. The texts of a page are as the dossier has
them: a renderer cleans whatever it prints, in one place, so that no report can forget it. Whoever adds a kind of block
is led to every renderer by the type checker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from evgrade.model import Finding


class Style(StrEnum):
    """What a text is."""

    PLAIN = "plain"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    DIM = "dim"
    """Secondary: a place, a date, what was left out."""
    COMMAND = "command"
    """To be typed as it is."""
    FILE = "file"
    """The name of a file, in which every blank counts."""
    RAISED = "raised"
    """A small sign above the line, such as a citation of some styles."""
    GENERATED = "generated"
    """Written by evgrade, among the words of the dossier's authors."""


GENERATED = "evgrade generated"
"""What documents call the style of text that evgrade wrote, so that an editor can select all of it."""


class Tone(StrEnum):
    """How good a grade is. The grade says the same: a colour only helps to find it."""

    NONE = "none"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    APART = "apart"
    """Outside the order: nothing was judged."""


def tone(strength: float | None) -> Tone:
    """Return how good a strength is, from 0 (worst) to 1 (best)."""
    if strength is None:
        return Tone.APART
    if strength >= 0.75:
        return Tone.GOOD
    return Tone.FAIR if strength >= 0.4 else Tone.POOR


class Span(NamedTuple):
    """A text in a line; where `most` is not 0, a terminal may cut it to so many characters."""

    text: str
    style: Style = Style.PLAIN
    tone: Tone = Tone.NONE
    most: int = 0


Line = tuple[str | Span, ...]
"""What is in a paragraph or an entry; a text alone is a plain span."""


class Place(NamedTuple):
    """A line of a dossier."""

    file: str
    line: int


class Mark(StrEnum):
    """What marks an entry of a list."""

    NONE = "none"
    DECIDES = "decides"
    """A grade rests on it."""
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list.

    Attributes:
        line: what it says.
        name: what it is about, where it has a name.
        place: where that is.
        citations: who says so.
        mark: what marks it.
        children: a list of its own below it, gone through once.
    """

    line: Line
    name: Line = ()
    place: Place | None = None
    citations: tuple[str, ...] = ()
    mark: Mark = Mark.NONE
    children: Iterable[Item] = ()


@dataclass(frozen=True, slots=True)
class Title:
    """What a page is called where it is a document of its own; a terminal shows it below the command, and leaves it."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 says what the page is about, with a line below it; 2 is a section, 3 a part of one.

    `has_marks` is set where marks of entries come to be explained.
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
    """A list, perhaps with a title; no block at all where it is empty. It is gone through once.

    A terminal shows `most` entries, then how many more there are and the `command` that shows them; or `rest` in place
    of them.
    """

    items: Iterable[Item]
    title: str = ""
    most: int | None = None
    command: str = ""
    rest: Line = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What it all comes to.

    Attributes:
        title: the recommendation.
        tone: how good it is.
        settled: whether it holds whatever the missing facts turn out to be; else it is provisional.
        means: what it means, and which rule gave it.
        because: the grades that it rests on.
        settles: what would settle it.
    """

    title: str
    tone: Tone
    settled: bool
    means: tuple[str, ...]
    because: Bullets
    settles: Bullets


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A grade: of what, how strong from 0 to 1 (None where nothing was judged), what it means, what else is possible.

    `possible` are all grades that may be, best first: just this one where it is settled, none where nothing is
    recorded.
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
    """An effect: whose it is, in words, and its value with both ends of its interval, to be drawn where it has them."""

    name: str
    words: str
    ends: tuple[float, float, float] | None
    is_pooled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The effects on one outcome, a row a study, drawn to scale where there is room.

    Attributes:
        title: the outcome.
        measure: the code of the measure, which decides on the scale, and what it is called.
        rows: studies, then pooled effects.
        more: how many studies are not among them.
        sides: what lies on either side of no effect.
        people: what the effect means in people; empty if not known.
    """

    title: str
    measure: tuple[str, str]
    rows: tuple[EffectRow, ...]
    more: int
    sides: tuple[str, str]
    people: str


Part = tuple[Span, ...]
"""Cells of a row that are side by side: what is the same in many rows is best a part of its own."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        head: its title.
        short: its title where there is little room; empty for the same.
        share: how much of the room that is left it gets, in proportion to others; 0 for one as wide as its cells.
        least: how wide one without a share is at least.
        most: how wide it is at most; None for as wide as its cells or its share are.
        optional: whether one without a share may be left out where all its cells are empty.
        wide: how many columns a terminal has to have for it to be shown.
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
    """A table whose rows come one by one, so that never all of them are in memory.

    Attributes:
        columns: its columns.
        title: what it is of, where several are below each other.
        rows: the cells of each row, in parts.
        ahead: the same rows, to be measured before; needed where `rows` can be gone through only once. Of equal rows
            one is enough, and cells of columns with a share may be empty.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Part]]
    ahead: Iterable[Sequence[Part]] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """What the table below shows; tables of a document are numbered from 1."""

    number: int
    text: str


class Link(NamedTuple):
    """A link: where it leads, and its words. Make one with `evgrade.report.links`, which takes addresses apart."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A reference of a document.

    Attributes:
        label: what it is cited by, such as `1.`; empty where the style has no labels.
        warning: what happened to it, such as a retraction; empty where nothing did.
        line: the reference in words.
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
    """What signs in the block above mean, and the short titles of the columns above where a renderer used them."""

    texts: tuple[str, ...]
    columns: Sequence[Column] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """Findings in a dossier that the page is about."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that stays line by line as it is, such as YAML."""

    text: str


@dataclass(frozen=True, slots=True)
class Foot:
    """The last line: by what something was graded, and from which file."""

    text: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What parts one report from the next."""


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
"""How many of the entries that are not shown are counted: making them all just to count them would cost too much."""


def how_many_more(entries: Iterator[object], command: str = "") -> Line:
    """Return how many more entries there are, and what shows them; nothing where there are none."""
    more = sum(1 for _ in islice(entries, _MOST_COUNTED + 1))
    if not more:
        return ()
    wording = f"and over {_MOST_COUNTED} more" if more > _MOST_COUNTED else f"and {more} more"
    return (Span(f"{wording}: ", Style.DIM), Span(command, Style.COMMAND)) if command else (Span(wording, Style.DIM),)


OPEN = "?"
"""The mark after a grade or a recommendation while others are possible."""

OPEN_MEANS = f"{OPEN} other grades are possible while facts are missing"


def spaced(word: object) -> str:
    """Return a word of the format as people write it: «no benefit» for `no_benefit`."""
    return str(word).replace("_", " ")


def capitalized(text: str) -> str:
    """Return a text with a capital letter in front, every other letter as it is."""
    return text[:1].upper() + text[1:]


def strong(text: str, tone: Tone = Tone.NONE) -> Span:
    """Return a text as strong."""
    return Span(text, Style.STRONG, tone)


def row(*cells: str | Span) -> tuple[Part]:
    """Return a row of a small table: one part."""
    return (tuple(cell if isinstance(cell, Span) else Span(cell) for cell in cells),)


def effects_table(effects: Effects) -> Table:
    """Return effects as a table of numbers, for where nothing is drawn."""
    rows = [row(strong(one.name) if one.is_pooled else one.name, one.words) for one in effects.rows]
    return Table([Column(effects.title), Column(f"{effects.measure[1]} (95% interval)")], rows)


def effects_below(effects: Effects) -> list[str]:
    """Return what comes below effects: how many studies are not shown, and what they mean in people."""
    more = f"and {effects.more} more {'study' if effects.more == 1 else 'studies'}" if effects.more else ""
    return [text for text in (more, effects.people) if text]
