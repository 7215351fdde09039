"""Several dossiers under one rubric: a table of grades, then domain by domain the reasons of each.

Dossiers are numbered, because their names are too long for the head of a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.render.page import (
    Block,
    Bullets,
    Column,
    Foot,
    Heading,
    Item,
    Part,
    Span,
    Style,
    Table,
    Title,
    how_many_more,
    row,
    strong,
)
from evgrade.render.pages.words import (
    evidence_item,
    file_span,
    grade_span,
    graded_by,
    level_words,
    open_note,
    open_range,
    other_levels,
    reason_words,
    recommending,
    rounded,
)

_MOST_EVIDENCE = 3
_WIDEST = 24


def side_by_side_page(assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield the assessments of several dossiers under the same rubric, side by side."""
    first = assessments[0]
    numbers = [f"({number})" for number in range(1, len(assessments) + 1)]
    yield Title("Side by side")
    yield Bullets(
        [
            Item((strong(number), f" {one.therapy} for {one.condition}, ", file_span(one)))
            for number, one in zip(numbers, assessments, strict=True)
        ]
    )
    columns = [Column(""), *(Column(number, share=1, most=_WIDEST) for number in numbers)]
    yield Table(columns, list(_rows(assessments)))
    yield from open_note(assessments)
    for place, domain in enumerate(first.domains):
        yield Heading(2, (domain.title,))
        same = [one.domains[place] for one in assessments]
        yield Bullets([_reasons(number, one) for number, one in zip(numbers, same, strict=True)])
    yield Foot(graded_by(first))


def _rows(assessments: Sequence[Assessment]) -> Iterator[tuple[Part]]:
    """Yield a row a domain, the score and the recommendation below, each with what it may still come to."""
    first = assessments[0]
    for place, domain in enumerate(first.domains):
        yield row(domain.title, *(grade_span(one.domains[place]) for one in assessments))
    if first.score is not None:
        yield row(first.score.title, *map(_score, assessments))
        yield from _still([_range(one) for one in assessments])
    if recommending(assessments):
        yield row("Recommendation", *(level_words(one.recommendation) for one in assessments))
        yield from _still(["; ".join(other_levels(one.recommendation)) for one in assessments])


def _still(cells: Sequence[str]) -> Iterator[tuple[Part]]:
    if any(cells):
        yield row(Span("– still possible", Style.DIM), *cells)


def _score(assessment: Assessment) -> str:
    given = assessment.score
    return "none" if given is None or given.value is None else rounded(given.value)


def _range(assessment: Assessment) -> str:
    still = None if assessment.score is None else open_range(assessment.score)
    return f"{still[0]} to {still[1]}" if still else ""


def _reasons(number: str, domain: DomainGrade) -> Item:
    """Return why a dossier has its grade in one domain, with the first of its evidence."""
    evidence = iter(domain.evidence)
    shown = [evidence_item(one) for one in islice(evidence, _MOST_EVIDENCE)]
    more = how_many_more(evidence, f"evgrade explain FILE {domain.name}")
    if more:
        shown.append(Item(more))
    return Item((strong(number), " ", grade_span(domain), f" {reason_words(domain)}"), children=shown)
