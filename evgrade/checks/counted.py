"""Whether counts explain an apparent contradiction between an interval and a p value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from evgrade.checks.model import Item
from evgrade.facts.effects import counts_of_two
from evgrade.facts.known import Range, known

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.p_value import ReportedP
    from evgrade.stats.normal import Estimate
    from evgrade.stats.two_by_two import TwoByTwo

_TOLERANCE = 0.15
"""The share of an interval's width by which its bounds may differ from those of the counts by a usual method."""

_P_FACTOR = 1.2
"""The factor by which a p value may exceed those of the usual tests of the counts, or fall below them."""


def counts_explain(item: Item, interval: ReportedInterval, p: ReportedP) -> bool:
    """Whether the counts of two arms give this interval, and some usual test of the same counts this p value.

    Then the two come from different tests and neither is wrong, as for a risk difference with arms of very different
    sizes. The tests are the chi-squared test with and without Yates' correction, Peto's test and Fisher's exact test.
    """
    table = _table(item)
    return table is not None and _gives_interval(table, interval) and _gives_p(table, p)


def few_are_pooled(item: Item, interval: ReportedInterval, p: ReportedP) -> bool:
    """Whether two or three studies are pooled, with interval and p from t with 1 or 2 degrees of freedom.

    This is the Hartung-Knapp method. With more studies, t is close enough to the normal distribution.

    Source: J. Hartung and G. Knapp, Statistics in Medicine 2001;20:1771-1782.
    """
    from evgrade.facts.interval import p_contradicts_t  # noqa: PLC0415 - loads decimal

    return any(not p_contradicts_t(p, interval, df) for df in _degrees_of_a_pool(item))


def _degrees_of_a_pool(item: Item) -> tuple[int, ...]:
    """Return the possible degrees of freedom for pooling the studies of a pooled effect, out of 1 and 2."""
    if item.path[0] not in ("syntheses", "outcomes") or "study_effects" in item.path:
        return ()
    pool = item.dossier.data[str(item.path[0])][item.path[1]]
    named = len(pool.get("study_effects", ())) or len(pool.get("contributing", ())) or None
    studies = known(pool, "studies") or named
    return (1, 2) if studies is None else (studies - 1,) if studies in (2, 3) else ()


def _table(item: Item) -> TwoByTwo | None:
    from evgrade.stats.two_by_two import TwoByTwo  # noqa: PLC0415 - loads statistics

    counts = counts_of_two(item.data)
    if counts is None:
        return None
    try:
        table = TwoByTwo(*counts)
    except ValueError:
        return None
    return table if table.can_be_compared else None


def _gives_interval(table: TwoByTwo, interval: ReportedInterval) -> bool:
    return any(_is_near(interval, found) for found in intervals(table, interval.measure, float(interval.level)))


def _is_near(interval: ReportedInterval, found: Estimate) -> bool:
    ratio = interval.measure != "RD"
    low, high = (math.log(bound) for bound in (found.low, found.high)) if ratio else (found.low, found.high)
    slack = _TOLERANCE * (high - low)
    return _near(low, interval.on_scale(interval.low), slack) and _near(high, interval.on_scale(interval.high), slack)


def intervals(table: TwoByTwo, measure: str, level: float) -> Iterator[Estimate]:
    """Yield the effect of two arms with its usual intervals: Wald's, and for the odds ratio also Peto's."""
    from evgrade.stats import two_by_two  # noqa: PLC0415 - loads statistics

    methods = {
        "RR": (two_by_two.risk_ratio,),
        "OR": (two_by_two.odds_ratio, _peto),
        "RD": (two_by_two.risk_difference,),
    }
    for method in methods.get(measure, ()):
        found = method(table, level)
        if found is not None:
            yield found


def _peto(table: TwoByTwo, level: float) -> Estimate | None:
    from evgrade.stats.tables import peto_odds_ratio  # noqa: PLC0415 - loads statistics

    found = peto_odds_ratio([table], level)
    return None if found is None else found.effect.exponential()


def _near(value: float, stated: Range, slack: float) -> bool:
    return stated.low - slack <= value <= stated.high + slack


def _gives_p(table: TwoByTwo, p: ReportedP) -> bool:
    found = list(_p_values(table))
    return float(p.low) <= max(found) * _P_FACTOR and float(p.high) >= min(found) / _P_FACTOR


def _p_values(table: TwoByTwo) -> Iterator[float]:
    """Yield the two-sided p values of the usual tests of a table."""
    from evgrade.stats.normal import two_sided_p  # noqa: PLC0415
    from evgrade.stats.two_by_two import fisher_exact  # noqa: PLC0415 - loads statistics

    a, b, c, d = table.cells
    people = a + b + c + d
    scale = math.sqrt(people) / math.sqrt((a + b) * (c + d)) / math.sqrt((a + c) * (b + d))
    difference = abs(a * d - b * c)
    yield two_sided_p(difference * scale)
    yield two_sided_p(difference * scale * math.sqrt((people - 1) / people))  # Peto's, and Mantel and Haenszel's
    yield two_sided_p(max(0.0, difference - people / 2) * scale)
    exact = fisher_exact(table)
    if exact is not None:
        yield exact
