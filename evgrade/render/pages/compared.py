"""One dossier under several rubrics: a table of grades, and the differences in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.grading.assessment import Assessment
from evgrade.grading.compare import Compared, compare
from evgrade.render.page import (
    Block,
    Bullets,
    Column,
    Foot,
    Heading,
    Item,
    Paragraph,
    Part,
    Span,
    Table,
    row,
    strong,
)
from evgrade.render.pages.words import (
    findings,
    grade_span,
    grade_words,
    level_words,
    open_note,
    other_levels,
    recommending,
    without_items,
)


def compared_page(assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield the assessments of one dossier under several rubrics, side by side."""
    first = assessments[0]
    compared = compare(assessments)
    yield Heading(1, (f"{first.therapy} for {first.condition}",), reviewed(first))
    yield Table([Column("Rubric"), *(Column(one.subject) for one in compared)], list(_rows(assessments, compared)))
    yield from open_note(assessments)
    recommended = recommending(assessments)
    if recommended:
        yield Heading(2, ("Recommendations",))
        yield Bullets([Item((_level(one),), (one.rubric,)) for one in recommended])
    yield from _differences([one for one in compared if one.because is not None])
    for one in assessments:
        if one.without_retracted is not None:
            yield Heading(2, (f"{one.rubric} without what rests on retracted papers",))
            yield Bullets(without_items(one.without_retracted))
    yield from findings(first)
    yield Foot(f"evgrade {first.version}", first.dossier_file)


def reviewed(assessment: Assessment) -> str:
    """Return when a dossier was reviewed and by whom, as far as it says; nothing if it says neither."""
    date = f"reviewed {assessment.review_date}" if assessment.review_date else ""
    group = f"by {assessment.review_group}" if assessment.review_group else ""
    return f"{date} {group}".strip()


def _rows(assessments: Sequence[Assessment], compared: Sequence[Compared]) -> Iterator[tuple[Part]]:
    """Yield a row a rubric: the grades that it gives each subject."""
    for one in assessments:
        yield row(one.rubric, *(_opinions(subject, one.rubric) for subject in compared))


def _opinions(subject: Compared, rubric: str) -> Span:
    given = [grade_span(one.domain) for one in subject.opinions if one.rubric == rubric]
    return given[0] if len(given) == 1 else strong(" / ".join(one.text for one in given))


def _level(assessment: Assessment) -> str:
    others = other_levels(assessment.recommendation)
    wording = f" (provisional; still possible: {'; '.join(others)})" if others else ""
    return level_words(assessment.recommendation) + wording


def _differences(differing: Sequence[Compared]) -> Iterator[Block]:
    if not differing:
        yield Paragraph(("The systems that judge the same agree.",))
        return
    yield Heading(2, ("Where the systems differ",))
    for subject in differing:
        yield Heading(3, (subject.subject,))
        yield Paragraph((f"The systems differ because {subject.because}",))
        yield Bullets(
            [
                Item((rule.means if rule else domain.means,), (f"{rubric} {grade_words(domain)}",))
                for rubric, domain, rule in ((one.rubric, one.domain, one.domain.rule) for one in subject.opinions)
            ]
        )
