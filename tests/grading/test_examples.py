"""The three examples under the default rubric: grades, what they rest on, and the recommendation with its reasons."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from evgrade.checking import load_dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.judge import Basis
from evgrade.rubric.load import load_rubric

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def assessment(name: str) -> Assessment:
    return assess(load_dossier(str(EXAMPLES / f"{name}.dossier.yaml")), load_rubric())


def naltrexone() -> Assessment:
    return assessment("low-dose-naltrexone-als")


def riluzole() -> Assessment:
    return assessment("riluzole-als")


def smallest() -> Assessment:
    return assessment("smallest")


def rests_on(domain: DomainGrade) -> list[str]:
    """Return the ids, or the paths, of what a grade rests on."""
    return [item.id or ".".join(map(str, item.path)) for item in domain.evidence]


@pytest.mark.parametrize(
    ("name", "grades"),
    [
        (
            "low-dose-naltrexone-als",
            {
                "mechanism": ("D", "relevance-not-established", "D"),
                "preclinical": ("D", "indirect", "D"),
                "trials": ("D", "uncontrolled-reports", "D"),
                "safety": ("C", "some-information", "CDF"),
                "cost": ("A", "under-100-a-month", "A"),
            },
        ),
        (
            "riluzole-als",
            {
                "mechanism": ("C", "plausible-in-principle", "C"),
                "preclinical": ("D", "studies-disagree", "ABCD"),
                "trials": ("A", "replicated", "A"),
                "safety": ("B", "accepted-by-a-regulator", "B"),
                "cost": ("B", "under-500-a-month", "B"),
            },
        ),
    ],
)
def test_the_grades_their_rules_and_all_that_is_possible(name: str, grades: dict[str, tuple[str, str, str]]) -> None:
    found = {
        domain.name: (domain.grade, domain.rule.name, "".join(domain.possible))
        for domain in assessment(name).domains
        if domain.rule is not None
    }
    assert found == grades


def test_the_published_verdict_on_naltrexone_comes_out_for_the_published_reasons() -> None:
    given = naltrexone().recommendation
    assert given is not None
    assert (given.level, given.title, given.rule.name) == (
        "not_recommended",
        "Not recommended at this time",
        "unproven",
    )
    reason = (
        "Clinical trials D: Benefit is reported only by patients, in case reports, or in studies that could not "
        "rule out other causes."
    )
    assert given.because == (reason,)
    assert given.possible == ("not_recommended", "against")
    assert given.better is not None
    assert (given.better.gives, given.better.rule, given.better.lacks) == (
        "trial_only",
        "worth-confirming",
        ("Clinical trials at least C (now D)",),
    )


@pytest.mark.parametrize(
    ("domain", "evidence"),
    [
        ("mechanism", ["immunomodulation", "neuroprotection", "endogenous-endorphins"]),
        ("preclinical", ["pre-tbi-rat", "pre-stroke-antagonists"]),
        ("trials", ["plm-cohort"]),
        ("cost", ["cost"]),
    ],
)
def test_what_the_grades_of_naltrexone_rest_on(domain: str, evidence: list[str]) -> None:
    assert rests_on(naltrexone().domain(domain)) == evidence


def test_the_safety_of_naltrexone_rests_on_who_was_exposed_and_on_the_reviewers_concern() -> None:
    assert rests_on(naltrexone().domain("safety")) == ["safety.exposed", "safety.concern"]


def test_every_grade_of_naltrexone_is_cited() -> None:
    for domain in naltrexone().domains:
        for item in domain.evidence:
            assert item.statement
            assert "The ALSUntangled Group 2011" in item.citations
            assert item.location.line > 100


def test_what_is_worth_finding_out_about_naltrexone() -> None:
    facts = [(fact.field, fact.domains) for fact in naltrexone().missing]
    assert facts == [
        ("safety.died.n", ("Safety",)),
        ("safety.serious.n", ("Safety",)),
        ("safety.hospitalized.n", ("Safety",)),
    ]
    section = load_dossier(str(EXAMPLES / "low-dose-naltrexone-als.dossier.yaml")).document.location(("safety",))
    assert {fact.location.line for fact in naltrexone().missing} == {section.line}


def test_the_score_of_naltrexone() -> None:
    score = naltrexone().score
    assert score is not None
    assert (score.value, score.low, score.high, score.judged_share) == (35, 22.5, 35, 1)


def test_what_naltrexone_would_need_for_a_better_grade() -> None:
    preclinical = (
        "at least 1 preclinical study (published, of this therapy, in a recognized model of the condition; helped; "
        "none found so far)"
    )
    trials = (
        "a published controlled trial, a review of randomized trials, a rated outcome or a careful observational study "
        "that shows benefit"
    )
    lacks = {
        domain.name: (domain.better.gives, domain.better.lacks) for domain in naltrexone().domains if domain.better
    }
    assert lacks == {
        "mechanism": ("C", ("at least 1 mechanism (that plausibly matters in this condition; none found so far)",)),
        "preclinical": ("C", (preclinical,)),
        "trials": ("C", (trials,)),
        "safety": ("B", ("approved by a regulator for this condition", "the reviewers' concern none or minor")),
    }


def test_riluzole_is_recommended_for_two_sound_trials_approval_and_its_price() -> None:
    given = riluzole().recommendation
    assert given is not None
    assert (given.level, given.possible, given.rule.name) == ("recommended", ("recommended",), "sound-and-acceptable")
    trials = "Clinical trials A: Sound, replicated evidence shows benefit, and nearly all of it agrees."
    assert given.because == (
        trials,
        "Safety B: A regulator accepted its harms for this condition, and the reviewers have at most minor concerns.",
        "Cost B: It costs less than 500 US dollars a month.",
    )
    assert given.better is None


@pytest.mark.parametrize(
    ("domain", "evidence"),
    [
        ("mechanism", ["glutamate-release"]),
        ("preclinical", ["sod1-gurney-1996", "sod1-gurney-1998", "sod1-scott-2008", "three-models-hogg-2018"]),
        (
            "trials",
            [
                "trial-bensimon-1994",
                "trial-lacomblez-1996",
                "outcome-tracheostomy-free-survival",
                "outcome-mortality-12-months",
                "outcome-norris-limb",
                "outcome-norris-bulbar",
            ],
        ),
        ("cost", ["cost"]),
    ],
)
def test_what_the_grades_of_riluzole_rest_on(domain: str, evidence: list[str]) -> None:
    assert rests_on(riluzole().domain(domain)) == evidence


def test_the_safety_of_riluzole_rests_on_its_approval() -> None:
    assert {"therapy.regulatory.0", "therapy.regulatory.1", "safety.concern"} <= set(
        rests_on(riluzole().domain("safety"))
    )


def test_what_is_worth_finding_out_about_riluzole_is_how_its_animal_studies_were_done() -> None:
    facts = riluzole().missing
    assert {fact.domains for fact in facts} == {("Preclinical support",)}
    assert {fact.field for fact in facts} == {"randomized", "blinded", "risk_of_bias.overall"}
    items = ["sod1-gurney-1996", "sod1-gurney-1998", "sod1-scott-2008", "three-models-hogg-2018"]
    assert list(dict.fromkeys(fact.item for fact in facts)) == items


def test_of_a_dossier_that_says_nothing_nothing_is_granted_and_nothing_held_against_it() -> None:
    given = smallest()
    assert not given.recorded
    assert given.recommendation is None
    for domain in given.domains:
        assert (domain.grade, domain.basis, domain.judged) == ("U", Basis.NOT_RECORDED, False)
        assert not domain.evidence
        assert {"A", "B", "C", "D", "F", "U"} <= set(domain.possible)
    assert given.score is not None
    assert (given.score.value, given.score.low, given.score.high, given.score.judged_share) == (0, 0, 100, 0)


def test_the_smallest_dossier_lists_the_sections_that_it_could_begin_with() -> None:
    assert [(fact.field, fact.domains) for fact in smallest().missing] == [
        ("trials", ("Clinical trials",)),
        ("safety", ("Safety",)),
        ("mechanism", ("Mechanism plausibility",)),
        ("therapy.kind", ("Preclinical support",)),
        ("preclinical", ("Preclinical support",)),
        ("cost", ("Cost",)),
    ]


@pytest.mark.parametrize("name", ["low-dose-naltrexone-als", "riluzole-als", "smallest"])
def test_an_example_has_nothing_to_mend(name: str) -> None:
    assert [one for one in assessment(name).findings if one.waived is None] == []


@pytest.mark.parametrize("name", ["low-dose-naltrexone-als", "riluzole-als"])
def test_what_a_grade_rests_on_stands_at_its_place(name: str) -> None:
    lines = (EXAMPLES / f"{name}.dossier.yaml").read_text(encoding="utf-8").splitlines()
    for domain in assessment(name).domains:
        for item in domain.evidence:
            if item.id:
                assert lines[item.location.line - 1].strip() == f"- id: {item.id}"
