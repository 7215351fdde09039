"""How firm the numbers are: how few events undo a trial, and a pooled effect by other methods or without a study.

All studies that the dossier pools are pooled by inverse variance from their stated intervals, so that methods are
compared on the same studies. The numbers of the dossier itself may use other methods, such as for two trials.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.computed.effect import table_of, unscaled
from evgrade.computed.numbers import Numbers
from evgrade.computed.pooled import Pooling
from evgrade.facts.effects import RATIOS
from evgrade.grading.assessment import Assessment
from evgrade.grading.judge import Data
from evgrade.model import Path
from evgrade.stats.normal import Estimate, Study, z_of_level
from evgrade.stats.pooling import Between, Reach, pool
from evgrade.stats.two_by_two import fisher_exact, fragility_index

_FEWEST = 2
"""The fewest studies to pool."""


@dataclass(frozen=True, slots=True)
class Fragile:
    """How few events undo the significance of an effect of a trial.

    Attributes:
        path: the path of the effect.
        study: the id of the trial.
        outcome: the outcome.
        decides: whether a grade rests on the trial.
        p: Fisher's exact p, two-sided.
        index: the fragility index of Walsh; None if no number of events undoes it.
    """

    path: Path
    study: str
    outcome: str
    decides: bool
    p: float
    index: int | None


@dataclass(frozen=True, slots=True)
class PooledOtherwise:
    """A pooled effect by another method or without a study.

    Attributes:
        how: the method, or the name of the study left out.
        estimate: the effect with its 95% interval.
        excludes_none: whether the interval excludes no effect.
    """

    how: str
    estimate: Estimate
    excludes_none: bool


@dataclass(frozen=True, slots=True)
class Repooled:
    """The effect on an outcome, pooled by each method, and without each study.

    Attributes:
        outcome: the name of the outcome.
        measure: the effect measure.
        methods: the effect by each method, that of the dossier's numbers first.
        without: the effect without each study, by the first method.
    """

    outcome: str
    measure: str
    methods: tuple[PooledOtherwise, ...]
    without: tuple[PooledOtherwise, ...]

    @property
    def hangs_on(self) -> tuple[str, ...]:
        """The studies whose removal changes whether the interval excludes no effect."""
        return tuple(one.how for one in self.without if one.excludes_none is not self.methods[0].excludes_none)

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """The methods that disagree with the first."""
        return tuple(one.how for one in self.methods if one.excludes_none is not self.methods[0].excludes_none)


def fragile(data: Data, assessment: Assessment) -> tuple[Fragile, ...]:
    """Return how few events undo each significant effect of a trial, effects that grades rest on first."""
    deciding = {one.path[:2] for domain in assessment.domains for one in domain.evidence}
    return tuple(sorted(_fragile(data, deciding), key=lambda one: (not one.decides, one.index is None, one.index or 0)))


def _fragile(data: Data, deciding: set[Path]) -> Iterator[Fragile]:
    for number, trial in enumerate(data.get("trials", ())):
        path: Path = ("trials", number)
        for place, effect in enumerate(trial.get("effects", ())):
            table = table_of(effect)
            p = None if table is None else fisher_exact(table)
            if table is not None and p is not None and p < _ALPHA:
                index = fragility_index(table)
                yield Fragile((*path, "effects", place), trial["id"], _outcome(effect), path in deciding, p, index)


_ALPHA = 0.05


def _outcome(effect: Any) -> str:
    named = effect.get("outcome")
    return named if isinstance(named, str) else ""


def repooled(numbers: Numbers) -> tuple[Repooled, ...]:
    """Return each pooled effect by other methods and without each study."""
    return tuple(
        found
        for outcome in numbers.outcomes
        for one in outcome.pooled
        if (found := _repooled(outcome.name, one.pooling)) is not None
    )


def _repooled(outcome: str, pooling: Pooling) -> Repooled | None:
    measure, names = pooling.measure, [one.name for one in pooling.studies]
    if pooling.effect is None or measure is None or len(names) < _FEWEST:
        return None
    try:
        studies = [_study(one.estimate, measure) for one in pooling.studies]
    except ValueError:  # a number too extreme to pool
        return None
    methods = tuple(_pooled(how, studies, measure, between, reach) for how, (between, reach) in METHODS.items())
    without = tuple(
        _pooled(name, [*studies[:number], *studies[number + 1 :]], measure, *METHODS[FIRST])
        for number, name in enumerate(names)
    )
    return Repooled(outcome, measure, methods, without)


FIRST = "random effects (REML)"
METHODS = {
    FIRST: (Between.REML, Reach.WALD),
    "random effects with the interval of Hartung and Knapp": (Between.REML, Reach.HARTUNG_KNAPP),
    "random effects (DerSimonian and Laird)": (Between.DERSIMONIAN_LAIRD, Reach.WALD),
    "fixed effect": (Between.NONE, Reach.WALD),
}


def _study(shown: Estimate, measure: str) -> Study:
    """Return a study from its effect and 95% interval on the natural scale."""
    value, low, high = shown.value, shown.low, shown.high
    if measure in RATIOS:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return Study(value, (high - low) / (2 * z_of_level(95)))


def _pooled(how: str, studies: Sequence[Study], measure: str, between: Between, reach: Reach) -> PooledOtherwise:
    found = pool(studies, between, reach).effect
    return PooledOtherwise(how, unscaled(found, measure), found.low > 0 or found.high < 0)
