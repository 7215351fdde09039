"""Additions of evidence: what a next study would have to be, searched over a rubric, and checked by adding it."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from evgrade.checking import check_contents, load_dossier
from evgrade.model import Severity
from evgrade.robustness.additions import Added, added, additions
from evgrade.robustness.reaching import LARGEST_SET, Reach, Towards, reaches, sets_of
from evgrade.robustness.standing import LEVEL, Regrading, Standing
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric
from evgrade.schema.shape import Kind, dossier_shape
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SINGING, SMALLEST
from tests.crossed import crossed
from tests.grading.building import rubric as small_rubric

RUBRICS = ["evgrade-default", "grade", "aan-2004", "alsuntangled-toe", "natural-standard", "ocebm-2011", "uspstf"]
ITEMS = ("mechanism", "preclinical", "cases", "trials", "syntheses", "observational", "outcomes")
EVERYTHING = (
    "domains:\n  domain:\n    title: Domain\n    question: Is it so?\n    scale: support\n    ladder:\n"
    + "".join(
        f"      - {{grade: C, name: n{number}, means: m, when: {{any: {section}}}}}\n"
        for number, section in enumerate(ITEMS)
    )
)
READS_ALL = (
    EVERYTHING
    + "      - {grade: C, name: safety, means: m, when: {any: [{value: safety.exposed, at_least: 50},"
    + " {value: safety.died.attributable_rate, below: 0.01}]}}\n"
    + "      - {grade: C, name: rest, means: m, otherwise: true}\n"
)


def found(data: Any, system: Rubric, **more: Any) -> tuple[Reach, ...]:
    regrade = Regrading(system)
    return reaches(data, system, additions(data, system), regrade(data), regrade, **more)


def dossier(**sections: Any) -> dict[str, Any]:
    return {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, **sections}


def names(towards: Towards | None) -> list[tuple[str, int]]:
    assert towards is not None
    assert towards.way is not None
    return [(one.addition.name, one.n) for one in towards.way.added]


# The data


@pytest.mark.slow
@pytest.mark.parametrize("example", [RILUZOLE, SINGING, SMALLEST])
def test_every_addition_makes_a_valid_dossier_without_a_new_contradiction(example: str) -> None:
    data = load_dossier(str(ROOT / example)).data
    few = additions(data, small_rubric(READS_ALL))
    assert len(few) == 18
    trial = next(one for one in few if one.name == "trial_benefit")
    before = _errors(data)
    made = [added(data, (Added(one, n),)) for one in few for n in {one.sizes[0], one.sizes[-1]}]
    made += [added(data, (Added(trial, 1), Added(trial, 1), Added(one, one.sizes[0]))) for one in few]
    assert len([one for one in made if one is not None]) > len(few)
    for new in made:
        if new is not None:
            assert _errors(new) <= before


def _errors(data: Any) -> set[tuple[str, str]]:
    [checked] = check_contents([(json.dumps(data).encode(), "x.dossier.yaml")])
    assert checked.dossier is not None, checked.findings
    return {(one.code, one.message) for one in checked.findings if one.severity is Severity.ERROR}


UNSAID = {"randomized_unit", "icc", "cluster_adjusted", "noninferiority_sound"}
"""Choices of a trial that say nothing of a parallel superiority trial of single people."""


def test_a_sound_study_states_every_choice_that_a_rule_can_ask_about() -> None:
    data = dossier()
    for one in additions(data, small_rubric(READS_ALL)):
        new = added(data, (Added(one, 1),))
        if one.entry is None or new is None:
            continue
        shape = dossier_shape().field(one.section).item
        choices = {key for key in shape.keys if shape.field(key).kind in (Kind.CHOICE, Kind.LIST)}
        stated = set(new[one.section][0]) | UNSAID
        unsaid = {"refs", "registry", "reports", "arms", "combined_with", "co_interventions", "contributing"}
        assert choices - stated - unsaid == set(), one.name


def test_of_several_sound_values_a_study_has_the_one_that_the_rubric_accepts() -> None:
    for wanted in ("triple", "quadruple"):
        system = small_rubric(_one(f"{{any: trials, where: {{masking: {wanted}, result: benefit}}}}"))
        assert names(found(dossier(trials=[]), system)[0].better) == [("trial_benefit", 1)]
    system = small_rubric(_one("{any: trials, where: {masking: none, result: benefit}}"))
    assert found(dossier(trials=[]), system)[0].better.way is None  # type: ignore[union-attr]


def test_where_participants_cannot_be_masked_no_trial_masks_them() -> None:
    system = small_rubric(_one("{any: trials, where: {masking: double, result: benefit}}"))
    therapy = {"name": "a therapy", "kind": "behavioural"}
    [reach] = found({**dossier(trials=[]), "therapy": therapy}, system)
    assert reach.better is not None
    assert reach.better.way is None


def test_a_review_needs_trials_to_pool() -> None:
    system = small_rubric(_one("{any: syntheses, where: {studies: {at_least: 2}}}"))
    trials = [
        {"id": f"t{number}", "statement": "s", "agent": "same", "condition": "same"}
        | {"allocation": "randomized", "result": "benefit"}
        for number in range(2)
    ]
    assert names(found(dossier(trials=trials), system)[0].better) == [("review_benefit", 1)]
    [alone] = found(dossier(trials=[]), system)
    assert alone.better is not None
    assert names(alone.better) == [("review_benefit", 1), *[("trial_benefit", 1)] * 2]


def test_a_review_of_one_trial_needs_another() -> None:
    system = small_rubric(_one("{any: syntheses, where: {result: benefit}}"))
    trial = {"id": "t", "statement": "s", "agent": "same", "condition": "same"}
    [reach] = found(dossier(trials=[{**trial, "allocation": "randomized", "result": "benefit"}]), system)
    assert names(reach.better) == [("review_benefit", 1), ("trial_benefit", 1)]


def _one(condition: str) -> str:
    return (
        "domains:\n  domain:\n    title: Domain\n    question: Is it so?\n    scale: support\n    ladder:\n"
        f"      - {{grade: A, name: reached, means: m, when: {condition}}}\n"
        "      - {grade: C, name: rest, means: m, otherwise: true}\n"
    )


# Numbers of people


@pytest.mark.parametrize(
    ("bound", "least"), [("{at_least: 50}", 50), ("{above: 50}", 51), ("{at_least: 12.5}", 13), ("{at_most: 9}", 1)]
)
def test_a_trial_is_as_small_as_the_rubric_lets_it_be(bound: str, least: int) -> None:
    system = small_rubric(_one(f"{{any: trials, where: {{participants: {bound}, result: benefit}}}}"))
    assert names(found(dossier(trials=[]), system)[0].better) == [("trial_benefit", least)]


def test_people_who_were_followed_before_count() -> None:
    system = small_rubric(_one("{value: safety.exposed, at_least: 300}"))
    assert names(found(dossier(safety={"exposed": 120}), system)[0].better) == [("safety_without_harm", 180)]


@pytest.mark.parametrize(("deaths", "of", "least"), [(0, 10, 1), (1, 10, 91), (2, 10, 191), (3, 299, 2)])
def test_known_deaths_stay_and_are_thinned_out(deaths: int, of: int, least: int) -> None:
    """A rate below 1 in 100 with d deaths among m takes more than 100 d - m further people."""
    rate = "{value: safety.died.attributable_rate, below: 0.01}"
    system = small_rubric(_one(f"[{rate}, {{value: safety.exposed, above: {of}}}]"))
    data = dossier(safety={"exposed": of, "died": {"n": deaths, "of": of, "counts": "attributed"}})
    assert names(found(data, system)[0].better) == [("safety_without_harm", least)]


@pytest.mark.parametrize(("bound", "most"), [("below: 0.01", 80), ("at_most: 0.01", 79)])
def test_of_a_single_death_the_largest_number_of_people_is_told(bound: str, most: int) -> None:
    """1 in 20 + n people is at least 1 in 100 for n up to 80, and more than that up to 79."""
    system = small_rubric(_one(f"{{value: safety.died.attributable_rate, {bound}}}"))
    [reach] = found(dossier(safety={"died": {"n": 0, "of": 20, "counts": "attributed"}}), system)
    assert reach.now == "A"
    assert names(reach.worse) == [("safety_with_death", most)]


@pytest.mark.parametrize(("least", "each"), [(1000, [500, 500]), (999, [499, 500])])
def test_what_trials_need_together_is_shared(least: int, each: list[int]) -> None:
    both = (
        f"[{{count: trials, where: {{result: benefit}}, at_least: 2}}, {{sum: trials.participants, at_least: {least}}}]"
    )
    assert names(found(dossier(trials=[]), small_rubric(_one(both)))[0].better) == [("trial_benefit", n) for n in each]


def test_what_is_added_up_over_trials_counts_those_that_are_there() -> None:
    system = small_rubric(_one("{sum: trials.participants, at_least: 500}"))
    data = dossier(trials=[{"id": "t", "statement": "s", "participants": 380}])
    reach = found(data, system)[0]
    assert names(reach.better) == [("trial_benefit", 120)]


# Ways


@crossed(("example", "rubric"), [NALTREXONE, RILUZOLE, SMALLEST], RUBRICS)
def test_each_way_leads_where_it_says_and_nothing_smaller_does(example: str, rubric: str) -> None:
    data, system = load_dossier(str(ROOT / example)).data, load_rubric(rubric)
    levels = {} if system.recommendation is None else {one.name: one.title for one in system.recommendation.levels}
    few = additions(data, system)
    regrade = Regrading(system)
    for reach in reaches(data, system, few, regrade(data), regrade):
        for towards in (reach.better, reach.worse):
            if towards is None or towards.way is None:
                continue
            way = towards.way
            new = added(data, way.added)
            assert new is not None
            after = Regrading(system)(new)
            assert after == way.after
            assert _gives(reach, after) == (way.gives, way.is_certain)
            assert way.title == levels.get(way.gives, way.gives)
            assert way.title not in towards.out_of_reach
            fits = [one for one in few if one.speaks_for in (None, towards.is_better)]
            if towards.is_exact and set(way.added) <= {Added(one, n) for one in fits for n in one.sizes}:
                for size in range(1, min(len(way.added), LARGEST_SET)):
                    for smaller in sets_of(fits, size):
                        other = added(data, smaller)
                        assert other is None or _gives(reach, Regrading(system)(other)) != (way.gives, True)


def _gives(reach: Reach, after: Standing) -> tuple[str | None, bool]:
    if reach.name == LEVEL:
        return after.level, after.is_settled
    grade, possible = after.grades[reach.name]
    return grade, len(possible) == 1


TRIALS = """\
domains:
  trials:
    title: Trials
    question: Does it help?
    scale: support
    ladder:
      - grade: A
        name: enough
        means: m
        when: {count: trials, where: {result: benefit, participants: {at_least: 50}}, at_least: NEEDED}
      - {grade: C, name: rest, means: m, otherwise: true}
  harm:
    title: Harm
    question: Does it harm?
    scale: support
    ladder:
      - {grade: C, name: kills, means: m, when: {any: safety.adverse_events, where: {seriousness: died}}}
      - {grade: A, name: rest, means: m, otherwise: true}
recommendation:
  levels:
    - {level: good, title: Take it, means: m}
    - {level: fair, title: Try it, means: m}
    - {level: bad, title: Leave it, means: m}
  ladder:
    - {level: bad, name: kills, means: Deaths are known., when: {grade: harm, is: C}}
    - {level: good, name: helps, means: m, when: {grade: trials, is: A}}
    - {level: bad, name: rest, means: m, otherwise: true}
"""


@pytest.mark.parametrize("needed", [1, 2, 3])
@pytest.mark.parametrize("there", [0, 1])
def test_as_many_trials_as_the_rubric_needs(needed: int, there: int) -> None:
    system = small_rubric(TRIALS.replace("NEEDED", str(needed)))
    trials = [{"id": "t", "statement": "s", "result": "benefit", "participants": 60}][:there]
    [reach] = found(dossier(trials=trials, safety={"adverse_events": []}), system)
    if there >= needed:
        assert (reach.now, reach.better) == ("Take it", None)
        return
    assert names(reach.better) == [("trial_benefit", 50)] * (needed - there)
    assert reach.better is not None
    assert reach.better.is_exact
    assert reach.better.out_of_reach == ("Try it",)


def test_four_trials_are_more_than_is_looked_for() -> None:
    system = small_rubric(TRIALS.replace("NEEDED", "4"))
    [reach] = found(dossier(trials=[], safety={"adverse_events": []}), system)
    assert reach.better is not None
    assert reach.better.way is None
    assert reach.better.looked_at == LARGEST_SET
    assert reach.better.gate is not None


def test_a_death_that_is_known_stays_known() -> None:
    system = small_rubric(TRIALS.replace("NEEDED", "1"))
    harms = [{"id": "d", "name": "Liver failure", "seriousness": "died"}]
    [reach] = found(dossier(trials=[], safety={"adverse_events": harms}), system)
    assert reach.better is not None
    assert reach.better.way is None
    assert reach.better.out_of_reach == ("Try it", "Take it")
    assert reach.better.gate == "Deaths are known (Harm C)"


def test_a_domain_has_its_gate_too() -> None:
    died = "{any: safety.adverse_events, where: {seriousness: died}}"
    body = _one(died).replace("grade: A, name: reached, means: m", "grade: C, name: kills, means: A death is known.")
    body = body.replace("grade: C, name: rest", "grade: A, name: rest")
    harms = [{"id": "d", "name": "Liver failure", "seriousness": "died"}]
    [reach] = found(dossier(safety={"adverse_events": harms}), small_rubric(body))
    assert reach.better is not None
    assert (reach.better.way, reach.better.gate) == (None, "A death is known")


def test_another_rule_that_decides_in_the_end_is_no_gate() -> None:
    untested = "    - {level: bad, name: untested, means: Nobody tested it., when: {none: trials}}\n"
    system = small_rubric(
        TRIALS.replace("NEEDED", "9").replace(
            "  ladder:\n    - {level: bad", f"  ladder:\n{untested}    - {{level: bad"
        )
    )
    [reach] = found(dossier(trials=[], safety={"adverse_events": []}), system)
    assert reach.better is not None
    assert (reach.better.way, reach.better.gate) == (None, None)


def test_what_is_not_known_leaves_a_way_uncertain() -> None:
    """A harm of unknown gravity may be a death, whatever the trial shows."""
    system = small_rubric(TRIALS.replace("NEEDED", "1"))
    harms = [{"id": "d", "name": "Liver failure"}]
    [reach] = found(dossier(trials=[], safety={"adverse_events": harms}), system)
    assert reach.better is not None
    assert reach.better.way is not None
    assert (reach.is_settled, reach.better.way.is_certain) == (True, False)


def test_with_a_small_budget_fewer_sets_are_looked_at() -> None:
    system = small_rubric(TRIALS.replace("NEEDED", "3"))
    [reach] = found(dossier(trials=[], safety={"adverse_events": []}), system, budget=8)
    assert reach.better is not None
    assert (reach.better.way, reach.better.is_exact) == (None, False)


def test_no_set_speaks_both_for_a_therapy_and_against_it() -> None:
    few = additions(dossier(), small_rubric(READS_ALL))
    for chosen in itertools.chain(sets_of(few, 1), sets_of(few, 2)):
        assert not {True, False} <= {one.addition.speaks_for for one in chosen}
        assert sum(one.addition.events is not None for one in chosen) <= 1
