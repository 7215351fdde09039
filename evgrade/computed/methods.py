"""The methods of computing numbers, each with its formula and source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method.

    Attributes:
        name: a short name for reports.
        formula: how the number is computed.
        source: the paper or standard that defines the formula.
    """

    name: str
    formula: str
    source: str


_HANDBOOK = "Cochrane Handbook for Systematic Reviews of Interventions, version 6"

RISK_RATIO = Method(
    name="risk ratio of the counts, log-Wald interval",
    formula="RR = (a / n1) / (c / n2); SE of ln RR = √(1/a - 1/n1 + 1/c - 1/n2); exp(ln RR ± z SE)",
    source=f"{_HANDBOOK}, section 6.4.1",
)
ODDS_RATIO = Method(
    name="odds ratio of the counts, log-Wald interval",
    formula="OR = (a d) / (b c); SE of ln OR = √(1/a + 1/b + 1/c + 1/d); exp(ln OR ± z SE)",
    source=f"{_HANDBOOK}, section 6.4.1",
)
RISK_DIFFERENCE = Method(
    name="risk difference of the counts, Newcombe's interval",
    formula="RD = p1 - p2; from RD - √((p1 - l1)² + (u2 - p2)²) to RD + √((u1 - p1)² + (p2 - l2)²), with the Wilson "
    "intervals l to u of both risks",
    source="R. G. Newcombe, Statistics in Medicine 1998;17:873-890, method 10",
)
PROPORTION = Method(
    name="proportion of the counts, Wilson's interval",
    formula="p = x / n; (2x + z² ± z √(z² + 4x(1 - p))) / (2(n + z²))",
    source="R. G. Newcombe, Statistics in Medicine 1998;17:857-872, method 3",
)
MEAN_DIFFERENCE = Method(
    name="difference of the means, normal interval, unequal variances",
    formula="MD = m1 - m2; SE = √(sd1²/n1 + sd2²/n2); MD ± z SE",
    source=f"{_HANDBOOK}, section 6.5.1; as in Review Manager",
)
STANDARDIZED = Method(
    name="Hedges' g of the means, normal interval",
    formula="g = J (m1 - m2) / s, s = √(((n1 - 1) sd1² + (n2 - 1) sd2²) / m), m = n1 + n2 - 2, "
    "J = Γ(m/2) / (√(m/2) Γ((m - 1)/2)); SE = √(1/n1 + 1/n2 + g²/(2(n1 + n2))); g ± z SE",
    source="L. V. Hedges, Journal of Educational Statistics 1981;6:107-128; the variance is metafor's `LS`",
)
RATIO_OF_MEANS = Method(
    name="ratio of the means, log-Wald interval",
    formula="m1 / m2; SE of its logarithm = √(sd1²/(n1 m1²) + sd2²/(n2 m2²))",
    source="L. V. Hedges, J. Gurevitch and P. S. Curtis, Ecology 1999;80:1150-1156",
)
RATE_RATIO = Method(
    name="rate ratio of events in person-time, log-Wald interval",
    formula="(x1 / t1) / (x2 / t2); SE of its logarithm = √(1/x1 + 1/x2)",
    source="K. J. Rothman, S. Greenland and T. L. Lash, Modern Epidemiology, 3rd edition 2008, chapter 14",
)
FROM_STANDARD_ERROR = Method(
    name="interval from the stated standard error",
    formula="estimate ± z SE, for a ratio in logarithms",
    source=f"{_HANDBOOK}, section 6.3",
)
FROM_P = Method(
    name="interval from the stated p, assuming a two-sided z test",
    formula="SE = |estimate| / z(p), estimate ± z SE, for a ratio in logarithms",
    source=f"D. G. Altman and J. M. Bland, BMJ 2011;343:d2090; {_HANDBOOK}, section 6.3",
)
FROM_INTERVAL = Method(
    name="from the stated interval",
    formula="SE = (upper end - lower end) / (2 z), for a ratio in logarithms",
    source=f"{_HANDBOOK}, section 6.3",
)

_WEIGHTED = "θ = Σ wᵢ θᵢ / Σ wᵢ, wᵢ = 1 / (SEᵢ² + τ²), θ in logarithms for ratios"
_REML = "W. Viechtbauer, Journal of Educational and Behavioral Statistics 2005;30:261-293"

RANDOM_HARTUNG_KNAPP = Method(
    name="random effects, REML, Hartung-Knapp interval",
    formula=f"{_WEIGHTED}; τ² by restricted maximum likelihood; SE² = Σ wᵢ (θᵢ - θ)² / ((k - 1) Σ wᵢ); "
    "θ ± t SE, t with k - 1 degrees of freedom",
    source=f"{_HANDBOOK}, section 10.10.4; {_REML}; J. Hartung and G. Knapp, Statistics in Medicine 2001;20:3875-3889",
)
RANDOM_WALD = Method(
    name="random effects, REML, Wald interval",
    formula=f"{_WEIGHTED}; τ² by restricted maximum likelihood; SE² = 1 / Σ wᵢ; θ ± z SE",
    source=f"{_HANDBOOK}, section 10.10.4; {_REML}",
)
MANTEL_HAENSZEL = {
    "RR": Method(
        name="common effect, Mantel-Haenszel risk ratio",
        formula="RR = R / S, R = Σ a n2 / N, S = Σ c n1 / N; SE² of ln RR = Σ (n1 n2 (a + c) - a c N) / N² / (R S)",
        source=f"{_HANDBOOK}, section 10.4.1; S. Greenland and J. M. Robins, Biometrics 1985;41:55-68",
    ),
    "OR": Method(
        name="common effect, Mantel-Haenszel odds ratio",
        formula="OR = R / S, R = Σ a d / N, S = Σ b c / N; variance of ln OR by Robins, Breslow and Greenland",
        source=f"{_HANDBOOK}, section 10.4.1; J. Robins and others, Biometrics 1986;42:311-323",
    ),
    "RD": Method(
        name="common effect, Mantel-Haenszel risk difference",
        formula="RD = Σ (a n2 - c n1) / N / Σ n1 n2 / N; variance by Sato, valid for sparse data",
        source=f"{_HANDBOOK}, section 10.4.1; T. Sato, Biometrics 1989;45:1323-1324",
    ),
}
PETO = Method(
    name="common effect, Peto odds ratio",
    formula="ln OR = Σ (a - E) / Σ V, E = (a + c) n1 / N, V = n1 n2 (a + c)(b + d) / (N² (N - 1)); SE² = 1 / Σ V",
    source=f"{_HANDBOOK}, section 10.4.2; S. Yusuf and others, Progress in Cardiovascular Diseases 1985;27:335-371",
)
PREDICTION = Method(
    name="prediction interval by t with k - 1 degrees of freedom",
    formula="θ ± t √(τ² + SE²)",
    source="J. P. T. Higgins and others, J R Stat Soc A 2009;172:137-159, who use k - 2; A. A. Veroniki and others, "
    "Research Synthesis Methods 2019;10:23-43",
)
_IN_PEOPLE = f"{_HANDBOOK}, sections 14.1.5 and 15.4.4"
ABSOLUTE = {
    measure: Method(
        name=f"events per 1,000 people from {measure} and the risk p without the therapy",
        formula=formula,
        source=_IN_PEOPLE,
    )
    for measure, formula in {
        "RR": "risk with the therapy = RR × p, at most 1; likewise for the ends of the interval",
        "OR": "risk with the therapy = OR p / (1 - p + OR p); likewise for the ends of the interval",
        "HR": "risk with the therapy = 1 - (1 - p)^HR; likewise for the ends of the interval",
        "RD": "risk with the therapy = p + RD; likewise for the ends of the interval",
    }.items()
}
"""The risk with the therapy from the risk without it, ignoring the uncertainty of the latter."""
NEEDED = Method(
    name="number needed to treat",
    formula="NNT = 1 / |risk difference|, rounded up, likewise for the ends of the interval; if it includes no "
    "difference, the interval of the NNT passes through infinity",
    source=f"D. G. Altman, BMJ 1998;317:1309-1312; {_HANDBOOK}, section 15.4.4",
)
CORRECTED = "no events in one arm: 0.5 was added to every cell"
CORRECTED_RATES = "no events in one arm: 0.5 was added to the events of both"
