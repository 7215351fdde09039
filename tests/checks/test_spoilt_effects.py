"""Laws: of effects spoilt as people spoil them, the checks find at least a stated share."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from evgrade.stats.normal import z_of_level
from tests.checks.honest import Honest, binary, scores
from tests.checks.test_honest_effects import findings
from tests.crossed import one_tuple_in

Spoil = Callable[[Honest], str | None]


def drawn(effects: st.SearchStrategy[Honest], count: int = 400) -> list[Honest]:
    """Return some effects, always the same."""
    found: list[Honest] = []

    @settings(max_examples=count, database=None, derandomize=True, phases=[Phase.generate], deadline=None)
    @given(effects)
    def collect(effect: Honest) -> None:
        found.append(effect)

    collect()
    return found


@pytest.fixture(scope="module")
def effects() -> list[Honest]:
    return drawn(binary(fewest=3)) + drawn(scores())


def number(effect: Honest, key: str) -> float:
    return float(effect.facts[key])


def bounds_exchanged(effect: Honest) -> str | None:
    low, high = effect.facts["ci_low"], effect.facts["ci_high"]
    return effect.yaml(ci_low=high, ci_high=low) if float(low) < float(high) else None


def sign_of_the_estimate_lost(effect: Honest) -> str | None:
    """Of an estimate that is significant."""
    if effect.facts["measure"] not in ("MD", "RD") or number(effect, "estimate") == 0 or effect.z < 3:
        return None
    return effect.yaml(estimate=f"{-number(effect, 'estimate')}")


def bound_mirrored(effect: Honest) -> str | None:
    """The lower bound of a difference without its minus sign, or the upper one with one too many."""
    low, high = number(effect, "ci_low"), number(effect, "ci_high")
    if effect.facts["measure"] not in ("MD", "RD") or low >= 0 or low == high:
        return None
    return effect.yaml(ci_low=f"{-low}")


def decimal_point_of_the_estimate_moved(effect: Honest) -> str | None:
    estimate = number(effect, "estimate")
    return effect.yaml(estimate=f"{10 * estimate:.2f}") if estimate and effect.z > 1 else None


def decimal_point_of_p_moved(effect: Honest) -> str | None:
    """To ten times a p from 0.01 to 0.1, or a tenth of a larger one."""
    p = effect.facts["p"]
    if "<" in p or not 0.01 <= float(p) < 0.9:
        return None
    return effect.yaml(p=f"{float(p) * 10:.3f}" if float(p) < 0.1 else f"{float(p) / 10:.3f}")


def significance_turned(effect: Honest) -> str | None:
    """A clear result called not significant, an unclear one significant."""
    if 1 < effect.z < 3:
        return None
    return effect.yaml(p='"> 0.05"' if effect.z >= 3 else '"< 0.01"')


def standard_error_for_the_interval(effect: Honest) -> str | None:
    """One standard error either way, where the interval should stand, of an effect that is not far from significant."""
    ratio = effect.facts["measure"] in ("RR", "OR")
    estimate, low, high = (number(effect, key) for key in ("estimate", "ci_low", "ci_high"))
    if not 1.2 < effect.z < 2.5 or (ratio and min(estimate, low) <= 0):
        return None
    factor = 1 / z_of_level(float(effect.facts["ci_level"]))
    if ratio:
        low, high = (estimate * (bound / estimate) ** factor for bound in (low, high))
    else:
        low, high = (estimate + (bound - estimate) * factor for bound in (low, high))
    return effect.yaml(ci_low=f"{low:.3f}", ci_high=f"{high:.3f}")


def arms_exchanged(effect: Honest) -> str | None:
    """The arm of the therapy called control, and the reverse, where the effect is clear."""
    if effect.z < 3 or number(effect, "estimate") == 0:
        return None
    arms = effect.arms.replace("role: intervention", "role: other").replace("role: control", "role: intervention")
    return Honest(effect.facts, arms.replace("role: other", "role: control"), effect.z).yaml()


def statistic_mistyped(effect: Honest) -> str | None:
    """Two digits of t exchanged, as 2.31 for 3.21."""
    if "test" not in effect.facts or "<" in effect.facts["p"]:
        return None
    before, _, rest = effect.facts["test"].partition("value: ")
    t, _, rest = rest.partition(",")
    bare = t.lstrip("-")
    if len(bare) < 4 or bare[0] == bare[2] or float(bare) > 4:
        return None
    return effect.yaml(test=f"{before}value: {bare[2]}.{bare[0]}{bare[3:]},{rest}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "share"),
    one_tuple_in(
        2,
        [
            (bounds_exchanged, 1.0),
            (sign_of_the_estimate_lost, 1.0),
            (bound_mirrored, 0.9),
            (decimal_point_of_the_estimate_moved, 0.9),
            (decimal_point_of_p_moved, 0.9),
            (significance_turned, 0.9),
            (standard_error_for_the_interval, 0.7),
            (arms_exchanged, 0.9),
            (statistic_mistyped, 0.9),
        ],
    ),
)
def test_clear_mistakes_are_mostly_found(spoil: Spoil, share: float, effects: list[Honest]) -> None:
    spoilt = [it for it in map(spoil, effects) if it is not None]
    assert len(spoilt) >= 40, "enough to tell"
    found = sum(bool(findings(it)) for it in spoilt)
    assert math.ceil(share * len(spoilt)) <= found
