"""Effects of several studies taken together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Study(NamedTuple):
    """The effect seen in one study, and its variance; ratios as logarithms."""

    effect: float
    variance: float


class Pooled(NamedTuple):
    """The weighted mean of effects, Cochran's Q, and I² in percent."""

    effect: float
    q: float
    i_squared: float


def pool(studies: Sequence[Study]) -> Pooled:
    """Return the inverse-variance mean of two or more studies, and how far they disagree.

    Source: Higgins and Thompson, Stat Med 2002;21:1539.
    """
    weights = [1 / study.variance for study in studies]
    mean = sum(weight * study.effect for weight, study in zip(weights, studies, strict=True)) / sum(weights)
    q = sum(weight * (study.effect - mean) ** 2 for weight, study in zip(weights, studies, strict=True))
    degrees = len(studies) - 1
    return Pooled(mean, q, 100 * max(0.0, q - degrees) / q if q > 0 else 0.0)
