"""How large the next trial has to be, and how likely it is to move the verdict."""

from __future__ import annotations

import json
import math
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import load_dossier
from evgrade.computed.numbers import numbers_of
from evgrade.dossier import Dossier
from evgrade.render.page import Block, Bullets, Paragraph
from evgrade.render.pages.next_study import next_blocks
from evgrade.robustness.additions import Added, added, additions
from evgrade.robustness.chances import DRAWS, Prior, drawn_results, prior_of
from evgrade.robustness.next_study import NextStudy, next_study
from evgrade.robustness.planning import Assumed, Plan, people_so_far, plan
from evgrade.robustness.robust import robustness
from evgrade.robustness.standing import Regrading
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric
from evgrade.stats.normal import z_of_level
from evgrade.yamlio.reader import read
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SMALLEST
from tests.crossed import crossed
from tests.examples import examples
from tests.grading.building import dossier as small_dossier
from tests.grading.building import rubric as small_rubric
from tests.laws.situations import under_a_drawn_rubric
from tests.robustness.test_additions import TRIALS

pytestmark = pytest.mark.slow

ERRORS = 4
"""How many Monte Carlo errors a simulated share may be off."""


NO_HARM: dict[str, Any] = {"trials": [], "safety": {"adverse_events": []}}


def planned(**sections: Any) -> Plan:
    one = small_dossier(**sections)
    return plan(one.data, numbers_of(one))


def outcome(effect: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "o",
        "name": "Walking",
        "importance": "critical",
        "effect": {"outcome": "Walking", **effect},
        **fields,
    }


def found(one: Dossier, system: Rubric) -> NextStudy:
    return next_study(robustness(one, system, budget=0), budget=200)


# How large


def test_without_numbers_it_looks_for_half_a_standard_deviation() -> None:
    """J. Cohen 1988, table 2.4.1: 64 people an arm for 80% power."""
    one = planned()
    assert (one.known, one.measure, one.smallest, one.assumed) == (None, "SMD", 0.5, Assumed.HALF)
    assert [(size.power, size.per_arm) for size in one.sizes] == [(0.9, 86), (0.8, 64)]
    assert one.information_size == 128


def test_it_looks_for_the_smallest_effect_that_the_dossier_states() -> None:
    """52 people with an interval from 5.5 to 19.8 have a standard deviation of √52 × 14.3 / 3.92 / 2, that is 13.15."""
    effect = {"measure": "MD", "estimate": 12.6, "ci_low": 5.5, "ci_high": 19.8}
    one = planned(outcomes=[outcome(effect, participants=52, smallest_important_effect=4, more_is_better=True)])
    assert (one.smallest, one.assumed) == (4, Assumed.STATED)
    assert one.spread == pytest.approx(13.15, abs=0.01)
    assert one.sizes[0].per_arm == 229
    assert one.effect == 4


def test_of_a_hazard_ratio_events_count() -> None:
    """508 events for 0.75 at 90% power; 51% without the therapy are 41.4% with it, so 550 people an arm."""
    effect = {"measure": "HR", "estimate": 0.83, "ci_low": 0.7, "ci_high": 0.99}
    one = planned(outcomes=[outcome(effect, more_is_better=False, baseline_risk={"n": 51, "of": 100})])
    assert (one.smallest, one.assumed) == (0.75, Assumed.QUARTER)
    assert (one.sizes[0].events, one.sizes[0].per_arm) == (508, 550)


@pytest.mark.parametrize(("measure", "better", "looked_for"), [("RR", -1, 0.75), ("RR", 1, 4 / 3), ("OR", -1, 0.75)])
def test_of_a_ratio_of_risks_two_proportions_are_compared(measure: str, better: int, looked_for: float) -> None:
    """Of 40% these are 30% and 53.3%; odds of 2 to 3, times 0.75, are 1 to 2."""
    effect = {"measure": measure, "estimate": 0.9, "ci_low": 0.7, "ci_high": 1.2}
    one = planned(outcomes=[outcome(effect, more_is_better=better == 1, baseline_risk={"n": 40, "of": 100})])
    assert one.smallest == pytest.approx(looked_for)
    treated = {"RR": 0.4 * looked_for, "OR": 1 / 3}[measure]
    assert one.sizes[0].per_arm == _by_normal_tables(0.4, treated)


@pytest.mark.parametrize(
    ("stated", "risk"),
    [({}, 0.33), ({"baseline_risk": {"n": 4, "of": 10}}, 0.4), ({"baseline_risk": {"percent": 40}}, None)],
)
def test_the_risk_is_the_one_that_absolute_effects_use(stated: dict[str, Any], risk: float | None) -> None:
    """A stated risk takes precedence over the control arm, even if it is only a rounded percentage."""
    arms = [
        {"name": "drug", "role": "intervention", "participants": 100, "events": 30},
        {"name": "placebo", "role": "control", "participants": 100, "events": 33},
    ]
    effect = {"measure": "RR", "estimate": 0.91, "ci_low": 0.6, "ci_high": 1.37, "arms": arms}
    one = planned(outcomes=[outcome(effect, more_is_better=False, **stated)])
    assert one.known is not None
    assert one.known.risk == risk


def _by_normal_tables(control: float, treated: float) -> int:
    """Return the number of people an arm by J. M. Lachin 1981, written out."""
    mean = (control + treated) / 2
    errors = 1.959964 * math.sqrt(2 * mean * (1 - mean))
    errors += 1.281552 * math.sqrt(control * (1 - control) + treated * (1 - treated))
    return math.ceil((errors / (control - treated)) ** 2)


def test_without_a_risk_people_give_as_much_information_as_those_that_there_were() -> None:
    """Where 100 people gave a standard error, four times as many halve it."""
    half = 1.959964 * 0.1
    effect = {"measure": "RR", "estimate": 0.8, "ci_low": 0.8 * math.exp(-half), "ci_high": 0.8 * math.exp(half)}
    one = planned(outcomes=[outcome(effect, participants=1000, more_is_better=False)])
    needed = math.log(0.75) / 3.2415
    assert 2 * one.sizes[0].per_arm == pytest.approx(1000 * (0.1 / needed) ** 2, rel=0.01)


def test_what_gives_no_number_of_people_is_replaced_and_said_to_be() -> None:
    effect = {"measure": "MD", "estimate": 2, "ci_low": 1, "ci_high": 3}
    one = planned(outcomes=[outcome(effect, smallest_important_effect=0, more_is_better=True, participants=30)])
    assert (one.measure, one.assumed, one.sizes[0].per_arm) == ("SMD", Assumed.HALF, 86)
    assert prior_of(one).is_sceptical


def test_the_first_critical_outcome_comes_first_and_trials_come_after_outcomes() -> None:
    effect = {"measure": "MD", "estimate": 2, "ci_low": 1, "ci_high": 3}
    minor = outcome(effect, id="minor", name="Minor", importance="important")
    trial = {"id": "t", "statement": "s", "agent": "same", "condition": "same", "allocation": "randomized"}
    trials = [{**trial, "effects": [{"outcome": "In a trial", **effect}], "participants": 30}]
    for outcomes, name in (([minor, outcome(effect)], "Walking"), ([minor], "Minor"), ([], "In a trial")):
        one = planned(outcomes=outcomes, trials=trials)
        assert one.known is not None
        assert one.known.outcome == name


def test_so_far_it_counts_randomized_trials_of_the_therapy_in_the_condition() -> None:
    trial = {"id": "t", "statement": "s", "agent": "same", "condition": "same", "allocation": "randomized"}
    trials = [{**trial, "participants": 40}, {**trial, "id": "u", "participants": 25}]
    trials += [{**trial, "id": "v", "agent": "related", "participants": 99}]
    one = small_dossier(trials=trials)
    assert people_so_far(one.data, plan(one.data, numbers_of(one))) == 65
    unknown = small_dossier(trials=[*trials, {**trial, "id": "w"}])
    assert people_so_far(unknown.data, plan(unknown.data, numbers_of(unknown))) is None


# How likely


@pytest.mark.parametrize(
    ("fields", "mean"),
    [
        ({"more_is_better": True}, 2.0),
        ({"more_is_better": False}, -2.0),
        ({"result": "harm"}, -2.0),
        ({"result": "benefit"}, 2.0),
        ({}, 0.0),
    ],
)
def test_benefit_lies_on_the_side_that_is_said(fields: dict[str, Any], mean: float) -> None:
    effect = {"measure": "MD", "estimate": 2, "ci_low": 1, "ci_high": 3}
    prior = prior_of(planned(outcomes=[outcome(effect, participants=30, **fields)]))
    assert (prior.mean, prior.is_sceptical) == (mean, mean == 0)


def test_a_sceptical_prior_has_one_in_twenty_beyond_the_effect_looked_for() -> None:
    prior = prior_of(planned())
    assert 1 - NormalDist(0, prior.spread).cdf(0.5) == pytest.approx(0.05)


@examples(40)
@given(mean=st.floats(-2, 2), spread=st.floats(0.05, 2), error=st.floats(0.05, 1), seed=st.integers(0, 10**6))
def test_the_simulation_is_within_its_error_of_the_assurance(
    mean: float, spread: float, error: float, seed: int
) -> None:
    """The estimate is normal about the prior mean with the sum of the variances (Spiegelhalter and Freedman 1986)."""
    drawn = drawn_results(Prior(mean, spread, is_sceptical=False), error, 1, seed)
    assert sum(drawn.values()) == DRAWS
    estimate = NormalDist(mean, math.hypot(spread, error))
    limit = z_of_level(95) * error
    for shown, share in {"benefit": 1 - estimate.cdf(limit), "harm": estimate.cdf(-limit)}.items():
        allowed = ERRORS * math.sqrt(max(share * (1 - share), 1 / DRAWS) / DRAWS)
        assert abs(drawn[shown,] / DRAWS - share) <= allowed + 1 / DRAWS


def test_without_spread_the_chance_of_benefit_is_the_power() -> None:
    one = planned()
    drawn = drawn_results(Prior(one.effect, 1e-9, is_sceptical=False), one.standard_error, 1)
    assert drawn["benefit",] / DRAWS == pytest.approx(0.9, abs=ERRORS * 0.003)


def test_trials_of_one_true_effect_agree_more_often_than_chance() -> None:
    drawn = drawn_results(Prior(0.0, 1.0, is_sceptical=True), 0.3, 2)
    both = drawn["benefit", "benefit"] / DRAWS
    one = sum(times for shown, times in drawn.items() if shown[0] == "benefit") / DRAWS
    assert both > one**2 + 0.05


@crossed(
    ("example", "rubric"),
    [NALTREXONE, RILUZOLE, SMALLEST],
    ["evgrade-default", "grade", "aan-2004", "natural-standard"],
)
def test_probabilities_add_up_and_are_those_of_doing_it(example: str, rubric: str) -> None:
    one, system = load_dossier(str(ROOT / example)), load_rubric(rubric)
    given_next = found(one, system)
    chances = given_next.chances
    assert chances is not None
    for shares in (chances.results, *(each for _, each in chances.given)):
        assert sum(each.probability for each in shares) == pytest.approx(1)
    if chances.trials > 1 or chances.beside:
        return
    section = "trials" if any(each.section == "trials" for each in additions(one.data, system)) else "outcomes"
    for name, shares in chances.given:
        expected: dict[str, float] = {}
        for result in chances.results:
            study = next(
                each for each in additions(one.data, system) if (each.section, each.result) == (section, result.name)
            )
            new = added(one.data, (Added(study, study.sizes[0]),))
            assert new is not None
            after = Regrading(system)(new)
            gives = after.level if name == "recommendation" else after.grades[name][0]
            expected[str(gives)] = expected.get(str(gives), 0) + result.probability
        assert {each.name: each.probability for each in shares} == pytest.approx(
            {gives: share for gives, share in expected.items() if share}
        )


def test_the_same_comes_out_every_time() -> None:
    one, system = load_dossier(str(ROOT / RILUZOLE)), load_rubric("evgrade-default")
    assert found(one, system).chances == found(one, system).chances


def test_several_trials_are_simulated_together() -> None:
    given_next = found(small_dossier(**NO_HARM), small_rubric(TRIALS.replace("NEEDED", "2")))
    assert given_next.chances is not None
    assert given_next.chances.trials == 2


def test_a_trial_that_the_rubric_wants_larger_is_more_precise() -> None:
    system = TRIALS.replace("NEEDED", "1")
    few = found(small_dossier(**NO_HARM), small_rubric(system)).chances
    many = found(small_dossier(**NO_HARM), small_rubric(system.replace("50", "5000"))).chances
    assert few is not None
    assert many is not None
    assert many.results[0].probability > few.results[0].probability + 0.1


@examples(20)
@given(situation=under_a_drawn_rubric())
def test_whatever_the_rubric_each_way_leads_where_it_says(situation: Any) -> None:
    for data in (situation.dossiers[0].little, situation.dossiers[0].more):
        one = Dossier(read(json.dumps(data).encode(), "dossier.yaml"))
        given_next = next_study(robustness(one, situation.compiled, budget=0), budget=60)
        assert words(next_blocks(given_next))
        for towards in (side for reach in given_next.reached for side in (reach.better, reach.worse)):
            if towards is not None and towards.way is not None:
                new = added(one.data, towards.way.added)
                assert new is not None
                assert Regrading(situation.compiled)(new) == towards.way.after


# In words


def words(blocks: Any) -> str:
    return "\n".join(_words(block) for block in blocks)


def _words(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "".join(part if isinstance(part, str) else part.text for part in block.line)
    if isinstance(block, Bullets):
        return "\n".join("".join(str(part) for part in (*item.name, ": ", *item.line)) for item in block.items)
    return ""


def test_it_says_what_a_funder_reads() -> None:
    one = small_dossier(**NO_HARM)
    told = words(next_blocks(found(one, small_rubric(TRIALS.replace("NEEDED", "2")))))
    two = "two sound randomized trials that show benefit, each of at least 50 people"
    assert f"To move from “Leave it” to “Take it”: {two}." in told
    assert "with 90% power, a trial needs 86 people in each of two arms; with 80% power, 64." in told
    assert "Simulated 10,000 times" in told


def test_what_is_blocked_says_by_what() -> None:
    harms = [{"id": "d", "name": "Liver failure", "seriousness": "died"}]
    one = small_dossier(trials=[], safety={"adverse_events": harms})
    told = words(next_blocks(found(one, small_rubric(TRIALS.replace("NEEDED", "1")))))
    assert "leads to “Try it” or “Take it”: Deaths are known (Harm C)." in told


def test_a_rubric_that_reads_no_studies_says_so() -> None:
    given_next = found(load_dossier(str(ROOT / RILUZOLE)), load_rubric("uspstf"))
    assert given_next.chances is None
    assert "no single study changes a grade" in words(next_blocks(given_next))


def test_a_provisional_verdict_is_told_to_be_looked_up_first() -> None:
    told = words(next_blocks(found(load_dossier(str(ROOT / NALTREXONE)), load_rubric("evgrade-default"))))
    assert "The recommendation is provisional: find the missing facts first." in told
    assert "299 exclude 1 in 100" in told
