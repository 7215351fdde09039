"""Sample sizes of trials with two equal arms and a two-sided test: means, proportions and times to an event.

The sample size of one trial is also the optimal information size of a review: with fewer people in all, pooled trials
are imprecise (J. M. Pogue and S. Yusuf, Controlled Clinical Trials 1997;18:580-593; G. H. Guyatt et al., Journal of
Clinical Epidemiology 2011;64:1283-1293).
"""

from __future__ import annotations

import math

from evgrade.stats.normal import z_of_p

ALPHA = 0.05
SMALLEST_DIFFERENCE = 0.001
"""A smaller difference, whether standardized, of risks or of logarithms, would need an impossibly large trial."""


def reach(power: float, alpha: float = ALPHA) -> float:
    """Return how many standard errors an effect must be for a two-sided test to have this power.

    Raises:
        ValueError: power or alpha make no sense.
    """
    if not 0 < alpha < power < 1:
        raise ValueError(f"power is above alpha and both between 0 and 1, not {power} and {alpha}")
    return z_of_p(alpha) + _z(power)


def people_for_means(difference: float, power: float, alpha: float = ALPHA) -> int:
    """Return how many people each arm needs to detect a standardized mean difference by a t test.

    Raises:
        ValueError: the difference is smaller than `SMALLEST_DIFFERENCE`, or power or alpha make no sense.

    Source: W. C. Guenther, The American Statistician 1981;35:243-244: the normal formula plus a quarter of the squared
    quantile, within one person of the noncentral t distribution.
    """
    _require_large(difference)
    return max(2, _up(2 * (reach(power, alpha) / difference) ** 2 + z_of_p(alpha) ** 2 / 4))


def people_for_proportions(control: float, therapy: float, power: float, alpha: float = ALPHA) -> int:
    """Return how many people each arm needs to detect a difference of two proportions.

    Raises:
        ValueError: they are not between 0 and 1 or too close, or power or alpha make no sense.

    Source: J. M. Lachin, Controlled Clinical Trials 1981;2:93-113; the same as `power.prop.test` of R.
    """
    if not (0 <= control <= 1 and 0 <= therapy <= 1):
        raise ValueError(f"proportions lie between 0 and 1, not at {control} and {therapy}")
    _require_large(therapy - control)
    mean = (control + therapy) / 2
    apart = control * (1 - control) + therapy * (1 - therapy)
    reach(power, alpha)
    errors = z_of_p(alpha) * math.sqrt(2 * mean * (1 - mean)) + _z(power) * math.sqrt(apart)
    return max(2, _up((errors / (therapy - control)) ** 2))


def events_for_hazard_ratio(ratio: float, power: float, alpha: float = ALPHA) -> int:
    """Return how many people in both arms must have the event to detect a hazard ratio by a log-rank test.

    Raises:
        ValueError: the ratio is not above 0 or too close to 1, or power or alpha make no sense.

    Source: D. Schoenfeld, Biometrika 1981;68:316-319.
    """
    if not ratio > 0:
        raise ValueError(f"a hazard ratio is above 0, not {ratio}")
    _require_large(math.log(ratio))
    return _up(4 * (reach(power, alpha) / math.log(ratio)) ** 2)


def _z(power: float) -> float:
    """Return the normal quantile of a power."""
    return z_of_p(2 * (1 - power)) if power >= 1 / 2 else -z_of_p(2 * power)


def _up(number: float) -> int:
    return math.ceil(number - 1e-9)


def _require_large(difference: float) -> None:
    if not SMALLEST_DIFFERENCE <= abs(difference) < math.inf:
        raise ValueError(f"a difference is at least {SMALLEST_DIFFERENCE}, not {difference}")
