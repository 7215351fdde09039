"""Conditions of the recommendation: on the grades of domains, and on the score."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from evgrade.facts.known import Quantity
from evgrade.logic import Bounds, Truth
from evgrade.model import Path
from evgrade.rubric.conditions.base import Answers, Asking, Condition, Context, Implies, Numeric, Points, Traced
from evgrade.rubric.conditions.parsing import LIMITS, Graded, Node, Operator, Parser, Scope, Written, text_of
from evgrade.rubric.fields import Data
from evgrade.rubric.outline import Scale
from evgrade.rubric.phrases import limits
from evgrade.schema.suggest import did_you_mean, listed, shown


class Decided(Asking):
    """A condition on the results of the domains, which are no facts of the dossier."""

    __slots__ = ()

    def inside(self) -> tuple[Condition, ...]:
        return ()

    def section(self) -> str | None:
        return None

    def parts_at(self, data: Data, path: Path, context: Context) -> Iterable[tuple[Condition, Data, Path]]:  # noqa: ARG002
        return ()

    def found(self, data: Data, context: Context) -> Any:  # noqa: ARG002
        return None

    def unstated(self, data: Data, path: Path, truth: Truth) -> Iterator[Path]:  # noqa: ARG002
        return iter(())

    def so_far(self, traced: Traced) -> str:  # noqa: ARG002
        return ""


@dataclass(frozen=True, slots=True)
class GradeIs(Decided):
    """The grade of a domain is one of some grades."""

    domain: str
    title: str
    grades: frozenset[str]
    phrase: str

    def truth(self, data: Data, context: Context) -> Truth:  # noqa: ARG002
        """Return whether all, none or some of the domain's possible grades are among them."""
        possible = context.grades[self.domain]
        if possible <= self.grades:
            return True
        return None if possible & self.grades else False

    def subject(self) -> Hashable:
        return "grade", self.domain

    def token(self) -> Hashable:
        return self.subject(), self.grades

    def implies(self, other: Condition, implies: Implies) -> bool:  # noqa: ARG002
        return isinstance(other, GradeIs) and self.domain == other.domain and self.grades <= other.grades

    def points(self, tests: Sequence[Condition]) -> Points:  # noqa: ARG002
        return []

    def state(self, tests: Sequence[Condition], points: Points, data: Data, context: Context) -> frozenset[Answers]:  # noqa: ARG002
        grades = [test.grades for test in tests if isinstance(test, GradeIs)]
        return frozenset(tuple(grade in some for some in grades) for grade in context.grades[self.domain])

    def describe(self) -> str:
        return f"{self.title} {self.phrase}"


@dataclass(frozen=True, slots=True)
class ScoreIs(Decided, Numeric):
    """The score is within limits."""

    of_score: ClassVar[bool] = True
    highest: ClassVar[float] = 100.0
    bounds: Bounds

    def truth(self, data: Data, context: Context) -> Truth:  # noqa: ARG002
        """Return whether the range of the score is within the limits; false if there is no score."""
        if context.has_score is False:
            return False
        kept = self.bounds.hold(context.score)
        return None if kept is True and context.has_score is None else kept

    def number(self, data: Data, context: Context) -> tuple[Truth, Quantity]:  # noqa: ARG002
        return context.has_score, context.score

    def subject(self) -> Hashable:
        return "score"

    def describe(self) -> str:
        return f"score {limits(self.bounds)}"


def _grade(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    name = text_of(value, "grade")
    if scope.domains is None:
        message = "grades can only be used in the recommendation"
        return parser.mistake((*path, "grade"), "rubric-condition", message)
    domain = scope.domains.get(name)
    if domain is None:
        hint = did_you_mean(name, scope.domains) or f"domains: {listed(scope.domains)}"
        return parser.wrong((*path, "grade"), "rubric-domain", f"there is no domain `{name}`", hint)
    accepted = set(domain.scale.names())
    words = []
    for key in ("is", "in", "at_least", "at_most"):
        if key in value:
            accepted &= _accepted(parser, name, domain, key, value[key], (*path, key))
            words.append(_words(key, value[key]))
    if not words:
        hint = "write is, in, at_least or at_most"
        return parser.mistake((*path, "grade"), "rubric-condition", "a grade to compare with is missing", hint)
    if not accepted:
        return parser.mistake(path, "rubric-grade", f"no grade is {' and '.join(words)}")
    made = GradeIs(name, domain.title, frozenset(accepted), " and ".join(words))
    parser.written += [Written((*path, key), made, whole=False) for key in ("at_least", "at_most") if key in value]
    return made


def _accepted(parser: Parser, name: str, domain: Graded, word: str, wanted: Any, path: Path) -> set[str]:
    scale = domain.scale
    several = isinstance(wanted, list) and word in ("is", "in")
    grades = wanted if several else [wanted]
    if not grades:
        parser.wrong(path, "rubric-grade", "an empty list of grades matches nothing")
        return set(scale.names())
    for number, grade in enumerate(grades):
        if grade not in scale.names():
            message = f"{shown(grade)} is not on the scale of `{name}`"
            place = (*path, number) if several else path
            parser.wrong(place, "rubric-grade", message, f"its grades: {listed(scale.names())}")
            return set(scale.names())
    if word not in ("is", "in") and scale.is_unjudged(wanted):
        parser.wrong(path, "rubric-grade", f"`{wanted}` is outside the order of its scale", "use `is`")
    return accepted_by(scale, word, grades)


def accepted_by(scale: Scale, word: str, grades: Sequence[str]) -> set[str]:
    """Return the grades of a scale that a word accepts, given the grades that follow it."""
    if word in ("is", "in"):
        return set(grades)
    limit = scale.rank(grades[0])
    steps = [step.name for step in scale.grades]
    return set(steps[: limit + 1] if word == "at_least" else steps[limit:])


def _words(word: str, wanted: Any) -> str:
    if isinstance(wanted, list):
        return " or ".join(str(grade) for grade in wanted)
    return f"{wanted}" if word == "is" else f"{word.replace('_', ' ')} {wanted}"


def _score(parser: Parser, value: Node, path: Path, scope: Scope) -> Condition:
    if scope.domains is None:
        message = "the score can only be used in the recommendation"
        return parser.mistake((*path, "score"), "rubric-condition", message)
    if value["score"] != "overall":
        return parser.wrong((*path, "score"), "rubric-condition", "the only score is `overall`")
    return ScoreIs(parser.bounds(value, path, "score", most=100))


OPERATORS = {"grade": Operator(_grade, ("is", "in", "at_least", "at_most")), "score": Operator(_score, LIMITS)}
