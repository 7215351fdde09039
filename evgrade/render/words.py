"""What reports for people say alike, whatever they are written in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    RecommendationGiven,
    ScoreGiven,
    Suggested,
    WithoutRetracted,
)
from evgrade.model import dotted
from evgrade.rubric.phrases import either


def rounded(points: float) -> str:
    """Return points as people read them, with at most one decimal."""
    return f"{round(points, 1):g}"


def points_in_words(domain: DomainGrade) -> str:
    """Return what a grade that no single rule gave means, with the points behind it where there are any."""
    if domain.points is None:
        return domain.means
    low, high = domain.points
    points = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{domain.means}: {points} {'point' if points == '1' else 'points'}"


def stated_by_source(domain: DomainGrade) -> list[str]:
    """Return, for each item with a grade of the source that differs from the rule's, the two side by side."""
    return [
        f"{item.evidence.statement or item.evidence.id}: stated by the source: {_spaced(item.stated)}; "
        f"by the rule: {_spaced(item.grade)}"
        for item in domain.items
        if item.stated is not None and item.stated != item.grade
    ]


def open_range(score: ScoreGiven) -> tuple[str, str] | None:
    """Return the least and the most that a score may still come to, None where nothing keeps it open."""
    if score.low is None or score.high is None or round(score.high - score.low, 1) <= 0:
        return None
    return rounded(score.low), rounded(score.high)


def other_levels(given: RecommendationGiven) -> list[str]:
    """Return the titles of the other levels that are still possible."""
    titled = zip(given.possible, given.possible_titles, strict=True)
    return [title for name, title in titled if name != given.level]


def reviewed(assessment: Assessment) -> str:
    """Return when a dossier was reviewed and by whom, as far as it says; nothing if it says neither."""
    date = f"reviewed {assessment.review_date}" if assessment.review_date else ""
    group = f"by {assessment.review_group}" if assessment.review_group else ""
    return f"{date} {group}".strip()


def suggestion_head(one: Suggested) -> str:
    """Return what a suggestion is about and what it suggests: «stroke, Imprecision: serious»."""
    item = one.item.id or dotted(one.item.path).replace("#", "no. ")
    return f"{item}, {one.title}: {_spaced(one.judgement or 'left open')}"


def suggestion_told(one: Suggested) -> str:
    """Return what the reviewers judged beside a suggestion, and its numbers; or what it still needs."""
    if one.judgement is None:
        judged = "not judged yet" if one.stated is None else f"{_spaced(one.stated)} judged"
        needed = f"; it needs {either(one.missing)}" if one.missing else ""
        rounded = "; the numbers are printed too coarsely to tell" if one.hangs_on_rounding else ""
        return f", {judged}{rounded}{needed}"
    if one.stated is None:
        judged = " suggested, not judged yet"
    elif one.differs:
        judged = f" suggested, {_spaced(one.stated)} judged, which counts"
    else:
        judged = ", as judged" if one.stated == one.judgement else f" or {_spaced(one.stated)}, as judged"
    return judged + (f": {'; '.join(one.because)}" if one.because else "")


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def without_retracted(given: WithoutRetracted) -> Iterator[tuple[str, str]]:
    """Yield what the grades would be without what rests on retracted papers: a name and what is said of it."""
    yield "Retracted", ", ".join(given.references)
    if given.left_out:
        yield "Left out, as nothing else shows it", ", ".join(given.left_out)
    if given.pooled:
        yield "No longer known, as they pool what was retracted", ", ".join(given.pooled)
    if given.beside:
        yield "Kept, as it has other sources too", ", ".join(given.beside)
    for domain in given.domains:
        others = [grade for grade in domain.possible if grade != domain.after]
        is_same = domain.before_possible == domain.possible
        yield domain.title, _then(domain.before, domain.after, " ".join(others), is_same=is_same)
    if given.score is not None:
        score = given.score
        before, after = ("none" if value is None else rounded(value) for value in (score.before, score.after))
        low, high = score.possible
        between = "" if low is None or high is None or low == high else f"{rounded(low)} to {rounded(high)}"
        yield "Score", _then(before, after, between, is_same=score.before_possible == score.possible)
    if given.recommendation is not None:
        level = given.recommendation
        titled = zip(level.possible, level.possible_titles, strict=True)
        titles = [title for name, title in titled if name != level.after]
        is_same = level.before_possible == level.possible
        yield "Recommendation", _then(level.before_title, level.after_title, "; ".join(titles), is_same=is_same)


def _then(before: str, after: str, others: str, *, is_same: bool) -> str:
    """Return what a grade becomes, and what else is possible then where that is not the same as before."""
    if is_same:
        return becomes(before, after)
    said = becomes(before, after) if before != after else f"{after}, no longer settled" if others else after
    return f"{said} (possible: {others})" if others else said


def becomes(before: str, after: str) -> str:
    """Return what something was and what it is instead, or that it did not change."""
    return f"{before}, unchanged" if before == after else f"{before} becomes {after}"


def wrapped(line: str, width: int) -> list[str]:
    """Return a line cut to a width, what goes on below it indented further than the line itself."""
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
