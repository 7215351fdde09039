"""The numbers of an effect as its source reports them, for the checks that take rounding into account.

Finding out how a number is written is slow, as is decimal arithmetic. Checks look at the plain numbers first: what
fits together without any rounding does so with rounding too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from evgrade.checks.model import Item

if TYPE_CHECKING:
    from evgrade.facts.interval import ReportedInterval
    from evgrade.facts.p_value import ReportedP
    from evgrade.facts.reported import Reported


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number: not absent, and not a word such as `not_estimable` in the place of one."""
    return isinstance(value, int | float)


def reported(item: Item, *keys: str | int) -> Reported | None:
    """Return a number below an item as it is written; None where it is of no usual size."""
    from evgrade.facts.reported import Reported  # noqa: PLC0415 - loads decimal

    value: Any = item.data
    for key in keys:
        value = value[key]
    # In another base, or behind an anchor, the text is no decimal number.
    for text in (item.written(*keys), repr(value)):
        try:
            return Reported.parse(text)
        except ValueError:
            continue
    return None


def reported_interval(item: Item) -> ReportedInterval | None:
    """Return the estimate and interval of an effect that states both; None where they make no interval at all."""
    from decimal import Decimal  # noqa: PLC0415

    from evgrade.facts.interval import ReportedInterval  # noqa: PLC0415

    estimate, low, high = (reported(item, key) for key in ("estimate", "ci_low", "ci_high"))
    level = reported(item, "ci_level") if "ci_level" in item.data else None
    if estimate is None or low is None or high is None:
        return None
    percent = Decimal(95) if level is None else level.value
    try:
        return ReportedInterval(measure=item.data["measure"], estimate=estimate, low=low, high=high, level=percent)
    except ValueError:
        return None


def reported_p(item: Item) -> ReportedP | None:
    """Return the p value of an effect that states one; None where it is none."""
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
    """Return whether p is below, at or above a number, and the number."""
    return (_RELATIONS[p[0]], float(p[1:].lstrip("= "))) if isinstance(p, str) else ("=", p)


def told_p(item: Item) -> str:
    """Say a p value, such as `p = 0.050` or `p < 0.001`."""
    relation, _ = plain_p(item.data["p"])
    number = item.data["p"].lstrip("<>=≤≥ ") if relation != "=" else item.written("p")
    return f"p {relation} {number}"


def told_effect(item: Item) -> str:
    """Say an effect with its interval, such as `RR 0.85 (0.74 to 0.96)`; it states both."""
    measure = item.data.get("measure", "other").replace("_", " ")
    name = "" if measure == "other" else f"{measure} "
    estimate, low, high = (item.written(key) for key in ("estimate", "ci_low", "ci_high"))
    return f"{name}{estimate} ({low} to {high})"


def digits(value: float, *, zeros: bool = False) -> str:
    """Return a recomputed number for people, with three significant digits; their last zeros are kept if asked for."""
    if value == 0 or 1e-4 <= abs(value) < 1000:
        return f"{value:#.3g}".rstrip(".") if zeros else f"{value:.3g}"
    return f"{value:.1e}" if abs(value) < 1 else f"{value:,.0f}"
