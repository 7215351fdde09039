"""A pooled effect from the effects of studies, by a model chosen from the data, or the reason for not pooling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evgrade.computed import methods
from evgrade.computed.effect import from_arms, not_of_arms, stated, table_of, unscaled
from evgrade.computed.linked import Candidate, Data, LeftOut, refusal
from evgrade.computed.methods import Method
from evgrade.facts.effects import DIFFERENCES, RATIOS
from evgrade.facts.known import known
from evgrade.stats.normal import Estimate, Study
from evgrade.stats.pooling import Between, Heterogeneity, Pooled, Reach, pool
from evgrade.stats.tables import (
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
    mantel_haenszel_risk_ratio,
    peto_odds_ratio,
)
from evgrade.stats.two_by_two import TwoByTwo

POOLED = (RATIOS | DIFFERENCES) - {"coefficient"}
"""Measures that can be pooled; coefficients of different models have no common unit."""

RARE = 0.01
"""An event in a smaller share of people is rare (Cochrane Handbook, section 10.4.4)."""

FEW = 10
"""With fewer events per arm, on average, inverse variance is biased if the event is rare or an arm has none."""

DIFFERING = 0.5
"""From this I², a common effect needs a note."""

_BALANCED = 2
"""Peto's method suits arms that differ in size by at most this factor, and odds ratios within this factor of 1."""

_MANTEL_HAENSZEL = {
    "RR": mantel_haenszel_risk_ratio,
    "OR": mantel_haenszel_odds_ratio,
    "RD": mantel_haenszel_risk_difference,
}


class Linking(StrEnum):
    """How the pooled effects are linked to the outcome."""

    LINKED = "linked"
    """By `answers` in the effects of studies."""
    LISTED = "listed"
    """By the outcome, under `study_effects`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPooled:
    """What one study contributes: its effect with a 95% interval, and where evgrade got it from."""

    name: str
    estimate: Estimate
    method: Method
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEffect:
    """A pooled effect with 95% intervals; ratios are not logarithms.

    Attributes:
        estimate: the effect.
        method: the model and its interval.
        heterogeneity: how far the studies differ.
        prediction: the prediction interval; None below 3 studies, or if tau² is 0.
        notes: what readers should know.
    """

    estimate: Estimate
    method: Method
    heterogeneity: Heterogeneity
    prediction: Estimate | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """The result of pooling the studies that answer an outcome.

    Attributes:
        origin: how they are linked to it.
        measure: the common measure; None if there is none.
        studies: the studies that are pooled, or would be.
        left_out: the studies that are not, with reasons.
        effect: the pooled effect; None if not pooled.
        reason: why not.
    """

    origin: Linking
    measure: str | None
    studies: tuple[StudyPooled, ...]
    left_out: tuple[LeftOut, ...]
    effect: PooledEffect | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Taken:
    candidate: Candidate
    study: Study
    method: Method
    notes: tuple[str, ...]


def pooling(
    origin: Linking, outcome: Data, candidates: Sequence[Candidate], left_out: Sequence[LeftOut]
) -> Pooling | None:
    """Return the result of pooling the candidates of an outcome; None if there are no candidates at all.

    Args:
        origin: how they are linked to it.
        outcome: the outcome.
        candidates: those that may be pooled.
        left_out: those that may not.
    """
    if not candidates and not left_out:
        return None
    measure = _measure(outcome, candidates)
    taken, gone = _values(candidates, measure) if measure is not None else ([], [])
    reason = refusal(candidates) or _unlike(candidates, measure) or _too_few(taken)
    return Pooling(
        origin=origin,
        measure=measure,
        studies=tuple(_shown(one, measure) for one in taken if measure is not None),
        left_out=(*left_out, *gone),
        effect=None if reason is not None or measure is None else _effect(taken, measure),
        reason=reason,
    )


def _measure(outcome: Data, candidates: Sequence[Candidate]) -> str | None:
    """Return the measure of the outcome, or if it states none, the common measure of all studies."""
    wanted = known(known(outcome, "effect") or {}, "measure")
    if wanted is not None:
        return wanted if wanted in POOLED else None
    found = {known(one.effect, "measure") for one in candidates} - {None}
    return found.pop() if len(found) == 1 and found <= POOLED else None


def _unlike(candidates: Sequence[Candidate], measure: str | None) -> str | None:
    """Return why the effects are not comparable."""
    if measure is None:
        found = sorted({known(one.effect, "measure") for one in candidates} - {None})
        if len(found) == 1 and found[0] not in POOLED:
            return f"effects of this measure are not pooled: {found[0]}"
        return f"different measures are not pooled: {', '.join(found)}" if found else "no measure is stated"
    other = [one.name for one in candidates if not _has(one, measure)]
    if other:
        return f"different measures are not pooled: {other[0]} does not state {measure} or arms to compute it from"
    units = {known(one.effect, "unit") for one in candidates} - {None}
    if measure == "MD" and len({unit.casefold() for unit in units}) > 1:
        return f"different units are not pooled: {', '.join(sorted(units))}"
    changes = {known(one.effect, "change_from_baseline") for one in candidates} & {True, False}
    if measure == "SMD" and len(changes) > 1:
        return "standardized differences of changes and of final values are not pooled"
    return None


def _has(one: Candidate, measure: str) -> bool:
    return known(one.effect, "measure") in (measure, None) or from_arms(one.effect, measure) is not None


def _too_few(taken: Sequence[_Taken]) -> str | None:
    if len(taken) > 1:
        return None
    return "there is only one study, so nothing to pool" if taken else "no study has numbers to pool"


def _values(candidates: Sequence[Candidate], measure: str) -> tuple[list[_Taken], list[LeftOut]]:
    """Return what each study contributes, and the studies without usable numbers."""
    taken, gone = [], []
    for one in candidates:
        found = _value(one, measure)
        if isinstance(found, _Taken):
            taken.append(found)
        else:
            gone.append(LeftOut(one.name, found))
    return taken, gone


def _value(one: Candidate, measure: str) -> _Taken | str:
    """Return what a study contributes, from the stated effect or else from its arms; or why it contributes nothing."""
    said = stated(one.effect) if known(one.effect, "measure") == measure else None
    if said is not None:
        return _Taken(one, *said, ())
    barred = not_of_arms(one.study)
    made = None if barred is not None else from_arms(one.effect, measure)
    if made is not None and made.study is not None:
        return _Taken(one, made.study, made.method, made.notes)
    table = table_of(one.effect)
    if barred is None and measure in ("RR", "OR") and table is not None and not table.can_be_compared:
        return "no one, or everyone, had the event, which says nothing about a ratio"
    if barred is None and known(one.effect, "estimate") is None:
        return "it has no estimate, and nothing to compute one from"
    return barred or "its estimate has no interval, standard error or exact p, and nothing to compute one from"


def _shown(one: _Taken, measure: str | None) -> StudyPooled:
    return StudyPooled(
        name=one.candidate.name,
        estimate=unscaled(one.study.interval(), measure or ""),
        method=one.method,
        notes=one.notes,
    )


# The model


def _effect(taken: Sequence[_Taken], measure: str) -> PooledEffect | None:
    tables = _tables(taken) if measure in _MANTEL_HAENSZEL else None
    counted = _of_counts(tables, measure) if tables is not None and _are_sparse(tables) else None
    if counted is not None:
        return counted
    studies = [one.study for one in taken]
    found, method = pool(studies, Between.REML), methods.RANDOM_WALD
    if len(studies) > 2 and found.tau2 > 0:
        found, method = pool(studies, Between.REML, Reach.HARTUNG_KNAPP), methods.RANDOM_HARTUNG_KNAPP
    predicted = found.prediction_interval(len(studies) - 1) if found.tau2 > 0 else None
    return PooledEffect(
        estimate=unscaled(found.effect, measure),
        method=method,
        heterogeneity=found.heterogeneity,
        prediction=None if predicted is None else unscaled(predicted, measure),
        notes=("two studies say little about heterogeneity",) if len(studies) == 2 else (),
    )


def _tables(taken: Sequence[_Taken]) -> list[TwoByTwo] | None:
    """Return the counts of all studies; None if one has no counts, or an effect that its counts do not give."""
    tables = [
        None if not_of_arms(one.candidate.study) or known(one.candidate.effect, "adjusted") is True else table
        for one in taken
        for table in (table_of(one.candidate.effect),)
    ]
    found = [table for table in tables if table is not None]
    return found if len(found) == len(tables) else None


def _are_sparse(tables: Sequence[TwoByTwo]) -> bool:
    """Whether there are few events, and the event is rare or a cell is empty.

    Rarity alone is not enough: a rare event is frequent enough in many people, and then random effects are needed.
    """
    few = sum(table.events + table.control_events for table in tables) < FEW * 2 * len(tables)
    return few and (_risk(tables) < RARE or any(0 in table.cells for table in tables))


def _risk(tables: Sequence[TwoByTwo]) -> float:
    arms = [arm for table in tables for arm in table.arms]
    return sum(events for events, _ in arms) / sum(people for _, people in arms)


def _of_counts(tables: Sequence[TwoByTwo], measure: str) -> PooledEffect | None:
    found = _peto(tables) if measure == "OR" else None
    method = methods.PETO if found is not None else methods.MANTEL_HAENSZEL[measure]
    found = found or _MANTEL_HAENSZEL[measure](tables)
    if found is None:
        return None
    why = (
        "fewer than 1% of all participants had the event"
        if _risk(tables) < RARE
        else "in an arm no one, or everyone, had the event"
    )
    notes = [f"there are few events, and {why}: the counts are pooled without correction"]
    i2 = found.heterogeneity.i2
    if i2 >= DIFFERING:
        notes.append(f"the studies differ (I² {100 * i2:.0f}%), which a common effect ignores")
    return PooledEffect(
        estimate=unscaled(found.effect, measure),
        method=method,
        heterogeneity=found.heterogeneity,
        prediction=None,
        notes=tuple(notes),
    )


def _peto(tables: Sequence[TwoByTwo]) -> Pooled | None:
    """Return Peto's odds ratio if it suits the data: rare events, arms of similar size, a moderate effect."""
    sizes = [(table.participants, table.control_participants) for table in tables]
    if _risk(tables) >= RARE or any(max(pair) > _BALANCED * min(pair) for pair in sizes):
        return None
    found = peto_odds_ratio(tables)
    return found if found is not None and 1 / _BALANCED <= found.effect.exponential().value <= _BALANCED else None
