"""Effects as honest authors report them: simulated people, the usual methods, everything rounded."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import strategies as st
from scipy.special import stdtrit

from evgrade.stats.distributions import chi2_upper_p, t_two_sided_p
from evgrade.stats.normal import Estimate, two_sided_p, z_of_level
from evgrade.stats.two_by_two import TwoByTwo, fisher_exact, odds_ratio, risk_difference, risk_ratio

MEASURES = {"RR": risk_ratio, "OR": odds_ratio, "RD": risk_difference}


@dataclass(frozen=True, slots=True)
class Honest:
    """An effect as reported, each number as text.

    Attributes:
        facts: keys of the dossier and their values as YAML.
        arms: the arms as YAML.
        z: the distance from no effect in standard errors, before rounding.
    """

    facts: dict[str, str]
    arms: str
    z: float

    def yaml(self, **changed: str) -> str:
        """Return the effect as the YAML of its keys, some of them changed."""
        return ", ".join(f"{key}: {value}" for key, value in {**self.facts, **changed}.items()) + f", arms: {self.arms}"


def places_of(value: float, digits: int) -> int:
    """Return the decimals that show so many significant digits of a number."""
    return max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else digits


def reported_p(p: float, places: int) -> str:
    """Return p with so many decimals, and as a bound where it would be 0."""
    text = f"{p:.{places}f}"
    return text if Decimal(text) else f'"< 0.{"1".rjust(places, "0")}"'


def facts(measure: str, estimate: Estimate, level: int, places: int, p: str) -> dict[str, str]:
    # Nobody prints a ratio of 0.0 (0.0 to 0.0).
    places = max(places, places_of(estimate.high, 1))
    estimate, low, high = (f"{it:.{places}f}" for it in (estimate.value, estimate.low, estimate.high))  # type: ignore[assignment]
    return {
        "measure": measure,
        "estimate": str(estimate),
        "ci_low": str(low),
        "ci_high": str(high),
        "ci_level": str(level),
        "p": p,
    }


@st.composite
def binary(draw: st.DrawFn, methods: tuple[str, ...] = ("wald", "chi2", "fisher"), fewest: int = 0) -> Honest:
    """Two arms of people with and without an event; `fewest` of each at least in both arms."""
    people, others = draw(st.integers(2 * fewest + 4, 600)), draw(st.integers(2 * fewest + 4, 600))
    events, other = draw(st.integers(fewest, people - fewest)), draw(st.integers(fewest, others - fewest))
    table, measure, level = TwoByTwo(events, people, other, others), draw(st.sampled_from([*MEASURES])), draw(LEVELS)
    estimate = MEASURES[measure](table, level)
    if estimate is None:  # nobody had the event, or everybody
        estimate = Estimate(1.0, 0.1, 10.0)
    no_effect = 0.0 if measure == "RD" else 1.0
    middle, low, high = (
        it if measure == "RD" else math.log(it) for it in (estimate.value, estimate.low, estimate.high)
    )
    # The interval of a risk difference ends at 1 or -1, so one half of it may be cut off.
    z = abs(middle) * z_of_level(level) / max(high - middle, middle - low)
    method = draw(st.sampled_from(methods))
    p = two_sided_p(z)
    if method == "fisher":
        p = min(1.0, fisher_exact(table) or 0.0)
    if method == "chi2" and table.can_be_compared:
        a, b, c, d = table.cells
        chi2 = (a + b + c + d) * (a * d - b * c) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
        p = chi2_upper_p(chi2, 1)
    assert no_effect is not None
    percent = [f"{100 * n / of:.{draw(st.integers(0, 2))}f}" for n, of in table.arms]
    arms = (
        f"[{{name: a, role: intervention, participants: {people}, events: {events}, percent: {percent[0]}}}, "
        f"{{name: b, role: control, participants: {others}, events: {other}, percent: {percent[1]}}}]"
    )
    return Honest(
        facts(measure, estimate, level, draw(st.integers(1, 3)), reported_p(p, draw(st.integers(2, 4)))), arms, z
    )


LEVELS = st.sampled_from([95, 95, 95, 90, 99])
SCORES = st.integers(0, 40)


@st.composite
def scores(draw: st.DrawFn) -> Honest:
    """Two arms of people with a score, compared by Student's t test."""
    random = draw(st.randoms(use_true_random=True))
    sizes, centres = [draw(st.integers(3, 80)) for _ in "ab"], [draw(SCORES) for _ in "ab"]
    spread = draw(st.floats(0.5, 12))
    data = [
        [round(random.gauss(centre, spread)) for _ in range(size)] for size, centre in zip(sizes, centres, strict=True)
    ]
    means, variances = [statistics.mean(it) for it in data], [statistics.variance(it) for it in data]
    df = sum(sizes) - 2
    pooled = sum(v * (n - 1) for v, n in zip(variances, sizes, strict=True)) / df or 0.01
    difference, error = means[0] - means[1], math.sqrt(pooled * (1 / sizes[0] + 1 / sizes[1]))
    level = draw(LEVELS)
    reach = float(stdtrit(df, 0.5 + level / 200)) * error
    t, places, digits = difference / error, draw(st.integers(1, 3)), draw(st.integers(1, 3))
    arms = ", ".join(
        f"{{name: {role}, role: {role}, participants: {n}, mean: {m:.{places}f}, sd: {math.sqrt(v):.{digits}f}}}"
        for role, n, m, v in zip(("intervention", "control"), sizes, means, variances, strict=True)
    )
    p = reported_p(t_two_sided_p(t, df), draw(st.integers(2, 4)))
    told = facts("MD", Estimate(difference, difference - reach, difference + reach), level, places, p)
    told["values"] = "whole_numbers"
    told["test"] = f"{{statistic: t, value: {t:.{draw(st.integers(1, 3))}f}, df: [{df}]}}"
    return Honest(told, f"[{arms}]", abs(t))
