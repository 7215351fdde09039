"""Checks of p values: possible at all, and against the interval of the effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evgrade.checks.counted import counts_explain, few_are_pooled
from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import (
    describe_effect,
    describe_p,
    describe_range,
    plain_p,
    reported,
    reported_interval,
    two_sided_level,
    two_sided_p,
)
from evgrade.checks.statistic import contradicted_by_test
from evgrade.checks.suspects import has_own_null, p_may_contradict
from evgrade.facts.arms import counts_people
from evgrade.facts.known import known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.p_value import ReportedP

FEWEST_IN_A_CELL = 3
"""With fewer people with or without an event in an arm, usual tests of one table differ too much to compare them."""


@check(
    "effect-p-impossible",
    on="effect",
    severity=Severity.ERROR,
    needs="p",
    where=lambda effect: not 0 < plain_p(effect["p"])[1] < 1,
)
def p_is_possible(item: Item) -> Iterator[Problem]:
    """A p value is above 0 and not above 1."""
    p = item.data["p"]
    relation, number = plain_p(p)
    if number == 0 and relation != ">":
        if _is_contradicted(item):  # one mistake, one finding: the p value is not a small one
            return
        shown = item.written("p") if relation == "=" else p[1:].strip()
        decimals = len(shown.partition(".")[2])
        bound = "0.001" if decimals in (0, 3) else f"0.{'1'.rjust(decimals, '0')}"
        yield Problem(
            f"{describe_p(item)}, but a p value cannot be 0",
            at=("p",),
            hint=f'write "< {bound}", if a smaller one was rounded to 0',
            severity=Severity.WARNING,
        )
    elif number > 1 or (number == 1 and relation == ">"):
        yield Problem(
            f"{describe_p(item)}, but a p value cannot be above 1",
            at=("p",),
            hint="write the p value of the source, from 0 to 1",
        )


def _is_contradicted(item: Item) -> bool:
    """Whether the test statistic or the interval of an effect gives quite another p value."""
    if "test" in item.data and contradicted_by_test(item) is not None:
        return True
    return p_may_contradict(item.data) and _contradicted(item) is not None


@check(
    "effect-p-interval",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "p"),
    needs_one_of=("ci_low", "ci_high"),
    where=p_may_contradict,
)
def p_fits_interval(item: Item) -> Iterator[Problem]:
    """A p value is one that the interval can have, whatever usual methods gave the two."""
    contradicted = _contradicted(item)
    if contradicted is None:
        return
    from evgrade.checks.readings import is_of_another_scale, other_p  # noqa: PLC0415 - loads decimal
    from evgrade.facts.interval import recompute  # noqa: PLC0415

    interval, p = contradicted
    if is_of_another_scale(interval):  # one mistake, one finding: `effect-off-centre` says it
        return
    reading = other_p(p, interval)
    yield Problem(
        f"{describe_p(item)}, but {describe_effect(item)} gives {describe_range(recompute(interval).p)}"
        + (f"; {reading}" if reading else ""),
        at=("p",),
        hint="compare p, estimate, interval and its level with the source: one of them is wrong; or say with `p_for`, "
        "`p_sides` or `p_adjusted` what else p is",
        related=((*item.path, "estimate"),),
    )


def _contradicted(item: Item) -> tuple[ReportedInterval, ReportedP] | None:
    """Return the interval and the p value of an effect, if they clearly contradict each other."""
    if not _comparable(item) or _sparse(item.data):
        return None
    from evgrade.facts.interval import p_contradicts_interval  # noqa: PLC0415 - loads decimal

    interval, p = reported_interval(item), two_sided_p(item)
    if interval is None or p is None or not p_contradicts_interval(p, interval):
        return None
    if few_are_pooled(item, interval, p):
        return None
    return None if counts_explain(item, interval, p) else (interval, p)


@check(
    "effect-significance",
    on="effect",
    severity=Severity.NOTE,
    needs=("measure", "estimate", "p"),
    needs_one_of=("ci_low", "ci_high"),
    where=p_may_contradict,
)
def significance_fits_interval(item: Item) -> Iterator[Problem]:
    """A p value is significant where the interval excludes no effect, and is not where it includes it."""
    if not _comparable(item):
        return
    if has_own_null(item.data):
        yield from _of_own_null(item)
        return
    from evgrade.checks.readings import other_p  # noqa: PLC0415 - loads decimal
    from evgrade.facts.interval import (  # noqa: PLC0415
        p_contradicts_interval,
        significance_contradicts_interval,
    )

    interval, p = reported_interval(item), two_sided_p(item)
    if interval is None or p is None or not significance_contradicts_interval(p, interval):
        return
    clear = p_contradicts_interval(p, interval) and not _sparse(item.data)
    if clear or few_are_pooled(item, interval, p) or counts_explain(item, interval, p):
        return
    significant = "is significant" if p.significant(interval.alpha) else "is not significant"
    includes = "includes" if p.significant(interval.alpha) else "excludes"
    reading = other_p(p, interval)
    yield Problem(
        f"{describe_p(item)} {significant}, but the interval of {describe_effect(item)} {includes} {interval.no_effect}"
        + (f"; {reading}" if reading else ""),
        at=("p",),
        hint="compare p, the interval and its level with the source"
        if reading
        else "compare both with the source; if two different tests gave them, say so in `notes` and waive this",
        related=((*item.path, "estimate"),),
    )


def _of_own_null(item: Item) -> Iterator[Problem]:
    """Yield the problem that p and the interval of another measure disagree about the value that it calls no effect."""
    from decimal import Decimal  # noqa: PLC0415 - slow to load

    low, null, high = (reported(item, key) for key in ("ci_low", "null_value", "ci_high"))
    p, level = two_sided_p(item), two_sided_level(item.data)
    if low is None or null is None or high is None or p is None or item.data.get("ci_sides") == "one":
        return
    significant = p.significant(Decimal(str(100 - level)) / 100)
    inside = low.high < null.value < high.low
    outside = low.low > null.value or high.high < null.value
    if (significant is True and inside) or (significant is False and outside):
        yield Problem(
            f"{describe_p(item)} {'is' if significant else 'is not'} significant, but the interval of "
            f"{describe_effect(item)} {'includes' if inside else 'excludes'} {item.written('null_value')}, "
            f"which is no effect",
            at=("p",),
            hint="compare p, the interval and its level with the source, and `null_value` with the measure",
            related=((*item.path, "null_value"),),
        )


def _comparable(item: Item) -> bool:
    """Whether p and interval ask the same question: of superiority, and without a correction of p alone."""
    if known(item.data, "p_adjusted"):
        return False
    if "p_for" in item.data:
        return bool(item.data["p_for"] == "superiority")
    section, *rest = item.path
    if section != "trials" or not rest:
        return True
    return known(item.dossier.data["trials"][rest[0]], "hypothesis") in (None, "superiority")


def _sparse(effect: Mapping[str, Any]) -> bool:
    """Whether an arm has so few people with or without an event that tests of the same table differ widely."""
    for arm in effect.get("arms", ()):
        events, people = known(arm, "events"), known(arm, "participants")
        if events is not None and events < FEWEST_IN_A_CELL:
            return True
        if (
            events is not None
            and counts_people(effect, arm)
            and people is not None
            and people - events < FEWEST_IN_A_CELL
        ):
            return True
    return False
