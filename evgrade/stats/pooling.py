"""Meta-analysis of studies by inverse variance: one effect for all, or effects that differ from study to study."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evgrade.stats.heterogeneity import (
    dersimonian_laird,
    paule_mandel,
    restricted_maximum_likelihood,
    squares,
    typical_variance,
    weighted_mean,
)
from evgrade.stats.normal import Estimate, z_of_level
from evgrade.stats.study import Study
from evgrade.stats.whole import chi2_p, t_of_level


class Between(StrEnum):
    """How the variance between studies is estimated."""

    NONE = "none"
    """It is not: all studies estimate one effect (the fixed-effect, or common-effect, model)."""
    DERSIMONIAN_LAIRD = "DerSimonian-Laird"
    REML = "REML"
    PAULE_MANDEL = "Paule-Mandel"


class Reach(StrEnum):
    """How the interval of the pooled effect is made."""

    WALD = "Wald"
    HARTUNG_KNAPP = "Hartung-Knapp"
    """By t with k - 1 degrees of freedom, with a standard error from how the studies scatter."""
    HARTUNG_KNAPP_WIDENED = "Hartung-Knapp, never narrower than Wald's standard error"
    """The same with the ad hoc rule that the scatter only ever widens it."""


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
        studies: how many there are.
        q: Cochran's Q, the weighted sum of squares around the pooled effect.
        tau2: the variance of the effects between studies; None where the method estimates none.
        i2: the share of the variation that chance does not explain, from 0 to 1.
        h2: all variation over that of chance, 1 or more with random effects.
    """

    studies: int
    q: float
    tau2: float | None
    i2: float
    h2: float

    def q_p(self) -> float | None:
        """Return the p of the test of heterogeneity, None for one study."""
        return chi2_p(self.q, self.studies - 1) if self.studies > 1 else None

    @classmethod
    def of_q(cls, q: float, studies: int) -> Heterogeneity:
        """Return what Q alone says: I² = (Q - (k - 1)) / Q, at least 0, and H² = Q / (k - 1).

        Source: J. P. T. Higgins and S. G. Thompson, Statistics in Medicine 2002;21:1539-1558.
        """
        expected = studies - 1
        h2 = q / expected if expected else 1.0
        return cls(studies=studies, q=q, tau2=None, i2=max(0.0, 1 - expected / q) if q else 0.0, h2=h2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """What studies say together, on the scale of their effects.

    Attributes:
        effect: the pooled effect with its interval.
        standard_error: of the pooled effect.
        heterogeneity: how far the studies differ.
    """

    effect: Estimate
    standard_error: float
    heterogeneity: Heterogeneity

    @property
    def tau2(self) -> float:
        """The variance of the effects between studies; 0 where all estimate one effect."""
        return self.heterogeneity.tau2 or 0.0

    def prediction_interval(self, freedom: int, level: float = 95) -> Estimate | None:
        """Return where the effect of a new study is expected; None below 3 studies.

        Args:
            freedom: degrees of freedom of t: k - 2 by Higgins and others, k - 1 as is recommended since.
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

    I² and H² rest on tau² as in metafor and the newer Review Manager: tau² / (tau² + s²), with s² the typical variance
    by chance; of DerSimonian and Laird's tau² that is (Q - (k - 1)) / Q.

    Raises:
        ValueError: there is no study, or the level is not between 0 and 100.

    Source: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 10.3 and 10.10; J. Hartung and
    G. Knapp, Statistics in Medicine 2001;20:3875-3889; C. Röver, G. Knapp and T. Friede, BMC Medical Research
    Methodology 2015;15:99.
    """
    if not studies:
        raise ValueError("there is no study to pool")
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
