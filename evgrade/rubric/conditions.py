"""Conditions as YAML has them, turned into conditions that can be evaluated, and type-checked on the way.

A misspelt field or an impossible value must never silently match nothing: everything a condition names
is looked up in the dossier schema, and every mistake becomes a finding at its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from evgrade.logic import Bounds
from evgrade.model import UNKNOWN_WORDS, Path
from evgrade.rubric.depth import FEWER, TOO_DEEP, Depths
from evgrade.rubric.language import (
    All,
    Always,
    AnyOf,
    Condition,
    GradeIs,
    LabelIs,
    Not,
    NumberOf,
    OfDossier,
    OneOf,
    ScoreIs,
    Term,
    Unless,
    Within,
)
from evgrade.rubric.lists import Count, Every, ListedIn, NoneOf, Share, Some, Sum
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Domain
from evgrade.rubric.paths import Field, PathError, resolve_field, resolve_list, resolve_list_field
from evgrade.rubric.phrases import limits
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.suggest import did_you_mean, listed, shown

OPERATORS = (
    *("all", "any", "not", "unless", "number_of"),
    *("count", "every", "none", "sum", "share", "listed_in"),
    *("value", "in_dossier", "grade", "score"),
)
_BOUNDS = ("at_least", "at_most", "above", "below")
_ERROR = Always()


class Scope(NamedTuple):
    """Where a condition stands: the shape of the mapping it is about, and the domains it may ask for."""

    shape: Shape
    domains: Mapping[str, Domain] | None = None

    def inside(self, shape: Shape) -> Scope:
        """Return the scope of the items of a list."""
        return Scope(shape)


FindTerm = Callable[[str, Scope, Path], Term | None]
FindLabel = Callable[[str, Scope, Path], tuple[tuple[str, Condition], ...] | None]
"""Returns None where the name is no label, and no rungs where it is one that cannot be used here."""


class ConditionParser:
    """Turns conditions into evaluable ones, reporting every mistake; a mistaken part counts as holding."""

    def __init__(self, mistakes: Mistakes, find_term: FindTerm, find_label: FindLabel) -> None:
        self._mistakes = mistakes
        self._find_term = find_term
        self._find_label = find_label
        self._depths = Depths()

    def parse(self, value: Any, path: Path, scope: Scope) -> Condition:
        """Return the condition written at `path` of the rubric, about mappings of the scope's shape."""
        condition = self._parse(value, path, scope)
        if not self._depths.allow(condition):
            return self._mistake(path, "rubric-condition", f"{TOO_DEEP} here", FEWER)
        return condition

    def _parse(self, value: Any, path: Path, scope: Scope) -> Condition:
        if isinstance(value, str):
            return self._find_term(value, scope, path) or _ERROR
        if isinstance(value, list):
            return self._all(value, path, scope)
        if not isinstance(value, dict) or not value:
            return self._mistake(path, "rubric-condition", f"{shown(value)} is not a condition")
        # An item that has a field called like an operator, as a published grade has `grade`, means its field.
        operators = [key for key in value if key in OPERATORS and scope.shape.key(key) is None]
        if not operators:
            parts = tuple(self._field(key, test, (*path, key), scope) for key, test in value.items())
            return parts[0] if len(parts) == 1 else All(parts)
        operator = operators[0]
        if len(operators) > 1:
            message = f"`{operators[0]}` and `{operators[1]}` in one condition"
            return self._mistake((*path, operators[1]), "rubric-condition", message, "write a list of two conditions")
        return self._operator(operator, value, path, scope)

    def _operator(self, operator: str, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        if operator == "any" and isinstance(value["any"], str):
            operator = "some"
        word = "any" if operator == "some" else operator
        handler, allowed = self._HANDLERS[operator]
        for key in value:
            if key not in (*allowed, word) and not key.startswith("x-"):
                hint = did_you_mean(key, allowed) or (f"it takes: {listed(allowed)}" if allowed else None)
                self._mistake((*path, key), "rubric-condition", f"`{word}` does not take `{key}`", hint)
        try:
            return handler(self, value, path, scope)
        except PathError as error:
            return self._wrong((*path, word), "rubric-field", str(error), error.hint)

    def _all(self, parts: Any, path: Path, scope: Scope) -> Condition:
        conditions = self._parts(parts, path, scope)
        return conditions[0] if len(conditions) == 1 else All(conditions)

    def _parts(self, parts: Any, path: Path, scope: Scope) -> tuple[Condition, ...]:
        if not isinstance(parts, list) or not parts:
            self._mistake(path, "rubric-condition", "a list of conditions is wanted here")
            return (_ERROR,)
        return tuple(self.parse(part, (*path, number), scope) for number, part in enumerate(parts))

    def _and(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        return All(self._parts(value["all"], (*path, "all"), scope))

    def _or(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        return AnyOf(self._parts(value["any"], (*path, "any"), scope))

    def _not(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        return Not(self.parse(value["not"], (*path, "not"), scope))

    def _unless(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        return Unless(self.parse(value["unless"], (*path, "unless"), scope))

    def _in_dossier(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        if scope.shape.definition is None:
            message = "this condition is about the dossier already"
            return self._mistake((*path, "in_dossier"), "rubric-condition", message, "write the condition by itself")
        return OfDossier(self.parse(value["in_dossier"], (*path, "in_dossier"), Scope(dossier_shape())))

    def _listed_in(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        if scope.shape.key("id") is None:
            message = "only an item with an id can be listed"
            return self._mistake((*path, "listed_in"), "rubric-condition", message)
        text = self._text(value, "listed_in")
        section, _, key = text.rpartition(".")
        entries, shape = resolve_list(dossier_shape(), section or text)
        listed_ids = shape.key(key)
        if listed_ids is None or listed_ids.kind is not Kind.LIST or listed_ids.item.kind is not Kind.TEXT:
            raise PathError(f"`{text}` is not a list of ids", "for example: syntheses.contributing")
        return ListedIn(entries, key, self._where(value, "where", path, Scope(shape)))

    def _number_of(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        parts = self._parts(value["number_of"], (*path, "number_of"), scope)
        return NumberOf(parts, self._bounds(value, path, exactly=True, most=len(parts)))

    def _count(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape = resolve_list(scope.shape, self._text(value, "count"))
        bounds = self._bounds(value, path, exactly=True)
        return Count(entries, self._where(value, "where", path, scope.inside(shape)), bounds)

    def _some(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape = resolve_list(scope.shape, value["any"])
        return Some(entries, self._where(value, "where", path, scope.inside(shape)), Bounds(at_least=1))

    def _none(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape = resolve_list(scope.shape, self._text(value, "none"))
        return NoneOf(entries, self._where(value, "where", path, scope.inside(shape)), Bounds(at_most=0))

    def _every(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape = resolve_list(scope.shape, self._text(value, "every"))
        return Every(entries, self._where(value, "where", path, scope.inside(shape)))

    def _sum(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape, field = resolve_list_field(scope.shape, self._text(value, "sum"))
        where = self._where(value, "where", path, scope.inside(shape))
        if field.shape is not None and field.shape.node.get("minimum", -1) < 0:
            self._wrong((*path, "sum"), "rubric-field", "a sum needs a number that is never negative")
        return Sum(entries, field.path, where, self._bounds(value, path))

    def _share(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        entries, shape = resolve_list(scope.shape, self._text(value, "share"))
        inside = scope.inside(shape)
        where = self._where(value, "where", path, inside)
        return Share(entries, where, self._where(value, "of", path, inside), self._bounds(value, path, most=1))

    def _value(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        field = resolve_field(scope.shape, self._text(value, "value"))
        test = {key: limit for key, limit in value.items() if key in (*_BOUNDS, "is", "in")}
        return self._test(field, test, path if test else (*path, "value"))

    def _grade(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        name = self._text(value, "grade")
        if scope.domains is None:
            message = "grades can only be used in the recommendation"
            return self._mistake((*path, "grade"), "rubric-condition", message)
        domain = scope.domains.get(name)
        if domain is None:
            hint = did_you_mean(name, scope.domains) or f"domains: {listed(scope.domains)}"
            return self._wrong((*path, "grade"), "rubric-domain", f"there is no domain `{name}`", hint)
        accepted = set(domain.scale.names())
        words = []
        for key in ("is", "in", "at_least", "at_most"):
            if key in value:
                accepted &= self._accepted(domain, key, value[key], (*path, key))
                words.append(_grade_words(key, value[key]))
        if not words:
            hint = "write is, in, at_least or at_most"
            return self._mistake((*path, "grade"), "rubric-condition", "a grade to compare with is missing", hint)
        if not accepted:
            return self._mistake(path, "rubric-grade", f"no grade is {' and '.join(words)}")
        return GradeIs(name, domain.title, frozenset(accepted), " and ".join(words))

    def _accepted(self, domain: Domain, word: str, wanted: Any, path: Path) -> set[str]:
        scale = domain.scale
        several = isinstance(wanted, list) and word in ("is", "in")
        grades = wanted if several else [wanted]
        if not grades:
            self._wrong(path, "rubric-grade", "an empty list of grades matches nothing")
            return set(scale.names())
        for number, grade in enumerate(grades):
            if grade not in scale.names():
                message = f"{shown(grade)} is not on the scale of `{domain.name}`"
                place = (*path, number) if several else path
                self._wrong(place, "rubric-grade", message, f"its grades: {listed(scale.names())}")
                return set(scale.names())
        if word in ("is", "in"):
            return set(grades)
        if scale.is_unjudged(wanted):
            self._wrong(path, "rubric-grade", f"`{wanted}` is outside the order of its scale", "ask with `is`")
        limit = scale.rank(wanted)
        steps = [step.name for step in scale.grades]
        return set(steps[: limit + 1] if word == "at_least" else steps[limit:])

    def _score(self, value: dict[str, Any], path: Path, scope: Scope) -> Condition:
        if scope.domains is None:
            message = "the score can only be used in the recommendation"
            return self._mistake((*path, "score"), "rubric-condition", message)
        if value["score"] != "overall":
            return self._wrong((*path, "score"), "rubric-condition", "the only score is `overall`")
        return ScoreIs(self._bounds(value, path, most=100))

    def _field(self, key: str, test: Any, path: Path, scope: Scope) -> Condition:
        """Parse one entry of a mapping of fields: a dotted path or a label, and the wanted value or bounds."""
        ladder = self._find_label(key, scope, path)
        if ladder is not None:
            return self._label(key, ladder, test, path) if ladder else _ERROR
        try:
            field = resolve_field(scope.shape, key)
        except PathError as error:
            near = error.hint if (error.hint or "").startswith("did you mean") else did_you_mean(key, OPERATORS)
            return self._mistake(path, "rubric-field", str(error), near or error.hint)
        if isinstance(test, dict):
            return self._test(field, test, path)
        return self._test(field, {"in" if isinstance(test, list) else "is": test}, path, at=path)

    def _label(self, name: str, ladder: tuple[tuple[str, Condition], ...], test: Any, path: Path) -> Condition:
        wanted = tuple(test) if isinstance(test, list) else (test,)
        labels = tuple(dict.fromkeys(label for label, _ in ladder))
        for number, label in enumerate(wanted):
            if label not in labels:
                message = f"`{name}` has no label {shown(label)}"
                place = (*path, number) if isinstance(test, list) else path
                return self._wrong(place, "rubric-value", message, f"its labels: {listed(labels)}")
        if not wanted:
            return self._wrong(path, "rubric-value", "an empty list of labels matches nothing")
        return LabelIs(name, ladder, wanted)

    def _test(self, field: Field, test: dict[str, Any], path: Path, at: Path | None = None) -> Condition:
        """Parse what a field is compared with; `at` is where its value stands when it is written without a word."""
        for key in test:
            if key not in (*_BOUNDS, "is", "in"):
                hint = did_you_mean(key, (*_BOUNDS, "is", "in")) or f"known: is, in, {listed(_BOUNDS)}"
                return self._mistake((*path, key), "rubric-condition", f"`{key}` compares nothing", hint)
        if not test:
            hint = f"write is, in or one of {listed(_BOUNDS)}"
            return self._mistake(path, "rubric-condition", "a value to compare with is missing", hint)
        if field.kind is Kind.NUMBER and not {"is", "in"} & set(test):
            return Within(field.path, self._bounds(test, path))
        if len(test) > 1 or not {"is", "in"} & set(test):
            wanted = "a number's bounds, or one `is` or `in`" if field.kind is Kind.NUMBER else "`is` or `in`"
            message = f"`{'.'.join(field.path.names)}` takes {wanted}"
            return self._mistake((*path, list(test)[-1]), "rubric-condition", message)
        ((word, value),) = test.items()
        place = (*path, word) if at is None else at
        several = word == "in" and isinstance(value, list)
        values = tuple(value) if several else (value,)
        for number, one in enumerate(values):
            self._check_value(field, one, (*place, number) if several else place)
        if not values:
            return self._wrong(place, "rubric-value", "an empty list of values matches nothing")
        if field.kind is not Kind.NUMBER:
            choices = () if field.shape is None or field.kind is not Kind.CHOICE else field.shape.choices
            return OneOf(field.path, _as_written(field, values), choices)
        exact = tuple(Within(field.path, Bounds(at_least=one, at_most=one)) for one in values)
        return exact[0] if len(exact) == 1 else AnyOf(exact)

    def _check_value(self, field: Field, value: Any, path: Path) -> None:
        name = ".".join(field.path.names)
        if value is None:
            self._mistake(path, "rubric-value", f"`{name}` is never nothing")
        elif isinstance(value, str) and value in UNKNOWN_WORDS:
            hint = "unknown is worked out by itself; ask for what is known"
            self._wrong(path, "rubric-value", f"`{value}` means unknown, and no condition can ask for that", hint)
        elif field.kind is Kind.CHOICE and field.shape is not None:
            choices = field.shape.choices
            if not any(value is choice or (type(value) is type(choice) and value == choice) for choice in choices):
                known = f"it can be: {listed(map(_written, choices))}"
                hint = did_you_mean(str(value), choices) or known
                self._wrong(path, "rubric-value", f"`{name}` is never {shown(value)}", hint)
        elif field.kind is Kind.NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
            self._wrong(path, "rubric-value", f"`{name}` is a number, never {shown(value)}")
        elif field.kind is Kind.TEXT and type(value) not in ((str, int) if _may_be_a_number(field) else (str,)):
            self._wrong(path, "rubric-value", f"`{name}` is text, never {shown(value)}")

    def _bounds(self, value: dict[str, Any], path: Path, *, exactly: bool = False, most: float | None = None) -> Bounds:
        names = (*_BOUNDS, "exactly") if exactly else _BOUNDS
        given = {key: value[key] for key in names if key in value}
        if not given:
            hint = f"write one of {listed(names)}"
            operator = next(key for key in value if key in OPERATORS)
            self._mistake((*path, operator), "rubric-condition", "a number to compare with is missing", hint)
        for key, limit in given.items():
            if isinstance(limit, bool) or not isinstance(limit, int | float):
                self._wrong((*path, key), "rubric-value", f"`{key}` takes a number, not {shown(limit)}")
                return Bounds()
            if most is not None and not 0 <= limit <= most:
                self._wrong((*path, key), "rubric-value", f"{limit} is not between 0 and {most}")
        exact = given.pop("exactly", None)
        for key in given if exact is not None else ():
            self._mistake((*path, key), "rubric-condition", f"`exactly` leaves no room for `{key}`")
        bounds = Bounds(**given) if exact is None else Bounds(at_least=exact, at_most=exact)
        lows = [limit for limit in (bounds.at_least, bounds.above) if limit is not None]
        highs = [limit for limit in (bounds.at_most, bounds.below) if limit is not None]
        if lows and highs and max(lows) > min(highs):
            last = [key for key in value if key in given][-1]
            self._wrong((*path, last), "rubric-value", f"no number is {limits(bounds)}")
        return bounds

    def _where(self, value: dict[str, Any], key: str, path: Path, scope: Scope) -> Condition:
        return self.parse(value[key], (*path, key), scope) if key in value else Always()

    def _text(self, value: dict[str, Any], key: str) -> str:
        text = value[key]
        if not isinstance(text, str):
            raise PathError(f"a path is wanted here, not {shown(text)}")
        return text

    def _mistake(self, path: Path, code: str, message: str, hint: str | None = None) -> Condition:
        self._mistakes.at_key(path, code, message, hint)
        return _ERROR

    def _wrong(self, path: Path, code: str, message: str, hint: str | None = None) -> Condition:
        self._mistakes.at_value(path, code, message, hint)
        return _ERROR

    _HANDLERS: Mapping[str, tuple[Callable[..., Condition], tuple[str, ...]]] = {
        "all": (_and, ()),
        "any": (_or, ()),
        "not": (_not, ()),
        "unless": (_unless, ()),
        "in_dossier": (_in_dossier, ()),
        "listed_in": (_listed_in, ("where",)),
        "number_of": (_number_of, (*_BOUNDS, "exactly")),
        "count": (_count, ("where", *_BOUNDS, "exactly")),
        "some": (_some, ("where",)),
        "none": (_none, ("where",)),
        "every": (_every, ("where",)),
        "sum": (_sum, ("where", *_BOUNDS)),
        "share": (_share, ("where", "of", *_BOUNDS)),
        "value": (_value, ("is", "in", *_BOUNDS)),
        "grade": (_grade, ("is", "in", "at_least", "at_most")),
        "score": (_score, _BOUNDS),
    }


def _may_be_a_number(field: Field) -> bool:
    return field.shape is not None and isinstance(field.shape.node.get("type"), list)


def _as_written(field: Field, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return values in every way that a dossier may write them: the year 2010, or a page, as a number and as text."""
    if not _may_be_a_number(field):
        return values
    numbers = (int(value) for value in map(str, values) if value.isdecimal())
    return tuple(dict.fromkeys((*map(str, values), *numbers)))


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _grade_words(word: str, wanted: Any) -> str:
    if isinstance(wanted, list):
        return " or ".join(str(grade) for grade in wanted)
    return f"{wanted}" if word == "is" else f"{word.replace('_', ' ')} {wanted}"
