"""Checks of means, standard deviations and percentages: are they possible for so few people (GRIM, GRIMMER, DEBIT)?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import is_number, reported
from evgrade.facts.known import known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.reported import Reported, Slip

MOST_SUMS = 100
"""A mean that allows more sums than this says next to nothing about the standard deviation, and takes long to check."""

_WHOLE = ("whole_numbers", "binary")
_NO_SHARES = frozenset({"HR", "rate_ratio", "MD", "SMD"})
"""Measures with percentages that may not be shares of people: Kaplan-Meier estimates, or changes in percent."""
_AS_PRINTED = "nothing needs correcting if the source prints it so"
_KINDS = {"whole_numbers": "whole numbers", "binary": "zeros and ones"}


@check("effect-mean", on="effect", severity=Severity.WARNING, needs=("values", "arms"))
def mean_is_possible(item: Item) -> Iterator[Problem]:
    """The mean of an arm is possible for its number of integers (GRIM)."""
    if item.data["values"] not in _WHOLE:
        return
    for number, arm in enumerate(item.data["arms"]):
        mean = _impossible_mean(item, number, arm)
        if mean is not None:
            count = arm["participants"] * _items(item)
            slipped = _slip(mean, count)
            yield Problem(
                f"a mean of {mean} of {_what(item, arm)} is impossible; {_nearest(mean, count)}{_describe(slipped)}",
                at=("arms", number, "mean"),
                hint=_AS_PRINTED
                if slipped
                else "compare the mean and the people analysed with the source; some may be missing from the mean, or "
                "`values` or `items` differ",
                related=((*item.path, "arms", number, "participants"),),
                severity=Severity.NOTE if slipped else None,
            )


@check("effect-sd", on="effect", severity=Severity.WARNING, needs=("values", "arms"))
def deviation_is_possible(item: Item) -> Iterator[Problem]:
    """The standard deviation of an arm is possible for its mean and number of integers (GRIMMER, DEBIT)."""
    values = item.data["values"]
    if values not in _WHOLE:
        return
    for number, arm in enumerate(item.data["arms"]):
        people = known(arm, "participants")
        if "mean" not in arm or "sd" not in arm or people is None or people < 2:
            continue
        from evgrade.facts.granularity import debit, grimmer  # noqa: PLC0415 - loads decimal and fractions

        mean, sd = reported(item, "arms", number, "mean"), reported(item, "arms", number, "sd")
        if mean is None or sd is None or 2 * float(mean.half) * people * _items(item) > MOST_SUMS:
            continue
        if _impossible_mean(item, number, arm) is not None:
            continue
        if debit(mean, sd, people) if values == "binary" else grimmer(mean, sd, people, _items(item)):
            continue
        yield Problem(
            f"{_what(item, arm)} with a mean of {mean} cannot have a standard deviation of {sd}",
            at=("arms", number, "sd"),
            hint="compare both and the people analysed with the source; it may be a standard error, or calculated with "
            "a denominator other than n - 1",
            related=((*item.path, "arms", number, "participants"),),
        )


@check("effect-percentage", on="effect", severity=Severity.WARNING, needs="arms")
def percentage_is_possible(item: Item) -> Iterator[Problem]:
    """The percentage of an arm, if its events are not counted, is possible for a whole number of its people."""
    if item.data.get("measure") in _NO_SHARES or known(item.data, "values") in ("whole_numbers", "continuous"):
        return
    for number, arm in enumerate(item.data["arms"]):
        if not is_number(arm.get("percent")) or "mean" in arm or known(arm, "events") is not None:
            continue
        if known(arm, "percent_kind") not in (None, "proportion"):
            continue
        people = known(arm, "participants")
        if not people or _is_whole(arm["percent"] * people, 100):
            continue
        from evgrade.facts.granularity import grim_percentage  # noqa: PLC0415 - loads decimal and fractions

        percent = reported(item, "arms", number, "percent")
        if percent is None or grim_percentage(percent, people):
            continue
        below, slipped = math.floor(arm["percent"] * people / 100), _slip(percent, people, of=100)
        decimals = max(percent.decimals + (slipped is not None), 0)
        near = [f"{one} of {people} is {100 * one / people:.{decimals}f}%" for one in (below, below + 1)]
        yield Problem(
            f"{percent}% of {people} people is not a whole number; {', '.join(near)}{_describe(slipped)}",
            at=("arms", number, "percent"),
            hint=_AS_PRINTED
            if slipped
            else "compare the percentage and the people analysed with the source, and state the `events`",
            related=((*item.path, "arms", number, "participants"),),
            severity=Severity.NOTE if slipped else None,
        )


def _impossible_mean(item: Item, number: int, arm: Mapping[str, Any]) -> Reported | None:
    """Return the mean of an arm if it is impossible, else None."""
    people = known(arm, "participants")
    if "mean" not in arm or not people or _is_whole(arm["mean"] * people * _items(item), 1):
        return None
    from evgrade.facts.granularity import grim  # noqa: PLC0415 - loads decimal and fractions

    mean = reported(item, "arms", number, "mean")
    return None if mean is None or grim(mean, people, _items(item)) else mean


def _slip(number: Reported, count: int, of: int = 1) -> Slip | None:
    """Return how the last digit of a mean of `count` integers slipped, or of their share in units of 1 / `of`.

    Off by one does not count, as some possible number is that close by chance.
    """
    from fractions import Fraction  # noqa: PLC0415 - slow to load

    from evgrade.facts.reported import Slip, slip  # noqa: PLC0415

    below = math.floor(Fraction(number.value) * count / of)
    possible = (Fraction(one * of, count) for one in (below, below + 1))
    found = {slip(number, one, one) for one in possible}
    return next((one for one in (Slip.CUT_OFF, Slip.ROUNDED_UP) if one in found), None)


def _describe(slipped: Slip | None) -> str:
    return f": {slipped.value}" if slipped else ""


def _items(item: Item) -> int:
    """Return how many values are averaged for each person."""
    return int(item.data.get("items", 1))


def _is_whole(value: float, unit: int) -> bool:
    """Whether a number is certainly a whole multiple of a unit, as far as floats tell."""
    return abs(value) < 1e15 and abs(value / unit - round(value / unit)) < 1e-12


def _what(item: Item, arm: Mapping[str, Any]) -> str:
    """Return what was averaged, such as `28 whole numbers` or `28 people with 5 whole numbers each`."""
    kind, people, items = _KINDS[item.data["values"]], arm["participants"], _items(item)
    return f"{people} {kind}" if items == 1 else f"{people} people with {items} {kind} each"


def _nearest(mean: Reported, count: int) -> str:
    """Name the possible means nearest to an impossible one."""
    total = math.floor(mean.value * count)
    low, high = (f"{one / count:.{max(mean.decimals, 0)}f}" for one in (total, total + 1))
    return f"the nearest are {low} and {high}"
