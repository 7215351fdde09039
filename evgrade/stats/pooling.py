"""Meta-analysis of studies by inverse variance: fixed effect, and random effects after DerSimonian and Laird."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evgrade.stats.distributions import chi2_upper_p, t_quantile
from evgrade.stats.normal import Estimate, wald

LARGEST = 1e50
"""Effects and standard errors stay below it, and standard errors above its inverse: their fourth powers are summed."""


@dataclass(frozen=True, slots=True)
class Study:
    """What one study found, on a scale where it is symmetric: the logarithm of a ratio, or a difference as it stands.

    Raises:
        ValueError: a number is infinite or beyond `LARGEST`, or the standard error is not above 0.
    """

    effect: float
    standard_error: float

    def __post_init__(self) -> None:
        if not abs(self.effect) < LARGEST:
            raise ValueError(f"an effect is a number of a usual size, not {self.effect}")
        if not 1 / LARGEST < self.standard_error < LARGEST:
            raise ValueError(f"a standard error is a number above 0 of a usual size, not {self.standard_error}")

    @property
    def weight(self) -> float:
        """One over its variance."""
        return self.standard_error**-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """What studies say together, on the scale of their effects.

    Attributes:
        studies: how many there are.
        fixed: the effect, if all studies estimate the same.
        random: the mean of the effects, if they differ.
        random_standard_error: the standard error of that mean.
        q: Cochran's Q, the weighted sum of squares around the fixed effect.
        i2: the share of the variation that chance does not explain, from 0 to 1.
        tau2: the variance of the effects between studies.
    """

    studies: int
    fixed: Estimate
    random: Estimate
    random_standard_error: float
    q: float
    i2: float
    tau2: float

    def q_p(self) -> float | None:
        """Return the p of the test of heterogeneity, None for one study.

        Raises:
            NeedsScipyError: scipy is not installed.
        """
        return chi2_upper_p(self.q, self.studies - 1) if self.studies > 1 else None

    def prediction_interval(self, level: float = 95) -> tuple[float, float] | None:
        """Return where the effect of a new study is expected, by t with k - 2 degrees of freedom; None below 3 studies.

        Raises:
            NeedsScipyError: scipy is not installed.
            ValueError: the level is not between 0 and 100.

        Source: J. P. T. Higgins, S. G. Thompson and D. J. Spiegelhalter, Journal of the Royal Statistical Society A
        2009;172:137-159.
        """
        if not 0 < level < 100:
            raise ValueError(f"a level lies between 0 and 100 percent, not at {level}")
        if self.studies < 3:
            return None
        reach = t_quantile((100 + level) / 200, self.studies - 2) * math.hypot(
            math.sqrt(self.tau2), self.random_standard_error
        )
        return self.random.value - reach, self.random.value + reach


def pool(studies: Sequence[Study], level: float = 95) -> Pooled:
    """Return the pooled effect of studies.

    tau² is that of DerSimonian and Laird, (Q - (k - 1)) / (Σw - Σw²/Σw) and at least 0; I² is (Q - (k - 1)) / Q and at
    least 0.

    Raises:
        ValueError: there is no study, or the level is not between 0 and 100.

    Source: R. DerSimonian and N. Laird, Controlled Clinical Trials 1986;7:177-188; J. P. T. Higgins and
    S. G. Thompson, Statistics in Medicine 2002;21:1539-1558.
    """
    if not studies:
        raise ValueError("there is no study to pool")
    fixed, fixed_error = _mean(studies, 0.0)
    weights = [study.weight for study in studies]
    # A single study is its own mean, but for the last bit.
    q = math.fsum(study.weight * (study.effect - fixed) ** 2 for study in studies) if len(studies) > 1 else 0.0
    excess = max(0.0, q - (len(studies) - 1))
    total = math.fsum(weights)
    spread = total - math.fsum(weight * weight for weight in weights) / total
    tau2 = excess / spread if excess and spread > 0 else 0.0
    random, random_error = _mean(studies, tau2)
    return Pooled(
        studies=len(studies),
        fixed=wald(fixed, fixed_error, level),
        random=wald(random, random_error, level),
        random_standard_error=random_error,
        q=q,
        i2=excess / q if excess else 0.0,
        tau2=tau2,
    )


def _mean(studies: Sequence[Study], tau2: float) -> tuple[float, float]:
    """Return the mean weighted by inverse variance, tau² added to each, and its standard error."""
    weights = [1 / (study.standard_error**2 + tau2) for study in studies]
    total = math.fsum(weights)
    mean = math.fsum(weight * study.effect for weight, study in zip(weights, studies, strict=True)) / total
    return mean, math.sqrt(1 / total)
