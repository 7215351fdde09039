"""Values derived from effects: held against published numbers, and against what no number can say."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evgrade.facts.known import Quantity, Range
from evgrade.facts.registry import derived_value

# The thirteen trials of BCG vaccine (Colditz and others, JAMA 1994;271:698): ill and well, vaccinated and not.
BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]


def derived(definition: str, name: str, **holder: Any) -> Quantity:
    found = derived_value(definition, name)
    assert found is not None
    return found.compute(holder)


def ratio(
    measure: str = "RR", estimate: float = 1.0, low: float = 0.5, high: float = 2.0, **more: Any
) -> dict[str, Any]:
    return {"measure": measure, "estimate": estimate, "ci_low": low, "ci_high": high, **more}


def rounded(number: float) -> Range:
    """Return what a number printed with one decimal may have been."""
    return Range(number - 0.05, number + 0.05)


def bcg(ill: int, well: int, control_ill: int, control_well: int) -> dict[str, Any]:
    risk, other = ill / (ill + well), control_ill / (control_ill + control_well)
    error = math.sqrt(1 / ill - 1 / (ill + well) + 1 / control_ill - 1 / (control_ill + control_well))
    log = math.log(risk / other)
    return ratio("RR", risk / other, math.exp(log - 1.959964 * error), math.exp(log + 1.959964 * error))


def test_the_trials_of_bcg_vaccine_disagree_as_published() -> None:
    found = derived("outcome", "heterogeneity", study_effects=[bcg(*row) for row in BCG])
    assert found == pytest.approx(92.117, abs=0.001)


def test_a_prediction_interval_can_cross_where_the_interval_does_not() -> None:
    pooled = ratio("RR", 0.4896, 0.3449, 0.6950)
    assert derived("outcome", "thresholds_crossed", effect=pooled) == 0
    assert derived("outcome", "prediction_crosses", effect=pooled, prediction_low=0.1355, prediction_high=1.7693) == 1


@pytest.mark.parametrize(
    ("effect", "smallest", "crossed"),
    [
        (ratio(low=0.5, high=2.0), None, 1),
        (ratio(low=0.5, high=0.9), None, 0),
        (ratio(low=0.5, high=1.0), None, 1),  # an end on the threshold does not keep clear of it
        (ratio(low=0.5, high=0.9), 0.8, 1),
        (ratio(low=0.5, high=0.9), 1.25, 1),  # 1.25 for worse is 0.8 for better
        (ratio(low=0.5, high=2.5), 0.6, 2),
        (ratio("MD", 0, -1, 1), None, 1),
        (ratio("MD", 3, 1, 5), None, 0),
        (ratio("MD", 3, 1, 5), 4, 1),
        (ratio("MD", 0, -5, 5), -4, 2),
        (ratio("MD", 0, -1, 1), 4, 0),  # surely nothing that matters
        (ratio(low=2.0, high=0.5), None, 1),  # bounds the wrong way round are a finding, not another interval
        (ratio("other"), None, None),
        (ratio(low=-1), None, None),
        (ratio(ci_level=90), None, None),
        (ratio(ci_level=95), None, 1),
        ({"measure": "RR", "ci_low": 0.5}, None, None),
    ],
)
def test_thresholds_inside_an_interval(effect: dict[str, Any], smallest: float | None, crossed: int | None) -> None:
    more = {} if smallest is None else {"smallest_important_effect": smallest}
    assert derived("outcome", "thresholds_crossed", effect=effect, **more) == crossed


CONTROL = {"role": "control", "events": 50, "participants": 100}


@pytest.mark.parametrize(
    ("effect", "times"),
    [
        (ratio("RR", 2.5), 2.5),
        (ratio("HR", 0.4), 2.5),
        (ratio("OR", 5), Range(1.0, 5.0)),
        (ratio("OR", 0.2), Range(1.0, 5.0)),
        (ratio("OR", 5, arms=[CONTROL]), 5 / 3),  # OR / (1 - p + p OR), p a half
        (ratio("OR", 5, arms=[CONTROL, CONTROL]), Range(1.0, 5.0)),
        (ratio("OR", 5, arms=[{**CONTROL, "events": 200}]), Range(1.0, 5.0)),
        (ratio("RD", 0.2), None),
        (ratio("RR", -2), None),
        (ratio("RR", 0), None),
    ],
)
def test_how_many_times(effect: dict[str, Any], times: Quantity) -> None:
    found = derived("effect", "magnitude", **effect)
    assert found == (pytest.approx(times) if isinstance(times, float) else times)


def test_events_are_those_of_all_arms_and_at_least_the_stated_ones() -> None:
    assert derived("effect", "events", arms=[{"events": 3}, {"events": 4}]) == 7
    assert derived("effect", "events", arms=[{"events": 3}, {}]) == Range(3, math.inf)
    assert derived("effect", "events", arms=[{}]) == Range(0, math.inf)
    assert derived("effect", "events") is None


def test_the_ends_of_an_interval_and_of_what_has_none() -> None:
    assert derived("effect", "ci_ratio", **ratio(low=0.5, high=2.0)) == 4
    assert derived("effect", "ci_ratio", **ratio("MD", low=0.5, high=2.0)) is None


def test_overlap_counts_pairs() -> None:
    studies = [ratio(low=0.1, high=0.2), ratio(low=0.2, high=0.3), ratio(low=0.5, high=0.6)]
    assert derived("outcome", "overlap", study_effects=studies) == pytest.approx(1 / 3)
    assert derived("outcome", "overlap", study_effects=studies[:1]) is None
    assert derived("outcome", "overlap", study_effects=[*studies, {}]) is None


def test_studies_that_agree_have_no_heterogeneity() -> None:
    assert derived("outcome", "heterogeneity", study_effects=[ratio(), ratio()]) == 0
    assert derived("outcome", "heterogeneity", study_effects=[ratio(), ratio(low=1.0, high=1.0)]) is None


def test_numbers_of_no_usual_size_say_nothing() -> None:
    huge = ratio("MD", 1e300, -1e300, 1e308)
    assert derived("outcome", "heterogeneity", study_effects=[huge, huge]) is None
    assert derived("effect", "ci_ratio", **ratio(low=5e-324, high=1e308)) == math.inf


def arms(events: int, people: int, control_events: int, control_people: int) -> list[dict[str, Any]]:
    return [
        {"role": "intervention", "events": events, "participants": people},
        {"role": "control", "events": control_events, "participants": control_people},
    ]


def test_a_ratio_in_people() -> None:
    """Six of 100 had the infection; the Cochrane Handbook's example, RR 0.25, leaves 1.5 of 100."""
    effect = ratio("RR", 0.25, arms=arms(15, 1000, 60, 1000))
    assert derived("effect", "absolute_per_1000", **effect) == pytest.approx(-45)
    assert derived("effect", "absolute_per_1000", **{**effect, "measure": "RD"}) is None
    assert derived("effect", "absolute_per_1000", **{**effect, "arms": []}) is None


@pytest.mark.parametrize(("counts", "number"), [((0, 25, 3, 25), 9), ((0, 50, 11, 50), 5), ((5, 10, 5, 10), None)])
def test_how_many_are_treated_for_one(counts: tuple[int, int, int, int], number: int | None) -> None:
    assert derived("effect", "needed_to_treat", arms=arms(*counts)) == number


def test_how_fragile_a_result_is() -> None:
    """The example of the R package fragilityindex."""
    assert derived("effect", "fragility", arms=arms(15, 40, 6, 40)) == 1
    assert derived("effect", "fragility", arms=arms(15, 40, 7, 40)) == 0
    assert derived("effect", "fragility", arms=[]) is None
    assert derived("effect", "fragility", arms=arms(50, 40, 7, 40)) is None


@pytest.mark.parametrize("name", ["needed_to_treat", "fragility"])
def test_events_are_not_people(name: str) -> None:
    """A person can have several of the events of a rate ratio, unless the arms say that they count people."""
    counts = arms(15, 40, 6, 40)
    assert derived("effect", name, measure="rate_ratio", arms=counts) is None
    people = [arm | {"events_count": "people"} for arm in counts]
    assert derived("effect", name, measure="rate_ratio", arms=people) is not None


RR_08 = {"smallest_important_effect": 0.8}


@pytest.mark.parametrize(
    ("estimate", "smallest", "thresholds", "important"),
    [
        (0.7, {}, 1, 0),
        (0.7, RR_08, 2, 1),
        (0.8, RR_08, 2, Range(0, 1)),  # it is printed so, and may have been 0.804
        (0.9, RR_08, 2, 0),
        (1.1, RR_08, 2, 0),
        (1.3, RR_08, 2, 1),
        (0.7, {"smallest_important_effect": 1}, 1, 0),
    ],
)
def test_an_estimate_is_important_from_the_smallest_important_effect_on(
    estimate: float, smallest: dict[str, Any], thresholds: int, important: Quantity
) -> None:
    effect = {**ratio("RR"), "estimate": rounded(estimate)}
    assert derived("outcome", "thresholds_set", effect=effect, **smallest) == thresholds
    assert derived("outcome", "important_estimate", effect=effect, **smallest) == important


@pytest.mark.parametrize(
    ("estimates", "smallest", "share"),
    [
        ([0.5, 0.6, 0.7, 1.5], {}, 0.75),
        ([0.5, 0.6, 0.7, 0.9], RR_08, 0.75),
        ([0.5, 0.9, 1.1, 1.5], RR_08, 0.5),
        ([0.5, 1, 1, 1.5], {}, 0.5),
        ([0.5, rounded(0.8)], RR_08, Range(0.5, 1)),
        ([0.5], {}, None),
        ([0.5, None], {}, None),
    ],
)
def test_studies_on_the_same_side_of_the_threshold(
    estimates: list[Any], smallest: dict[str, Any], share: Quantity
) -> None:
    studies = [{"measure": "RR", "estimate": estimate} for estimate in estimates]
    assert derived("outcome", "same_side", effect=ratio(), study_effects=studies, **smallest) == share


@pytest.mark.parametrize(
    ("risk", "needed"),
    [(0.2, 1806), (0.1, 4003), (0.5, 487)],  # two arms, a risk lower by a quarter, alpha 0.05, power 0.8
)
def test_the_optimal_information_size_is_that_of_a_trial(risk: float, needed: int) -> None:
    baseline = {"n": round(1000 * risk), "of": 1000}
    found = derived("outcome", "information_share", effect=ratio(), participants=needed, baseline_risk=baseline)
    assert found == pytest.approx(1, abs=0.005)


def test_without_a_risk_or_of_a_difference_there_is_no_information_size() -> None:
    assert derived("outcome", "information_share", effect=ratio(), participants=500) is None
    baseline = {"n": 0, "of": 1000}
    assert derived("outcome", "information_share", effect=ratio(), participants=500, baseline_risk=baseline) is None
    baseline = {"n": 200, "of": 1000}
    means = ratio("MD")
    assert derived("outcome", "information_share", effect=means, participants=500, baseline_risk=baseline) is None
