"""What each grading system makes of a dossier: its verdict among all levels, and the grades of its domains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evgrade.grading.account import Unread
from evgrade.grading.assessment import Assessment, DomainGrade, ScoreResult
from evgrade.grading.judge import Basis
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a recommendation, and whether it is given, still possible, or neither."""

    title: str
    means: str
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """A grade of a scale, and whether it is given, still possible, or neither."""

    grade: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A domain with its scale."""

    title: str
    question: str
    grade: str
    means: str
    reason: str
    steps: tuple[Step, ...]
    better: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one grading system makes of the dossier.

    Attributes:
        system: its title and version.
        title, means, reason: the level, what it means, the rule that gave it.
        because: the grades it rests on, in words.
        levels: all levels, best first.
        settles: the missing facts that could change it.
        provisional: whether they can.
        score: the score in words; empty where there is none.
        domains: the grades.
        better: what a better level would take.
        unread: the evidence that the system does not read.
    """

    system: str
    title: str
    means: str
    reason: str
    because: tuple[str, ...]
    levels: tuple[Level, ...]
    settles: tuple[str, ...]
    provisional: bool
    score: str
    domains: tuple[Graded, ...]
    better: tuple[str, tuple[str, ...]] | None
    unread: tuple[Unread, ...]


def verdict_of(rubric: Rubric, one: Assessment) -> Verdict:
    given, rule = one.recommendation, rubric.recommendation
    score = one.score
    return Verdict(
        system=f"{rubric.title}, version {rubric.version}",
        title="No recommendation" if rule is None else "Nothing recorded yet" if given is None else given.title,
        means=_no_level(rubric) if given is None else given.means,
        reason="" if given is None else given.rule.means,
        because=() if given is None else given.because,
        levels=()
        if rule is None
        else tuple(
            Level(
                level.title,
                level.means,
                _state(level.name, given.level if given else None, given.possible if given else ()),
            )
            for level in rule.levels
        ),
        settles=() if given is None else tuple(f"{fact.means}: {fact.place}" for fact in given.settles),
        provisional=given is not None and not given.settled,
        score="" if score is None else _score_words(score),
        domains=tuple(_graded(rubric, domain) for domain in one.domains),
        better=None if given is None or given.better is None else (given.better.title, given.better.lacks),
        unread=one.unread,
    )


def _score_words(score: ScoreResult) -> str:
    if score.value is None:
        return ""
    told = f"{round(score.value, 1):g} of 100"
    if score.low is None or score.high is None or score.low == score.high:
        return told
    return f"{told}; once all facts are known it can be {round(score.low, 1):g} to {round(score.high, 1):g}"


def _no_level(rubric: Rubric) -> str:
    if rubric.recommendation is None:
        return "This system grades the evidence and recommends nothing."
    return "The dossier holds none of the evidence that this system reads."


def _state(name: str, given: str | None, possible: Sequence[str]) -> str:
    return "given" if name == given else "possible" if name in possible else "excluded"


def _graded(rubric: Rubric, domain: DomainGrade) -> Graded:
    scale = rubric.domain(domain.name).scale
    recorded = domain.basis is not Basis.NOT_RECORDED
    return Graded(
        title=domain.title,
        question=rubric.domain(domain.name).question,
        grade=domain.grade.replace("_", " ") if recorded else "not recorded",
        means=domain.means,
        reason=domain.rule.means if domain.rule and recorded else "",
        steps=tuple(
            Step(name.replace("_", " "), _state(name, domain.grade if recorded else None, domain.possible))
            for name in scale.names()
        ),
        better="" if domain.better is None else f"{domain.better.title}: {'; '.join(domain.better.lacks)}",
        missing=tuple(f"{fact.means}: {fact.place}" for fact in domain.missing),
    )
