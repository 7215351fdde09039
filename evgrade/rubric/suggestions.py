"""Suggested judgements of a rubric, compiled."""

from __future__ import annotations

from evgrade.model import Path
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.conditions.parsing import Scope
from evgrade.rubric.fields import FieldPath
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Ladder, Suggestion
from evgrade.rubric.paths import Field, PathError, resolve_field, resolve_list
from evgrade.rubric.rules import Node
from evgrade.rubric.vocabulary import Vocabulary
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.schema.suggest import did_you_mean, listed


def compile_suggestion(name: str, node: Node, vocabulary: Vocabulary, mistakes: Mistakes) -> Suggestion | None:
    """Return what numbers suggest on the items of a list; None, and a mistake, where there is no such list or field."""
    path: Path = ("suggest", name)
    try:
        entries, shape = resolve_list(dossier_shape(), node["on"])
    except PathError as error:
        mistakes.at_value((*path, "on"), "rubric-field", str(error), error.hint)
        return None
    field = _field(shape, node["field"], (*path, "field"), mistakes)
    scope = Scope(shape)
    where = vocabulary.parser.parse(node["where"], (*path, "where"), scope) if "where" in node else Always()
    ladder = vocabulary.rules.ladder(node["ladder"], (*path, "ladder"), scope, "judgement")
    if field is None or field.shape is None:
        return None
    _check_judgements(ladder, node["field"], field.shape, (*path, "ladder"), mistakes)
    return Suggestion(
        name=name,
        title=node["title"],
        why=node.get("why"),
        entries=entries,
        where=where,
        field=FieldPath(field.path.keys),
        ladder=ladder,
    )


def _field(shape: Shape, text: str, path: Path, mistakes: Mistakes) -> Field | None:
    """Return the field that is judged: one with values to choose from."""
    try:
        field = resolve_field(shape, text)
    except PathError as error:
        mistakes.at_value(path, "rubric-field", str(error), error.hint)
        return None
    if field.shape is not None and field.shape.choices != (None,):
        return field
    mistakes.at_value(path, "rubric-field", f"`{text}` has no values to choose from, so none can be suggested")
    return None


def _check_judgements(ladder: Ladder, name: str, shape: Shape, path: Path, mistakes: Mistakes) -> None:
    for number, rung in enumerate(ladder.rungs):
        if rung.gives not in shape.choices:
            hint = did_you_mean(rung.gives, shape.choices) or f"it can be: {listed(map(str, shape.choices))}"
            place = (*path, number, "judgement")
            mistakes.at_value(place, "rubric-value", f"`{name}` is never {rung.gives}", hint)
