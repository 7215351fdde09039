"""Checks of p values: whether possible, and against the effect's interval and the test statistic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.counted import counts_explain, few_are_pooled
from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import (
    describe_effect,
    describe_p,
    describe_range,
    one_sided_p,
    plain_p,
    reported,
    reported_interval,
    reported_p,
    two_sided_level,
    two_sided_p,
)
from evgrade.checks.suspects import has_own_null, p_may_contradict
from evgrade.facts.effects import counts_people
from evgrade.facts.known import known
from evgrade.model import Severity

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.p_value import ReportedP
    from evgrade.facts.recomputed import Comparison, Statistic

FEWEST_IN_A_CELL = 3
"""With fewer people with or without an event in an arm, the usual tests differ too much to be compared."""


@check(
    "effect-p-impossible",
    on="effect",
    severity=Severity.ERROR,
    needs="p",
    where=lambda effect: not 0 < plain_p(effect["p"])[1] < 1,
)
def p_is_possible(item: Item) -> Iterator[Problem]:
    """A p value is above 0 and at most 1."""
    p = item.data["p"]
    relation, number = plain_p(p)
    if number == 0 and relation != ">":
        if _is_contradicted(item):  # another check reports it: the p value is not a small one
            return
        shown = item.written("p") if relation == "=" else p[1:].strip()
        decimals = len(shown.partition(".")[2])
        bound = "0.001" if decimals in (0, 3) else f"0.{'1'.rjust(decimals, '0')}"
        yield Problem(
            f"{describe_p(item)}, but a p value cannot be 0",
            at=("p",),
            hint=f'write "< {bound}" if a smaller one was rounded to 0',
            severity=Severity.WARNING,
        )
    elif number > 1 or (number == 1 and relation == ">"):
        yield Problem(
            f"{describe_p(item)}, but a p value cannot be above 1",
            at=("p",),
            hint="write the p value of the source, from 0 to 1",
        )


def _is_contradicted(item: Item) -> bool:
    """Whether the test statistic or the interval of an effect contradicts its p value."""
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
    """A p value is compatible with the interval, whatever usual methods were used."""
    contradicted = _contradicted(item)
    if contradicted is None:
        return
    from evgrade.checks.readings import is_of_another_scale, other_p  # noqa: PLC0415 - loads decimal
    from evgrade.facts.interval import recompute  # noqa: PLC0415

    interval, p = contradicted
    if is_of_another_scale(interval):  # `effect-off-centre` reports it
        return
    reading = other_p(p, interval)
    yield Problem(
        f"{describe_p(item)}, but {describe_effect(item)} gives {describe_range(recompute(interval).p)}"
        + (f"; {reading}" if reading else ""),
        at=("p",),
        hint="compare p, estimate, interval and level with the source: one of them is wrong; or state with `p_for`, "
        "`p_sides` or `p_adjusted` what kind of p it is",
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
    """A p value is significant if, and only if, the interval excludes no effect."""
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
    """Yield a problem if p and the interval of another measure disagree about its own null value."""
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
    """Whether p and interval answer the same question: superiority, with p not adjusted."""
    if known(item.data, "p_adjusted"):
        return False
    if "p_for" in item.data:
        return bool(item.data["p_for"] == "superiority")
    section, *rest = item.path
    if section != "trials" or not rest:
        return True
    return known(item.dossier.data["trials"][rest[0]], "hypothesis") in (None, "superiority")


def _sparse(effect: Mapping[str, Any]) -> bool:
    """Whether an arm has so few people with or without an event that tests differ widely."""
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


_DEGREES = {"t": 1, "F": 2, "chi2": 1, "z": 0, "r": 1, "Q": 1}


_OR_ADJUSTED = "write `p_adjusted: true` if p or its degrees of freedom are corrected for several comparisons"


_FEWEST_DECIMALS = 2


class Compared(NamedTuple):
    """A p value that does not match its test statistic."""

    statistic: Statistic
    p: ReportedP
    found: Comparison


@check("effect-test", on="effect", severity=Severity.WARNING, needs=("test", "p"))
def p_fits_test(item: Item) -> Iterator[Problem]:
    """A p value matches its test statistic, allowing for rounding."""
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
    """Return a p value with its test statistic if the two do not match; None if they do, or if that is unknown."""
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
    """Whether all possible p values of the statistic lie on the other side of 0.05 from the reported one."""
    if not found.decision_error:
        return False
    if p.relation != "=":
        return True
    from evgrade.facts.p_value import CONVENTIONAL_ALPHA  # noqa: PLC0415 - loads decimal

    alpha = float(CONVENTIONAL_ALPHA)
    return found.p.low > alpha if p.number.value <= CONVENTIONAL_ALPHA else found.p.high <= alpha


def _slipped(p: ReportedP, found: Comparison) -> str | None:
    """Return how the last digit of p slipped; None if more than that differs."""
    from evgrade.facts.reported import slip  # noqa: PLC0415 - loads fractions

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
    """Whether p fits without a final zero, which was added to at least two decimals."""
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
    """A test statistic has a possible value, and the right number of degrees of freedom."""
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
    """Every p value with a test statistic is recomputed; t, F, chi-squared and r need scipy."""
    tests = [
        path
        for path, effect in item.whole.effects
        if "test" in effect and "p" in effect and effect["test"]["statistic"] != "z" and _can_be_recomputed(effect)
    ]
    if not tests or _has_scipy():
        return
    number = "1 test statistic was" if len(tests) == 1 else f"{len(tests)} test statistics were"
    yield Problem(
        f"{number} not compared with the p value, as that needs the package scipy",
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
    """Whether the test has its degrees of freedom, and a possible value."""
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
