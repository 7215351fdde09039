"""How likely the next trial is to move the verdict, under stated assumptions.

The true effect is drawn from its prior, then the estimate of the planned trial from the true effect. The trial shows
benefit or harm if its 95% interval excludes no effect, and otherwise no benefit. It is added to the dossier, which is
graded. The probability that it shows benefit is its assurance (A. O'Hagan, J. W. Stevens and M. J.
Campbell, Pharmaceutical Statistics 2005;4:187-201), or expected power (D. J. Spiegelhalter and L. S. Freedman,
Statistics in Medicine 1986;5:1-13).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from evgrade.grading.judge import Data
from evgrade.robustness.additions import Added, Addition, added
from evgrade.robustness.planning import Plan
from evgrade.robustness.reaching import Reach
from evgrade.robustness.standing import LEVEL, Regrading, Standing
from evgrade.rubric.model import Rubric
from evgrade.stats.normal import z_of_level, z_of_p

DRAWS = 10_000
SEED = 20_261_129
"""A fixed seed, so that every run gives the same numbers."""
SCEPTICAL = 0.05
"""The share of a sceptical prior beyond the smallest effect that matters (D. J. Spiegelhalter, L. S. Freedman and
M. K. B. Parmar, Journal of the Royal Statistical Society A 1994;157:357-416)."""
_BEYOND = z_of_p(2 * SCEPTICAL)
_SMALLEST = 2.0**-53
RESULTS = ("benefit", "no_benefit", "harm")


@dataclass(frozen=True, slots=True)
class Prior:
    """The assumed distribution of the true effect: normal, with benefit above 0.

    Attributes:
        mean, spread: on the scale on which effects are normal.
        is_sceptical: whether it is centred on no effect instead of the effect in the present trials.
    """

    mean: float
    spread: float
    is_sceptical: bool


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability, with its simulation error."""

    name: str
    title: str
    probability: float
    error: float
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely the planned trials are to move a verdict.

    Attributes:
        prior: the prior of the true effect.
        trials: the number of trials.
        beside: the evidence assumed to come with them.
        draws: the number of simulations.
        results: the probability of each result of the first trial.
        given: by domain or `recommendation`, the probability of each grade or level, best first; only of domains that
            some result moves.
    """

    prior: Prior
    trials: int
    beside: tuple[Added, ...]
    draws: int
    results: tuple[Chance, ...]
    given: tuple[tuple[str, tuple[Chance, ...]], ...]


def prior_of(planned: Plan) -> Prior:
    """Return the prior: the present effect with its error, or a sceptical one if the side of benefit is not known."""
    one = planned.known
    if one is None or one.better is None or planned.measure != one.measure:
        return Prior(0.0, planned.effect / _BEYOND, is_sceptical=True)
    return Prior(one.better * one.study.effect, one.study.standard_error, is_sceptical=False)


def chances(
    data: Data,
    rubric: Rubric,
    planned: Plan,
    reached: Sequence[Reach],
    available: Sequence[Addition],
    regrade: Regrading,
) -> Chances | None:
    """Return how likely the next trial is to move the verdict; None if the rubric reads neither trials nor outcomes.

    If the smallest way to something better takes several trials, they are simulated together with one true effect.
    """
    trials = _simulated(available)
    if trials is None:
        return None
    many, least, beside = _wanted(reached, frozenset(trials.values()))
    prior = prior_of(planned)
    error = planned.standard_error * math.sqrt(min(1.0, 2 * planned.sizes[0].per_arm / least))
    drawn = drawn_results(prior, error, many)
    n = max(least, 2 * planned.sizes[0].per_arm)
    after = {
        shown: _after(data, [Added(trials[one], _fitting(trials[one], n)) for one in shown], beside, regrade)
        for shown in drawn
    }
    firsts: Counter[str] = Counter()
    for shown, times in drawn.items():
        firsts[shown[0]] += times
    return Chances(
        prior,
        many,
        beside,
        DRAWS,
        tuple(_chance(result, result, firsts[result]) for result in RESULTS),
        tuple(
            (one.name, given)
            for one in reached
            if len(given := tuple(_of(one, rubric, drawn, after))) > 1
            or one.name == LEVEL
            or any(each.name != one.now for each in given)
        ),
    )


def _simulated(available: Sequence[Addition]) -> dict[str, Addition] | None:
    """Return the trials by result; if the rubric reads no trials, the ratings of outcomes by trials."""
    for section in ("trials", "outcomes"):
        found = {one.result: one for one in available if one.section == section}
        if set(RESULTS) <= set(found):
            return {result: found[result] for result in RESULTS}
    return None


def _wanted(reached: Sequence[Reach], simulated: frozenset[Addition]) -> tuple[int, int, tuple[Added, ...]]:
    """Return the number of trials in the nearest better step, their size by the rubric, and the other additions."""
    for one in reached:
        way = None if one.better is None else one.better.way
        if way is not None:
            trials = [each for each in way.added if each.addition in simulated]
            if trials:
                beside = tuple(each for each in way.added if each not in trials)
                return len(trials), max(each.n for each in trials), beside
    return 1, 1, ()


def drawn_results(prior: Prior, standard_error: float, trials: int, seed: int = SEED) -> Counter[tuple[str, ...]]:
    """Count the results of trials with one true effect over `DRAWS` draws."""
    numbers = random.Random(seed).random  # noqa: S311 - a reproducible simulation
    quantile = NormalDist().inv_cdf
    limit = z_of_level(95) * standard_error

    def normal(mean: float, spread: float) -> float:
        """Return a normal variate; of the module, only `random` itself is the same in all versions of Python."""
        return mean + spread * quantile(max(numbers(), _SMALLEST))

    found: Counter[tuple[str, ...]] = Counter()
    for _ in range(DRAWS):
        true = normal(prior.mean, prior.spread)
        estimates = [normal(true, standard_error) for _ in range(trials)]
        found[tuple("benefit" if it > limit else "harm" if it < -limit else "no_benefit" for it in estimates)] += 1
    return found


def _fitting(trial: Addition, n: int) -> int:
    """Return the size that represents a number of people."""
    return max((size for size in trial.sizes if size <= n), default=trial.sizes[0])


def _after(data: Data, trials: Sequence[Added], beside: Sequence[Added], regrade: Regrading) -> Standing:
    """Return the verdict with trials added, without a review that contradicts them."""
    new = added(data, (*trials, *beside))
    if new is None:
        new = added(data, (*trials, *(one for one in beside if one.addition.pools is None)))
    return regrade(data if new is None else new)


def _of(
    one: Reach, rubric: Rubric, drawn: Counter[tuple[str, ...]], after: dict[tuple[str, ...], Standing]
) -> Iterator[Chance]:
    times: Counter[str] = Counter()
    unsure: set[str] = set()
    for shown, many in drawn.items():
        gives, is_settled = _given(one.name, after[shown])
        times[gives] += many
        if not is_settled:
            unsure.add(gives)
    for name, title in _ordered(one, rubric):
        if name in times:
            yield _chance(name, title, times[name], is_certain=name not in unsure)


def _given(name: str, after: Standing) -> tuple[str, bool]:
    if name == LEVEL:
        return after.level or "", after.is_settled
    grade, possible = after.grades[name]
    return grade, len(possible) == 1


def _ordered(one: Reach, rubric: Rubric) -> Iterator[tuple[str, str]]:
    if one.name == LEVEL and rubric.recommendation is not None:
        yield from ((level.name, level.title) for level in rubric.recommendation.levels)
        return
    domain = next(domain for domain in rubric.domains if domain.name == one.name)
    yield from ((name, name) for name in domain.scale.names())


def _chance(name: str, title: str, times: int, *, is_certain: bool = True) -> Chance:
    share = times / DRAWS
    return Chance(name, title, share, math.sqrt(share * (1 - share) / DRAWS), is_certain)
