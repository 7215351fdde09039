"""The means to write an article: the dossier, its grades, citations, and text by the reviewers or by evgrade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.render.page import Caption, Line, Paragraph, Span, Style
from evgrade.report.references import Numbering, runs
from evgrade.rubric.model import Rubric

Cite = Callable[[tuple[int, ...]], tuple[Span, ...]]
"""Return the citation of references by number, with a leading blank if the style has one."""


def in_numbers(numbers: tuple[int, ...]) -> tuple[Span, ...]:
    """Cite by number, as medical journals do: (1, 2), and a range for three or more in sequence (3–5)."""
    wording = [f"{run[0]}\u2013{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs(numbers)]
    return (Span(f" ({', '.join(wording)})"),)


@dataclass(slots=True)
class Draft:
    """An article being written.

    Attributes:
        dossier: its dossier.
        graded: each grading system with its assessment; the first gives the main verdict.
        by_grade: the assessment under GRADE; None for a dossier without outcomes.
        numbering: the numbering of references.
        style: the format of citations.
        tables: the number of tables so far.
    """

    dossier: Dossier
    graded: Sequence[tuple[Rubric, Assessment]]
    by_grade: Assessment | None
    numbering: Numbering
    style: Cite = in_numbers
    tables: int = field(default=0)

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the dossier."""
        return self.dossier.data

    @property
    def first(self) -> Assessment:
        """The assessment with the main verdict."""
        return self.graded[0][1]

    @property
    def therapy(self) -> str:
        """The name of the therapy."""
        return str(self.data["therapy"]["name"])

    @property
    def condition(self) -> str:
        """The name of the condition."""
        return str(self.data["condition"]["name"])

    def cited(self, refs: Iterable[str]) -> tuple[Span, ...]:
        """Return a citation; empty if nothing is cited."""
        numbers = self.numbering.cite(refs)
        return self.style(numbers) if numbers else ()

    def cell(self, text: str, numbers: tuple[int, ...]) -> str:
        """Return a table cell with its sources, never in superscript."""
        if not numbers:
            return text
        spans = self.style(numbers)
        words = "".join(span.text for span in spans)
        return f"{text} ({words.strip()})" if any(span.style is Style.RAISED for span in spans) else f"{text}{words}"

    def said(self, text: object, refs: Iterable[str] = ()) -> Line:
        """Return text by the reviewers as sentences, with its sources."""
        return _sentences(str(text), self.cited(refs), Style.PLAIN)

    def made(self, text: str, refs: Iterable[str] = ()) -> Line:
        """Return sentences by evgrade, with their sources."""
        return _sentences(text, self.cited(refs), Style.GENERATED)

    def sourced(self, text: str, numbers: tuple[int, ...]) -> Line:
        """Return a list item in the reviewers' words, with sources that are already numbered."""
        cited = self.style(numbers) if numbers else ()
        return _sentences(text, cited, Style.PLAIN) if text.endswith((".", "?", "!")) else (text, *cited)

    def introduced(self, lead: str, text: object, refs: Iterable[str] = ()) -> Line:
        """Return text by the reviewers after an introduction by evgrade."""
        return (Span(f"{lead} ", Style.GENERATED), *self.said(text, refs))

    def caption(self, text: str) -> Caption:
        """Return the caption of the next table."""
        self.tables += 1
        return Caption(self.tables, text)

    def recorded(self, section: str, nothing: str, found_none: str) -> Iterator[Paragraph]:
        """Yield a sentence if a section is absent (`nothing`) or empty (`found_none`), which mean different things."""
        if section not in self.data:
            yield Paragraph(self.made(nothing))
        elif not self.data[section]:
            yield Paragraph(self.made(found_none))


def _sentences(text: str, cited: tuple[Span, ...], style: Style) -> Line:
    """End a text with a full stop, with the citation before it."""
    text = text.strip()
    cited = tuple(span._replace(style=style) if span.style is Style.PLAIN else span for span in cited)
    if text.endswith(".") and not text.endswith(".."):
        return (Span(text[:-1], style), *cited, Span(".", style)) if cited else (Span(text, style),)
    if text.endswith(("?", "!", "…", '."', ".\u201d", ".)", '?"', '!"', "..")):
        return (Span(text, style), *cited)
    return (Span(text, style), *cited, Span(".", style))


def joined(*lines: Line) -> Line:
    """Join lines with blanks, leaving out empty ones."""
    wording: list[str | Span] = []
    for line in lines:
        if line and wording:
            both = all(isinstance(one, Span) and one.style is Style.GENERATED for one in (wording[-1], line[0]))
            wording.append(Span(" ", Style.GENERATED if both else Style.PLAIN))
        wording += line
    return tuple(wording)
