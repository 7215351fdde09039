"""Checks of p values: against the interval of the effect, and against the test statistic behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evgrade.checks.counted import counts_explain
from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import digits, plain_p, reported, reported_interval, reported_p, told_effect, told_p
from evgrade.checks.suspects import p_may_contradict
from evgrade.facts.known import Range, known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.recomputed import Statistic

FEWEST_IN_A_CELL = 3
"""With fewer people with or without an event in an arm, usual tests of one table differ too much to compare them."""

_DEGREES = {"t": 1, "F": 2, "chi2": 1, "z": 0, "r": 1, "Q": 1}


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
        shown = item.written("p") if relation == "=" else p[1:].strip()
        decimals = len(shown.partition(".")[2])
        bound = "0.001" if decimals in (0, 3) else f"0.{'1'.rjust(decimals, '0')}"
        yield Problem(
            f"{told_p(item)}, but a p value cannot be 0",
            at=("p",),
            hint=f'write "< {bound}", if a smaller one was rounded to 0',
            severity=Severity.WARNING,
        )
    elif number > 1 or (number == 1 and relation == ">"):
        yield Problem(
            f"{told_p(item)}, but a p value cannot be above 1",
            at=("p",),
            hint="write the p value of the source, from 0 to 1",
        )


@check(
    "effect-p-interval",
    on="effect",
    severity=Severity.WARNING,
    needs=("measure", "estimate", "ci_low", "ci_high", "p"),
    where=p_may_contradict,
)
def p_fits_interval(item: Item) -> Iterator[Problem]:
    """A p value is one that the interval can have, whatever usual methods gave the two."""
    if not _comparable(item) or _sparse(item.data):
        return
    from evgrade.facts.interval import p_contradicts_interval, recompute  # noqa: PLC0415 - loads decimal

    interval, p = reported_interval(item), reported_p(item)
    if interval is None or p is None or not p_contradicts_interval(p, interval):
        return
    if not counts_explain(item, interval, p):
        yield Problem(
            f"{told_p(item)}, but {told_effect(item)} gives {_told_range(recompute(interval).p)}",
            at=("p",),
            hint="compare p, estimate, interval and its level with the source: one of them is wrong",
            related=((*item.path, "estimate"),),
        )


@check(
    "effect-significance",
    on="effect",
    severity=Severity.NOTE,
    needs=("measure", "estimate", "ci_low", "ci_high", "p"),
    where=p_may_contradict,
)
def significance_fits_interval(item: Item) -> Iterator[Problem]:
    """A p value is significant where the interval excludes no effect, and is not where it includes it."""
    if not _comparable(item):
        return
    from evgrade.facts.interval import (  # noqa: PLC0415 - loads decimal
        p_contradicts_interval,
        significance_contradicts_interval,
    )

    interval, p = reported_interval(item), reported_p(item)
    if interval is None or p is None or not significance_contradicts_interval(p, interval):
        return
    clear = p_contradicts_interval(p, interval) and not _sparse(item.data)
    if clear or counts_explain(item, interval, p):
        return
    significant = "is significant" if p.significant(interval.alpha) else "is not significant"
    includes = "includes" if p.significant(interval.alpha) else "excludes"
    yield Problem(
        f"{told_p(item)} {significant}, but the interval of {told_effect(item)} {includes} {interval.no_effect}",
        at=("p",),
        hint="compare both with the source; if two different tests gave them, say so in `notes` and waive this",
        related=((*item.path, "estimate"),),
    )


@check("effect-test", on="effect", severity=Severity.WARNING, needs=("test", "p"))
def p_fits_test(item: Item) -> Iterator[Problem]:
    """A p value is one that its test statistic can have had before rounding."""
    if not _can_be_recomputed(item.data):
        return
    from evgrade.facts.recomputed import compare  # noqa: PLC0415
    from evgrade.stats.distributions import NeedsScipyError  # noqa: PLC0415 - loads decimal

    statistic, p = _statistic(item), reported_p(item)
    if statistic is None or p is None or p.number.value == 0:
        return
    try:
        found = compare(statistic, p)
    except NeedsScipyError:
        return
    if found.error:
        decision = "; at 0.05 that changes the decision" if found.decision_error else ""
        side = "one-tailed " if statistic.one_tailed else ""
        yield Problem(
            f"{told_p(item)}, but {_told_test(item)} gives {side}{_told_range(found.p)}{decision}",
            at=("p",),
            hint="compare the statistic, its degrees of freedom and p with the source; say with `one_tailed: true` "
            "if the test has one side",
            related=((*item.path, "test", "value"),),
        )


@check("effect-test-impossible", on="effect", severity=Severity.ERROR, needs="test")
def test_is_possible(item: Item) -> Iterator[Problem]:
    """A test statistic has a value that it can have, and its own number of degrees of freedom."""
    test = item.data["test"]
    statistic, value = test["statistic"], test["value"]
    if statistic == "r" and abs(value) > 1:
        yield Problem(
            f"r = {item.written('test', 'value')}, and a correlation lies between -1 and 1",
            at=("test", "value"),
            hint="write the correlation, or correct `statistic`",
        )
    if statistic in ("F", "chi2", "Q") and value < 0:
        yield Problem(
            f"{statistic} = {item.written('test', 'value')}, and {statistic} is never negative",
            at=("test", "value"),
            hint="write the value of the source, or correct `statistic`",
        )
    df, needed = test.get("df"), _DEGREES[statistic]
    if df is not None and len(df) != needed:
        yield Problem(
            f"{statistic} has {_told_degrees(needed)}, and {len(df)} {'is' if len(df) == 1 else 'are'} stated",
            at=("test", "df"),
            hint="leave `df` out"
            if not needed
            else "write " + ("df: [2, 28]" if needed == 2 else "df: [28]") + ", with the numbers of the source",
            severity=Severity.WARNING,
        )


@check("effect-test-unchecked", on=None, severity=Severity.NOTE)
def tests_recomputed(item: Item) -> Iterator[Problem]:
    """Every p value with a test statistic is recomputed, for which t, F, chi-squared and r need scipy."""
    tests = [
        path
        for path, effect in item.whole.effects
        if "test" in effect and "p" in effect and effect["test"]["statistic"] != "z" and _can_be_recomputed(effect)
    ]
    if not tests or _has_scipy():
        return
    number = "1 test statistic was" if len(tests) == 1 else f"{len(tests)} test statistics were"
    yield Problem(
        f"{number} not compared with the p value: that needs the package scipy",
        at=(*tests[0], "test"),
        hint="pip install 'evgrade[statistics]'",
        related=tuple((*path, "test") for path in tests[1:]),
    )


def _has_scipy() -> bool:
    from evgrade.stats.distributions import NeedsScipyError, t_two_sided_p  # noqa: PLC0415 - only for a test

    try:
        t_two_sided_p(0, 1)
    except NeedsScipyError:
        return False
    return True


def _comparable(item: Item) -> bool:
    """Whether p and interval ask the same question: two-sided, and of superiority."""
    if item.data.get("test", {}).get("one_tailed"):
        return False
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
        if events is not None and people is not None and people - events < FEWEST_IN_A_CELL:
            return True
    return False


def _can_be_recomputed(effect: Mapping[str, Any]) -> bool:
    """Whether the test has its degrees of freedom, and a value that it can have."""
    test = effect["test"]
    statistic, value = test["statistic"], test["value"]
    possible = abs(value) <= 1 if statistic == "r" else value >= 0 or statistic in ("t", "z")
    return possible and len(test.get("df", ())) == _DEGREES[statistic]


def _statistic(item: Item) -> Statistic | None:
    from evgrade.facts.recomputed import Statistic  # noqa: PLC0415 - loads decimal

    test, value = item.data["test"], reported(item, "test", "value")
    if value is None:
        return None
    df = tuple(float(one) for one in test.get("df", ()))
    try:
        return Statistic(test=test["statistic"], value=value, df=df, one_tailed=bool(test.get("one_tailed")))
    except ValueError:
        return None


def _told_test(item: Item) -> str:
    test = item.data["test"]
    df = ", ".join(item.written("test", "df", number) for number in range(len(test.get("df", ()))))
    name = test["statistic"] + (f"({df})" if df else "")
    return f"{name} = {item.written('test', 'value')}"


def _told_degrees(needed: int) -> str:
    return ("no degrees of freedom", "1 number of degrees of freedom", "2 numbers of degrees of freedom")[needed]


def _told_range(p: Range) -> str:
    low, high = digits(p.low, zeros=True), digits(p.high, zeros=True)
    return f"p = {low}" if low == high else f"p from {low} to {high}"
