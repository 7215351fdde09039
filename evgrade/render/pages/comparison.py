"""Several dossiers under one rubric side by side, and the difference between two versions of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.evidence_diff import Change, EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff
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
    Style,
    Table,
    Title,
    how_many_more,
    row,
    strong,
)
from evgrade.render.pages.words import (
    becomes,
    evidence_item,
    few,
    file_span,
    grade_span,
    grade_words,
    graded_by,
    level_words,
    open_note,
    open_range,
    other_levels,
    reason_words,
    recommending,
    rounded,
    rule_words,
    score_words,
)

_MOST_EVIDENCE = 3
_WIDEST = 24


def side_by_side_page(assessments: Sequence[Assessment]) -> Iterator[Block]:
    """Yield a table of the grades of several dossiers under one rubric, then the reasons for each, domain by domain.

    Dossiers are numbered, because their names are too long for column heads.
    """
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
    """Yield one row per domain, then the score and the recommendation, with what else is possible for these."""
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
    """Return the reason for the grade of a dossier in one domain, with the first items of its evidence."""
    evidence = iter(domain.evidence)
    shown = [evidence_item(one) for one in islice(evidence, _MOST_EVIDENCE)]
    more = how_many_more(evidence, f"evgrade explain FILE {domain.name}")
    if more:
        shown.append(Item(more))
    return Item((strong(number), " ", grade_span(domain), f" {reason_words(domain)}"), children=shown)


# Two versions of a dossier

_LONGEST = 160
_LEAD = 40


def difference_page(given: DossierDiff) -> Iterator[Block]:
    """Yield what changed in the evidence between two versions of a dossier, and how that changed the grades."""
    before, after = given.before, given.after
    yield Heading(1, (f"{after.therapy} for {after.condition}",))
    yield Bullets([Item((file_span(one),), (name,)) for name, one in (("Old", before), ("New", after))])
    yield Heading(2, ("What changed in the evidence",))
    yield Bullets([_entry(entry) for entry in given.entries])
    if not given.entries:
        yield Paragraph(("Nothing.",))
    yield Heading(2, ("Effect on the grades",))
    both = zip(before.domains, after.domains, strict=True)
    grades = [_row(other.title, _grade(one), _grade(other)) for one, other in both]
    columns = [Column(""), Column("Before", share=1), Column("Now", share=1)]
    yield Table(columns, [*grades, *_outcome(before, after)])
    for domain in given.domains:
        yield Heading(2, (f"{domain.title}: {becomes(_grade(domain.before), _grade(domain.after))}",))
        yield Bullets([Item((line,)) for line in _reasons_for_move(domain)])
    yield from _recommendation(before, after)
    yield Foot(graded_by(after))


def _entry(entry: EntryChanged) -> Item:
    """Return a changed entry, and the changes in it."""
    if entry.how == "changed":
        old, new = (0 if one is None else one.line for one in (entry.old, entry.new))
        wording = f", line {old} before, {new} now" if old != new else f", line {new}"
        changes = tuple(Item((_change(change),)) for change in entry.changes)
        return Item((strong(entry.name), wording), children=changes)
    place = entry.old or entry.new
    line = 0 if place is None else place.line
    values = (before or after for before, after in map(_short, entry.changes))
    wording = entry.statement or next(values, None) or "nothing"
    which = "old" if entry.how == "removed" else "new"
    return Item((strong(entry.name), f" {entry.how}, {which} line {line}: {wording}"))


def _change(change: Change) -> str:
    """Return the change of a value: «high: 49 becomes 149»."""
    before, after = _short(change)
    name = f"{change.name}: " if change.name else ""
    if before is None:
        return f"{name}{after} added"
    if after is None:
        return f"{name}{before} removed"
    return f"{name}{before} becomes {after}"


def _short(change: Change) -> tuple[str | None, str | None]:
    """Return both values in words, long ones cut to begin shortly before the first difference."""
    before, after = change.said_before, change.said_after
    start = 0
    if before is not None and after is not None and max(len(before), len(after)) > _LONGEST:
        pairs = zip(before, after, strict=False)
        same = next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
        start = max(0, same - _LEAD)
    return _cut(before, start), _cut(after, start)


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    rest = text[start:] if len(text) - start <= _LONGEST else f"{text[start : start + _LONGEST - 1]}…"
    return f"…{rest}" if start else rest


def _grade(domain: DomainGrade) -> str:
    grade = grade_words(domain)
    return grade if len(domain.possible) == 1 else f"{grade} (possible: {' '.join(domain.possible)})"


def _outcome(before: Assessment, after: Assessment) -> Iterator[tuple[Part]]:
    """Yield a row each for the score, the recommendation and the findings, if present."""
    if after.score is not None:
        yield _row(after.score.title, score_words(before), score_words(after))
    if recommending([before, after]):
        yield _row("Recommendation", level_words(before.recommendation), level_words(after.recommendation))
    if before.recommendation is not None and after.recommendation is not None:
        one, other = ("; ".join(other_levels(given.recommendation)) for given in (before, after))
        if one or other:
            yield _row("– still possible", one, other)
    yield _row("Findings", str(len(before.findings)), str(len(after.findings)))


def _row(name: str, before: str, after: str) -> tuple[Part]:
    """Return a row of the table, with `unchanged` if the value is the same."""
    return row(name, before, Span("unchanged", Style.DIM) if before == after else strong(after))


def _reasons_for_move(moved: DomainMoved) -> Iterator[str]:
    """Yield the reasons why a domain moved, one per line."""
    before, after = _reason(moved.before), _reason(moved.after)
    yield from [after] if before == after else [f"before: {before}", f"now: {after}"]
    yield from (f"because {rule_words(rule)}" for rule in moved.rules)
    if not moved.rules and moved.rests_on:
        yield f"it rests on what changed: {few(moved.rests_on)}"


def _reason(domain: DomainGrade) -> str:
    return f"{domain.rule.means} [{domain.rule.name}]" if domain.rule else reason_words(domain)


def _recommendation(before: Assessment, after: Assessment) -> Iterator[Block]:
    """Yield the reasons for a different recommendation, or for the same by a different rule."""
    one, other = before.recommendation, after.recommendation
    if one is not None and other is not None and one.rule != other.rule:
        yield Heading(2, (f"Recommendation: {becomes(level_words(one), level_words(other))}",))
        rules = (("before", one.rule), ("now", other.rule))
        yield Bullets([Item((f"{word}: {rule.means} [{rule.name}]",)) for word, rule in rules])
