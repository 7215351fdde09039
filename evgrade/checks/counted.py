"""Whether counts explain an interval and a p value that seem to contradict each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evgrade.checks.arms import two_arms
from evgrade.checks.model import Item
from evgrade.facts.known import Range, known

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.p_value import ReportedP
    from evgrade.stats.two_by_two import TwoByTwo

_TOLERANCE = 0.15
"""The share of an interval's width by which its bounds, by a usual method, may lie beside those of the counts."""

_P_FACTOR = 1.2
"""The factor by which a p value may lie beyond those of the usual tests of the counts."""


def counts_explain(item: Item, interval: ReportedInterval, p: ReportedP) -> bool:
    """Whether the counts of two arms give this interval, and some usual test of the same counts this p value.

    Then the two come from different tests, as those of a risk difference may with arms of very different sizes, and
    neither is wrong. The tests are the chi-squared test with and without Yates' correction and Fisher's exact one.
    """
    table = _table(item)
    return table is not None and _gives_interval(table, interval) and _gives_p(table, p)


def _table(item: Item) -> TwoByTwo | None:
    from evgrade.stats.two_by_two import TwoByTwo  # noqa: PLC0415 - loads statistics

    pair = two_arms(item.data.get("arms", ()))
    counts = [known(arm, key) for arm in pair or () for key in ("events", "participants")]
    if not counts or None in counts:
        return None
    try:
        table = TwoByTwo(*counts)
    except ValueError:
        return None
    return table if table.can_be_compared else None


def _gives_interval(table: TwoByTwo, interval: ReportedInterval) -> bool:
    from evgrade.stats import two_by_two  # noqa: PLC0415 - loads statistics

    methods = {"RR": two_by_two.risk_ratio, "OR": two_by_two.odds_ratio, "RD": two_by_two.risk_difference}
    if interval.measure not in methods:
        return False
    found = methods[interval.measure](table, float(interval.level))
    if found is None:
        return False
    ratio = interval.measure != "RD"
    low, high = (math.log(bound) for bound in (found.low, found.high)) if ratio else (found.low, found.high)
    slack = _TOLERANCE * (high - low)
    return _near(low, interval.on_scale(interval.low), slack) and _near(high, interval.on_scale(interval.high), slack)


def _near(value: float, stated: Range, slack: float) -> bool:
    return stated.low - slack <= value <= stated.high + slack


def _gives_p(table: TwoByTwo, p: ReportedP) -> bool:
    found = list(_p_values(table))
    return float(p.low) <= max(found) * _P_FACTOR and float(p.high) >= min(found) / _P_FACTOR


def _p_values(table: TwoByTwo) -> Iterator[float]:
    """Yield the two-sided p values of the usual tests of a table."""
    from evgrade.stats.exact import fisher_exact  # noqa: PLC0415 - loads statistics
    from evgrade.stats.normal import two_sided_p  # noqa: PLC0415

    a, b, c, d = table.cells
    people = a + b + c + d
    scale = math.sqrt(people) / math.sqrt((a + b) * (c + d)) / math.sqrt((a + c) * (b + d))
    difference = abs(a * d - b * c)
    yield two_sided_p(difference * scale)
    yield two_sided_p(max(0.0, difference - people / 2) * scale)
    exact = fisher_exact(table)
    if exact is not None:
        yield exact
