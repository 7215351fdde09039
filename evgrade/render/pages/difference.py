"""Two versions of a dossier: what changed in the evidence, and how that changed the grades."""

from __future__ import annotations

from collections.abc import Iterator

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
    row,
    strong,
)
from evgrade.render.pages.words import (
    becomes,
    few,
    file_span,
    grade_words,
    graded_by,
    level_words,
    other_levels,
    reason_words,
    recommending,
    rule_words,
    score_words,
)

_LONGEST = 160
_LEAD = 40


def difference_page(given: DossierDiff) -> Iterator[Block]:
    """Yield the difference of two dossiers."""
    before, after = given.before, given.after
    yield Heading(1, (f"{after.therapy} for {after.condition}",))
    yield Bullets([Item((file_span(one),), (name,)) for name, one in (("Old", before), ("New", after))])
    yield Heading(2, ("What changed in the evidence",))
    yield Bullets([_entry(entry) for entry in given.entries])
    if not given.entries:
        yield Paragraph(("Nothing.",))
    yield Heading(2, ("What that did",))
    columns = [Column(""), Column("Before", share=1), Column("Now", share=1)]
    yield Table(columns, [*_grades(before, after), *_outcome(before, after)])
    for domain in given.domains:
        yield Heading(2, (f"{domain.title}: {becomes(_grade(domain.before), _grade(domain.after))}",))
        yield Bullets([Item((line,)) for line in _reasons(domain)])
    yield from _recommendation(before, after)
    yield Foot(graded_by(after))


def _entry(entry: EntryChanged) -> Item:
    """Return an entry that changed, and what changed in it."""
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
    """Return what became of a value: «high: 49 becomes 149»."""
    before, after = _short(change)
    name = f"{change.name}: " if change.name else ""
    if before is None:
        return f"{name}{after} added"
    if after is None:
        return f"{name}{before} removed"
    return f"{name}{before} becomes {after}"


def _short(change: Change) -> tuple[str | None, str | None]:
    """Return both values in words, long ones from shortly before the first difference on."""
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


def _grades(before: Assessment, after: Assessment) -> Iterator[tuple[Part]]:
    for one, other in zip(before.domains, after.domains, strict=True):
        yield _row(other.title, _grade(one), _grade(other))


def _grade(domain: DomainGrade) -> str:
    grade = grade_words(domain)
    return grade if len(domain.possible) == 1 else f"{grade} (possible: {' '.join(domain.possible)})"


def _outcome(before: Assessment, after: Assessment) -> Iterator[tuple[Part]]:
    """Yield a row for the score, one for the recommendation and one for the findings, as far as there are any."""
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
    """Return a row of the table; what did not change says so."""
    return row(name, before, Span("unchanged", Style.DIM) if before == after else strong(after))


def _reasons(moved: DomainMoved) -> Iterator[str]:
    """Yield why a domain moved, line by line."""
    before, after = _reason(moved.before), _reason(moved.after)
    yield from [after] if before == after else [f"before: {before}", f"now: {after}"]
    yield from (f"because {rule_words(rule)}" for rule in moved.rules)
    if not moved.rules and moved.rests_on:
        yield f"it rests on what changed: {few(moved.rests_on)}"


def _reason(domain: DomainGrade) -> str:
    return f"{domain.rule.means} [{domain.rule.name}]" if domain.rule else reason_words(domain)


def _recommendation(before: Assessment, after: Assessment) -> Iterator[Block]:
    """Yield why another level is recommended, or the same for another reason."""
    one, other = before.recommendation, after.recommendation
    if one is not None and other is not None and one.rule != other.rule:
        yield Heading(2, (f"Recommendation: {becomes(level_words(one), level_words(other))}",))
        rules = (("before", one.rule), ("now", other.rule))
        yield Bullets([Item((f"{word}: {rule.means} [{rule.name}]",)) for word, rule in rules])
