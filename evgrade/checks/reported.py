"""The numbers of an effect as its source reports them, for checks that allow for rounding.

Looking up the text of a number is slow, as is decimal arithmetic, so checks compare plain numbers first: numbers that
are consistent without rounding are consistent with it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from evgrade.checks.model import Item

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.known import Range
    from evgrade.facts.p_value import ReportedP
    from evgrade.facts.reported import Reported


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number, rather than absent or a word such as `not_estimable`."""
    return isinstance(value, int | float)


def reported(item: Item, *keys: str | int) -> Reported | None:
    """Return a number below an item as written; None if it is implausibly large or small."""
    from evgrade.facts.reported import Reported  # noqa: PLC0415 - loads decimal

    value: Any = item.data
    for key in keys:
        value = value[key]
    return Reported.written(item.written(*keys), value)


def reported_interval(item: Item) -> ReportedInterval | None:
    """Return the estimate and interval of an effect; None if they are no interval.

    A one-sided bound is mirrored at the estimate: a one-sided 97.5% interval is half of a two-sided 95% one.
    """
    from decimal import Decimal  # noqa: PLC0415

    from evgrade.facts.interval import ReportedInterval  # noqa: PLC0415

    keys = [key for key in ("ci_low", "ci_high") if is_number(item.data.get(key))]
    sides = 1 if item.data.get("ci_sides") == "one" else 2
    if not is_number(item.data.get("estimate")) or len(keys) != sides:
        return None
    estimate = reported(item, "estimate")
    bounds = [bound for key in keys if (bound := reported(item, key)) is not None]
    if estimate is None or len(bounds) != sides:
        return None
    level = reported(item, "ci_level") if "ci_level" in item.data else None
    percent = Decimal(95) if level is None else level.value
    try:
        if sides == 1:
            bounds = [_mirrored(item.data["measure"], estimate, bounds[0]), bounds[0]]
            bounds, percent = bounds if keys == ["ci_high"] else bounds[::-1], 2 * percent - 100
        low, high = bounds
        return ReportedInterval(measure=item.data["measure"], estimate=estimate, low=low, high=high, level=percent)
    except (ValueError, ArithmeticError):
        return None


def _mirrored(measure: str, estimate: Reported, bound: Reported) -> Reported:
    """Return the bound at the same distance on the other side of an estimate, on the scale of its measure."""
    from evgrade.facts.effects import RATIOS  # noqa: PLC0415
    from evgrade.facts.reported import Reported  # noqa: PLC0415

    middle, end, half = (float(it) for it in (estimate.value, bound.value, bound.half))
    if measure in RATIOS:
        return Reported.near(middle * middle / end, middle * middle / end * half / end)
    return Reported.near(2 * middle - end, half)


def two_sided_level(data: Mapping[str, Any]) -> float:
    """Return the level, in percent, of the two-sided interval with the stated bound."""
    level: float = data.get("ci_level", 95)
    return 2 * level - 100 if data.get("ci_sides") == "one" else level


def one_sided_p(data: Mapping[str, Any]) -> bool:
    """Whether the p value of an effect is from a one-sided test."""
    return data.get("p_sides") == "one" or bool(data.get("test", {}).get("one_tailed"))


def two_sided_p(item: Item) -> ReportedP | None:
    """Return the two-sided p value of an effect; None if it has no p value, or a one-sided one of unknown side."""
    from evgrade.facts.p_value import ReportedP  # noqa: PLC0415 - loads decimal
    from evgrade.facts.reported import Reported  # noqa: PLC0415

    p = reported_p(item)
    if p is None or not one_sided_p(item.data):
        return p
    value = p.number.value
    if p.relation == ">":
        return None
    doubled = 2 * value if p.relation == "<" or 2 * value <= 1 else 2 * (1 - value)
    return ReportedP(p.relation, Reported(doubled, 2 * p.number.half))


def reported_p(item: Item) -> ReportedP | None:
    """Return the p value of an effect; None if the stated one is invalid."""
    from evgrade.facts.p_value import ReportedP  # noqa: PLC0415 - loads decimal

    p = item.data["p"]
    if not isinstance(p, str):
        number = reported(item, "p")
        return None if number is None else ReportedP("=", number)
    try:
        return ReportedP.parse(p)
    except ValueError:
        return None


_RELATIONS = {"<": "<", "≤": "<", ">": ">", "≥": ">"}


def plain_p(p: float | str) -> tuple[str, float]:
    """Return the relation of p to a number (`<`, `=` or `>`), and the number."""
    return (_RELATIONS[p[0]], float(p[1:].lstrip("= "))) if isinstance(p, str) else ("=", p)


def describe_p(item: Item) -> str:
    """Return a p value in words, such as `p = 0.050` or `p < 0.001`."""
    relation, _ = plain_p(item.data["p"])
    number = item.data["p"].lstrip("<>=≤≥ ") if relation != "=" else item.written("p")
    return f"p {relation} {number}"


def describe_effect(item: Item) -> str:
    """Return an effect with its interval, such as `RR 0.85 (0.74 to 0.96)`, or with one bound, as `RR 1.1 (to 1.4)`."""
    measure = item.data.get("measure", "other").replace("_", " ")
    name = "" if measure == "other" else f"{measure} "
    low, high = (item.written(key) if is_number(item.data.get(key)) else "" for key in ("ci_low", "ci_high"))
    bounds = f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}"
    return f"{name}{item.written('estimate')} ({bounds})"


def digits(value: float, *, zeros: bool = False) -> str:
    """Return a recomputed number with three significant digits, and trailing zeros if requested."""
    if value == 0 or 1e-4 <= abs(value) < 1000:
        return f"{value:#.3g}".rstrip(".") if zeros else f"{value:.3g}"
    return f"{value:.1e}" if abs(value) < 1 else f"{value:,.0f}"


def describe_range(p: Range) -> str:
    """Return recomputed p values in words, such as `p from 0.129 to 0.130`."""
    low, high = digits(p.low, zeros=True), digits(p.high, zeros=True)
    return f"p = {low}" if low == high else f"p from {low} to {high}"
