"""The verdict of each grading system: the level among all levels, the grades, and how firm it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evgrade.dossier import Dossier
from evgrade.grading.account import Unread
from evgrade.grading.assessment import Assessment, DomainGrade, RecommendationResult, ScoreResult
from evgrade.grading.judge import Basis
from evgrade.render.page import spaced
from evgrade.render.pages.next_study import in_short
from evgrade.render.pages.robustness import (
    become_words,
    fact_words,
    moving_words,
    removed_words,
    step_words,
    strands_words,
    verdict_words,
)
from evgrade.render.pages.words import NOTHING_RECORDED, rounded, without_retracted
from evgrade.robustness.next_study import next_study
from evgrade.robustness.robust import Robustness, robustness
from evgrade.robustness.standing import LEVEL
from evgrade.rubric.model import Rubric
from evgrade.rubric.phrases import either, listing


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a recommendation; its state is given, possible or excluded."""

    title: str
    means: str
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """A grade of a scale; its state is given, possible or excluded."""

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
    """The verdict of one grading system.

    Attributes:
        system: its title and version.
        title, means, reason: the level, its meaning, and the rule that gave it.
        level: whether there is a level; otherwise `means` says why not.
        because: the grades that it rests on, in words.
        levels: all levels, best first.
        settles: the missing facts that could change it.
        provisional: whether missing facts can change it.
        score: the score in words; empty for none.
        domains: the grades.
        better: what a better level requires.
        unread: the evidence that the system does not read.
        differs: a sentence on why it differs from the verdict of the first system; empty if it does not.
        retracted: what it would be without evidence from retracted papers; empty if there is none.
    """

    system: str
    title: str
    means: str
    level: bool
    reason: str
    because: tuple[str, ...]
    levels: tuple[Level, ...]
    settles: tuple[str, ...]
    provisional: bool
    score: str
    domains: tuple[Graded, ...]
    better: tuple[str, tuple[str, ...]] | None
    unread: tuple[Unread, ...]
    differs: str
    retracted: tuple[str, ...]


def verdicts_of(graded: Sequence[tuple[Rubric, Assessment]]) -> tuple[Verdict, ...]:
    """Return the verdict of each system; all but the first say why they differ from it."""
    return tuple(
        _verdict(rubric, one, "" if number == 0 else _why(graded[0], (rubric, one)))
        for number, (rubric, one) in enumerate(graded)
    )


def _why(first: tuple[Rubric, Assessment], other: tuple[Rubric, Assessment]) -> str:
    """Return why the verdict of a system differs from the first, from what each system reads and requires."""
    (_, one), (rubric, two) = first, other
    name, here, there = rubric.title, one.recommendation, two.recommendation
    if rubric.recommendation is None:
        return "So it can neither confirm the first verdict nor contradict it."
    if there is None:
        return ""
    if here is None:
        return "The first system gives no verdict for this one to contradict."
    if here.title == there.title:
        return ""
    requested = list(dict.fromkeys(fact.means for fact in there.settles))
    if requested and not there.settled:
        others = [f"“{title}”" for title in there.possible_titles if title != there.title]
        more = ["and more"] if len(requested) > _MOST_NAMED else []
        return (
            f"It differs from the first verdict because {name} also requires facts that the dossier does not state"
            f" ({'; '.join((*requested[:_MOST_NAMED], *more))}); with these it could become {_some(others, either)}."
        )
    rests, mine = _rests_on(there), _rests_on(here)
    unread = list(dict.fromkeys(spaced(entry.section) for entry in two.unread))
    wording = [
        f"it rests on {rests}" if rests else "",
        f"the first verdict rests on {mine}" if mine else "",
        f"it does not use {_some(unread)}" if unread else "",
    ]
    reasons = [part for part in wording if part] or ["the two systems have different rules"]
    return f"It differs from the first verdict because the two weigh different things: {'; '.join(reasons)}."


_MOST_NAMED = 4


def _some(words: Sequence[str], joined: Callable[[Sequence[str]], str] = listing) -> str:
    """Return words as a list in a sentence; if there are many, the first."""
    shown = [*words[:_MOST_NAMED], *(["more"] if len(words) > _MOST_NAMED else [])]
    return joined(shown) if shown else ""


def _rests_on(given: RecommendationResult | None) -> str:
    """Return the grades that a verdict rests on, abbreviated."""
    return "" if given is None else _some([wording.split(":")[0] for wording in given.because])


def _verdict(rubric: Rubric, one: Assessment, differs: str) -> Verdict:
    given, rule = one.recommendation, rubric.recommendation
    score = one.score
    return Verdict(
        system=f"{rubric.title}, version {rubric.version}",
        title="No recommendation" if rule is None else NOTHING_RECORDED if given is None else given.title,
        means=_no_level(rubric) if given is None else given.means,
        level=given is not None,
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
        differs=differs,
        retracted=()
        if one.without_retracted is None
        else tuple(f"{name}: {phrase}" for name, phrase in without_retracted(one.without_retracted, only_changes=True)),
    )


def _score_words(score: ScoreResult) -> str:
    if score.value is None:
        return ""
    wording = f"{rounded(score.value)} of 100"
    if score.low is None or score.high is None or score.low == score.high:
        return wording
    return f"{wording}; once all facts are known it can be {rounded(score.low)} to {rounded(score.high)}"


def _no_level(rubric: Rubric) -> str:
    if rubric.recommendation is None:
        return "This system grades the evidence and recommends nothing."
    return "The dossier has none of the evidence that this system uses."


def _state(name: str, given: str | None, possible: Sequence[str]) -> str:
    return "given" if name == given else "possible" if name in possible else "excluded"


def _graded(rubric: Rubric, domain: DomainGrade) -> Graded:
    scale = rubric.domain(domain.name).scale
    recorded = domain.basis is not Basis.NOT_RECORDED
    return Graded(
        title=domain.title,
        question=rubric.domain(domain.name).question,
        grade=spaced(domain.grade) if recorded else "not recorded",
        means=domain.means,
        reason=domain.rule.means if domain.rule and recorded else "",
        steps=tuple(
            Step(spaced(name), _state(name, domain.grade if recorded else None, domain.possible))
            for name in scale.names()
        ),
        better="" if domain.better is None else f"{domain.better.title}: {'; '.join(domain.better.lacks)}",
        missing=tuple(f"{fact.means}: {fact.place}" for fact in domain.missing),
    )


# How firm verdicts are

_MOST = 100
_MOST_THRESHOLDS = 3


@dataclass(frozen=True, slots=True)
class Firm:
    """How firm a verdict is.

    Attributes:
        system: the grading system.
        sentence: how firm the verdict is, in a sentence.
        threads: a sentence for each thing that alone moves or settles it.
        strands: a sentence for each grade that rests on fewer independent strands than items.
        next_study: sentences on the study that would move it.
    """

    system: str
    sentence: str
    threads: tuple[str, ...]
    strands: tuple[str, ...]
    next_study: tuple[str, ...]


def firm_of(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]], *, in_brief: bool) -> Iterator[Firm]:
    """Yield how firm each verdict is, for systems that recommend; without a search for larger sets of judgements.

    `in_brief` leaves out thresholds and the next study, which take most of the time of a page.
    """
    for rubric, assessment in graded:
        if assessment.recommendation is not None:
            one = robustness(dossier, rubric, budget=0)
            threads, strands = tuple(islice(_threads(one), _MOST)), tuple(strands_words(one))
            moving = () if in_brief else tuple(islice(moving_words(one), _MOST_THRESHOLDS))
            coming = () if in_brief else tuple(in_short(next_study(one)))
            yield Firm(assessment.rubric_title, verdict_words(one), (*threads, *moving), strands, coming)


def _threads(one: Robustness) -> Iterator[str]:
    for fact in one.unknown.facts if one.unknown.what == (LEVEL,) else ():
        if fact.settles:
            yield f"Once known, {fact_words(one, fact.fact.path)} can settle it."
    after = [
        *((removed_words(removed), removed.after) for removed in one.removed),
        *((f"If {step_words(one.dossier.data, flip.steps[0])}", flip.after) for flip in one.steps),
    ]
    for what, standing in after:
        if standing.moved_from(one.before):
            yield f"{what}: {become_words(one, standing)}."
