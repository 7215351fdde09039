"""Meta-analysis by inverse variance: one effect for all studies, or effects that differ between studies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evgrade.stats.normal import Estimate, Study, z_of_level
from evgrade.stats.whole import chi2_p, t_of_level

_STEPS = 1000
"""More iterations than any estimate has needed."""

_CLOSE = 1e-13
"""Convergence: the smallest step that counts, as a share of the total variance."""


def weighted_mean(studies: Sequence[Study], tau2: float = 0.0) -> tuple[float, float]:
    """Return the mean weighted by inverse variance, with tau² added to each variance, and its standard error."""
    weights = _weights(studies, tau2)
    total = math.fsum(weights)
    mean = math.fsum(weight * study.effect for weight, study in zip(weights, studies, strict=True)) / total
    return mean, math.sqrt(1 / total)


def squares(studies: Sequence[Study], tau2: float = 0.0) -> float:
    """Return the weighted sum of squares around the weighted mean: with a tau² of 0, Cochran's Q."""
    if len(studies) == 1:
        return 0.0  # exactly: a rounding error could make it positive
    mean, _ = weighted_mean(studies, tau2)
    weights = _weights(studies, tau2)
    return math.fsum(weight * (study.effect - mean) ** 2 for weight, study in zip(weights, studies, strict=True))


def typical_variance(studies: Sequence[Study]) -> float:
    """Return the typical within-study variance of two or more studies.

    Source: formula 9 of J. P. T. Higgins and S. G. Thompson, Statistics in Medicine 2002;21:1539-1558.
    """
    return (len(studies) - 1) / _spread(_weights(studies, 0.0))


def dersimonian_laird(studies: Sequence[Study]) -> float:
    """Return DerSimonian and Laird's tau²: (Q - (k - 1)) / (Σw - Σw²/Σw), at least 0.

    Source: R. DerSimonian and N. Laird, Controlled Clinical Trials 1986;7:177-188.
    """
    excess = squares(studies) - (len(studies) - 1)
    spread = _spread(_weights(studies, 0.0))
    return excess / spread if excess > 0 and spread > 0 else 0.0


def restricted_maximum_likelihood(studies: Sequence[Study]) -> float:
    """Return tau² by restricted maximum likelihood, at least 0, using Fisher scoring from Hedges' estimate.

    Steps that would lower the likelihood are halved.

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
    """Return Paule and Mandel's tau², at least 0: it brings the weighted sum of squares to its expectation, k - 1.

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
    """Return Σw - Σw²/Σw, without the subtraction, which loses precision when one weight dominates."""
    *others, largest = sorted(weights)
    rest, total = math.fsum(others), math.fsum(weights)
    return (largest * rest + math.fsum(weight * (total - weight) for weight in others)) / total


def _score(studies: Sequence[Study], tau2: float) -> float:
    """Return the Fisher scoring step: the excess of the sum of squares over the information."""
    weights = _weights(studies, tau2)
    mean, _ = weighted_mean(studies, tau2)
    total, second, third = (math.fsum(weight**power for weight in weights) for power in (1, 2, 3))
    found = math.fsum((weight * (study.effect - mean)) ** 2 for weight, study in zip(weights, studies, strict=True))
    information = second - 2 * third / total + (second / total) ** 2
    return (found - _spread(weights)) / information if information > 0 else 0.0


def _restricted_likelihood(studies: Sequence[Study], tau2: float) -> float:
    """Return twice the restricted log-likelihood, up to a constant."""
    weights = _weights(studies, tau2)
    return math.fsum(map(math.log, weights)) - math.log(math.fsum(weights)) - squares(studies, tau2)


class Between(StrEnum):
    """How the variance between studies is estimated."""

    NONE = "none"
    """No variance: all studies estimate one effect (the common-effect, or fixed-effect, model)."""
    DERSIMONIAN_LAIRD = "DerSimonian-Laird"
    REML = "REML"
    PAULE_MANDEL = "Paule-Mandel"


class Reach(StrEnum):
    """How the interval of the pooled effect is calculated."""

    WALD = "Wald"
    HARTUNG_KNAPP = "Hartung-Knapp"
    """By t with k - 1 degrees of freedom, and a standard error from the observed scatter of the studies."""
    HARTUNG_KNAPP_WIDENED = "Hartung-Knapp, never narrower than Wald's standard error"
    """The same with the ad hoc rule that the scatter may only widen the interval."""


_TAU2: Mapping[Between, Callable[[Sequence[Study]], float]] = {
    Between.NONE: lambda _: 0.0,
    Between.DERSIMONIAN_LAIRD: dersimonian_laird,
    Between.REML: restricted_maximum_likelihood,
    Between.PAULE_MANDEL: paule_mandel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """How far studies differ.

    Attributes:
        studies: the number of studies.
        q: Cochran's Q, the weighted sum of squares around the pooled effect.
        tau2: the between-study variance; None if the method does not estimate it.
        i2: the share of the variation not explained by chance, from 0 to 1.
        h2: the total variation over that expected by chance, 1 or more with random effects.
    """

    studies: int
    q: float
    tau2: float | None
    i2: float
    h2: float

    def q_p(self) -> float | None:
        """Return the p value of the test for heterogeneity, None for one study."""
        return chi2_p(self.q, self.studies - 1) if self.studies > 1 else None

    @classmethod
    def of_q(cls, q: float, studies: int) -> Heterogeneity:
        """Return the heterogeneity implied by Q alone: I² = (Q - (k - 1)) / Q, at least 0, and H² = Q / (k - 1).

        Source: J. P. T. Higgins and S. G. Thompson, Statistics in Medicine 2002;21:1539-1558.
        """
        expected = studies - 1
        h2 = q / expected if expected else 1.0
        return cls(studies=studies, q=q, tau2=None, i2=max(0.0, 1 - expected / q) if q else 0.0, h2=h2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A pooled effect, on the scale of the studies' effects."""

    effect: Estimate
    standard_error: float
    heterogeneity: Heterogeneity

    @property
    def tau2(self) -> float:
        """The between-study variance; 0 in the common-effect model."""
        return self.heterogeneity.tau2 or 0.0

    def prediction_interval(self, freedom: int, level: float = 95) -> Estimate | None:
        """Return the interval in which to expect the effect of a new study; None below 3 studies.

        Args:
            freedom: degrees of freedom of t: k - 2 in Higgins' paper, k - 1 in later recommendations.
            level: in percent.

        Raises:
            ValueError: there are no degrees of freedom, or the level is not between 0 and 100.

        Source: J. P. T. Higgins, S. G. Thompson and D. J. Spiegelhalter, Journal of the Royal Statistical Society A
        2009;172:137-159; A. A. Veroniki and others, Research Synthesis Methods 2019;10:23-43.
        """
        if self.heterogeneity.studies < 3:
            return None
        reach = t_of_level(level, freedom) * math.hypot(math.sqrt(self.tau2), self.standard_error)
        return Estimate(self.effect.value, self.effect.value - reach, self.effect.value + reach)


def pool(
    studies: Sequence[Study], between: Between = Between.NONE, reach: Reach = Reach.WALD, level: float = 95
) -> Pooled:
    """Return the pooled effect of studies, weighted by inverse variance.

    I² and H² are calculated from tau², as in metafor and newer versions of Review Manager: I² = tau² / (tau² + s²),
    where s² is the typical within-study variance. With DerSimonian and Laird's tau² that equals (Q - (k - 1)) / Q.

    Raises:
        ValueError: there are no studies, or the level is not between 0 and 100.

    Source: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 10.3 and 10.10; J. Hartung and
    G. Knapp, Statistics in Medicine 2001;20:3875-3889; C. Röver, G. Knapp and T. Friede, BMC Medical Research
    Methodology 2015;15:99.
    """
    if not studies:
        raise ValueError("there are no studies to pool")
    tau2 = _TAU2[between](studies)
    mean, error = weighted_mean(studies, tau2)
    if reach is Reach.WALD or len(studies) == 1:
        bound = z_of_level(level)
    else:
        scatter = squares(studies, tau2) / (len(studies) - 1)
        error *= math.sqrt(max(1.0, scatter) if reach is Reach.HARTUNG_KNAPP_WIDENED else scatter)
        bound = t_of_level(level, len(studies) - 1)
    return Pooled(
        effect=Estimate(mean, mean - bound * error, mean + bound * error),
        standard_error=error,
        heterogeneity=_heterogeneity(studies, between, tau2),
    )


def _heterogeneity(studies: Sequence[Study], between: Between, tau2: float) -> Heterogeneity:
    q, many = squares(studies), len(studies)
    if between is Between.NONE:
        return Heterogeneity.of_q(q, many)
    chance = typical_variance(studies) if many > 1 else 1.0
    return Heterogeneity(studies=many, q=q, tau2=tau2, i2=tau2 / (tau2 + chance), h2=1 + tau2 / chance)
