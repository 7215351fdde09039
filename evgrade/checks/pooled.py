"""Checks of pooled results: the number of studies, their effects, heterogeneity, and the pooled effect."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import digits, reported, reported_interval
from evgrade.facts.effects import DIFFERENCES, RATIOS
from evgrade.facts.known import Range, bounds_of, known
from evgrade.model import Path, Severity
from evgrade.schema.suggest import listed

if TYPE_CHECKING:
    from evgrade.stats.pooling import Pooled

    Models = tuple[Pooled, Pooled]
    """The studies pooled with a common effect, and with random effects."""

_NUMBERS = frozenset({"estimate", "ci_low", "ci_high", "p", "test", "arms"})

_BY_ANOTHER_METHOD = 0.1
"""The share of a logarithm by which an odds ratio pooled by Peto's method may exceed those of its studies."""

ALLOWED = 40
"""Percentage points by which a correct I² may differ from that of Q.

Programs that estimate tau² by restricted maximum likelihood derive I² from that. Of 6,000 simulated reviews of 2 to 25
studies, 3 in 1,000 differed by more.
"""


@check(
    "count-no-studies",
    on=("synthesis", "outcome"),
    severity=Severity.WARNING,
    needs="studies",
    where=lambda item: item["studies"] == 0,
)
def nothing_is_found_by_no_study(item: Item) -> Iterator[Problem]:
    """If no study was found, there are no participants, effects or results."""
    given = list(_found(item.data))
    if given:
        yield Problem(
            f"no studies were found, but there are results under {listed(f'`{key}`' for key in given)}",
            at=("studies",),
            hint="an empty review answers nothing: correct `studies`, or remove the results",
            related=tuple((*item.path, key) for key in given),
        )


def _found(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of results, which only studies can give."""
    if data.get("result") in ("benefit", "no_benefit", "harm", "mixed"):
        yield "result"
    if known(data, "participants"):
        yield "participants"
    if any(not _NUMBERS.isdisjoint(effect) for effect in data.get("effects", ())):
        yield "effects"
    if not _NUMBERS.isdisjoint(data.get("effect", ())):
        yield "effect"
    for key in ("study_effects", "i_squared", "q", "prediction_low", "prediction_high", "dramatic_effect"):
        if data.get(key) or (key in data and key not in ("study_effects", "dramatic_effect")):
            yield key


@check("count-study-effects", on="outcome", severity=Severity.WARNING, needs=("studies", "study_effects"))
def one_effect_for_each_study(item: Item) -> Iterator[Problem]:
    """An outcome lists no more study effects than studies, except for several comparisons or time points of a study."""
    studies, effects = known(item.data, "studies"), item.data["study_effects"]
    alike = Counter((effect.get("comparison"), effect.get("time_point")) for effect in effects)
    if studies and max(alike.values(), default=0) > studies:
        yield Problem(
            f"{len(effects)} study effects are listed, but {_many(studies)}",
            at=("studies",),
            hint="correct `studies`, or distinguish the effects of one study with `comparison` or `time_point`",
            related=((*item.path, "study_effects"),),
        )


def _many(studies: int) -> str:
    return "1 study contributes" if studies == 1 else f"{studies} studies contribute"


@check("effect-i-squared", on=("synthesis", "outcome"), severity=Severity.WARNING, needs="i_squared")
def i_squared_follows_from_q(item: Item) -> Iterator[Problem]:
    """A stated I² follows from Cochran's Q and its degrees of freedom."""
    found = _stated_q(item)
    stated = reported(item, "i_squared") if found is not None else None
    if found is None or stated is None:
        return
    at, df = found
    q = reported(item, *at)
    if q is None:
        return
    possible = Range(*(100 * max(0.0, 1 - df / float(it)) if it > 0 else 0.0 for it in (q.low, q.high)))
    below, above = possible.low - float(stated.high), float(stated.low) - possible.high
    if max(below, above) <= 0:
        return
    low, high = (f"{it:.0f}" for it in (possible.low, possible.high))
    yield Problem(
        f"I² of {item.written('i_squared')}% is stated, but Q = {item.written(*at)} with {df:g} degrees of freedom "
        f"gives {low if low == high else f'{low} to {high}'}%",
        at=("i_squared",),
        hint="compare all three with the source"
        if max(below, above) > ALLOWED
        else "compare all three with the source; if I² is from another estimator of tau², say so in `notes` and waive "
        "this",
        related=((*item.path, *at),),
        severity=None if max(below, above) > ALLOWED else Severity.NOTE,
    )


def _stated_q(item: Item) -> tuple[Path, float] | None:
    """Return the path of Cochran's Q, and its degrees of freedom; None unless both are stated, for all studies."""
    if known(item.data, "q") is not None and known(item.data, "q_df") is not None:
        return ("q",), item.data["q_df"]
    effects: list[tuple[Path, Mapping[str, Any]]] = [
        (("effects", number), effect) for number, effect in enumerate(item.data.get("effects", ()))
    ]
    effects += [(("effect",), item.data["effect"])] if "effect" in item.data else []
    tests = [(path, effect["test"]) for path, effect in effects if effect.get("test", {}).get("statistic") == "Q"]
    if len(tests) != 1:
        return None
    path, test = tests[0]
    df = test.get("df", ())
    return ((*path, "test", "value"), df[0]) if len(df) == 1 and test["value"] >= 0 else None


@check("effect-pooled", on="outcome", severity=Severity.WARNING, needs="effect")
def pooled_estimate_among_the_studies(item: Item) -> Iterator[Problem]:
    """A pooled estimate, being a mean, lies between the lowest and the highest estimate of the studies."""
    effect, studies = item.data["effect"], item.studies()
    measure = known(effect, "measure")
    if measure not in RATIOS | DIFFERENCES or not _are_all(item, studies) or "estimate" not in effect:
        return
    if any(study.data.get("measure") != measure or "estimate" not in study.data for study in studies):
        return
    estimates = [study.data["estimate"] for study in studies]
    if min(estimates) <= effect["estimate"] <= max(estimates):
        return
    pooled = reported(item, "effect", "estimate")
    single = [reported(study, "estimate") for study in studies]
    bounds = [(float(one.low), float(one.high)) for one in single if one is not None]
    if pooled is None or len(bounds) < len(studies):
        return
    low, high = min(one[0] for one in bounds), max(one[1] for one in bounds)
    if measure == "OR":
        low, high = (_stretched(it, outwards) for it, outwards in ((low, -1), (high, 1)))
    if float(pooled.high) < low or float(pooled.low) > high:
        lowest, highest = (studies[estimates.index(it)].written("estimate") for it in (min(estimates), max(estimates)))
        yield Problem(
            f"the pooled {measure.replace('_', ' ')} is {item.written('effect', 'estimate')}, but those of the "
            f"{len(studies)} studies range from {lowest} to {highest}",
            at=("effect", "estimate"),
            hint="a mean lies within the range of its values: compare all estimates with the source; if some studies "
            "are not listed, state their number in `studies`",
            related=places_of(item, studies),
        )


def _are_all(item: Item, studies: Sequence[Item]) -> bool:
    """Whether two or more studies are known, and none of the named ones is missing."""
    return len(studies) > 1 and len(item.data.get("contributing", ())) <= len(studies)


def _stretched(ratio: float, outwards: int) -> float:
    """Return a ratio moved up or down by a small share of its distance from 1."""
    return math.exp(math.log(ratio) + outwards * _BY_ANOTHER_METHOD * abs(math.log(ratio))) if ratio > 0 else ratio


@check("effect-models", on="outcome", severity=Severity.NOTE)
def models_agree(item: Item) -> Iterator[Problem]:
    """Common and random effects agree on whether the pooled interval includes no effect, and on which side it lies."""
    studies = item.studies()
    measures = {known(study.data, "measure") for study in studies}
    if len(measures) != 1 or not _are_all(item, studies):
        return
    (measure,) = measures
    found = _pooled(studies) if measure in RATIOS | DIFFERENCES else None
    if found is None:
        return
    pooled, blur = found
    sides = [_sides(one, blur) for one in pooled]
    # The two models must disagree in the same way, whatever the rounding.
    if sides[0] is None or any(one != sides[0] for one in sides) or sides[0][0] == sides[0][1]:
        return
    fixed, random = (_interval(it.effect.low, it.effect.value, it.effect.high, measure) for it in pooled[0])
    yield Problem(
        f"pooled with a common effect, {measure.replace('_', ' ')} is {fixed}, but with random effects {random}: the "
        "conclusion depends on the model",
        at=("study_effects",) if "study_effects" in item.data else ("id",),
        hint="say in `notes` which model the source chose, and why; the disagreement counts for inconsistency and "
        "imprecision",
        related=((*item.path, "effect"),) if "effect" in item.data else (),
    )


def _pooled(studies: Sequence[Item]) -> tuple[list[Models], float] | None:
    """Return the studies pooled by both models, and the largest rounding error of an estimate.

    They are pooled three times: with the stated standard errors, and with the smallest and largest before rounding.
    """
    from evgrade.facts.interval import recompute  # noqa: PLC0415 - loads decimal
    from evgrade.stats.normal import Study  # noqa: PLC0415
    from evgrade.stats.pooling import Between, pool  # noqa: PLC0415 - loads statistics

    centres, blurs, errors = [], [], []
    for study in studies:
        if not {"estimate", "ci_low", "ci_high"} <= study.data.keys():
            return None
        interval = reported_interval(study)
        if interval is None or (interval.estimate.value <= 0 and interval.measure in RATIOS):
            return None
        estimate, error = interval.on_scale(interval.estimate), recompute(interval).standard_error
        centres.append((estimate.low + estimate.high) / 2)
        blurs.append((estimate.high - estimate.low) / 2)
        errors.append((error.low / 2 + error.high / 2, error.low, error.high))
    try:
        ways = [list(map(Study, centres, column)) for column in zip(*errors, strict=True)]
        pooled = [(pool(ones), pool(ones, Between.DERSIMONIAN_LAIRD)) for ones in ways]
    except ValueError:  # implausibly large or small numbers, or an interval of zero width
        return None
    return pooled, max(blurs)


def _sides(pooled: Models, blur: float) -> tuple[int, int] | None:
    """Return on which side of no effect the intervals of both models lie, 0 if they include it; None if unclear."""
    sides = []
    for interval in (model.effect for model in pooled):
        if min(abs(interval.low), abs(interval.high)) <= blur:
            return None
        sides.append(1 if interval.low > 0 else -1 if interval.high < 0 else 0)
    return sides[0], sides[1]


def _interval(low: float, value: float, high: float, measure: str) -> str:
    numbers = [math.exp(it) if measure in RATIOS else it for it in (value, low, high)]
    return "{} ({} to {})".format(*(digits(it, zeros=True) for it in numbers))


_I_SQUARED_ALLOWED = 25
"""Percentage points by which valid estimators of tau² may differ in I²."""


@check("effect-heterogeneity", on="outcome", severity=Severity.WARNING, needs="i_squared")
def i_squared_fits_studies(item: Item) -> Iterator[Problem]:
    """A stated I² is close to that computed from the effects of all the studies."""
    stated, studies = item.data["i_squared"], item.studies()
    if len(studies) < 2:
        return
    from evgrade.facts.outcomes import heterogeneity  # noqa: PLC0415 - few dossiers list the studies
    from evgrade.facts.reported import as_printed  # noqa: PLC0415 - loads decimal

    found = heterogeneity({"study_effects": [study.data for study in studies]})
    if not isinstance(found, float) or abs(stated - found) <= _I_SQUARED_ALLOWED:
        return
    written = item.dossier.document.written
    possible = heterogeneity({"study_effects": [as_printed(study.data, written, study.path) for study in studies]})
    if possible is None:
        return
    least, most = bounds_of(possible)
    if least - _I_SQUARED_ALLOWED <= stated <= most + ALLOWED:
        return
    low, high = f"{least:.0f}", f"{most:.0f}"
    yield Problem(
        f"I² of {item.written('i_squared')}% is stated, but the {len(studies)} study effects give "
        + (f"{low}%" if low == high else f"{low} to {high}%"),
        at=("i_squared",),
        hint="compare I² and the study effects with the source; if some studies are not listed, state their number "
        "in `studies`",
        related=places_of(item, studies),
    )


def places_of(item: Item, studies: Sequence[Item]) -> tuple[Path, ...]:
    """Return the paths of the studies' effects: the outcome's own list, or each effect in its study."""
    if "study_effects" in item.data:
        return ((*item.path, "study_effects"),)
    return tuple(study.path for study in studies)
