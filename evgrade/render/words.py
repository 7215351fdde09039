"""What reports for people say alike, whatever they are written in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from evgrade.grading.assessment import (
    Assessment,
    DomainGrade,
    MissingFact,
    RecommendationGiven,
    ScoreGiven,
    Suggested,
    WithoutRetracted,
)
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelGrade
from evgrade.model import dotted
from evgrade.rubric.phrases import either
from evgrade.schema.suggest import many

T = TypeVar("T")


def rounded(points: float) -> str:
    """Return points as people read them, with at most one decimal."""
    return f"{round(points, 1):g}"


MOST_COUNTED = 100
"""How many of those that are not shown are counted: what nobody reads is not worked out for its number."""


def first_few(entries: Iterable[T], most: int) -> tuple[tuple[T, ...], str]:
    """Return the first entries, and how many more there are in words; nothing where there are none."""
    rest = iter(entries)
    first = tuple(islice(rest, most))
    more = sum(1 for _ in islice(rest, MOST_COUNTED + 1))
    if not more:
        return first, ""
    return first, f"and over {MOST_COUNTED} more" if more > MOST_COUNTED else f"and {more} more"


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


NOT_A_CHANCE = "It measures the evidence; it is not the chance that the therapy works."
"""Said beside every score: a number of 100 is easily read as a percentage of success."""

_DASH = "–"


def grade_told(domain: DomainGrade) -> str:
    """Return a grade for people; what nobody recorded has none."""
    return _DASH if domain.basis is Basis.NOT_RECORDED else domain.grade


def grade_marked(domain: DomainGrade) -> str:
    """Return a grade for a table, with a question mark where others are possible."""
    is_open = len(domain.possible) > 1 and domain.basis is not Basis.NOT_RECORDED
    return grade_told(domain) + ("?" if is_open else "")


def reason_told(domain: DomainGrade) -> str:
    """Return why a domain has its grade."""
    if domain.basis is Basis.NOT_RECORDED:
        add = next((f" To record it, {fact.place}." for fact in domain.missing if fact.is_section), "")
        return f"Not recorded, so every grade is still possible.{add}"
    if domain.basis is Basis.NOT_APPLICABLE:
        return "Not applicable to this kind of therapy, and left out of the score."
    return domain.rule.means if domain.rule else points_in_words(domain)


def level_told(given: RecommendationGiven | None) -> str:
    """Return the title of a level, marked where it is provisional, with what it could become."""
    if given is None:
        return NOTHING_RECORDED
    others = other_levels(given)
    return f"{given.title}? (provisional; still possible: {'; '.join(others)})" if others else given.title


def level_marked(given: RecommendationGiven | None) -> str:
    """Return the title of a level in short, with a question mark where it is provisional."""
    return NOTHING_RECORDED if given is None else given.title + ("" if given.settled else "?")


NOTHING_RECORDED = "Nothing recorded yet"
"""Stands for a verdict where the dossier holds nothing that the rubric reads."""


def recommendations(assessments: Iterable[Assessment]) -> Iterator[tuple[Assessment, str]]:
    """Yield the assessments that have a recommendation, or would if anything were recorded, with what it is."""
    for one in assessments:
        if one.recommendation is not None or not one.recorded:
            yield one, level_told(one.recommendation)


def provisional_told(given: RecommendationGiven) -> str:
    """Return what a provisional level could still become."""
    others = either(f"“{title}”" for title in other_levels(given))
    return f"Provisional: it could still become {others}" + (", once this is known:" if given.settles else ".")


def fact_told(fact: MissingFact) -> str:
    """Return what to do about a missing fact, after what it means: «: add `trials`»."""
    return f": {fact.place}"


def nothing_recorded(assessment: Assessment) -> tuple[str, tuple[MissingFact, ...]]:
    """Return why there is no verdict, and which sections to add first."""
    told = f"The dossier holds no evidence that {assessment.rubric} reads, so there is no verdict."
    if assessment.unread:
        told += " What it holds is listed below."
    return told, tuple(fact for fact in assessment.missing if fact.is_section)


def panel_told(one: PanelGrade) -> str:
    """Return what raters gave, beside the rule: «2 raters, from D to F, median between D and F; the rule gives D»."""
    raters = many(len(one.given), "rater")
    if one.best == one.worst:
        return f"{raters} gave {one.best}; the rule {'gives ' + one.grade if one.differs else 'does too'}"
    median = f"between {one.median[0]} and {one.median[1]}" if len(one.median) > 1 else one.median[0]
    return f"{raters}, from {one.best} to {one.worst}, median {median}; the rule gives {one.grade}"


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
