"""Checks of an effect's estimate and interval, and of prediction intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import describe_effect, digits, is_number, reported, reported_interval, two_sided_p
from evgrade.checks.suspects import LOWEST_LEVEL, estimate_may_be_off, estimate_may_be_outside, lone_bound
from evgrade.facts.effects import RATIOS, counts_of_two
from evgrade.model import Severity


@check(
    "effect-interval-reversed",
    on="effect",
    severity=Severity.ERROR,
    needs=("ci_low", "ci_high"),
    where=lambda effect: (
        is_number(effect["ci_low"]) and is_number(effect["ci_high"]) and effect["ci_low"] > effect["ci_high"]
    ),
)
def bounds_in_order(item: Item) -> Iterator[Problem]:
    """The lower bound of an interval is not above the upper one."""
    if item.data.get("measure") in RATIOS and item.data["ci_high"] < 0:
        return  # `effect-ratio-negative` reports it, and swapped bounds would be wrong too
    # A number needed to treat may run from benefit through infinity to harm.
    other = item.data.get("measure") == "other"
    first, last = item.written("ci_low"), item.written("ci_high")
    yield Problem(
        f"the interval goes from {first} down to {last}: its bounds are reversed",
        at=("ci_low",),
        hint=f"write ci_low: {last} and ci_high: {first}, if the source has the same signs",
        related=((*item.path, "ci_high"),),
        severity=Severity.WARNING if other else None,
    )


@check(
    "effect-ratio-negative",
    on="effect",
    severity=Severity.ERROR,
    needs="measure",
    needs_one_of=("estimate", "ci_low", "ci_high"),
)
def ratios_above_zero(item: Item) -> Iterator[Problem]:
    """A ratio and its bounds are not negative, and the upper bound is not 0."""
    if item.data["measure"] not in RATIOS:
        return
    measure = item.data["measure"].replace("_", " ")
    for key in ("estimate", "ci_low", "ci_high"):
        value = item.data.get(key)
        if not is_number(value) or value > 0 or (value == 0 and key != "ci_high"):
            continue
        if value == 0:
            yield Problem(
                f"the upper bound of {measure} is 0, but a ratio cannot be 0",
                at=(key,),
                hint="give more digits if it was rounded to 0",
                severity=Severity.WARNING,
            )
        else:
            written = item.written(key)
            yield Problem(
                f"{written} is negative, but {measure} is a ratio",
                at=(key,),
                hint=f"if {written} is its logarithm, write {digits(_exp(value))}; if it is a difference, correct "
                "`measure`"
                if _may_be_logarithm(item, value)
                else f"compare {written} with the source",
            )


_LOWEST_LOGARITHM = math.log(0.001)
"""The logarithm of the smallest ratio that a study could find; a lower number is not a logarithm but a mistake."""


def _may_be_logarithm(item: Item, value: float) -> bool:
    """Whether a negative number can be the logarithm of a ratio: not too low, with estimate and bounds in order."""
    stated = [item.data.get(key) for key in ("ci_low", "estimate", "ci_high")]
    numbers = [number for number in stated if is_number(number)]
    return value >= _LOWEST_LOGARITHM and numbers == sorted(numbers)


@check(
    "effect-level",
    on="effect",
    severity=Severity.WARNING,
    needs="ci_level",
    where=lambda effect: effect["ci_level"] < LOWEST_LEVEL,
)
def level_in_percent(item: Item) -> Iterator[Problem]:
    """The level of an interval is stated in percent."""
    level = item.data["ci_level"]
    meant = f"{100 * level:.4g}" if level < 1 else "95"
    yield Problem(
        f"an interval of {item.written('ci_level')}% is not a plausible level",
        at=("ci_level",),
        hint=f"the level is in percent: write {meant} if you mean that",
    )


@check(
    "effect-outside-interval",
    on="effect",
    severity=Severity.ERROR,
    needs=("measure", "estimate"),
    needs_one_of=("ci_low", "ci_high"),
    where=estimate_may_be_outside,
)
def estimate_inside(item: Item) -> Iterator[Problem]:
    """An estimate lies inside its own interval."""
    if (bound := lone_bound(item.data)) is not None:
        yield from _beyond_the_bound(item, bound)
        return
    from evgrade.checks.readings import other_place  # noqa: PLC0415 - loads decimal
    from evgrade.facts.interval import estimate_is_outside  # noqa: PLC0415

    interval = reported_interval(item)
    if interval is not None and estimate_is_outside(interval):
        reading = other_place(interval)
        yield Problem(
            f"{describe_effect(item)}: the estimate lies outside its interval" + (f"; {reading}" if reading else ""),
            at=("estimate",),
            hint="compare the estimate and both bounds with the source, including their signs",
            related=((*item.path, "ci_low"),),
        )


def _beyond_the_bound(item: Item, bound: str) -> Iterator[Problem]:
    """Yield a problem if an estimate lies beyond the only bound of its interval, whatever the rounding."""
    estimate, end = reported(item, "estimate"), reported(item, bound)
    if estimate is None or end is None:
        return
    if estimate.low > end.high if bound == "ci_high" else estimate.high < end.low:
        yield Problem(
            f"{item.data['measure']} {item.written('estimate')}: the estimate lies outside its interval, "
            f"{'up to' if bound == 'ci_high' else 'from'} {item.written(bound)}",
            at=("estimate",),
            hint="compare the estimate and the bound with the source, including their signs",
            related=((*item.path, bound),),
        )


@check(
    "effect-off-centre",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "ci_low", "ci_high"),
    where=estimate_may_be_off,
)
def estimate_central(item: Item) -> Iterator[Problem]:
    """An estimate lies in the middle half of its interval, for ratios on the logarithmic scale."""
    from evgrade.checks.readings import other_place  # noqa: PLC0415 - loads decimal
    from evgrade.facts.interval import estimate_is_off_centre, estimate_is_outside  # noqa: PLC0415

    interval = reported_interval(item)
    if interval is None or estimate_is_outside(interval) or not estimate_is_off_centre(interval):
        return
    if interval.measure == "RD" and _at_an_end(counts_of_two(item.data)):
        return
    low, high = float(interval.low.value), float(interval.high.value)
    centre = math.sqrt(low) * math.sqrt(high) if interval.measure in RATIOS else low / 2 + high / 2
    reading = other_place(interval, two_sided_p(item) if "p" in item.data else None)
    yield Problem(
        f"{describe_effect(item)}: the estimate is far from the interval's centre, which is {digits(centre)}"
        + (f"; {reading}" if reading else ""),
        at=("estimate",),
        hint="compare the estimate and both bounds with the source, including their decimal points",
        related=((*item.path, "ci_low"),),
    )


def _at_an_end(counts: tuple[int, int, int, int] | None) -> bool:
    """Whether no one or everyone in an arm had the event, so that a good interval of its risk is one-sided."""
    return counts is not None and (counts[0] in (0, counts[1]) or counts[2] in (0, counts[3]))


@check(
    "effect-prediction-interval",
    on="outcome",
    severity=Severity.WARNING,
    needs=("prediction_low", "prediction_high"),
)
def prediction_is_wider(item: Item) -> Iterator[Problem]:
    """A prediction interval goes from low to high and is not narrower than the confidence interval."""
    low, high = item.data["prediction_low"], item.data["prediction_high"]
    first, last = item.written("prediction_low"), item.written("prediction_high")
    if low > high:
        yield Problem(
            f"the prediction interval goes from {first} down to {last}: its bounds are reversed",
            at=("prediction_low",),
            hint=f"write prediction_low: {last} and prediction_high: {first}, if the source has the same signs",
            related=((*item.path, "prediction_high"),),
            severity=Severity.ERROR,
        )
    elif _equals_interval(item, low, high):
        yield Problem(
            f"the prediction interval, {first} to {last}, equals the confidence interval, although the studies differ",
            at=("prediction_low",),
            hint="it includes the variation between studies, so it must be wider: compare both with the source",
            related=((*item.path, "effect", "ci_low"),),
        )
    elif _inside_interval(item, low, high):
        bounds = f"{item.written('effect', 'ci_low')} to {item.written('effect', 'ci_high')}"
        yield Problem(
            f"the prediction interval, {first} to {last}, is narrower than the confidence interval, {bounds}",
            at=("prediction_low",),
            hint="it includes the variation between studies, so it must be wider on both sides; the two may be swapped",
            related=((*item.path, "effect", "ci_low"),),
        )


def _equals_interval(item: Item, low: float, high: float) -> bool:
    """Whether a prediction interval equals the confidence interval although the studies differ."""
    effect = item.data.get("effect", {})
    if (low, high) != (effect.get("ci_low"), effect.get("ci_high")) or low == high:
        return False
    from evgrade.facts.known import bounds_of, known  # noqa: PLC0415
    from evgrade.facts.outcomes import heterogeneity  # noqa: PLC0415 - few dossiers have the two

    stated = known(item.data, "i_squared")
    found = heterogeneity(item.data) if stated is None else stated
    q, df = known(item.data, "q"), known(item.data, "q_df")
    between = bounds_of(found)[0] > 0 if found is not None else None not in (q, df) and q > df
    return bool(between)


def _inside_interval(item: Item, low: float, high: float) -> bool:
    """Whether a prediction interval lies inside the 95% confidence interval, whatever the rounding."""
    effect = item.data.get("effect", {})
    ci_low, ci_high = effect.get("ci_low"), effect.get("ci_high")
    if not is_number(ci_low) or not is_number(ci_high) or effect.get("ci_level", 95) != 95:
        return False
    if not ci_low < low <= high < ci_high:
        return False
    inner = reported(item, "prediction_low"), reported(item, "prediction_high")
    outer = reported(item, "effect", "ci_low"), reported(item, "effect", "ci_high")
    if inner[0] is None or inner[1] is None or outer[0] is None or outer[1] is None:
        return False
    return inner[0].low > outer[0].high and inner[1].high < outer[1].low


def _exp(value: float) -> float:
    return math.exp(max(value, -700))
