"""Meta-analysis of counts by Mantel-Haenszel and Peto, for rare events, where inverse variance fails.

No continuity correction is made. The formulas drop studies without events in either arm, which say nothing about
ratios.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from evgrade.stats.normal import Study, wald
from evgrade.stats.pooling import Heterogeneity, Pooled
from evgrade.stats.two_by_two import TwoByTwo, difference_of_risks, log_odds_ratio, log_risk_ratio

Cells = tuple[int, int, int, int]


def mantel_haenszel_risk_ratio(tables: Sequence[TwoByTwo], level: float = 95) -> Pooled | None:
    """Return the log of the pooled risk ratio; None if all therapy arms, or all control arms, have no events.

    Source: S. Greenland and J. M. Robins, Biometrics 1985;41:55-68; section 10.4.1 of the Cochrane Handbook.
    """
    r = math.fsum(a * (c + d) / _total(a, b, c, d) for a, b, c, d in _cells(tables))
    s = math.fsum(c * (a + b) / _total(a, b, c, d) for a, b, c, d in _cells(tables))
    if not r or not s:
        return None
    products = math.fsum(
        ((a + b) * (c + d) * (a + c) - a * c * _total(a, b, c, d)) / _total(a, b, c, d) ** 2
        for a, b, c, d in _cells(tables)
    )
    return _pooled(tables, math.log(r / s), math.sqrt(products / (r * s)), log_risk_ratio, level)


def mantel_haenszel_odds_ratio(tables: Sequence[TwoByTwo], level: float = 95) -> Pooled | None:
    """Return the log of the pooled odds ratio, with the variance of Robins, Breslow and Greenland.

    None if the products of opposite cells, a × d or b × c, are 0 in all tables.

    Source: J. Robins, N. Breslow and S. Greenland, Biometrics 1986;42:311-323; section 10.4.1 of the Cochrane Handbook.
    """
    parts = []
    for a, b, c, d in _cells(tables):
        total = _total(a, b, c, d)
        parts.append(((a + d) / total, (b + c) / total, a * d / total, b * c / total))
    r, s = math.fsum(one[2] for one in parts), math.fsum(one[3] for one in parts)
    if not r or not s:
        return None
    variance = (
        math.fsum(p * r_i for p, _, r_i, _ in parts) / (2 * r * r)
        + math.fsum(p * s_i + q * r_i for p, q, r_i, s_i in parts) / (2 * r * s)
        + math.fsum(q * s_i for _, q, _, s_i in parts) / (2 * s * s)
    )
    return _pooled(tables, math.log(r / s), math.sqrt(variance), log_odds_ratio, level)


def mantel_haenszel_risk_difference(tables: Sequence[TwoByTwo], level: float = 95) -> Pooled | None:
    """Return the pooled risk difference, with Sato's variance, which is valid for sparse data too.

    None if everyone, or no one, had the event.

    Source: T. Sato, Biometrics 1989;45:1323-1324; section 10.4.1 of the Cochrane Handbook.
    """
    weight = math.fsum((a + b) * (c + d) / _total(a, b, c, d) for a, b, c, d in _cells(tables))
    effect = math.fsum((a * (c + d) - c * (a + b)) / _total(a, b, c, d) for a, b, c, d in _cells(tables)) / weight
    first = second = 0.0
    for a, b, c, d in _cells(tables):
        total, n1, n2 = _total(a, b, c, d), a + b, c + d
        first += c * (n1 / total) ** 2 - a * (n2 / total) ** 2 + n1 / total * (n2 / total) * (n2 - n1) / 2
        second += (a * d + c * b) / total / 2
    variance = (effect * first + second) / weight**2
    return _pooled(tables, effect, math.sqrt(variance), difference_of_risks, level) if variance > 0 else None


def peto_odds_ratio(tables: Sequence[TwoByTwo], level: float = 95) -> Pooled | None:
    """Return the log odds ratio by Peto's one-step method; None if everyone, or no one, had the event.

    It suits rare events, small effects and arms of similar size.

    Source: S. Yusuf, R. Peto, J. Lewis, R. Collins and P. Sleight, Progress in Cardiovascular Diseases 1985;27:335-371.
    """
    parts = []
    for a, b, c, d in _cells(tables):
        total, n1, n2, events = _total(a, b, c, d), a + b, c + d, a + c
        if total > 1 and 0 < events < total:
            parts.append((a - events * n1 / total, n1 * n2 * events * (b + d) / (total**2 * (total - 1))))
    if not parts:
        return None
    more, variance = math.fsum(one[0] for one in parts), math.fsum(one[1] for one in parts)
    q = max(0.0, math.fsum(over**2 / of for over, of in parts) - more**2 / variance)
    effect = wald(more / variance, 1 / math.sqrt(variance), level)
    return Pooled(
        effect=effect,
        standard_error=1 / math.sqrt(variance),
        heterogeneity=Heterogeneity.of_q(q if len(parts) > 1 else 0.0, len(parts)),
    )


def _pooled(
    tables: Sequence[TwoByTwo],
    effect: float,
    error: float,
    of_one: Callable[[TwoByTwo], Study | None],
    level: float,
) -> Pooled:
    """Return a pooled effect, with Q calculated around it by inverse variance."""
    studies = [study for study in map(of_one, tables) if study is not None]
    q = math.fsum(study.weight * (study.effect - effect) ** 2 for study in studies) if len(studies) > 1 else 0.0
    return Pooled(
        effect=wald(effect, error, level),
        standard_error=error,
        heterogeneity=Heterogeneity.of_q(q, len(studies)),
    )


def _cells(tables: Sequence[TwoByTwo]) -> list[Cells]:
    return [table.cells for table in tables]


def _total(a: int, b: int, c: int, d: int) -> int:
    return a + b + c + d
