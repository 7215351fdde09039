"""Numbers in words: computed ones in as many digits as their precision warrants, stated ones in their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from evgrade.computed.absolute import PER, Absolute
from evgrade.facts.effects import RATIOS
from evgrade.facts.known import NOT_ESTIMABLE, known
from evgrade.model import Path
from evgrade.stats.normal import Estimate
from evgrade.stats.pooling import Heterogeneity

_NAMES = {"rate_ratio": "rate ratio", "ratio_of_means": "ratio of means", "log_ratio": "log ratio", "other": ""}
_MOST_DECIMALS = 6


def named(measure: str) -> str:
    """Return the name of a measure in running text."""
    return _NAMES.get(measure, measure)


def _unit(unit: str) -> str:
    """Return a unit to append to a number: «5%», «5 points»."""
    return unit if unit in ("", "%") else f" {unit}"


def estimate_words(measure: str, estimate: Estimate, level: float = 95, unit: str = "") -> str:
    """Return an estimate with its interval: «RR 0.80 (0.69 to 0.93)»; levels other than 95% are shown."""
    decimals = _decimals(estimate, ratio=measure in RATIOS)
    value, low, high = (_number(it, decimals) for it in (estimate.value, estimate.low, estimate.high))
    return f"{named(measure)} {value}{_unit(unit)} ({_level(level)}{low} to {high})".lstrip()


def _level(level: float | None) -> str:
    return "" if level in (None, 95) else f"{level:g}%: "


def heterogeneity_words(differ: Heterogeneity, measure: str) -> str:
    """Return how much studies differ: τ² of the model if it has one, I², H², and Cochran's Q with its p value."""
    p = differ.q_p()
    wording = [
        f"I² {100 * differ.i2:.0f}%",
        f"H² {differ.h2:.2f}",
        f"Q {differ.q:.2f} with {differ.studies - 1} df"
        + ("" if p is None else ", p < 0.001" if p < 0.001 else f", p = {p:.3f}"),
    ]
    if differ.tau2 is not None:
        wording.insert(0, f"τ² {differ.tau2:.3g}{' (of the logarithm)' if measure in RATIOS else ''}")
    return "; ".join(wording)


def interval_words(interval: Estimate, measure: str) -> str:
    """Return the ends of an interval."""
    decimals = _decimals(interval, ratio=measure in RATIOS)
    return f"{_number(interval.low, decimals)} to {_number(interval.high, decimals)}"


def _decimals(estimate: Estimate, *, ratio: bool) -> int:
    """Return the decimals that show two digits of an interval's width, for ratios at least two decimals."""
    width = estimate.high - estimate.low
    if not 0 < width < math.inf:
        return 2
    return min(_MOST_DECIMALS, max(2 if ratio else 0, 1 - math.floor(math.log10(width))))


def _number(value: float, decimals: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def stated_words(effect: Mapping[str, Any], path: Path, written: Callable[[Path], str]) -> str:
    """Return an effect in the digits of its source; empty if it states no numbers.

    Args:
        effect: the effect.
        path: its path.
        written: returns the number at a path as the dossier writes it.
    """
    if known(effect, "estimate") is None:
        return _arms(effect)

    def own(key: str) -> str | None:
        if effect.get(key) == NOT_ESTIMABLE:
            return "not estimable"
        return None if known(effect, key) is None else written((*path, key))

    unit = known(effect, "unit")
    head = f"{named(known(effect, 'measure') or '')} {own('estimate')}{_unit(unit or '')}".lstrip()
    low, high = own("ci_low"), own("ci_high")
    level = _level(known(effect, "ci_level"))
    if low is not None and high is not None:
        return f"{head} ({level}{low} to {high})"
    if low is not None or high is not None:
        return f"{head} ({level}{f'from {low}' if high is None else f'up to {high}'})"
    if own("se") is not None:
        return f"{head}, SE {own('se')}"
    p = known(effect, "p")
    if p is None:
        return head
    return f"{head}, p {p}" if isinstance(p, str) else f"{head}, p = {own('p')}"


def _arms(effect: Mapping[str, Any]) -> str:
    wording = []
    for arm in known(effect, "arms") or ():
        events, people, mean = (known(arm, key) for key in ("events", "participants", "mean"))
        if events is not None and people is not None:
            wording.append(f"{events} of {people}")
        elif mean is not None:
            wording.append(f"mean {mean}")
        else:
            return ""
    return " versus ".join(wording)


def people_words(absolute: Absolute) -> str:
    """Return an absolute effect: «23 fewer of 1,000 (36 to 7 fewer)»."""
    difference = absolute.difference
    ends = sorted((difference.low, difference.high), key=abs, reverse=True)
    if difference.low < 0 < difference.high:
        wording = f"{_side(difference.low)} to {_side(difference.high)}"
    else:
        wording = f"{_count(ends[0])} to {_side(ends[1] or math.copysign(0.0, ends[0]))}"
    return f"{_side(difference.value)} per {PER:,} ({wording})"


def _side(number: float) -> str:
    word = "fewer" if math.copysign(1, number) < 0 else "more"
    return f"{_count(number)} {word}"


def _count(number: float) -> str:
    size = abs(number)
    if size >= 10 or size == 0:
        return f"{size:.0f}"
    return f"{size:.1f}" if size >= 0.1 else f"{size:.1g}"


def needed_words(absolute: Absolute) -> str:
    """Return the number needed to treat: «NNTB 20 (13 to 50)», or through infinity «NNTB 10 (4 to ∞ to NNTH 20)».

    If it is unknown whether more events are better, it says «for one more» or «for one fewer» instead of B for benefit
    or H for harm.
    """
    needed = absolute.needed
    if needed.more is None:
        return "NNT ∞: the risks are equal"
    label, unit = _label(more=needed.more, more_is_better=absolute.more_is_better)
    most = "∞" if needed.most is None else str(needed.most)
    if needed.crosses:
        other, others = _label(more=not needed.more, more_is_better=absolute.more_is_better)
        most = f"∞ to {most}{others}" if others else f"∞ to {other} {most}"
    return f"{label} {_or_infinity(needed.number)}{unit} ({_or_infinity(needed.least)} to {most})"


def _or_infinity(number: int | None) -> str:
    return "∞" if number is None else str(number)


def _label(*, more: bool, more_is_better: bool | None) -> tuple[str, str]:
    if more_is_better is None:
        return "NNT", f" for one {'more' if more else 'fewer'}"
    return ("NNTB" if more is more_is_better else "NNTH"), ""
