"""How many people a trial needs: the optimal information size of a standardized mean difference."""

from __future__ import annotations

import math

from evgrade.stats.distributions import noncentral_t_below, t_quantile

SMALLEST_DIFFERENCE = 0.001
"""A smaller standardized difference would need more people than any trial has had."""


def power_of_t_test(difference: float, n_per_arm: int, alpha: float = 0.05) -> float:
    """Return the power of a two-sided t test of two arms to detect a standardized mean difference, in its direction.

    Args:
        difference: in standard deviations.
        n_per_arm: people in each arm, at least 2.
        alpha: the significance level.

    Raises:
        NeedsScipyError: scipy is not installed.
        ValueError: there are fewer than 2 people an arm.

    Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition 1988, chapter 2; the
    noncentral t has 2n - 2 degrees of freedom and the noncentrality d √(n/2).
    """
    if n_per_arm < 2:
        raise ValueError(f"a t test needs 2 people an arm, not {n_per_arm}")
    df = 2 * n_per_arm - 2
    critical = t_quantile(1 - alpha / 2, df)
    shift = abs(difference) * math.sqrt(n_per_arm / 2)
    return 1 - noncentral_t_below(critical, df, shift)


def optimal_information_size(difference: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Return how many people each of two arms needs to detect a standardized mean difference.

    Args:
        difference: in standard deviations, either direction.
        power: the chance to detect it, above alpha.
        alpha: the two-sided significance level.

    Raises:
        NeedsScipyError: scipy is not installed.
        ValueError: the difference is smaller than `SMALLEST_DIFFERENCE`, or power or alpha make no sense.

    Source: as `power_of_t_test`; the term is GRADE's: G. H. Guyatt et al., Journal of Clinical Epidemiology
    2011;64:1283-1293.
    """
    if not SMALLEST_DIFFERENCE <= abs(difference) < math.inf:
        raise ValueError(f"the standardized difference is at least {SMALLEST_DIFFERENCE}, not {difference}")
    if not 0 < alpha < power < 1:
        raise ValueError(f"power is above alpha and both between 0 and 1, not {power} and {alpha}")
    enough = 2
    while power_of_t_test(difference, enough, alpha) < power:
        enough *= 2
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if power_of_t_test(difference, middle, alpha) < power:
            too_few = middle
        else:
            enough = middle
    return enough
