"""Judgements that the numbers suggest, with the numbers and thresholds, next to the reviewers' own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from evgrade.computed.linked import Candidate, Links, refusal, usable
from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.facts.reported import as_printed
from evgrade.grading.assessment import SuggestedJudgement
from evgrade.grading.judge import Decision, climb
from evgrade.grading.resting import resting_on
from evgrade.grading.trace import Trace, evidence_at, once, remembering, rule_used, trace, unstated, within
from evgrade.logic import Truth
from evgrade.model import Path, dotted
from evgrade.rubric.conditions.base import Context
from evgrade.rubric.conditions.values import Within
from evgrade.rubric.fields import Data
from evgrade.rubric.model import Rubric, Suggestion
from evgrade.rubric.phrases import limits


class Answering:
    """The items of a dossier as suggestions read them.

    An outcome that lists no study effects gets those of the studies that answer it, so that no effect is stated twice.
    """

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier

    @cached_property
    def _links(self) -> Links:
        return Links(self._dossier.data)

    @cached_property
    def _retracted(self) -> frozenset[Path]:
        return frozenset(resting_on(self._dossier.data, self._dossier.retracted))

    def stated(self, item: Data, path: Path) -> Data:
        """Return an item with its numbers as they are stated."""
        studies = self.studies(item, path)
        return {**item, "study_effects": [one.effect for one in studies]} if studies else item

    def printed(self, item: Data, path: Path) -> Data:
        """Return an item in which each number is the range of values that round to it."""
        written = self._dossier.document.written
        printed: dict[str, Any] = as_printed(item, written, path)
        studies = self.studies(item, path)
        if studies:
            printed["study_effects"] = [as_printed(one.effect, written, one.path) for one in studies]
        return printed

    def studies(self, item: Data, path: Path) -> list[Candidate]:
        """Return the studies of an outcome; none if some cannot be used, since the rest would be incomplete."""
        if path[0] != "outcomes" or "study_effects" in item:
            return []
        candidates = self._links.to(item)
        taken, left = usable(self._links, item, candidates, self._retracted)
        whole = all({"measure", "estimate", "ci_low", "ci_high"} <= one.effect.keys() for one in taken)
        return taken if whole and not left and refusal(taken) is None else []


def suggestions_of(dossier: Dossier, rubric: Rubric) -> tuple[SuggestedJudgement, ...]:
    """Return the judgements that a rubric suggests, item by item."""
    context = remembering(Context({}, dossier=dossier.data))
    answering = Answering(dossier)
    found: dict[Path, list[SuggestedJudgement]] = {}
    for suggestion in rubric.suggestions:
        for path, item in _items(dossier, suggestion, context):
            found.setdefault(path, []).append(_suggested(dossier, answering, suggestion, item, path))
    return tuple(chain.from_iterable(found.values()))


def _items(dossier: Dossier, suggestion: Suggestion, context: Context) -> Iterator[tuple[Path, Data]]:
    for number, item in enumerate(suggestion.entries.read(dossier.data) or []):
        if suggestion.where.truth(item, context) is not False:
            yield (*suggestion.entries.keys, number), item


def _suggested(
    dossier: Dossier, answering: Answering, suggestion: Suggestion, item: Data, path: Path
) -> SuggestedJudgement:
    item, printed = answering.stated(item, path), answering.printed(item, path)
    context = remembering(Context({}, dossier=dossier.data))
    decision = climb(suggestion.ladder, printed, context)
    tried = [
        trace(rung.rule.condition, printed, path, context) for rung in suggestion.ladder.rungs[: decision.number + 1]
    ]
    hangs_on_rounding = not decision.possible <= climb(suggestion.ladder, item, context).possible
    is_open = hangs_on_rounding or _is_open(suggestion, decision)
    rung = suggestion.ladder.rungs[decision.number]
    stated = suggestion.field.read(item)
    missing = once(unstated(tried)) if len(decision.possible) > 1 else ()
    judge = _reason_holder(item, suggestion)
    return SuggestedJudgement(
        name=suggestion.name,
        title=suggestion.title,
        item=evidence_at(dossier, path),
        judgement=None if is_open else rung.gives,
        possible=tuple(dict.fromkeys(one.gives for one in suggestion.ladder.rungs if one.gives in decision.possible)),
        because=tuple(dict.fromkeys(_because(item, len(path), tried))),
        rule=None if is_open else rule_used(rung.rule),
        hangs_on_rounding=hangs_on_rounding,
        missing=tuple(dict.fromkeys(_absent(item, name[len(path) :]) for name in missing)),
        stated=None if stated is None else str(stated),
        stated_reason=judge.get("reason"),
    )


def _is_open(suggestion: Suggestion, decision: Decision) -> bool:
    """Whether no rung certainly holds, or only the last one, which says nothing while a rung above it could hold."""
    if len(decision.possible) == 1:
        return False
    last = decision.number == len(suggestion.ladder.rungs) - 1
    return last or (decision.truths[decision.number] is None and not suggestion.ladder.excuses)


def _reason_holder(item: Data, suggestion: Suggestion) -> Data:
    """Return the mapping that holds a judgement and its reason."""
    value: Any = item
    for key in suggestion.field.keys[:-1]:
        value = value.get(key, {})
    return value if isinstance(value, dict) else {}


def _absent(item: Data, path: Path) -> str:
    """Return the outermost step of a path that an item does not state."""
    value: Any = item
    for depth, step in enumerate(path, start=1):
        if isinstance(value, dict) and known(value, str(step)) is None:
            return dotted(path[:depth])
        value = value[step]
    return dotted(path)


def _because(item: Data, depth: int, tried: list[Trace]) -> Iterator[str]:
    """Yield the numbers that make the last rung hold; if it always holds, those that rule out the rungs above."""
    numbers = list(_numbers(item, depth, tried[-1], truth=True))
    for traced in tried[:-1] if not numbers else ():
        numbers += _numbers(item, depth, traced, truth=False)
    yield from numbers


def _numbers(item: Data, depth: int, traced: Trace, *, truth: Truth) -> Iterator[str]:
    """Yield every number that decides a condition, with its threshold."""
    begin = [traced] if traced.truth is truth else []
    for one in within(begin, lambda outer: (part for part in outer.parts if part.truth is truth)):
        if isinstance(one.condition, Within):
            yield _compared(item, one.path[depth:], one.condition, truth=one.truth)


def _compared(item: Data, path: Path, condition: Within, *, truth: Truth) -> str:
    holder: Any = item
    for key in path:
        holder = holder[key]
    found = condition.field.read(holder)  # the printed value, not the range that rounds to it
    derived = condition.field.derived
    if derived is not None:
        for key in condition.field.keys:
            holder = holder[key]
        words = derived.in_words(holder)
        if words is not None:
            return words
    negated = "" if truth else "not "
    limit = limits(condition.bounds, percent=condition.field.is_share)
    return f"{condition.field.words} {condition.measured(_short(found))}, {negated}{limit}"


def _short(found: Any) -> Any:
    """Return a computed number rounded to three significant digits; counts stay whole."""
    return float(f"{found:.3g}") if isinstance(found, float) and not found.is_integer() else found
