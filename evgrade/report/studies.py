"""The effects of studies: a forest plot for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.computed import methods
from evgrade.computed.numbers import Numbers, OutcomeNumbers
from evgrade.computed.pooled import Pooling
from evgrade.computed.words import estimate_words, interval_words, stated_words
from evgrade.dossier import Dossier
from evgrade.facts.ends import interval
from evgrade.facts.known import known
from evgrade.report.forest import Axis, Mark, axis_for, mark, weights
from evgrade.report.references import Numbering, study_name
from evgrade.stats.normal import Estimate

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a forest plot.

    Attributes:
        name: the study, or the model of a pooled effect.
        data: the counts or means behind it.
        words: the estimate with its interval.
        origin: where the interval comes from: `stated`, `computed`, or `pooled`; `none` where there is no number.
        note: how it was computed, or why it has no number.
        mark: where it stands; None where there is nothing to draw.
        prediction: the prediction interval of a pooled effect, as a mark without a square.
        cited: the numbers of its references.
    """

    name: str
    data: str
    words: str
    origin: str
    note: str
    mark: Mark | None
    prediction: Mark | None = None
    cited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """A forest plot.

    Attributes:
        outcome: what it is about.
        measure: the effect measure in words.
        axis: its axis.
        rows: studies, then pooled effects.
        left, right: what lies on either side of no effect.
        heterogeneity: how far the studies differ, in words.
        left_out: the studies that are not pooled, with the reason.
    """

    outcome: str
    measure: str
    axis: Axis
    rows: tuple[Row, ...]
    left: str
    right: str
    heterogeneity: str
    left_out: tuple[tuple[str, str], ...]


def forests_of(dossier: Dossier, numbers: Numbers, numbering: Numbering) -> Iterator[Forest]:
    """Yield a plot for each outcome whose studies have numbers, then one for each outcome that studies alone name."""
    for outcome in numbers.outcomes:
        data = dossier.data["outcomes"][outcome.path[1]]
        for one in outcome.pooled:
            plot = _of_pooling(dossier, data, outcome, one.pooling, numbering)
            if plot is not None:
                yield plot
    yield from _of_studies(dossier, numbers, numbering)


def _of_pooling(
    dossier: Dossier, data: Mapping[str, Any], outcome: OutcomeNumbers, pooling: Pooling, numbering: Numbering
) -> Forest | None:
    measure = pooling.measure
    if measure is None or not pooling.studies:
        return None
    estimates = [one.estimate for one in pooling.studies]
    stated = _stated_estimate(known(data, "effect") or {}, measure)
    pooled = pooling.effect
    shown = [*estimates, *([stated] if stated else []), *([pooled.estimate] if pooled else [])]
    axis = axis_for(measure, shown)
    if axis is None:
        return None
    studies = {one["id"]: one for section in ("trials", "observational") for one in dossier.data.get(section, ())}
    rows = [
        Row(
            name=study_name(dossier, studies.get(one.name), one.name),
            data="",
            words=estimate_words(measure, one.estimate),
            origin="stated" if one.method is methods.FROM_INTERVAL else "computed",
            note="" if one.method is methods.FROM_INTERVAL else one.method.name,
            mark=mark(axis, one.estimate, weight),
            cited=numbering.cite(studies.get(one.name, {}).get("refs", ())),
        )
        for one, weight in zip(pooling.studies, weights(measure, estimates), strict=True)
    ]
    if stated is not None:
        rows.append(
            Row(
                name="Pooled, as stated by the source",
                data="",
                words=outcome.stated,
                origin="pooled",
                note="",
                mark=mark(axis, stated, None),
            )
        )
    heterogeneity = ""
    if pooled is not None:
        predicted = pooled.prediction
        told = estimate_words(measure, pooled.estimate)
        rows.append(
            Row(
                name="Pooled, computed by evgrade",
                data=f"{len(pooling.studies)} studies",
                words=told,
                origin="pooled",
                note=pooled.method.name,
                mark=mark(axis, pooled.estimate, None),
                prediction=None if predicted is None else mark(axis, predicted, None),
            )
        )
        differ = pooled.heterogeneity
        heterogeneity = f"I² {100 * differ.i2:.0f} %, τ² {differ.tau2:.3g}, Q {differ.q:.2f}"
        if predicted is not None:
            heterogeneity += f"; a new study is expected from {interval_words(predicted, measure)}"
    left, right = _sides(
        known(data, "more_is_better"), ratio_of_events=measure in ("RR", "OR", "HR", "rate_ratio", "RD")
    )
    return Forest(
        outcome=outcome.name,
        measure=MEASURES.get(measure, measure),
        axis=axis,
        rows=tuple(rows),
        left=left,
        right=right,
        heterogeneity=heterogeneity,
        left_out=tuple((one.name, one.reason) for one in pooling.left_out),
    )


def _stated_estimate(effect: Mapping[str, Any], measure: str) -> Estimate | None:
    ends, estimate = interval(effect), known(effect, "estimate")
    if ends is None or estimate is None or known(effect, "measure") != measure:
        return None
    return Estimate(float(estimate), ends[0].low, ends[1].high)


def _sides(more_is_better: Any, *, ratio_of_events: bool) -> tuple[str, str]:
    """Return what lies left and right of no effect; where nobody says which is better, fewer or lower, and more."""
    if more_is_better is True:
        return "favours control", "favours therapy"
    if more_is_better is False:
        return "favours therapy", "favours control"
    return (
        ("fewer with therapy", "more with therapy")
        if ratio_of_events
        else ("lower with therapy", "higher with therapy")
    )


def _of_studies(dossier: Dossier, numbers: Numbers, numbering: Numbering) -> Iterator[Forest]:
    """Yield a plot for each outcome and measure that effects of studies have and no outcome of the dossier takes up."""
    computed = {one.path: one.computed for one in numbers.effects}
    groups: dict[tuple[str, str], list[tuple[Mapping[str, Any], Mapping[str, Any], Estimate | None, Row]]] = {}
    titles: dict[tuple[str, str], str] = {}
    for section in ("trials", "observational"):
        for number, study in enumerate(dossier.data.get(section, ())):
            for place, effect in enumerate(study.get("effects", ())):
                if "answers" in effect:
                    continue
                path = (section, number, "effects", place)
                found = computed.get(path)
                measure = known(effect, "measure") or (found.measure if found else None)
                if measure is None or measure not in MEASURES:
                    continue
                own = _stated_estimate(effect, measure)
                shown = own or (found.estimate if found is not None and found.measure == measure else None)
                key = (effect["outcome"].casefold(), measure)
                titles.setdefault(key, effect["outcome"])
                row = Row(
                    name=study_name(dossier, study, study["id"]),
                    data="; ".join(
                        part
                        for part in (
                            _data(effect),
                            *(str(effect[key]) for key in ("comparison", "time_point") if key in effect),
                        )
                        if part
                    ),
                    words=stated_words(effect, path, dossier.document.written)
                    if own
                    else estimate_words(measure, shown)
                    if shown
                    else "no interval",
                    origin="stated" if own else "computed" if shown else "none",
                    note="" if own or found is None else found.method.name,
                    mark=None,
                    cited=numbering.cite([*effect.get("refs", ()), *study.get("refs", ())]),
                )
                groups.setdefault(key, []).append((study, effect, shown, row))
    for (_, measure), found_ones in groups.items():
        key = next(one for one in titles if groups.get(one) is found_ones)
        estimates = [shown for *_, shown, _ in found_ones if shown is not None]
        axis = axis_for(measure, estimates)
        if axis is None:
            continue
        weighed = iter(weights(measure, estimates))
        rows = tuple(
            row if shown is None else _drawn(row, mark(axis, shown, next(weighed))) for _, _, shown, row in found_ones
        )
        left, right = _sides(None, ratio_of_events=measure in ("RR", "OR", "HR", "rate_ratio", "RD"))
        yield Forest(
            outcome=titles[key],
            measure=MEASURES[measure],
            axis=axis,
            rows=rows,
            left=left,
            right=right,
            heterogeneity="",
            left_out=(),
        )


def _drawn(row: Row, drawn: Mark | None) -> Row:
    return Row(
        name=row.name, data=row.data, words=row.words, origin=row.origin, note=row.note, mark=drawn, cited=row.cited
    )


def _data(effect: Mapping[str, Any]) -> str:
    told = [
        f"{known(arm, 'events')}/{known(arm, 'participants')}"
        for arm in effect.get("arms", ())
        if known(arm, "events") is not None and known(arm, "participants") is not None
    ]
    return " v ".join(told)
