"""The rubric language: all of its operators, and the parser that turns YAML into conditions.

A misspelt field or an impossible value must never silently match nothing: every name in a condition is looked up in the
dossier schema, and every mistake becomes a finding at its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evgrade.model import Path
from evgrade.rubric.conditions import dossier, grades, lists, logic, values
from evgrade.rubric.conditions.base import Condition
from evgrade.rubric.conditions.logic import All, Term
from evgrade.rubric.conditions.parsing import MISTAKEN, Mistakes, Node, Parser, Scope
from evgrade.rubric.conditions.values import Labels, field_test, label_is
from evgrade.rubric.fields import PathError, resolve_field
from evgrade.schema.suggest import did_you_mean, listed, shown

_OPERATORS = logic.OPERATORS | lists.OPERATORS | dossier.OPERATORS | values.OPERATORS | grades.OPERATORS
OPERATORS = tuple(name for name in _OPERATORS if name != "some")

DEEPEST = 200
"""The deepest nesting of conditions. Each level takes several of the 1,000 calls that Python can nest."""

TOO_DEEP = f"conditions, with the terms and labels in them, are more than {DEEPEST} deep"
FEWER = "build terms on fewer others"

FindTerm = Callable[[str, Scope, Path], Term | None]
FindLabel = Callable[[str, Scope, Path], Labels | None]
"""Returns None if the name is not a label, and no rungs if the label cannot be used here."""


class ConditionParser(Parser):
    """The parser of one rubric, which knows its terms and labels."""

    def __init__(self, mistakes: Mistakes, find_term: FindTerm, find_label: FindLabel) -> None:
        super().__init__(mistakes)
        self._find_term = find_term
        self._find_label = find_label
        self._depths: dict[int, tuple[int, Condition]] = {}  # with the condition, so that its id is not reused

    def parse(self, value: Any, path: Path, scope: Scope) -> Condition:
        condition = self._parse(value, path, scope)
        depth = 1 + max((self._depths.get(id(part), (0,))[0] for part in condition.inside()), default=0)
        self._depths[id(condition)] = depth, condition
        if depth > DEEPEST:
            return self.mistake(path, "rubric-condition", f"{TOO_DEEP} here", FEWER)
        return condition

    def _parse(self, value: Any, path: Path, scope: Scope) -> Condition:
        if isinstance(value, str):
            return self._find_term(value, scope, path) or MISTAKEN
        if isinstance(value, list):
            conditions = self.parts(value, path, scope)
            return conditions[0] if len(conditions) == 1 else All(conditions)
        if not isinstance(value, dict) or not value:
            return self.mistake(path, "rubric-condition", f"{shown(value)} is not a condition")
        # If an item has a field with the name of an operator, such as `grade` of a published grade, the field is meant.
        operators = [key for key in value if key in OPERATORS and scope.shape.key(key) is None]
        if not operators:
            parts = tuple(self._field(key, test, (*path, key), scope) for key, test in value.items())
            return parts[0] if len(parts) == 1 else All(parts)
        if len(operators) > 1:
            message = f"`{operators[0]}` and `{operators[1]}` in one condition"
            return self.mistake((*path, operators[1]), "rubric-condition", message, "write a list of two conditions")
        return self._operator(operators[0], value, path, scope)

    def _operator(self, word: str, value: Node, path: Path, scope: Scope) -> Condition:
        operator = _OPERATORS["some" if word == "any" and isinstance(value[word], str) else word]
        for key in value:
            if key not in (*operator.takes, word) and not key.startswith("x-"):
                hint = did_you_mean(key, operator.takes)
                hint = hint or (f"it takes: {listed(operator.takes)}" if operator.takes else None)
                self.mistake((*path, key), "rubric-condition", f"`{word}` does not take `{key}`", hint)
        try:
            return operator.parse(self, value, path, scope)
        except PathError as error:
            return self.wrong((*path, word), "rubric-field", str(error), error.hint)

    def _field(self, key: str, test: Any, path: Path, scope: Scope) -> Condition:
        """Parse one entry of a mapping of fields: a dotted path or a label, with the wanted value or bounds."""
        ladder = self._find_label(key, scope, path)
        if ladder is not None:
            return label_is(self, key, ladder, test, path) if ladder else MISTAKEN
        try:
            field = resolve_field(scope.shape, key)
        except PathError as error:
            near = error.hint if (error.hint or "").startswith("did you mean") else did_you_mean(key, OPERATORS)
            return self.mistake(path, "rubric-field", str(error), near or error.hint)
        if isinstance(test, dict):
            return field_test(self, field, test, path)
        return field_test(self, field, {"in" if isinstance(test, list) else "is": test}, path, at=path)
