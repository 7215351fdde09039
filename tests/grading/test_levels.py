"""A level is what its completions make it: on small worlds, every completion is tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.grading.decide import Decided, decide
from evgrade.grading.judge import Basis
from evgrade.rubric.load import load_rubric

from .building import dossier, graded, ladder, trial

Data = dict[str, Any]


# One level that several rungs lead to

LEVELS = """\
recommendation:
  levels:
    - {level: good, title: Good, means: m}
    - {level: fair, title: Fair, means: m}
    - {level: bad, title: Bad, means: m}
    - {level: worst, title: Worst, means: m}
  ladder:
"""


def recommending(*rungs: str, domains: tuple[str, ...] = ()) -> str:
    """Return a rubric with a recommendation; a rung is «LEVEL: condition», the last one without condition."""
    lines = []
    for number, rung in enumerate(rungs):
        level, _, when = rung.partition(": ")
        condition = f"when: {when}" if when else "otherwise: true"
        lines.append(f"    - {{level: {level}, name: r{number}, means: m, {condition}}}\n")
    return "domains:\n" + "".join(domains or (HARMS,)) + LEVELS + "".join(lines)


HARMS = ladder(
    "C harmful: {safety.concern: serious}",
    "B doubtful: {safety.concern: moderate}",
    "A harmless: {safety.concern: [none, minor]}",
    "U unknown",
    name="harms",
)
BENEFITS = ladder("A helped: {any: trials, where: {result: benefit}}", "C tried: {any: trials}", "U u", name="benefits")
SERIOUS_OR_NOT = ("bad: {grade: harms, is: C}", "bad: {grade: harms, is: B}", "worst: {grade: harms, is: A}", "good")


def level(body: str, **sections: Any) -> tuple[str, tuple[str, ...]]:
    """Return the level that is given, and all that are possible."""
    recommendation = graded(body, **sections).recommendation
    assert recommendation is not None
    return recommendation.level, recommendation.possible


def test_where_all_that_is_open_leads_to_one_level_it_is_that_one() -> None:
    """Neither of the two rungs is certain, and nothing can lead below both of them."""
    harmful = ladder(
        "B worse: {safety.exposed: {at_least: 9}}", "C bad: {any: safety.adverse_events}", "C c", name="harms"
    )
    both = recommending("bad: {grade: harms, is: C}", "bad: {grade: harms, is: B}", "good", domains=(harmful,))
    assert level(both, safety={}) == ("bad", ("bad",))


def test_so_it_is_where_the_grade_that_is_printed_would_lead_elsewhere() -> None:
    """A trial is certain and C for the time being, but whatever the concern turns out to be, the grade is A or B."""
    weighed = ladder(
        "A none: {safety.concern: none}",
        "B some: {safety.concern: [minor, moderate, serious]}",
        "C tried: {any: trials}",
        "U u",
        name="weighed",
    )
    body = recommending("good: {grade: weighed, is: C}", "bad", domains=(weighed,))
    assert level(body, trials=[trial("t")], safety={}) == ("bad", ("bad",))


def test_where_open_rungs_leave_nothing_over_the_rung_below_them_is_not_given() -> None:
    """Harm is serious or it is not; what comes after both is neither given nor possible."""
    body = recommending(
        "good: {safety.concern: none}",
        "fair: {safety.concern: [minor, moderate, serious]}",
        "bad: {any: trials}",
        "worst",
    )
    given, possible = level(body, safety={}, trials=[trial("t")])
    assert possible == ("good", "fair")
    assert given == "fair"


def test_what_the_grades_printed_lead_to_is_given_if_some_case_leads_there() -> None:
    body = recommending(
        "good: {grade: benefits, is: A}", "fair: {grade: harms, is: A}", "bad", domains=(BENEFITS, HARMS)
    )
    assert level(body, trials=[trial("t")], safety={}) == ("bad", ("good", "fair", "bad"))
    assert level(body, trials=[trial("t", result="harm")], safety={"concern": "none"}) == ("fair", ("fair",))


def test_a_known_harm_is_not_hidden_by_an_excuse_that_nobody_states() -> None:
    excused = "[{safety.concern: serious}, {unless: {any: therapy.regulatory, where: {status: approved}}}]"
    body = recommending(f"bad: {excused}", "good")
    serious = {"concern": "serious"}
    approved = {"name": "a therapy", "regulatory": [{"agency": "A", "status": "approved"}]}
    assert level(body, safety=serious) == ("bad", ("good", "bad"))
    assert level(body, safety=serious, therapy=approved) == ("good", ("good",))
    assert level(body, safety={"concern": "minor"}) == ("good", ("good",))


# Nothing recorded, and what does not apply


def test_a_domain_none_of_whose_sections_is_there_is_not_recorded() -> None:
    body = recommending("good: {grade: benefits, is: A}", "bad", domains=(BENEFITS, HARMS))
    nothing, harms = graded(body), graded(body, safety={"concern": "none"})
    assert [domain.basis for domain in nothing.domains] == [Basis.NOT_RECORDED, Basis.NOT_RECORDED]
    assert [domain.possible for domain in nothing.domains] == [("A", "B", "C", "U")] * 2
    assert (nothing.recorded, nothing.recommendation) == (False, None)
    assert [domain.basis for domain in harms.domains] == [Basis.NOT_RECORDED, Basis.EVIDENCE]
    assert harms.recorded
    assert harms.recommendation is not None
    assert harms.recommendation.possible == ("good", "bad")


def test_looked_for_and_not_found_is_recorded() -> None:
    body = recommending("good: {grade: benefits, is: A}", "bad", domains=(BENEFITS,))
    found = graded(body, trials=[])
    assert found.recorded
    assert (found.domain("benefits").grade, found.domain("benefits").possible) == ("U", ("U",))
    assert level(body, trials=[]) == ("bad", ("bad",))


def test_beside_a_section_that_is_there_those_that_are_not_were_not_found() -> None:
    either = ladder("A a: {any: trials}", "B b: {any: cases}", "U u", name="benefits")
    body = "domains:\n" + either
    assert graded(body, cases=[]).domain("benefits").possible == ("U",)
    assert graded(body, cases=[{"id": "c", "statement": "s"}]).domain("benefits").possible == ("B",)
    assert graded(body, syntheses=[]).domain("benefits").basis is Basis.NOT_RECORDED


def test_the_price_alone_is_no_evidence() -> None:
    price = ladder("A cheap: {value: cost.annual_usd, below: 100}", "U u", name="price")
    body = recommending("good: {grade: price, is: A}", "bad", domains=(price, BENEFITS))
    cost = {"currency": "USD", "low": 1, "high": 1, "per": "year"}
    assert not graded(body, cost=cost).recorded
    assert graded(body, cost=cost, trials=[]).recorded


MODELS = ladder(
    "A a: {any: preclinical, where: {result: benefit}}",
    "C c: {any: preclinical}",
    "U u",
    name="models",
    head="    applies_when: {not: {therapy.kind: behavioural}}\n",
)
SCORE = """\
score:
  title: Score
  weights: {models: 50, benefits: 50}
  unjudged: lowest
  points: {support: {A: 100, B: 50, C: 0}}
"""


def with_models(kind: str | None, **sections: Any) -> Assessment:
    therapy = {"name": "a therapy", **({} if kind is None else {"kind": kind})}
    return graded("domains:\n" + MODELS + BENEFITS + SCORE, therapy=therapy, **sections)


def test_a_domain_that_cannot_apply_has_no_grade_and_no_weight() -> None:
    helped = [trial("t", result="benefit")]
    talking, drug = (with_models(kind, trials=helped, preclinical=[]) for kind in ("behavioural", "drug"))
    assert talking.score is not None
    assert drug.score is not None
    assert (talking.domain("models").grade, talking.domain("models").possible) == ("n/a", ("n/a",))
    assert (talking.score.value, talking.score.low, talking.score.high) == (100, 100, 100)
    assert (drug.domain("models").grade, drug.score.value) == ("U", 50)


def test_while_it_is_not_known_whether_a_domain_applies_both_are_possible() -> None:
    assessment = with_models(None, trials=[trial("t", result="benefit")], preclinical=[{"id": "p", "statement": "s"}])
    models = assessment.domain("models")
    assert (models.grade, models.possible) == ("C", ("A", "C", "n/a"))
    assert ("therapy", "kind") in {fact.path for fact in models.missing}
    assert assessment.score is not None
    assert (assessment.score.low, assessment.score.high) == (50, 100)


def test_a_domain_that_cannot_apply_keeps_no_limit_in_the_recommendation() -> None:
    limits = ("good: {grade: models, at_least: C}", "fair: {grade: models, is: U}", "bad")
    body = recommending(*limits, domains=(MODELS, BENEFITS))
    assert level(body, therapy={"name": "t", "kind": "behavioural"}, trials=[]) == ("bad", ("bad",))


# The American Academy of Neurology: what two trials establish is not "insufficient"

CLASS_I: Data = {
    "agent": "same",
    "condition": "same",
    "allocation": "randomized",
    "control": "placebo",
    "masking": "double",
    "representative_population": True,
    "baseline_comparable": True,
    "allocation_concealed": True,
    "primary_outcome_defined": True,
    "eligibility_defined": True,
    "few_crossovers": True,
    "participants": 200,
    "completed": 190,
    "hypothesis": "superiority",
    "powered": True,
    "publication": "peer_reviewed",
    "result": "benefit",
}


def test_two_class_i_trials_of_which_one_fact_is_not_stated_establish_what_they_show() -> None:
    aan = load_rubric("aan-2004")
    two = [trial("a", **CLASS_I), trial("b", **CLASS_I)]
    open_fact = assess(dossier(trials=two), aan)
    assert (open_fact.domain("effective").grade, open_fact.domain("effective").possible) == ("A", ("A", "U"))
    assert open_fact.recommendation is not None
    assert open_fact.recommendation.level == "should_be_offered"
    assert open_fact.recommendation.possible == ("should_be_offered", "insufficient")
    assert {fact.path[-1] for fact in open_fact.recommendation.settles} == {"conflicting_primary_outcomes"}
    for conflicting, expected in ((False, "should_be_offered"), (True, "insufficient")):
        settled = assess(dossier(trials=[{**one, "conflicting_primary_outcomes": conflicting} for one in two]), aan)
        assert settled.recommendation is not None
        assert settled.recommendation.possible == (expected,)


# Serious concern: every small dossier, and each of its completions

ABSENT = None
Choice = Mapping[str, Any]
OPEN: Mapping[str, tuple[Any, ...]] = {
    "serious": tuple({"n": n, "of": 100, "counts": "attributed"} for n in (3, 30, 0)),
    "died": tuple({"n": n, "of": of, "counts": "attributed"} for n, of in ((0, 100), (2, 100), (1, 500))),
    "regulatory": (
        [],
        [{"agency": "FDA", "status": "approved", "condition": "same"}],
        [{"agency": "FDA", "status": "approved", "condition": "related"}],
    ),
    "boxed_warnings": (
        [],
        [{"id": "w", "statement": "s", "therapy_dose": True, "agent": "same"}],
        [{"id": "w", "statement": "s", "therapy_dose": False, "agent": "same"}],
    ),
}
STATED = {"serious": 2, "died": 2, "regulatory": 2, "boxed_warnings": 2}
"""How many of the values a dossier is tried with; its completions are tried with all."""

SOUND = {**CLASS_I, "risk_of_bias": {"overall": "low"}}
EVIDENCE: Mapping[str, Data] = {
    "nothing in people": {"trials": [], "cases": []},
    "one sound trial that helped": {"trials": [trial("t", **SOUND)]},
    "two sound trials that helped": {"trials": [trial("t", **SOUND), trial("u", **SOUND)]},
    "one trial that did not help": {"trials": [trial("t", **{**SOUND, "result": "no_benefit"})]},
    "one report": {"cases": [{"id": "c", "statement": "s", "agent": "same", "condition": "same", "result": "benefit"}]},
}


def written(choice: Choice, concern: str, evidence: Data) -> Data:
    """Return a dossier with what a choice states of harms."""
    harms = {name: choice[name] for name in ("serious", "died", "boxed_warnings") if choice[name] is not ABSENT}
    regulatory = {} if choice["regulatory"] is ABSENT else {"regulatory": choice["regulatory"]}
    return {
        "dossier": 1,
        "therapy": {"name": "t", "kind": "drug", **regulatory},
        "condition": {"name": "c"},
        "mechanism": [],
        "preclinical": [],
        **evidence,
        "safety": {
            "concern": concern,
            "exposed": 100,
            "adverse_events": [],
            "hospitalized": {"n": 0, "of": 100, "counts": "attributed"},
            **harms,
        },
        "cost": {"currency": "USD", "low": 10, "high": 10, "per": "month"},
    }


def small_dossiers() -> Iterator[Choice]:
    """Yield every choice of what is stated: each fact absent, or with one of its first values."""
    values = [(ABSENT, *OPEN[name][:count]) for name, count in STATED.items()]
    return (dict(zip(STATED, chosen, strict=True)) for chosen in itertools.product(*values))


def completions_of(choice: Choice) -> Iterator[Choice]:
    values = [OPEN[name] if choice[name] is ABSENT else (choice[name],) for name in STATED]
    return (dict(zip(STATED, chosen, strict=True)) for chosen in itertools.product(*values))


def given_by(decided: Decided) -> str:
    assert decided.level is not None
    return decided.level.gives


@pytest.mark.parametrize("concern", ["serious", "moderate", "minor"])
@pytest.mark.parametrize("evidence", EVIDENCE.values(), ids=EVIDENCE)
def test_of_small_dossiers_a_completion_reaches_the_level_and_exactly_those_possible(
    concern: str, evidence: Data
) -> None:
    default = load_rubric()
    complete: dict[str, tuple[str, str]] = {}
    for choice in small_dossiers():
        decided = decide(written(choice, concern, evidence), default)
        reached = set()
        for completion in completions_of(choice):
            key = repr(completion)
            if key not in complete:
                one = decide(written(completion, concern, evidence), default)
                assert one.level is not None
                assert one.level.possible == {one.level.gives}
                complete[key] = one.level.gives, one.grades["safety"].grade
            reached.add(complete[key])
        levels, grades = ({one[place] for one in reached} for place in (0, 1))
        assert decided.level is not None
        assert given_by(decided) in levels, (choice, levels)
        assert levels == decided.level.possible, choice
        assert grades <= decided.grades["safety"].possible, choice


@pytest.mark.parametrize("serious", [3, 30])
def test_more_harm_is_never_a_milder_verdict(serious: int) -> None:
    """Safety is D for certain and may be F; both lead against it."""
    harms = {"concern": "serious"} | {
        name: {"n": n, "of": 100, "counts": "attributed"} for name, n in (("died", 0), ("serious", serious))
    }
    recommendation = assess(dossier(safety=harms, trials=[]), load_rubric()).recommendation
    assert recommendation is not None
    assert (recommendation.level, recommendation.possible) == ("against", ("against",))
