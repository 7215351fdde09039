"""What pages of Markdown are made of: parts, tables, lists, and assessments that may be put into them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from evgrade.model import Location, dotted
from evgrade.render.account_words import WHOLE, cited_by, item_told
from evgrade.render.clean import for_markdown, for_terminal, with_texts
from evgrade.render.few import with_few_findings

if TYPE_CHECKING:
    from evgrade.grading.account import Evidence, EvidenceItem
    from evgrade.grading.assessment import Assessment


def page(parts: Iterable[str]) -> str:
    """Return the parts of a page, those that are not empty, as a page."""
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    return "\n".join(table_lines(head, rows))


def table_lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table of cells that are Markdown already."""
    heads = list(head)
    for cells in chain([heads, ["---"] * len(heads)], rows):
        yield f"| {' | '.join(cells)} |"


def bullets(lines: Iterable[str]) -> str:
    """Return a list of lines that are Markdown already."""
    return "\n".join(f"- {line}" for line in lines)


def readable(assessment: Assessment) -> Assessment:
    """Return an assessment whose texts are Markdown that shows them as they are.

    Blanks of a file name are no prose: a line end in one has to be seen.
    """
    file = assessment.dossier_file

    def shown(text: str) -> str:
        return for_markdown(for_terminal(text) if text == file else text)

    changed: Assessment = with_texts(with_few_findings(assessment), shown)
    return changed


def cited(evidence: Evidence) -> str:
    """Return one line of evidence: its id, what it states, who says so, and its place."""
    name = evidence.id or dotted(evidence.path).replace("#", "no. ")  # #1 would be a link to an issue
    line = f"**{name}**"
    if evidence.statement:
        line += f" {evidence.statement}"
    if evidence.citations:
        line += f" \\[{cited_by(evidence.citations)}\\]"
    return f"{line} ({place(evidence.location)})"


def item(given: EvidenceItem) -> str:
    """Return one line about an item: its id, what there is to know of it, who says so, and its place."""
    name = given.evidence.id or dotted(given.evidence.path).replace("#", "no. ")
    sources = f" \\[{cited_by(given.evidence.citations)}\\]" if given.evidence.citations else ""
    return f"**{name}** {item_told(given, WHOLE)}{sources} ({place(given.evidence.location)})"


def place(location: Location) -> str:
    """Return a place as people write it, without the column."""
    return f"{location.file}:{location.line}"
