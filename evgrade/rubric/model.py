"""A rubric, compiled: scales, domains, score, recommendation and worked cases.

Most classes are named tuples, because every start of evgrade creates them and a frozen dataclass takes four times as
long to create. Rungs and rules are dataclasses, whose attributes are faster to read: grading reads them constantly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from evgrade.model import Location, Path
from evgrade.rubric.conditions.base import Condition, everything_in
from evgrade.rubric.fields import FieldPath, ListPath
from evgrade.rubric.outline import DomainOutline, Level, Outline, Scale
from evgrade.rubric.splitting import Splitter
from evgrade.yamlio.document import Document

if TYPE_CHECKING:
    from evgrade.rubric.conditions.parsing import Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The core of every rung and adjustment: a stable name, a sentence for readers, its origin and a condition.

    `status` is `published`, `reconstructed` from published gradings, or the rubric's `own`. `source` is where it comes
    from, and `why` the argument for it.
    """

    name: str
    means: str
    status: str
    source: str
    why: str | None
    condition: Condition
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of a ladder: the grade, label or level that it gives, and its rule."""

    gives: str
    rule: Rule


class Ladder:
    """Rungs from top to bottom; the first whose condition holds gives the result, and the last always holds.

    Attributes:
        rungs: the rungs.
        severity: the results of the rungs, from the least to the most severe for the therapy.
        unjudged: the unjudged grade, if a rung gives it.
        excuses: whether a rung depends on an excuse (see `Unless`).
        asks_for_score: whether a rung reads the score.
        splitter: finds by cases the results that the ladder can still give.
    """

    __slots__ = ("asks_for_score", "excuses", "rungs", "severity", "splitter", "unjudged")

    def __init__(self, rungs: tuple[Rung, ...], severity: tuple[str, ...] = (), unjudged: str | None = None) -> None:
        conditions = tuple(rung.rule.condition for rung in rungs)
        self.rungs = rungs
        self.severity = severity or tuple(dict.fromkeys(rung.gives for rung in rungs))
        self.unjudged = unjudged
        seen: set[int] = set()
        parts = [part for condition in conditions for part in everything_in(condition, seen)]
        self.excuses = any(part.excuses for part in parts)
        self.asks_for_score = any(part.of_score for part in parts)
        self.splitter = Splitter(conditions)

    def moved(self, rungs: tuple[Rung, ...]) -> Ladder:
        """Return the ladder with other rungs, whose conditions differ in bounds alone."""
        made = copy(self)
        made.rungs = rungs
        made.splitter = self.splitter.moved(tuple(rung.rule.condition for rung in rungs))
        return made

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rung.rule for rung in self.rungs)

    def nearest(self, results: Iterable[str], wanted: str) -> str:
        """Return the result nearest to `wanted` that is not milder; if all are milder, the nearest of them."""
        rank = self.severity.index
        return min(results, key=lambda one: (rank(one) < rank(wanted), abs(rank(one) - rank(wanted))))


class Group(NamedTuple):
    """Adjustments that together add no more than `at_most` points."""

    name: str
    at_most: float
    means: str


class Adjustment(NamedTuple):
    """Points added when a rule holds."""

    points: float
    rule: Rule
    group: Group | None = None

    @property
    def label(self) -> str:
        """The points that it adds, and the limit of its group."""
        limit = "" if self.group is None else f" ({self.group.name}: at most {self.group.at_most:g})"
        return f"{self.points:+g}{limit}"


class Cap(NamedTuple):
    """A limit on the points while a rule holds."""

    at_most: float
    rule: Rule


class Band(NamedTuple):
    """The grade for `at_least` this many points; the last band takes the rest."""

    grade: str
    at_least: float


class Points(NamedTuple):
    """Points: a start, adjustments, caps, floor and ceiling, bands. `judged` is the condition for judging at all."""

    start: tuple[Adjustment, ...]
    adjustments: tuple[Adjustment, ...]
    caps: tuple[Cap, ...]
    floor: float
    ceiling: float
    bands: tuple[Band, ...]
    judged: Condition | None

    @property
    def rules(self) -> tuple[Rule, ...]:
        added = (step.rule for step in (*self.start, *self.adjustments))
        return (*added, *(cap.rule for cap in self.caps))


Method = Ladder | Points

Combine = Literal["best", "worst"]


class Each(NamedTuple):
    """How a domain is judged item by item: the section, the items that count, and how their grades combine.

    `stated` is the field in which an item may state its own grade.
    """

    entries: ListPath
    where: Condition
    combine: Combine
    stated: FieldPath | None = None


class Domain(NamedTuple):
    """A domain of the grading system.

    Attributes:
        about: the subject, by a name that rubrics share, if other systems judge it too.
        applies: the condition for the domain to apply; None if it always does.
        sections: the sections of evidence that its rules read.
        by_comparison: whether each comparison of the dossier is graded; the domain has the grade of the first.
    """

    name: str
    title: str
    question: str
    about: str | None
    scale: Scale
    method: Method
    each: Each | None
    applies: Condition | None
    sections: tuple[str, ...]
    by_comparison: bool
    location: Location


class Counted(NamedTuple):
    """How one domain counts in the score: its weight, and the points of every grade, None if it is left out.

    `unjudged` is the unjudged grade of its scale, if there is one.
    """

    domain: str
    weight: float
    points: Mapping[str, float | None]
    unjudged: str | None


Unjudged = Literal["lowest", "left_out"]


class Score(NamedTuple):
    """How the score follows from the grades: weights of domains that add up to 100, and points for each grade.

    A domain that could not be judged counts with its `lowest` points or is `left_out` of the weighted mean, by
    `unjudged`. `counted` combines this for each domain.
    """

    title: str
    weights: Mapping[str, float]
    points: Mapping[str, Mapping[str, float]]
    unjudged: Unjudged
    counted: tuple[Counted, ...]
    location: Location


class Recommendation(NamedTuple):
    """Levels from best to worst, and the ladder that chooses one."""

    levels: tuple[Level, ...]
    ladder: Ladder

    def level(self, name: str) -> Level:
        return next(level for level in self.levels if level.name == name)

    def in_order(self, names: Collection[str]) -> tuple[Level, ...]:
        """Return some levels by their names, best first."""
        return tuple(level for level in self.levels if level.name in names)

    def rank(self, name: str) -> int:
        """Return a level's place, 0 for the best."""
        return next(number for number, level in enumerate(self.levels) if level.name == name)


NOTHING_RECORDED = "nothing_recorded"
"""In a worked case: no recommendation, because no evidence that the rubric reads is recorded."""

OPEN = "open"
"""In a worked case: no suggestion, because the numbers do not settle it."""


class Case(NamedTuple):
    """A worked case: a dossier, inline or by path, and the expected results.

    `suggests` has the judgement expected on every item, OPEN for no suggestion.
    """

    name: str
    why: str
    source: str | None
    dossier: Document | None
    path: str | None
    grades: Mapping[str, str]
    possible: Mapping[str, tuple[str, ...]]
    suggests: Mapping[str, str]
    recommendation: str | None
    score: tuple[float, float] | None
    location: Location


class Classifier(NamedTuple):
    """A ladder that labels every item of one kind."""

    name: str
    definition: str
    ladder: Ladder


class Suggestion(NamedTuple):
    """A ladder of judgements that numbers suggest on the items of a list.

    `field` is where the reviewers state their own judgement, which counts.
    """

    name: str
    title: str
    why: str | None
    entries: ListPath
    where: Condition
    field: FieldPath
    ladder: Ladder


class TermDefinition(NamedTuple):
    """A term of the rubric's vocabulary, about an item of one kind or, if `definition` is None, about the dossier.

    `noun` is the name of such an item.
    """

    name: str
    means: str
    phrase: str
    definition: str | None
    noun: str
    condition: Condition
    location: Location


class WrittenBound(NamedTuple):
    """A bound in the text of a rubric.

    Attributes:
        paths: its paths, ending in its word, such as `at_least`. YAML aliases give several.
        value: the number or the grade.
        parts: the object that it became at each path: bounds, a condition on a grade, points, a cap or a band.
        whole: whether it is compared with whole numbers alone.
        beside: the mapping that contains it.
        rule: the name of the rung, adjustment, cap or term that contains it; for a band, its grade.
        location: its place in the file.
    """

    paths: tuple[Path, ...]
    value: Any
    parts: tuple[Any, ...]
    whole: bool
    beside: Mapping[str, Any]
    rule: str
    location: Location

    @property
    def word(self) -> str:
        """The word before it: `at_least`, `exactly`, `floor`."""
        return next(step for step in reversed(self.paths[0]) if isinstance(step, str))


class Rubric(NamedTuple):
    """A grading system, ready to grade.

    Attributes:
        document: the YAML. Its worked cases and the places of its bounds, which grading does not need, are read from it
            by `cases_of` and `written_bounds`.
        parsed: every bound of a condition, with the object that it became.
    """

    name: str
    title: str
    version: str
    status: str
    description: str
    source: str
    file: str
    sha256: str
    terms: tuple[TermDefinition, ...]
    classifiers: tuple[Classifier, ...]
    suggestions: tuple[Suggestion, ...]
    domains: tuple[Domain, ...]
    score: Score | None
    recommendation: Recommendation | None
    document: Document
    parsed: tuple[Written, ...]

    def domain(self, name: str) -> Domain:
        return next(domain for domain in self.domains if domain.name == name)

    @property
    def outline(self) -> Outline:
        return Outline(
            name=self.name,
            title=self.title,
            version=self.version,
            sha256=self.sha256,
            domains=tuple(DomainOutline(one.name, one.title, one.scale) for one in self.domains),
            counted=None if self.score is None else tuple(one.domain for one in self.score.counted),
            levels=None if self.recommendation is None else self.recommendation.levels,
        )
