"""Checks of test statistics: against the p value that they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import describe_p, describe_range, one_sided_p, reported, reported_p
from evgrade.facts.known import known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.p_value import ReportedP
    from evgrade.facts.recomputed import Comparison, Statistic

_DEGREES = {"t": 1, "F": 2, "chi2": 1, "z": 0, "r": 1, "Q": 1}


_OR_ADJUSTED = "write `p_adjusted: true` if p is corrected for several comparisons, or its degrees of freedom are"


_FEWEST_DECIMALS = 2


class Compared(NamedTuple):
    """A p value that is not the one of its test statistic."""

    statistic: Statistic
    p: ReportedP
    found: Comparison


@check("effect-test", on="effect", severity=Severity.WARNING, needs=("test", "p"))
def p_fits_test(item: Item) -> Iterator[Problem]:
    """A p value is one that its test statistic can have had before rounding."""
    compared = contradicted_by_test(item)
    if compared is None:
        return
    from evgrade.checks.readings import other_tail, other_test  # noqa: PLC0415 - loads decimal

    statistic, p, found = compared
    side = "one-tailed " if statistic.one_tailed else ""
    tail = other_tail(statistic, p, found.p)
    slipped = _slipped(p, found)
    if slipped is not None and not (tail and "off by one" in slipped):
        reading, is_small = f": {slipped}", not _must_change_the_decision(p, found)
    elif tail is not None:
        reading, is_small = f"; {tail}", True
    else:
        other = other_test(statistic, p, found.p)
        reading, is_small = f"; {other}" if other else "", False
    decision = "; at 0.05 that changes the decision" if found.decision_error and not is_small else ""
    yield Problem(
        f"{describe_p(item)}, but {_describe_test(item)} gives {side}{describe_range(found.p)}{decision}{reading}",
        at=("p",),
        hint=_hint(statistic, states_tail=tail is not None, is_small=is_small),
        related=((*item.path, "test", "value"),),
        severity=Severity.NOTE if is_small else None,
    )


def contradicted_by_test(item: Item) -> Compared | None:
    """Return a p value with its test statistic, if it is not the one of that; None where that cannot be told."""
    if not _can_be_recomputed(item.data) or known(item.data, "p_adjusted"):
        return None
    from evgrade.facts.recomputed import compare  # noqa: PLC0415
    from evgrade.stats.distributions import NeedsScipyError  # noqa: PLC0415 - loads decimal

    statistic, p = _statistic(item), reported_p(item)
    if statistic is None or p is None:
        return None
    try:
        found = compare(statistic, p)
    except NeedsScipyError:
        return None
    return Compared(statistic, p, found) if found.error else None


def _must_change_the_decision(p: ReportedP, found: Comparison) -> bool:
    """Whether every p value that the statistic can have lies on the other side of 0.05 than the one reported."""
    if not found.decision_error:
        return False
    if p.relation != "=":
        return True
    from evgrade.facts.p_value import CONVENTIONAL_ALPHA  # noqa: PLC0415 - loads decimal

    alpha = float(CONVENTIONAL_ALPHA)
    return found.p.low > alpha if p.number.value <= CONVENTIONAL_ALPHA else found.p.high <= alpha


def _slipped(p: ReportedP, found: Comparison) -> str | None:
    """Say that the p of a statistic differs in its last digit at most, None where it does not."""
    from evgrade.facts.rounding import slip  # noqa: PLC0415 - loads fractions

    if p.number.value == 0:
        return None
    if p.relation == "=":
        slipped = slip(p.number, found.p.low, found.p.high)
        if slipped is None and _with_one_digit_less(p, found):
            return f"{p.number.value.normalize()} with a zero added"
        return None if slipped is None else slipped.value
    low, high = float(p.number.low), float(p.number.high)
    side = "below" if p.relation == "<" else "above"
    return f"rounded, it is {p.number} and not {side} it" if low <= found.p.high and high >= found.p.low else None


def _with_one_digit_less(p: ReportedP, found: Comparison) -> bool:
    """Whether the last digit is a zero that was added to a p of two digits or more, which fits without it."""
    is_padded = p.number.decimals > _FEWEST_DECIMALS and p.number.value.as_tuple().digits[-1] == 0
    low, high = (float(p.number.value + sign * 10 * p.number.half) for sign in (-1, 1))
    return is_padded and low <= found.p.high and high >= found.p.low


def _hint(statistic: Statistic, *, states_tail: bool, is_small: bool) -> str:
    compare = "compare the statistic, its degrees of freedom and p with the source"
    if states_tail and is_small:
        return f"{compare}; " + (
            "correct `one_tailed` or `p_sides` if the test has two sides"
            if statistic.one_tailed
            else "write `p_sides: one` if the test has one side"
        )
    return "nothing needs correcting if the source prints it so" if is_small else f"{compare}; {_OR_ADJUSTED}"


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
            f"{statistic} has {_describe_degrees(needed)}, and {len(df)} {'is' if len(df) == 1 else 'are'} stated",
            at=("test", "df"),
            hint="leave `df` out"
            if not needed
            else "write " + ("df: [2, 28]" if needed == 2 else "df: [28]") + ", with the numbers of the source",
            severity=Severity.WARNING,
        )


@check("effect-test-unchecked", on=None, severity=Severity.NOTE, entrywise=True)
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
        return Statistic(test=test["statistic"], value=value, df=df, one_tailed=one_sided_p(item.data))
    except ValueError:
        return None


def _describe_test(item: Item) -> str:
    test = item.data["test"]
    df = ", ".join(item.written("test", "df", number) for number in range(len(test.get("df", ()))))
    name = test["statistic"] + (f"({df})" if df else "")
    return f"{name} = {item.written('test', 'value')}"


def _describe_degrees(needed: int) -> str:
    return ("no degrees of freedom", "1 number of degrees of freedom", "2 numbers of degrees of freedom")[needed]
