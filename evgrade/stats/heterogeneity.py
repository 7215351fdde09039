"""How far studies differ beyond chance: Cochran's Q, and three estimates of the variance between studies."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evgrade.stats.study import Study

_STEPS = 1000
"""More steps than any estimate here has been seen to take."""

_CLOSE = 1e-13
"""The share of all variance below which a step changes nothing."""


def weighted_mean(studies: Sequence[Study], tau2: float = 0.0) -> tuple[float, float]:
    """Return the mean weighted by inverse variance, tau² added to each, and its standard error."""
    weights = _weights(studies, tau2)
    total = math.fsum(weights)
    mean = math.fsum(weight * study.effect for weight, study in zip(weights, studies, strict=True)) / total
    return mean, math.sqrt(1 / total)


def squares(studies: Sequence[Study], tau2: float = 0.0) -> float:
    """Return the weighted sum of squares around the weighted mean, tau² added to each variance; for 0 Cochran's Q."""
    if len(studies) == 1:
        return 0.0  # a single study is its own mean, but for the last bit
    mean, _ = weighted_mean(studies, tau2)
    weights = _weights(studies, tau2)
    return math.fsum(weight * (study.effect - mean) ** 2 for weight, study in zip(weights, studies, strict=True))


def typical_variance(studies: Sequence[Study]) -> float:
    """Return the variance that studies typically have by chance, for two of them or more.

    Source: formula 9 of J. P. T. Higgins and S. G. Thompson, Statistics in Medicine 2002;21:1539-1558.
    """
    return (len(studies) - 1) / _spread(_weights(studies, 0.0))


def dersimonian_laird(studies: Sequence[Study]) -> float:
    """Return tau² of DerSimonian and Laird: (Q - (k - 1)) / (Σw - Σw²/Σw), at least 0.

    Source: R. DerSimonian and N. Laird, Controlled Clinical Trials 1986;7:177-188.
    """
    excess = squares(studies) - (len(studies) - 1)
    spread = _spread(_weights(studies, 0.0))
    return excess / spread if excess > 0 and spread > 0 else 0.0


def restricted_maximum_likelihood(studies: Sequence[Study]) -> float:
    """Return tau² of restricted maximum likelihood, at least 0, by Fisher scoring from the estimate of Hedges.

    A step that would make the studies less likely is halved, so that every step leads uphill.

    Source: W. Viechtbauer, Journal of Educational and Behavioral Statistics 2005;30:261-293.
    """
    if len(studies) < 2:
        return 0.0
    chance = math.fsum(study.standard_error**2 for study in studies) / len(studies)
    centre = math.fsum(study.effect for study in studies) / len(studies)
    scatter = math.fsum((study.effect - centre) ** 2 for study in studies) / (len(studies) - 1)
    tau2 = max(0.0, scatter - chance)
    height = _restricted_likelihood(studies, tau2)
    for _ in range(_STEPS):
        step = _score(studies, tau2)
        while True:
            after = max(0.0, tau2 + step)
            reached = _restricted_likelihood(studies, after)
            if reached >= height or abs(step) <= _CLOSE * (tau2 + chance):
                break
            step /= 2
        if reached < height or abs(after - tau2) <= _CLOSE * (tau2 + chance):
            break
        tau2, height = after, reached
    return tau2


def paule_mandel(studies: Sequence[Study]) -> float:
    """Return tau² of Paule and Mandel, at least 0: with it the weighted sum of squares is what chance makes it, k - 1.

    Source: R. C. Paule and J. Mandel, Journal of Research of the National Bureau of Standards 1982;87:377-385.
    """
    expected = len(studies) - 1
    if squares(studies) <= expected:
        return 0.0
    low, high = 0.0, typical_variance(studies)
    while squares(studies, high) > expected:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if squares(studies, middle) > expected else (low, middle)
    return high


def _weights(studies: Sequence[Study], tau2: float) -> list[float]:
    return [1 / (study.standard_error**2 + tau2) for study in studies]


def _spread(weights: Sequence[float]) -> float:
    """Return Σw - Σw²/Σw; what is left beside the largest weight is added up, as the difference would lose it."""
    *others, largest = sorted(weights)
    rest, total = math.fsum(others), math.fsum(weights)
    return (largest * rest + math.fsum(weight * (total - weight) for weight in others)) / total


def _score(studies: Sequence[Study], tau2: float) -> float:
    """Return the step of Fisher scoring: what the squares have too much, over the information."""
    weights = _weights(studies, tau2)
    mean, _ = weighted_mean(studies, tau2)
    total, second, third = (math.fsum(weight**power for weight in weights) for power in (1, 2, 3))
    found = math.fsum((weight * (study.effect - mean)) ** 2 for weight, study in zip(weights, studies, strict=True))
    information = second - 2 * third / total + (second / total) ** 2
    return (found - _spread(weights)) / information if information > 0 else 0.0


def _restricted_likelihood(studies: Sequence[Study], tau2: float) -> float:
    """Return twice the logarithm of the restricted likelihood, but for a constant."""
    weights = _weights(studies, tau2)
    return math.fsum(map(math.log, weights)) - math.log(math.fsum(weights)) - squares(studies, tau2)
