"""Parsing shared by all operators: mistakes with their places, limits, and nested conditions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from evgrade.logic import Bounds
from evgrade.model import Finding, Path, Severity
from evgrade.rubric.conditions.base import Always, Condition
from evgrade.rubric.fields import PathError
from evgrade.rubric.outline import Scale
from evgrade.rubric.phrases import limits
from evgrade.schema.shape import Shape
from evgrade.schema.suggest import listed, shown
from evgrade.yamlio.document import Document


class Mistakes:
    """Collects the mistakes in one rubric as findings with their places."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def at_key(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Add a mistake at the key at the end of a path, or at an entry of a list."""
        self._add(path, code, message, hint, key=bool(path) and isinstance(path[-1], str))

    def at_value(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Add a mistake in the value at a path."""
        self._add(path, code, message, hint, key=False)

    def _add(self, path: Path, code: str, message: str, hint: str | None, *, key: bool) -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=Severity.ERROR,
                message=message,
                location=self.document.location(path, key=key),
                excerpt=self.document.excerpt(path, key=key),
                hint=hint,
            )
        )


LIMITS = ("at_least", "at_most", "above", "below")
MISTAKEN = Always()
"""Stands for a condition with a mistake, which is reported."""

Node = dict[str, Any]


class Graded(NamedTuple):
    """A domain whose grade the recommendation may read."""

    title: str
    scale: Scale


class Scope(NamedTuple):
    """The subject of a condition: the shape of the mapping, and the domains whose grades it may read."""

    shape: Shape
    domains: Mapping[str, Graded] | None = None


class Written(NamedTuple):
    """A bound as it was parsed.

    Attributes:
        path: where it is written.
        part: the bounds, the condition on a grade, or the object with a limit of points that it became.
        whole: whether it is compared with whole numbers alone.
    """

    path: Path
    part: Any
    whole: bool


class Parser:
    """Turns YAML into conditions, reporting every mistake; a mistaken part counts as true.

    Attributes:
        written: every bound that was parsed.
    """

    def __init__(self, mistakes: Mistakes) -> None:
        self.written: list[Written] = []
        self._mistakes = mistakes

    @abstractmethod
    def parse(self, value: Any, path: Path, scope: Scope) -> Condition:
        """Return the condition written at `path` of the rubric, about mappings of the scope's shape."""

    def parts(self, parts: Any, path: Path, scope: Scope) -> tuple[Condition, ...]:
        if not isinstance(parts, list) or not parts:
            self.mistake(path, "rubric-condition", "expected a list of conditions here")
            return (MISTAKEN,)
        return tuple(self.parse(part, (*path, number), scope) for number, part in enumerate(parts))

    def where(self, value: Node, key: str, path: Path, scope: Scope) -> Condition:
        return self.parse(value[key], (*path, key), scope) if key in value else Always()

    def bounds(
        self,
        value: Node,
        path: Path,
        operator: str | None = None,
        *,
        exactly: bool = False,
        most: float | None = None,
        whole: bool = False,
    ) -> Bounds:
        """Return the limits beside an operator, or those of a field, which has no operator.

        A quantity with `exactly` is a whole number, and so is a field with `whole`.
        """
        names = (*LIMITS, "exactly") if exactly else LIMITS
        given = {key: value[key] for key in names if key in value}
        if not given:
            place = path if operator is None else (*path, operator)
            self.mistake(
                place, "rubric-condition", "a number to compare with is missing", f"write one of {listed(names)}"
            )
        for key, limit in given.items():
            if isinstance(limit, bool) or not isinstance(limit, int | float):
                self.wrong((*path, key), "rubric-value", f"`{key}` takes a number, not {shown(limit)}")
                return Bounds()
            if most is not None and not 0 <= limit <= most:
                self.wrong((*path, key), "rubric-value", f"{limit} is not between 0 and {most}")
        exact = given.pop("exactly", None)
        for key in given if exact is not None else ():
            self.mistake((*path, key), "rubric-condition", f"`exactly` leaves no room for `{key}`")
        bounds = Bounds(**given) if exact is None else Bounds(at_least=exact, at_most=exact)
        if bounds.lowest > bounds.highest:
            last = [key for key in value if key in given][-1]
            self.wrong((*path, last), "rubric-value", f"no number is {limits(bounds)}")
        words = given if exact is None else ("exactly",)
        self.written += [Written((*path, word), bounds, exactly or whole) for word in words]
        return bounds

    def mistake(self, path: Path, code: str, message: str, hint: str | None = None) -> Condition:
        """Report a mistake at a key."""
        self._mistakes.at_key(path, code, message, hint)
        return MISTAKEN

    def wrong(self, path: Path, code: str, message: str, hint: str | None = None) -> Condition:
        """Report a mistake in a value."""
        self._mistakes.at_value(path, code, message, hint)
        return MISTAKEN


class Operator(NamedTuple):
    """The parser of an operator, and the keys that it takes besides its own."""

    parse: Callable[[Parser, Node, Path, Scope], Condition]
    takes: tuple[str, ...] = ()


def text_of(value: Node, key: str) -> str:
    text = value[key]
    if not isinstance(text, str):
        raise PathError(f"expected a path here, not {shown(text)}")
    return text
