"""The effects of studies: a forest plot for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evgrade.computed import methods
from evgrade.computed.effect import is_in_percent
from evgrade.computed.linked import Links, listed_by
from evgrade.computed.numbers import Numbers, OutcomeNumbers
from evgrade.computed.pooled import Origin as Linking
from evgrade.computed.pooled import PooledEffect, Pooling
from evgrade.computed.words import estimate_words, interval_words, named, stated_words
from evgrade.dossier import Dossier
from evgrade.facts.ends import interval
from evgrade.facts.known import known
from evgrade.facts.measures import RATIOS, no_effect
from evgrade.model import Path
from evgrade.render.axis import Axis, axis_for, weights
from evgrade.report.forest import Kind, Mark, Origin, axis_shapes, mark, row_shapes, shares
from evgrade.report.references import Numbering, study_name
from evgrade.report.shapes import Shape
from evgrade.stats.normal import Estimate

Data = Mapping[str, Any]

MEASURES = {
    "RR": "Risk ratio",
    "OR": "Odds ratio",
    "HR": "Hazard ratio",
    "rate_ratio": "Rate ratio",
    "ratio_of_means": "Ratio of means",
    "RD": "Risk difference",
    "MD": "Mean difference",
    "SMD": "Standardized mean difference",
    "log_ratio": "Log ratio",
    "coefficient": "Regression coefficient",
}
_OF_EVENTS = frozenset({"RR", "OR", "HR", "rate_ratio", "RD"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a forest plot.

    Attributes:
        kind: what it shows.
        name: the study, or the model of a pooled effect.
        data: the counts or means behind it, the arms and the time point.
        words: the estimate with its interval, without the measure.
        origin: where the interval comes from.
        note: how it was computed.
        estimate: the estimate in numbers; None where there is nothing to draw.
        weight: the share of all weight in percent; empty where nothing is pooled.
        mark: where it stands.
        shapes: how it is drawn.
        cited: the numbers of its references.
    """

    kind: Kind = Kind.STUDY
    name: str
    data: str = ""
    words: str
    origin: Origin
    note: str = ""
    estimate: Estimate | None
    weight: str = ""
    mark: Mark | None = None
    shapes: tuple[Shape, ...] = ()
    cited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A forest plot.

    Attributes:
        outcome: what it is about.
        id: the id of the outcome; empty where only studies name it.
        measure: the code of the effect measure.
        title: the measure in words, with its unit.
        axis: its axis.
        scale: how the axis is drawn.
        rows: studies, then pooled effects.
        left, right: what lies on either side of no effect.
        heterogeneity: how far the studies differ, in words.
        notes: what else has to be known to read it.
        left_out: the studies that are not pooled, with the reason.
    """

    outcome: str
    id: str
    measure: str
    title: str
    axis: Axis
    scale: tuple[Shape, ...]
    rows: tuple[Row, ...]
    left: str
    right: str
    heterogeneity: str
    notes: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def forests_of(dossier: Dossier, numbers: Numbers, numbering: Numbering) -> Iterator[Forest]:
    """Yield a plot for each outcome that has numbers, then one for each that studies alone name.

    A study whose effect is linked to no outcome, but has the name and the measure of one, is shown with it.
    """
    loose = _loose(dossier, numbers, numbering)
    counted = {one.path: one for one in numbers.outcomes}
    for number, outcome in enumerate(dossier.data.get("outcomes", ())):
        yield from _of_outcome(
            dossier, ("outcomes", number), outcome, counted.get(("outcomes", number)), loose, numbering
        )
    for (_, measure), group in loose.items():
        plot = forest_of(group.outcome, "", measure, "", group.rows, _sides(measure, group.more_is_better))
        if plot is not None:
            yield plot


def _of_outcome(
    dossier: Dossier,
    path: Path,
    outcome: Data,
    counted: OutcomeNumbers | None,
    loose: dict[tuple[str, str], _Group],
    numbering: Numbering,
) -> Iterator[Forest]:
    effect = known(outcome, "effect") or {}
    wanted, unit = known(effect, "measure"), known(effect, "unit") or ""
    found = [one.pooling for one in counted.pooled if one.pooling.measure] if counted else []
    shown: list[tuple[Pooling | None, str]] = [(one, one.measure or "") for one in found]
    if not shown and wanted in MEASURES:
        shown.append((None, wanted))
    for pooling, measure in shown:
        rows, group = list[Row](), None
        if pooling is None:
            group = loose.pop((outcome["name"].casefold(), measure), None)
            rows += group.rows if group else []
        else:
            rows += _studies(dossier, path, outcome, pooling, numbering)
        stated = _stated(effect, measure)
        if stated is not None:
            words = stated_words(effect, (*path, "effect"), dossier.document.written)
            rows.append(
                Row(
                    kind=Kind.POOLED,
                    name="Pooled, as the source states it",
                    words=_without_measure(words, measure),
                    origin=Origin.REPORTED,
                    estimate=stated,
                    cited=numbering.cite(effect.get("refs", ())),
                )
            )
        pooled = pooling.effect if pooling else None
        rows += _pooled(pooled, measure, len(pooling.studies)) if pooling and pooled else []
        better = known(outcome, "more_is_better")
        if not isinstance(better, bool):
            better = _better(effect, stated, measure) if group is None else group.more_is_better
        plot = forest_of(
            outcome["name"], outcome["id"], measure, unit, rows, _sides(measure, better), pooling=pooling, pooled=pooled
        )
        if plot is not None:
            yield plot


def _studies(dossier: Dossier, path: Path, outcome: Data, pooling: Pooling, numbering: Numbering) -> Iterator[Row]:
    """Yield the studies of a pooling."""
    studies = {one["id"]: one for section in ("trials", "observational") for one in dossier.data.get(section, ())}
    linked = pooling.origin is Linking.LINKED
    candidates = Links(dossier.data).to(outcome) if linked else listed_by(outcome, path)
    effects, places = {one.name: one.effect for one in candidates}, {one.name: one.path for one in candidates}
    for one in pooling.studies:
        effect, study = effects.get(one.name, {}), studies.get(one.name)
        refs = [*effect.get("refs", ()), *(study or {}).get("refs", ())]
        is_stated = one.method is methods.FROM_INTERVAL
        own = _stated(effect, pooling.measure or "") if is_stated else None
        words = estimate_words(pooling.measure or "", one.estimate)
        if own is not None:  # as it is printed, and not as its middle and its width would have it
            words = stated_words(effect, places[one.name], dossier.document.written)
        yield Row(
            name=study_name(dossier, study or effect, one.name),
            data="; ".join(filter(None, (_data(effect), str(effect.get("time_point", ""))))),
            words=_without_measure(words, pooling.measure or ""),
            origin=Origin.REPORTED if is_stated else Origin.COMPUTED,
            note="" if is_stated else one.method.name,
            estimate=own or one.estimate,
            cited=numbering.cite(refs),
        )


def _pooled(pooled: PooledEffect, measure: str, many: int) -> Iterator[Row]:
    yield Row(
        kind=Kind.POOLED,
        name="Pooled, computed by evgrade",
        data=f"{many} studies",
        words=_without_measure(estimate_words(measure, pooled.estimate), measure),
        origin=Origin.COMPUTED,
        note=pooled.method.name,
        estimate=pooled.estimate,
    )
    if pooled.prediction is not None:
        yield Row(
            kind=Kind.PREDICTION,
            name="Prediction interval",
            data="where the effect of a new study is expected",
            words=interval_words(pooled.prediction, measure),
            origin=Origin.COMPUTED,
            note=methods.PREDICTION.name,
            estimate=pooled.prediction,
        )


def forest_of(
    outcome: str,
    identifier: str,
    measure: str,
    unit: str,
    rows: Sequence[Row],
    sides: tuple[str, str],
    *,
    pooling: Pooling | None = None,
    pooled: PooledEffect | None = None,
) -> Forest | None:
    """Return a plot of rows; None where none of them can be drawn."""
    axis = axis_for(measure, [row.estimate for row in rows if row.estimate is not None])
    if axis is None:
        return None
    tau2 = (pooled.heterogeneity.tau2 or 0.0) if pooled else 0.0
    studies = [row.estimate for row in rows if row.kind is Kind.STUDY and row.estimate is not None]
    weighed = weights(measure, studies, tau2)
    left = iter(zip(weighed, shares(weighed) if pooling else [""] * len(weighed), strict=True))
    drawn = tuple(
        _drawn(row, axis, *(next(left) if row.kind is Kind.STUDY and row.estimate else (None, ""))) for row in rows
    )
    notes = list(pooled.notes if pooled else ())
    if pooling is not None and pooling.reason is not None:
        notes.append(f"not pooled: {pooling.reason}")
    return Forest(
        outcome=outcome,
        id=identifier,
        measure=measure,
        title=MEASURES.get(measure, measure) + (f", {unit}" if unit else ""),
        axis=axis,
        scale=axis_shapes(axis),
        rows=drawn,
        left=sides[0],
        right=sides[1],
        heterogeneity=_heterogeneity(pooled, measure) if pooled else "",
        notes=tuple(notes),
        left_out=tuple((one.name, one.reason) for one in pooling.left_out) if pooling else (),
    )


def _drawn(row: Row, axis: Axis, weight: float | None, share: str) -> Row:
    shown = None if row.estimate is None else mark(axis, row.estimate, weight)
    return replace(row, weight=share, mark=shown, shapes=row_shapes(axis, shown, row.kind, row.origin))


def _heterogeneity(pooled: PooledEffect, measure: str) -> str:
    differ = pooled.heterogeneity
    told = [f"I² {100 * differ.i2:.0f} %", f"Q {differ.q:.2f} with {differ.studies - 1} df"]
    p = differ.q_p()
    if p is not None:
        told[-1] += f", p {'< 0.001' if p < 0.001 else f'= {p:.3f}'}"
    if differ.tau2 is not None:
        told.insert(0, f"τ² {differ.tau2:.3g}{' of the logarithm' if measure in RATIOS else ''}")
    return "; ".join(told)


def _stated(effect: Data, measure: str) -> Estimate | None:
    """Return an effect as it is stated with its 95 % interval; a difference in percent as one of 1."""
    ends, estimate = interval(effect), known(effect, "estimate")
    if ends is None or estimate is None or known(effect, "measure") != measure:
        return None
    unit = 100 if is_in_percent(effect) else 1
    return Estimate(float(estimate) / unit, ends[0].low / unit, ends[1].high / unit)


def _without_measure(words: str, measure: str) -> str:
    return words.removeprefix(named(measure)).strip()


def _better(effect: Data, shown: Estimate | None, measure: str) -> bool | None:
    """Return whether more is better, from what the source says an effect favours; None where that tells nothing."""
    favours, null = known(effect, "favours"), no_effect(measure)
    if shown is None or null is None or favours not in ("therapy", "control") or shown.value == null:
        return None
    return (shown.value > null) is (favours == "therapy")


def _sides(measure: str, more_is_better: object) -> tuple[str, str]:
    """Return what lies left and right of no effect; where nobody says which is better, fewer or lower, and more."""
    if more_is_better is None:
        less, more = ("fewer", "more") if measure in _OF_EVENTS else ("lower", "higher")
        return f"{less} with therapy", f"{more} with therapy"
    sides = ("favours therapy", "favours control")
    return (sides[1], sides[0]) if more_is_better else sides


@dataclass(frozen=True, slots=True)
class _Group:
    """Effects of studies on one outcome in one measure, and what they say of whether more of it is better."""

    outcome: str
    rows: list[Row]
    better: set[bool]

    @property
    def more_is_better(self) -> bool | None:
        return next(iter(self.better)) if len(self.better) == 1 else None


def _loose(dossier: Dossier, numbers: Numbers, numbering: Numbering) -> dict[tuple[str, str], _Group]:
    """Return the effects of studies that are linked to no outcome, by what they are called and their measure."""
    computed = {one.path: one.computed for one in numbers.effects}
    groups: dict[tuple[str, str], _Group] = {}
    for section in ("trials", "observational"):
        for number, study in enumerate(dossier.data.get(section, ())):
            for place, effect in enumerate(study.get("effects", ())):
                path = (section, number, "effects", place)
                found = computed.get(path)
                measure = known(effect, "measure") or (found.measure if found else None)
                if "answers" in effect or measure not in MEASURES:
                    continue
                own = _stated(effect, measure)
                shown = own or (found.estimate if found is not None and found.measure == measure else None)
                words = stated_words(effect, path, dossier.document.written)
                if own is None and shown is not None:
                    words = estimate_words(measure, shown)
                row = Row(
                    name=study_name(dossier, study, study["id"]),
                    data="; ".join(filter(None, (_data(effect), *_told(effect)))),
                    words=_without_measure(words, measure) or "no numbers",
                    origin=Origin.REPORTED if own else Origin.COMPUTED if shown else Origin.NONE,
                    note="" if own or found is None else found.method.name,
                    estimate=shown,
                    cited=numbering.cite([*effect.get("refs", ()), *study.get("refs", ())]),
                )
                group = groups.setdefault((effect["outcome"].casefold(), measure), _Group(effect["outcome"], [], set()))
                group.rows.append(row)
                better = _better(effect, shown, measure)
                if better is not None:
                    group.better.add(better)
    return groups


def _told(effect: Data) -> Iterator[str]:
    return (str(effect[key]) for key in ("comparison", "time_point") if key in effect)


def _data(effect: Data) -> str:
    """Return the counts, or the means, of the arms."""
    arms = effect.get("arms", ())
    return " v ".join(filter(None, map(_arm, arms))) if len(arms) > 1 else ""


def _arm(arm: Data) -> str:
    people, events, mean, sd = (known(arm, key) for key in ("participants", "events", "mean", "sd"))
    if events is not None and people is not None:
        return f"{events}/{people}"
    if mean is None:
        return ""
    of = f", n {people}" if people is not None else ""
    return f"{mean:g}{f' (SD {sd:g}{of})' if sd is not None else ''}"
