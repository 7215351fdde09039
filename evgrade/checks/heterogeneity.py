"""The check of a stated I² against the effects of the studies."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import reported_interval
from evgrade.facts.known import Range, known
from evgrade.model import Severity

ALLOWED = 25
"""Percentage points by which estimators of the variance between studies may honestly differ in I²."""


@check("effect-heterogeneity", on="outcome", severity=Severity.WARNING, needs=("i_squared", "study_effects"))
def i_squared_fits_studies(item: Item) -> Iterator[Problem]:
    """A stated I² is near the one that the effects of all the studies give."""
    stated, effects = item.data["i_squared"], item.data["study_effects"]
    if len(effects) < 2 or known(item.data, "studies") not in (None, len(effects)):
        return
    from evgrade.facts.outcomes import heterogeneity  # noqa: PLC0415 - few dossiers list the studies

    found = heterogeneity(item.data)
    if not isinstance(found, float) or abs(stated - found) <= ALLOWED:
        return
    possible = _possible(item, len(effects))
    if possible is None or possible.low - ALLOWED <= stated <= possible.high + ALLOWED:
        return
    low, high = f"{possible.low:.0f}", f"{possible.high:.0f}"
    yield Problem(
        f"I² of {item.written('i_squared')} % is stated, and the {len(effects)} study effects give "
        + (f"{low} %" if low == high else f"{low} to {high} %"),
        at=("i_squared",),
        hint="compare I² and the study effects with the source; state as `studies` how many there are, if some are "
        "not listed",
        related=((*item.path, "study_effects"),),
    )


def _possible(item: Item, studies: int) -> Range | None:
    """Return all that I² may have been before the numbers of the studies were rounded.

    The root of Q, the weighted sum of squares around the weighted mean, is a distance: it changes by no more than the
    weighted root sum of squares of what rounding did to the estimates; and Q grows with each weight.
    """
    centres, blurs, errors = [], [], []
    for number in range(studies):
        study = Item(item.data["study_effects"][number], (*item.path, "study_effects", number), item.whole)
        interval = reported_interval(study)
        if interval is None:
            return None
        from evgrade.facts.interval import recompute  # noqa: PLC0415 - loads decimal

        estimate = interval.on_scale(interval.estimate)
        centres.append((estimate.low + estimate.high) / 2)
        blurs.append((estimate.high - estimate.low) / 2)
        errors.append(recompute(interval).standard_error)
    if not all(math.isfinite(centre) for centre in centres) or not all(0 < error.low < math.inf for error in errors):
        return None
    least = max(0.0, _distance(centres, errors, low=True) - _moved(blurs, errors, low=True))
    most = _distance(centres, errors, low=False) + _moved(blurs, errors, low=False)
    return Range(_i_squared(least**2, studies), _i_squared(most**2, studies))


def _weights(errors: list[Range], *, low: bool) -> list[float]:
    """Return the lowest or the highest weights that the studies may have."""
    return [(error.high if low else error.low) ** -2 for error in errors]


def _distance(centres: list[float], errors: list[Range], *, low: bool) -> float:
    weights = _weights(errors, low=low)
    total = math.fsum(weight * centre for weight, centre in zip(weights, centres, strict=True))
    mean = total / math.fsum(weights)
    return math.sqrt(math.fsum(weight * (centre - mean) ** 2 for weight, centre in zip(weights, centres, strict=True)))


def _moved(blurs: list[float], errors: list[Range], *, low: bool) -> float:
    weights = _weights(errors, low=low)
    return math.sqrt(math.fsum(weight * blur**2 for weight, blur in zip(weights, blurs, strict=True)))


def _i_squared(q: float, studies: int) -> float:
    return 100 * max(0.0, 1 - (studies - 1) / q) if q else 0.0
