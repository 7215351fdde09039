"""Phrases shared by several reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade.grading.account import Evidence
from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    RecommendationResult,
    ScoreResult,
    WithoutRetracted,
)
from evgrade.grading.judge import Basis
from evgrade.grading.moved import RuleMoved
from evgrade.model import dotted
from evgrade.render.findings import few_of_each
from evgrade.render.page import (
    OPEN,
    OPEN_MEANS,
    Block,
    Findings,
    Foot,
    Heading,
    Item,
    Line,
    Mark,
    Note,
    Place,
    Span,
    Style,
    strong,
    tone,
)
from evgrade.rubric.phrases import listing

LONGEST = 160
"""The maximum length of a text from the dossier in a line of a terminal."""

NOTHING_RECORDED = "Nothing recorded yet"
"""The verdict if the dossier holds nothing that the rubric reads."""

NUMBERS = ("no", "one", "two", "three")

_DASH = "–"
_MOST_NAMES = 6


# Grades


def rounded(points: float) -> str:
    """Return points with at most one decimal."""
    return f"{round(points, 1):g}"


def open_range(score: ScoreResult) -> tuple[str, str] | None:
    """Return the range of a score that is still open; None if it is settled."""
    if score.low is None or score.high is None or round(score.high - score.low, 1) <= 0:
        return None
    return rounded(score.low), rounded(score.high)


def score_words(assessment: Assessment) -> str:
    """Return the score of an assessment, with its possible range if it is open."""
    given = assessment.score
    if given is None or given.value is None:
        return "none"
    still = open_range(given)
    return rounded(given.value) + (f" ({still[0]} to {still[1]} possible)" if still else "")


def grade_words(domain: DomainGrade) -> str:
    """Return a grade for people; a dash if nothing is recorded."""
    return _DASH if domain.basis is Basis.NOT_RECORDED else domain.grade


def grade_span(domain: DomainGrade) -> Span:
    """Return a grade, with a question mark if others are possible."""
    is_open = len(domain.possible) > 1 and domain.basis is not Basis.NOT_RECORDED
    return strong(grade_words(domain) + (OPEN if is_open else ""), tone(domain.strength))


def open_note(assessments: Iterable[Assessment]) -> Iterator[Note]:
    """Explain the question mark, if a grade has one."""
    if any(grade_span(domain).text.endswith(OPEN) for one in assessments for domain in one.domains):
        yield Note((OPEN_MEANS,))


def reason_words(domain: DomainGrade) -> str:
    """Return why a domain has its grade."""
    if domain.basis is Basis.NOT_RECORDED:
        add = next((f" To record it, {fact.place}." for fact in domain.missing if fact.is_section), "")
        return f"Not recorded, so every grade is still possible.{add}"
    if domain.basis is Basis.NOT_APPLICABLE:
        return "Not applicable to this kind of therapy, and left out of the score."
    return domain.rule.means if domain.rule else _points_words(domain)


def _points_words(domain: DomainGrade) -> str:
    """Return the meaning of a grade that no single rule gave, with its points if there are any."""
    if domain.points is None:
        return domain.means
    low, high = domain.points
    points = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{domain.means}: {points} {'point' if points == '1' else 'points'}"


# Recommendations


def recommending(assessments: Iterable[Assessment]) -> list[Assessment]:
    """Return the assessments that have a recommendation, or would if anything were recorded."""
    return [one for one in assessments if one.recommendation is not None or not one.recorded]


def level_words(given: RecommendationResult | None) -> str:
    """Return the title of a level, with a question mark if it is provisional."""
    return NOTHING_RECORDED if given is None else given.title + ("" if given.settled else OPEN)


def other_levels(given: RecommendationResult | None) -> list[str]:
    """Return the titles of the other levels that are still possible."""
    if given is None:
        return []
    titled = zip(given.possible, given.possible_titles, strict=True)
    return [title for name, title in titled if name != given.level]


# Evidence


def name_of(evidence: Evidence) -> str:
    """Return the name of an item: its id, or else its path in the dossier."""
    return evidence.id or dotted(evidence.path).replace("#", "no. ")


def place_of(evidence: Evidence) -> Place:
    """Return where an item is."""
    return Place(evidence.location.file, evidence.location.line)


def evidence_item(evidence: Evidence, mark: Mark = Mark.NONE) -> Item:
    """Return a list item for an item of evidence or a field: its statement, sources and place."""
    wording: Line = (Span(evidence.statement, most=LONGEST),) if evidence.statement else ()
    return Item(wording, (name_of(evidence),), place_of(evidence), evidence.citations, mark)


# Changes


def becomes(before: str, after: str) -> str:
    """Return a change as a phrase: «A becomes B», or «A, unchanged»."""
    return f"{before}, unchanged" if before == after else f"{before} becomes {after}"


def rule_words(moved: RuleMoved) -> str:
    """Return the change of a rule: «harmful no longer holds, by what changed in trial X»."""
    if moved.after is True:
        wording = "now holds"
    elif moved.before is True:
        wording = "no longer holds" if moved.after is False else "is no longer known to hold"
    else:
        wording = "can no longer hold" if moved.after is False else "could hold now"
    by = f", because of the change in {few(moved.rests_on)}" if moved.rests_on else ""
    return f"{moved.rule.name} {wording}{by}"


def few(names: Sequence[str]) -> str:
    """Return names as a phrase; if there are many, the first and the number of others."""
    return listing(names, _MOST_NAMES)


def without_items(given: WithoutRetracted, *, only_changes: bool = False) -> tuple[Item, ...]:
    """Return a list item for each change if evidence that rests on retracted papers is left out."""
    return tuple(Item((wording,), (name,)) for name, wording in without_retracted(given, only_changes=only_changes))


def without_retracted(given: WithoutRetracted, *, only_changes: bool = False) -> Iterator[tuple[str, str]]:
    """Yield what the grades would be without evidence that rests on retracted papers, as names and phrases.

    `only_changes` leaves out domains whose grades stay as they are.
    """
    yield "Retracted", ", ".join(given.references)
    if given.left_out:
        yield "Left out, as nothing else supports it", ", ".join(given.left_out)
    if given.pooled:
        yield "No longer known, as they pool retracted results", ", ".join(given.pooled)
    if given.beside:
        yield "Kept, as it has other sources", ", ".join(given.beside)
    for domain in given.domains:
        others = [grade for grade in domain.possible if grade != domain.after]
        is_same = domain.before_possible == domain.possible
        if only_changes and is_same and domain.before == domain.after:
            continue
        yield domain.title, then(domain.before, domain.after, " ".join(others), is_same=is_same)
    if given.score is not None:
        score = given.score
        before, after = ("none" if value is None else rounded(value) for value in (score.before, score.after))
        low, high = score.possible
        between = "" if low is None or high is None or low == high else f"{rounded(low)} to {rounded(high)}"
        yield "Score", then(before, after, between, is_same=score.before_possible == score.possible)
    if given.recommendation is not None:
        level = given.recommendation
        titled = zip(level.possible, level.possible_titles, strict=True)
        titles = [title for name, title in titled if name != level.after]
        is_same = level.before_possible == level.possible
        yield "Recommendation", then(level.before_title, level.after_title, "; ".join(titles), is_same=is_same)


def then(before: str, after: str, others: str, *, is_same: bool) -> str:
    """Return what a grade becomes, with the other possible grades if these changed."""
    if is_same:
        return becomes(before, after)
    said = becomes(before, after) if before != after else f"{after}, no longer settled" if others else after
    return f"{said} (possible: {others})" if others else said


# Below everything else


def findings(one: Assessment) -> Iterator[Block]:
    """Yield the findings in a dossier; of many with one code, the first and a count."""
    if one.findings:
        yield Heading(2, ("Findings in the dossier",))
        yield Findings(few_of_each(one.findings))


def graded_by(one: Assessment) -> str:
    """Return the rubric and the version of evgrade that graded a dossier."""
    return f"graded by {one.rubric} {one.rubric_version}, evgrade {one.version}"


def foot(one: Assessment) -> Foot:
    """Return the last line of a report on one dossier."""
    return Foot(graded_by(one), one.dossier_file)


def file_span(one: Assessment) -> Span:
    """Return the file name of a dossier."""
    return Span(one.dossier_file, Style.FILE)
