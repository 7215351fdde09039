"""The pooled effect of an outcome: which studies, by which model, and when there is none."""

from __future__ import annotations

import math
from typing import Any

import pytest

from evgrade.computed import methods
from evgrade.computed.linked import LeftOut
from evgrade.computed.pooled import Linking, Pooling
from tests.computed.building import Data, counts, means, numbers, of_outcome, outcome, pooled, trial, trials
from tests.stats.test_pooling import BCG, BETA_BLOCKERS, STROKE_WARDS

BCG_EFFECTS = [counts(a, a + b, c, c + d, measure="RR") for a, b, c, d in BCG]


def ratio(estimate: float, low: float, high: float, **more: Any) -> Data:
    return {"outcome": "death", "measure": "RR", "estimate": estimate, "ci_low": low, "ci_high": high, **more}


SIMILAR = [ratio(0.8, 0.6, 1.07), ratio(0.75, 0.5, 1.12), ratio(0.9, 0.7, 1.16)]
APART = [ratio(0.4, 0.3, 0.53), ratio(0.75, 0.6, 0.94), ratio(1.3, 1.0, 1.69)]


def names(pooling: Pooling) -> list[str]:
    return [study.name for study in pooling.studies]


def reasons(pooling: Pooling) -> dict[str, str]:
    return {gone.name: gone.reason for gone in pooling.left_out}


# The model


def test_linked_trials_by_reml_and_hartung_knapp() -> None:
    """R's metafor, `rma(measure="RR", test="knha")` of `dat.bcg`: tau² 0.3132, I² 92.22%, RR 0.4894."""
    found = pooled(*BCG_EFFECTS)
    assert found.effect is not None
    assert found.effect.method is methods.RANDOM_HARTUNG_KNAPP
    assert found.effect.estimate.value == pytest.approx(0.4894, abs=5e-5)
    assert found.effect.heterogeneity.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.effect.heterogeneity.i2 == pytest.approx(0.9222, abs=5e-5)
    assert found.effect.prediction is not None
    assert found.effect.prediction.low < found.effect.estimate.low < found.effect.estimate.high
    assert len(found.studies) == 13
    assert found.left_out == ()
    assert found.reason is None


def test_differences_of_means() -> None:
    """S. T. Normand, Statistics in Medicine 1999;18:321-359, whose pooled SD stands in each arm: -15.1217."""
    effects = []
    for (n1, m1, sd1), (n2, m2, sd2) in STROKE_WARDS:
        sd = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
        one, other = ({"mean": mean, "sd": sd, "participants": people} for mean, people in ((m1, n1), (m2, n2)))
        effects.append(means(one, other, measure="MD", unit="days"))
    found = pooled(*effects)
    assert found.effect is not None
    assert found.effect.estimate.value == pytest.approx(-15.1217, abs=5e-5)


def test_studies_that_agree_have_walds_interval_and_no_prediction() -> None:
    found = pooled(*SIMILAR)
    assert found.effect is not None
    assert (found.effect.method, found.effect.heterogeneity.tau2) == (methods.RANDOM_WALD, 0)
    assert found.effect.prediction is None


def test_two_studies_have_walds_interval_however_far_apart() -> None:
    found = pooled(APART[0], APART[2])
    assert found.effect is not None
    assert found.effect.method is methods.RANDOM_WALD
    assert found.effect.heterogeneity.tau2 is not None
    assert found.effect.heterogeneity.tau2 > 0
    assert found.effect.prediction is None
    assert found.effect.notes == ("two studies say little about heterogeneity",)


def test_an_arm_without_events_is_pooled_by_mantel_and_haenszel_uncorrected() -> None:
    found = pooled(*(counts(*row, measure="RR") for row in BETA_BLOCKERS))
    assert found.effect is not None
    assert found.effect.method is methods.MANTEL_HAENSZEL["RR"]
    assert found.effect.heterogeneity.tau2 is None
    assert list(reasons(found).values()) == ["no one, or everyone, had the event, which says nothing about a ratio"] * 3
    assert len(found.studies) == len(BETA_BLOCKERS) - 3


RARE = [counts(3, 1000, 5, 1000), counts(2, 900, 4, 950), counts(1, 800, 1, 800)]


def test_rare_events_in_arms_of_like_size_are_pooled_by_peto() -> None:
    found = pooled(*(effect | {"measure": "OR"} for effect in RARE))
    assert found.effect is not None
    assert found.effect.method is methods.PETO
    (note,) = found.effect.notes
    assert note.startswith("there are few events, and fewer than 1% of all participants had the event: the counts")


@pytest.mark.parametrize(
    ("effects", "measure"),
    [
        (RARE, "RR"),
        (RARE, "RD"),
        ([*RARE, counts(1, 400, 4, 1600)], "OR"),
        ([counts(1, 1000, 9, 1000), counts(1, 900, 8, 900)], "OR"),
    ],
    ids=["risk ratio", "risk difference", "arms of unlike size", "a large effect"],
)
def test_else_rare_events_are_pooled_by_mantel_and_haenszel(effects: list[Data], measure: str) -> None:
    found = pooled(*(effect | {"measure": measure} for effect in effects))
    assert found.effect is not None
    assert found.effect.method is methods.MANTEL_HAENSZEL[measure]


def test_a_common_effect_of_studies_that_differ_says_so() -> None:
    found = pooled(*(counts(*row, measure="RR") for row in ((0, 50, 9, 50), (9, 50, 1, 50), (8, 60, 2, 60))))
    assert found.effect is not None
    assert found.effect.method is methods.MANTEL_HAENSZEL["RR"]
    assert found.effect.notes[1].startswith("the studies differ (I² ")


def test_rare_events_with_an_adjusted_estimate_are_not_pooled_by_their_counts() -> None:
    effects = [effect | {"measure": "OR"} for effect in RARE]
    effects[0] |= ratio(0.7, 0.2, 2.2, measure="OR", adjusted=True)
    found = pooled(*effects)
    assert found.effect is not None
    assert found.effect.method is methods.RANDOM_WALD


# Which studies


def test_what_is_stated_comes_before_the_arms() -> None:
    found = pooled(counts(10, 100, 20, 100) | ratio(0.6, 0.4, 0.9), *SIMILAR[1:])
    assert found.studies[0].estimate.value == pytest.approx(0.6)
    assert [study.method for study in found.studies] == [methods.FROM_INTERVAL] * 3


def test_arms_give_the_measure_of_the_outcome_where_a_study_states_another() -> None:
    odds = counts(10, 100, 20, 100) | ratio(0.44, 0.2, 1.0, measure="OR")
    found = pooled(odds, *SIMILAR, effect={"outcome": "death", "measure": "RR"})
    assert found.measure == "RR"
    assert found.studies[0].estimate.value == pytest.approx(0.5)
    assert found.effect is not None


@pytest.mark.parametrize(
    ("effects", "words"),
    [
        ([ratio(0.8, 0.6, 1.1), ratio(0.8, 0.6, 1.1, measure="HR")], "different measures are not pooled: HR, RR"),
        ([{"outcome": "o", "favours": "therapy"}], "no measure is stated"),
        ([ratio(0.8, 0.6, 1.1, measure="coefficient")] * 2, "effects of this measure are not pooled: coefficient"),
        (
            [ratio(1, 0, 2, measure="MD", unit="kg"), ratio(1, 0, 2, measure="MD", unit="lb")],
            "different units are not pooled: kg, lb",
        ),
        (
            [ratio(1, 0, 2, measure="SMD", change_from_baseline=it) for it in (True, False)],
            "standardized differences of changes and of final values are not pooled",
        ),
        ([ratio(0.8, 0.6, 1.1)], "there is only one study, so nothing to pool"),
        ([{"outcome": "o", "measure": "RR", "estimate": 0.8}], "no study has numbers to pool"),
    ],
)
def test_what_is_unlike_or_too_little_is_not_pooled(effects: list[Data], words: str) -> None:
    found = pooled(*effects)
    assert found.effect is None
    assert found.reason == words


def test_a_study_of_another_measure_than_the_outcome_keeps_all_from_being_pooled() -> None:
    found = pooled(*SIMILAR, ratio(0.7, 0.5, 0.9, measure="HR"), effect={"outcome": "death", "measure": "RR"})
    assert found.effect is None
    assert found.reason is not None
    assert found.reason.startswith("different measures are not pooled: d does not state RR")


def test_arms_that_share_a_control_group_count_it_once_or_not_at_all() -> None:
    doses = [ratio(0.8, 0.6, 1.1, answers="death", comparison=dose) for dose in ("high", "low")]
    found = of_outcome(trials=[trial("many-arms", *doses), *trials(*SIMILAR)]).pooled[0].pooling
    assert found.effect is None
    assert found.reason is not None
    assert found.reason.startswith("many-arms has 2 effects for it, so its participants would count twice")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"cohort": "The Northern registry"}, "a and b share the cohort the northern registry"),
        ({"registry": ["NCT01234567"]}, "a and b share the registration NCT01234567"),
        ({"reports": ["paper"]}, "a and b share the report paper"),
    ],
)
def test_the_same_people_are_not_counted_twice(more: Data, words: str) -> None:
    found = of_outcome(trials=trials(*SIMILAR, **more), references=[{"id": "paper", "title": "A paper"}])
    pooling = found.pooled[0].pooling
    assert pooling.effect is None
    assert pooling.reason == f"{words}, so their participants would count twice"


def test_retracted_studies_are_left_out_by_name() -> None:
    found = of_outcome([("trials", 1)], trials=trials(*SIMILAR)).pooled[0].pooling
    assert names(found) == ["a", "c"]
    assert found.left_out == (LeftOut("b", "its report is retracted"),)
    assert found.effect is not None


def test_a_study_of_another_comparison_is_left_out() -> None:
    comparisons = [{"id": "placebo", "name": "against placebo"}, {"id": "aspirin"}]
    effects = [SIMILAR[0] | {"comparison": "against placebo"}, SIMILAR[1], SIMILAR[2] | {"comparison": "aspirin"}]
    asked = outcome(comparison_id="placebo")
    found = of_outcome(comparisons=comparisons, trials=trials(*effects), outcomes=[asked]).pooled[0].pooling
    assert names(found) == ["a", "b"]
    assert reasons(found) == {"c": "it is from another comparison, aspirin"}


def test_randomized_and_other_studies_do_not_mix() -> None:
    cohort = {"id": "cohort", "statement": "It was seen.", "effects": [SIMILAR[0] | {"answers": "death"}]}
    mixed = of_outcome(trials=trials(*SIMILAR), observational=[cohort]).pooled[0].pooling
    assert mixed.effect is None
    assert mixed.reason is not None
    assert mixed.reason.startswith("both randomized and non-randomized studies answer it")
    asked = outcome(design="randomized")
    chosen = of_outcome(trials=trials(*SIMILAR), observational=[cohort], outcomes=[asked]).pooled[0].pooling
    assert names(chosen) == ["a", "b", "c"]
    assert reasons(chosen) == {"cohort": "the outcome is limited to randomized studies, and this is not one"}


def test_a_cluster_trial_is_pooled_by_what_it_states_and_not_by_its_people() -> None:
    given = trials(counts(10, 100, 20, 100) | ratio(0.5, 0.2, 1.3), *SIMILAR)
    given[0]["randomized_unit"] = "cluster"
    assert names(of_outcome(trials=given).pooled[0].pooling) == ["a", "b", "c", "d"]
    for key in ("estimate", "ci_low", "ci_high"):
        del given[0]["effects"][0][key]
    found = of_outcome(trials=given).pooled[0].pooling
    assert names(found) == ["b", "c", "d"]
    assert "not randomized individually" in reasons(found)["a"]


def test_study_effects_of_the_outcome_are_pooled_beside_those_that_are_linked() -> None:
    found = of_outcome(trials=trials(*SIMILAR), outcomes=[outcome(study_effects=APART)]).pooled
    assert [one.pooling.origin for one in found] == [Linking.LINKED, Linking.LISTED]
    assert [len(one.pooling.studies) for one in found] == [3, 3]
    assert names(found[1].pooling) == ["study 1", "study 2", "study 3"]


def test_without_anything_that_answers_it_an_outcome_has_no_numbers() -> None:
    assert numbers(outcomes=[outcome()], trials=[trial("a", SIMILAR[0])]).outcomes == ()


def test_a_pooled_effect_in_people() -> None:
    asked = outcome(baseline_risk={"n": 100, "of": 1000}, more_is_better=False)
    (one,) = of_outcome(trials=trials(*SIMILAR), outcomes=[asked]).pooled
    assert one.absolute is not None
    assert one.pooling.effect is not None
    assert one.absolute.difference.value == pytest.approx(100 * (one.pooling.effect.estimate.value - 1))
    assert one.absolute.risk_of == "the stated baseline risk"
