"""The assessment: what a grade rests on, what the next better one lacks, and which facts are missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from evgrade._version import __version__
from evgrade.grading.account import Evidence
from evgrade.grading.assess import assess
from evgrade.grading.assessment import MissingFact, NextStep
from evgrade.rubric.load import load_rubric

from .building import domain, dossier, graded, ladder, points, rubric, trial

REFERENCES = {
    "references": [{"id": "smith-2020", "author": ["Smith AB"], "issued": 2020}, {"id": "label", "title": "Label"}]
}


def one(*rungs: str, head: str = "") -> str:
    """Return the text of a rubric with one domain."""
    return "domains:\n" + ladder(*rungs, head=head)


# The head


def test_an_assessment_says_what_was_graded_by_what() -> None:
    loaded, system = dossier(review={"date": "2010-12-21", "group": "The group"}), rubric(one("U nothing"))
    assessment = assess(loaded, system)
    assert assessment.version == __version__
    assert (assessment.dossier_file, assessment.dossier_sha256) == ("dossier.yaml", loaded.document.sha256)
    assert (assessment.rubric, assessment.rubric_title, assessment.rubric_version) == ("small", "A small rubric", "1")
    assert (assessment.rubric_file, assessment.rubric_sha256) == ("rubric.yaml", system.sha256)
    assert (assessment.therapy, assessment.condition) == ("a therapy", "a condition")
    assert (assessment.review_date, assessment.review_group) == ("2010-12-21", "The group")
    assert (assessment.score, assessment.recommendation) == (None, None)
    assert not assessment.missing


def test_without_a_review_there_is_no_date_and_no_group() -> None:
    assessment = graded(one("U nothing"))
    assert (assessment.review_date, assessment.review_group) == (None, None)


def test_what_is_worth_mending_comes_along() -> None:
    assessment = graded(one("U nothing"), references=[{"id": "nobody-cites-me"}])
    assert [finding.code for finding in assessment.findings] == ["reference-unused"]


@pytest.mark.parametrize(
    ("concern", "grade", "strength"), [("none", "A", 1.0), ("minor", "B", 0.5), ("serious", "C", 0.0)]
)
def test_a_grade_has_a_meaning_and_a_strength(concern: str, grade: str, strength: float) -> None:
    body = one(
        "A good: {safety.concern: none}",
        "B fair: {safety.concern: minor}",
        "C weak: {safety.concern: serious}",
        "U nothing",
    )
    found = domain(body, safety={"concern": concern})
    assert (found.grade, found.strength, found.judged) == (grade, strength, True)
    assert found.means == {"A": "strong", "B": "fair", "C": "weak"}[grade]
    nothing = domain(body)
    assert (nothing.grade, nothing.means, nothing.strength, nothing.judged) == ("U", "not recorded", None, False)


def test_a_grade_names_the_rule_that_gave_it() -> None:
    rule = domain(one("A harmless: {safety.concern: none}", "U nothing"), safety={"concern": "none"}).rule
    assert rule is not None
    assert (rule.name, rule.means, rule.status, rule.source) == ("harmless", "It is harmless.", "own", "a test")
    assert (rule.location.file, rule.location.path) == ("rubric.yaml", ("domains", "domain", "ladder", 0))


# Evidence


def evidence(when: str, **sections: Any) -> Sequence[Evidence]:
    return domain(one(f"A found: {when}", "U nothing"), **sections).evidence


def test_an_item_is_evidence_with_its_statement_and_citations() -> None:
    (item,) = evidence(
        "{any: trials, where: {result: benefit}}",
        trials=[trial("t1", result="harm"), trial("t2", result="benefit", refs=["smith-2020", "label"])],
        **REFERENCES,
    )
    assert (item.path, item.id, item.statement) == (("trials", 1), "t2", "Trial t2.")
    assert item.references == ("smith-2020", "label")
    assert item.citations == ("Smith 2020", "Label")
    assert (item.location.file, item.location.path) == ("dossier.yaml", ("trials", 1))
    assert item.location.line > 1


def test_an_item_without_a_statement_is_called_by_its_name() -> None:
    (item,) = evidence("{any: safety.adverse_events}", safety={"adverse_events": [{"id": "ae", "name": "Nausea"}]})
    assert (item.id, item.statement) == ("ae", "Nausea")


def test_an_item_without_references_has_those_of_what_it_stands_in() -> None:
    (item,) = evidence(
        "{any: safety.adverse_events}",
        safety={"adverse_events": [{"id": "ae", "name": "Nausea"}], "refs": ["label", "smith-2020"]},
        **REFERENCES,
    )
    assert item.references == ("label", "smith-2020")


@pytest.mark.parametrize(
    ("when", "sections", "path", "statement"),
    [
        (
            "{safety.concern: none}",
            {"safety": {"concern": "none"}},
            ("safety", "concern"),
            "the reviewers' concern: none",
        ),
        (
            "{safety.exposed: {at_least: 5}}",
            {"safety": {"exposed": 12345}},
            ("safety", "exposed"),
            "people followed for harm: 12345",
        ),
        ("{cost.covered: true}", {"cost": {"covered": True}}, ("cost", "covered"), "yes"),
        ("{cost.covered: false}", {"cost": {"covered": False}}, ("cost", "covered"), "no"),
        ("{therapy.kind: drug}", {"therapy": {"name": "t", "kind": "drug"}}, ("therapy", "kind"), "drug"),
        (
            "{cost.annual_usd: {below: 5000}}",
            {"cost": {"currency": "USD", "low": 25, "high": 49, "per": "month", "notes": "x" * 41}},
            ("cost",),
            "25 to 49 USD per month",
        ),
        (
            "{safety.died.rate: {below: 0.5}}",
            {"safety": {"died": {"n": 0, "of": 20, "counts": "all_causes"}}},
            ("safety", "died"),
            "death: 0 of 20 (all causes)",
        ),
    ],
)
def test_a_field_is_evidence_with_what_it_states(
    when: str, sections: dict[str, Any], path: tuple[str, ...], statement: str
) -> None:
    (item,) = evidence(when, **sections)
    assert (item.path, item.id, item.statement) == (path, None, statement)


def test_an_item_without_a_statement_is_told_by_its_name() -> None:
    (item,) = evidence("{any: therapy.related_agents}", therapy={"name": "t", "related_agents": [{"name": "x" * 50}]})
    assert item.statement == "x" * 50


def test_an_item_without_a_statement_says_what_the_schema_makes_of_it() -> None:
    regulatory = [{"agency": "FDA", "status": "not_approved", "indication": "Pain"}]
    (status,) = evidence("{any: therapy.regulatory}", therapy={"name": "t", "regulatory": regulatory})
    assert status.statement == "not approved by FDA for Pain"


def test_each_item_is_evidence_once() -> None:
    when = "[{any: trials, where: {result: benefit}}, {any: trials, where: {phase: phase3}}]"
    items = evidence(
        when, trials=[trial("a", result="benefit", phase="phase3"), trial("b", phase="phase3", result="harm")]
    )
    assert [item.id for item in items] == ["a", "b"]


def test_of_points_the_rules_that_hold_are_the_evidence() -> None:
    body = points(
        """start: 1
adjustments:
  - {points: 1, name: more, means: m, when: {any: trials, where: {result: benefit}}}
  - {points: 1, name: less, means: m, when: {safety.concern: none}}
caps: [{at_most: 3, name: capped, means: m, when: {any: trials}}]
floor: 0
ceiling: 3
bands: [{grade: A, at_least: 1}, {grade: B, otherwise: true}]"""
    )
    found = domain(
        body, trials=[trial("a", result="benefit"), trial("b", result="harm")], safety={"concern": "serious"}
    )
    assert [item.id for item in found.evidence] == ["a", "b"]


def test_item_by_item_the_evidence_is_the_items_that_count_and_have_the_grade() -> None:
    body = one(
        "A good: {result: benefit}", "C bad", head="    each: trials\n    where: {agent: same}\n    combine: best\n"
    )
    found = domain(
        body,
        trials=[
            trial("a", result="benefit", agent="same"),
            trial("b", result="harm", agent="same"),
            trial("c", result="benefit", agent="same"),
            trial("d", result="benefit"),
        ],
    )
    assert found.grade == "A"
    assert [item.id for item in found.evidence] == ["a", "c"]
    assert [item.evidence.id for item in found.items] == ["a", "b", "c", "d"]
    assert found.rule is None
    assert found.better is None


# The next better step


def better(*rungs: str, **sections: Any) -> NextStep:
    step = domain(one(*rungs), **sections).better
    assert step is not None
    return step


THREE = (
    "A good: {count: trials, where: {result: benefit}, at_least: 2}",
    "B fair: {any: trials, where: {result: benefit}}",
    "C tried: {any: trials}",
    "U nothing",
)


def test_the_next_better_grade_is_the_nearest() -> None:
    step = better(*THREE, trials=[trial("a", result="harm")])
    assert (step.gives, step.title, step.rule, step.means) == ("B", "Domain B", "fair", "It is fair.")
    assert step.lacks == ("at least 1 trial (result benefit; none found so far)",)
    step = better(*THREE, trials=[trial("a", result="benefit")])
    assert (step.gives, step.lacks) == ("A", ("at least 2 trials (result benefit; 1 found so far)",))


def test_from_nothing_the_next_step_is_the_weakest_that_speaks_for_it() -> None:
    """From U, which says nothing, not to C, the worst of the scale, which here speaks against."""
    step = better(*THREE, trials=[])
    assert (step.gives, step.lacks) == ("B", ("at least 1 trial (result benefit; no trial was found)",))


def test_at_the_top_there_is_no_better_step() -> None:
    assert domain(one(*THREE), trials=[trial("a", result="benefit"), trial("b", result="benefit")]).better is None


def test_among_equals_the_step_is_the_one_that_lacks_least() -> None:
    rungs = (
        "A both: [{safety.concern: none}, {safety.exposed: {at_least: 5}}]",
        "A either: {safety.concern: none}",
        "B rest",
    )
    assert better(*rungs, safety={"concern": "minor", "exposed": 1}).rule == "either"
    two = ("A first: {safety.concern: none}", "A second: {safety.concern: minor}", "B rest")
    assert better(*two, safety={"concern": "serious"}).rule == "second"


def test_below_a_gate_the_gate_would_have_to_give_way() -> None:
    rungs = ("C gate: {safety.concern: serious}", "B fair: {any: trials}", "U nothing")
    step = better(*rungs, safety={"concern": "serious"})
    assert step.lacks == ("new evidence that overturns “It is gate”", "at least 1 trial (no trial was found)")
    step = better(*rungs, safety={"concern": "serious"}, trials=[trial("a")])
    assert step.lacks == ("new evidence that overturns “It is gate”",)


def test_what_is_judged_by_points_has_no_next_step() -> None:
    body = points("start: 0\nfloor: 0\nceiling: 3\nbands: [{grade: A, at_least: 1}, {grade: B, otherwise: true}]")
    assert domain(body).better is None


@pytest.mark.parametrize(
    ("when", "sections", "lacks"),
    [
        # Counts
        ("{any: trials}", {"trials": []}, ["at least 1 trial (no trial was found)"]),
        (
            "{count: trials, where: {result: benefit}, at_least: 3}",
            {"trials": [trial("a", result="benefit"), trial("b", result="harm"), trial("c", result="benefit")]},
            ["at least 3 trials (result benefit; 2 found so far)"],
        ),
        (
            "{any: trials, where: {result: benefit}}",
            {"trials": [trial("a"), trial("b", result="harm")]},
            ["at least 1 trial (result benefit; none found so far, 1 may count)"],
        ),
        (
            "{none: trials, where: {result: harm}}",
            {"trials": [trial("a", result="harm")]},
            ["none of the trials to match (result harm; 1 does)"],
        ),
        ("{any: safety.boxed_warnings}", {"safety": {}}, ["at least 1 warning (warnings are not recorded)"]),
        (
            "{any: safety.boxed_warnings, where: {agent: same}}",
            {"safety": {"boxed_warnings": []}},
            ["at least 1 warning (agent same; no warning was found)"],
        ),
        # Every, sums and shares
        (
            "{every: trials, where: {result: benefit}}",
            {"trials": [trial("a", result="harm")]},
            ["every trial (result benefit)"],
        ),
        (
            "{every: trials, where: {result: benefit}}",
            {"trials": [trial("a")]},
            ["every trial (result benefit; not known)"],
        ),
        (
            "{sum: trials.participants, at_least: 300}",
            {"trials": [trial("a", participants=100), trial("b", participants=50)]},
            ["participants of all trials together at least 300 (so far 150)"],
        ),
        (
            "{sum: trials.participants, at_least: 300}",
            {"trials": [trial("a", participants=100), trial("b")]},
            ["participants of all trials together at least 300 (so far at least 100)"],
        ),
        (
            "{share: trials, where: {result: benefit}, at_least: 0.75}",
            {"trials": [trial("a", result="benefit"), trial("b", result="harm")]},
            ["at least 75% of the trials are also (result benefit; so far 50%)"],
        ),
        # Fields
        (
            "{safety.exposed: {at_least: 100}}",
            {"safety": {"exposed": 31}},
            ["people followed for harm at least 100 (so far 31)"],
        ),
        ("{safety.exposed: {at_least: 100}}", {"safety": {}}, ["people followed for harm at least 100 (not known)"]),
        (
            "{cost.annual_usd: {below: 500}}",
            {"cost": {"currency": "USD", "low": 25, "high": 49, "per": "month"}},
            ["cost of the first year in US dollars below 500 (so far 300 to 588)"],
        ),
        ("{safety.concern: none}", {"safety": {}}, ["the reviewers' concern none (not known)"]),
        ("{not: {any: trials}}", {"trials": [trial("a")]}, ["not at least 1 trial"]),
        ("{not: {safety.concern: none}}", {"safety": {}}, ["not the reviewers' concern none (not known)"]),
        # Joined: only what is lacking
        (
            "[{any: trials}, {safety.exposed: {at_least: 100}}, {safety.concern: none}]",
            {"trials": [trial("a")], "safety": {"exposed": 5}},
            ["people followed for harm at least 100 (so far 5)", "the reviewers' concern none (not known)"],
        ),
        (
            "{any: [{safety.concern: none}, [{any: trials}, {safety.exposed: {at_least: 100}}]]}",
            {"safety": {"exposed": 5}, "trials": [trial("a")]},
            ["either the reviewers' concern none (not known); or people followed for harm at least 100 (so far 5)"],
        ),
    ],
)
def test_what_a_rule_lacks_reads_as_english(when: str, sections: dict[str, Any], lacks: list[str]) -> None:
    assert list(better(f"A good: {when}", "B rest", **sections).lacks) == lacks


def test_a_term_lacks_what_it_lacks_by_name_or_part_by_part() -> None:
    vocabulary = """\
terms:
  harmless: {means: m, phrase: known to be harmless, when: {safety.concern: none}}
  studied: {means: m, phrase: well studied, when: [{safety.exposed: {at_least: 100}}, {safety.died.rate: {below: 0.1}}]}
"""
    body = vocabulary + one("A good: [harmless, studied]", "B rest")
    step = domain(body, safety={"concern": "serious", "exposed": 500}).better
    assert step is not None
    assert step.lacks == ("known to be harmless", "rate of death below 10% (not known)")


def test_nothing_is_lacked_twice() -> None:
    step = better("A good: [{any: trials}, {all: [{any: trials}]}]", "B rest", trials=[])
    assert step.lacks == ("at least 1 trial (no trial was found)",)


# The recommendation

ADVICE = """\
recommendation:
  levels:
    - {level: good, title: Take it, means: m}
    - {level: trial, title: In a trial, means: m}
    - {level: bad, title: Leave it, means: m}
  ladder:
    - {level: bad, name: harmful, means: It harms., when: {grade: safety, is: C}}
    - {level: good, name: helps, means: It helps., when: [{grade: domain, at_least: B}, {grade: safety, at_least: B}]}
    - {level: trial, name: promising, means: It may help., when: {grade: domain, at_least: C}}
    - {level: bad, name: rest, means: Nothing speaks for it., otherwise: true}
"""
SAFETY = ladder("A mild: {safety.concern: [none, minor]}", "C harm: {safety.concern: serious}", "U open", name="safety")
ADVISED = (
    "domains:\n"
    + ladder("B fair: {any: trials, where: {result: benefit}}", "C tried: {any: trials}", "U nothing")
    + SAFETY
    + ADVICE
)


def advised(**sections: Any) -> Any:
    recommendation = graded(ADVISED, **sections).recommendation
    assert recommendation is not None
    return recommendation


def test_a_recommendation_names_its_rule_and_the_grades_it_rests_on() -> None:
    given = advised(trials=[trial("a", result="benefit")], safety={"concern": "none"})
    assert (given.level, given.title, given.rank, given.levels) == ("good", "Take it", 0, 3)
    assert (given.rule.name, given.rule.means) == ("helps", "It helps.")
    assert given.because == ("Domain B: It is fair.", "Safety A: It is mild.")
    assert (given.possible, given.possible_titles) == (("good",), ("Take it",))
    assert given.better is None


def test_of_a_last_rung_the_grades_that_the_next_better_asks_for_are_the_reason() -> None:
    given = advised(safety={"concern": "none"}, trials=[])
    assert (given.level, given.rule.name) == ("bad", "rest")
    assert given.because == ("Domain U: It is nothing.",)
    assert given.better == NextStep(
        gives="trial", title="In a trial", rule="promising", means="It may help.", lacks=("Domain at least C (now U)",)
    )


def test_a_gate_is_the_reason_and_would_have_to_give_way() -> None:
    given = advised(trials=[trial("a", result="benefit")], safety={"concern": "serious"})
    assert (given.level, given.rule.name) == ("bad", "harmful")
    assert given.because == ("Safety C: It is harm.",)
    assert given.better is not None
    assert given.better.lacks == ("Safety at least B (now C)",)


def test_levels_are_possible_while_grades_are() -> None:
    given = advised(trials=[trial("a", result="benefit")])
    assert given.level == "trial"
    assert given.possible == ("good", "trial", "bad")
    assert given.possible_titles == ("Take it", "In a trial", "Leave it")
    assert given.better is not None
    assert given.better.lacks == ("Safety at least B (not recorded)",)


def test_a_reason_by_points_is_the_meaning_of_the_grade() -> None:
    body = (
        points("start: 1\nfloor: 0\nceiling: 3\nbands: [{grade: B, at_least: 1}, {grade: C, otherwise: true}]") + SAFETY
    )
    recommendation = graded(body + ADVICE, safety={"concern": "none"}).recommendation
    assert recommendation is not None
    assert recommendation.because == ("Domain B: fair", "Safety A: It is mild.")


def test_a_rubric_whose_best_rung_is_the_last_has_no_reason_to_give() -> None:
    advice = """\
recommendation:
  levels: [{level: good, title: Take it, means: m}, {level: bad, title: Leave it, means: m}]
  ladder:
    - {level: bad, name: harmful, means: It harms., when: {grade: domain, is: C}}
    - {level: good, name: rest, means: Nothing speaks against it., otherwise: true}
"""
    recommendation = graded(one("C bad: {any: trials}", "U nothing") + advice, trials=[]).recommendation
    assert recommendation is not None
    assert (recommendation.level, recommendation.because, recommendation.better) == ("good", (), None)


# Missing facts


def missing(body: str, **sections: Any) -> list[tuple[str, str | None, int, tuple[str, ...]]]:
    """Return the missing facts: the dotted field, the item it belongs to, the line, the domains that want it."""
    return [(fact.field, fact.item, fact.location.line, fact.domains) for fact in graded(body, **sections).missing]


def test_a_missing_fact_is_placed_at_the_nearest_that_exists() -> None:
    body = one("A good: {any: trials, where: {risk_of_bias.overall: low}}", "U nothing")
    loaded = dossier(trials=[trial("a", risk_of_bias={"overall": "high"}), trial("b", risk_of_bias={}), trial("c")])
    facts = assess(loaded, rubric(body)).missing
    assert [(fact.field, fact.item, fact.path) for fact in facts] == [
        ("risk_of_bias.overall", "b", ("trials", 1, "risk_of_bias", "overall")),
        ("risk_of_bias.overall", "c", ("trials", 2, "risk_of_bias", "overall")),
    ]
    assert facts[0].location.line == loaded.document.location(("trials", 1, "risk_of_bias")).line
    assert facts[1].location.line == loaded.document.location(("trials", 2)).line
    assert facts[0].location.path == ("trials", 1, "risk_of_bias", "overall")


def test_a_missing_field_of_the_dossier_belongs_to_no_item() -> None:
    assert missing(one("A good: {safety.serious.rate: {below: 0.1}}", "U nothing"), safety={"exposed": 5}) == [
        ("safety.serious.n", None, 9, ("Domain",))
    ]
    assert missing(one("A good: {safety.serious.rate: {below: 0.1}}", "U nothing")) == [
        ("safety", None, 1, ("Domain",))
    ]


def test_where_nothing_is_open_nothing_is_missing() -> None:
    assert (
        missing(
            one("A good: {any: trials, where: {result: benefit}}", "U nothing"),
            trials=[trial("a", result="benefit"), trial("b")],
        )
        == []
    )


def test_a_fact_that_several_domains_miss_is_named_once() -> None:
    body = (
        "domains:\n"
        + ladder("A one: {safety.concern: none}", "U nothing", name="first")
        + ladder("A two: [{safety.concern: none}, {safety.exposed: {at_least: 5}}]", "U nothing", name="second")
    )
    assert [(fact, domains) for fact, _, _, domains in missing(body, safety={})] == [
        ("safety.concern", ("First", "Second")),
        ("safety.exposed", ("Second",)),
    ]


def test_what_the_weightiest_domain_misses_comes_first() -> None:
    body = (
        "domains:\n"
        + ladder("A one: {safety.concern: none}", "U nothing", name="light")
        + ladder("A two: {safety.exposed: {at_least: 5}}", "U nothing", name="heavy")
        + "score: {title: S, weights: {light: 10, heavy: 90}, unjudged: lowest, points: {support: {A: 2, B: 1, C: 0}}}"
    )
    assert [fact for fact, _, _, _ in missing(body, safety={})] == ["safety.exposed", "safety.concern"]


def test_facts_are_missing_for_adjustments_caps_and_starts() -> None:
    body = points(
        """start:
  - {points: 2, name: high, means: m, when: {safety.concern: none}}
  - {points: 1, name: low, means: m, otherwise: true}
adjustments: [{points: 1, name: more, means: m, when: {safety.exposed: {at_least: 5}}}]
caps: [{at_most: 1, name: capped, means: m, when: {cost.covered: true}}]
floor: 0
ceiling: 3
judged_when: {therapy.kind: drug}
bands: [{grade: A, at_least: 3}, {grade: B, at_least: 2}, {grade: C, otherwise: true}]"""
    )
    assert [fact for fact, _, _, _ in missing(body, safety={})] == [
        "safety.concern",
        "safety.exposed",
        "cost.covered",
        "therapy.kind",
    ]


def test_item_by_item_it_is_missing_whether_an_item_counts_and_how_it_is_graded() -> None:
    body = one(
        "A good: {result: benefit}", "C bad", head="    each: trials\n    where: {agent: same}\n    combine: worst\n"
    )
    trials = [
        trial("a", agent="same", result="harm"),
        trial("b", agent="same"),
        trial("c", result="benefit"),
        trial("d", agent="related"),
    ]
    assert graded(body, trials=trials).missing == ()
    assert [fact[:2] for fact in missing(body, trials=trials[1:])] == [("result", "b"), ("agent", "c")]


def test_a_list_that_nobody_made_is_missing_itself() -> None:
    body = one(
        "A good: {seriousness: not_serious}", "C bad", head="    each: safety.adverse_events\n    combine: worst\n"
    )
    assert missing(body, safety={"exposed": 1}) == [("safety.adverse_events", None, 9, ("Domain",))]


def test_a_price_in_dollars_does_not_miss_an_exchange_rate() -> None:
    body = one("A cheap: {cost.annual_usd: {below: 100}}", "U nothing")
    assert [fact for fact, *_ in missing(body, cost={"currency": "USD", "low": 5, "per": "year"})] == ["cost.high"]
    euros = {"currency": "EUR", "low": 5, "high": 6, "per": "year"}
    assert [fact for fact, *_ in missing(body, cost=euros)] == ["cost.usd_per_unit"]


def test_the_name_of_a_missing_field_starts_inside_its_item() -> None:
    def field(*path: str | int) -> str:
        location = dossier().document.location(())
        return MissingFact(path=path, location=location, item=None, means="", place="", domains=()).field

    assert field("safety", "died", "n") == "safety.died.n"
    assert field("trials", 0, "risk_of_bias", "overall") == "risk_of_bias.overall"
    assert field("mechanism", 0, "evidence", 1, "agent") == "agent"


def test_a_grade_that_an_unknown_excuse_leaves_standing_cites_its_evidence() -> None:
    """Whether a regulator accepted the harm is not known, so it counts, and the harm is what the grade rests on."""
    serious = {"n": 30, "of": 100, "counts": "attributed"}
    graded = assess(dossier(safety={"exposed": 100, "serious": serious}), load_rubric("evgrade-default"))
    safety = graded.domain("safety")
    assert (safety.grade, len(safety.possible)) == ("F", 2)
    assert [one.path for one in safety.evidence] == [("safety", "serious")]
