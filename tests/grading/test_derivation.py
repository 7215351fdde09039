"""The derivation: every rule that was tried, in its order, true, false or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.grading.derivation import Derivation, Derived, derive
from evgrade.logic import Truth

from .building import dossier, graded, ladder, points, rubric, trial
from .test_assess import ADVISED
from .test_judge import EACH, LADDER, POINTS, results


def derived(body: str, **sections: Any) -> Derivation:
    return derive(dossier(**sections), rubric(body))


def tried(one: Derived) -> list[tuple[str, str, Truth, bool]]:
    return [(rule.gives, rule.rule.name, rule.trace.truth, rule.reached) for rule in one.tried]


def test_a_ladder_is_derived_down_to_the_rung_that_holds() -> None:
    (domain,) = derived(LADDER, trials=[trial("t")], safety={"exposed": 5}).domains
    assert (domain.title, domain.question, domain.result, domain.possible) == ("Domain", "Is it so?", "C", ("A", "C"))
    assert tried(domain) == [
        ("A", "harmless", None, False),
        ("B", "studied", False, False),
        ("C", "tried", True, True),
    ]
    assert domain.items == ()


def test_points_are_derived_start_by_start_then_all_that_adds_and_limits() -> None:
    start = """start:
  - {points: 3, name: high, means: m, when: {safety.concern: none}}
  - {points: 1, name: low, means: m, otherwise: true}"""
    (domain,) = derived(points(POINTS.replace("start: 1", start)), trials=[trial("t")], safety={"exposed": 5}).domains
    assert tried(domain) == [
        ("start 3", "high", None, False),
        ("start 1", "low", True, True),
        ("+2", "tried", True, True),
        ("-1", "harmful", None, False),
        ("+0.5", "studied", False, False),
        ("at most 1.5", "capped", None, False),
    ]


def test_item_by_item_each_item_has_its_derivation() -> None:
    (domain,) = derived(EACH, **results("bad", "?")).domains
    assert domain.tried == ()
    assert [(item.title, item.result, item.possible) for item in domain.items] == [
        ("t0", "C", ("C",)),
        ("t1", "U", ("A", "C", "U")),
    ]
    assert tried(domain.items[0]) == [("A", "good", False, False), ("C", "bad", True, True)]
    assert [rule.trace.path for rule in domain.items[1].tried] == [("trials", 1)] * 3


def test_an_item_without_an_id_is_called_by_its_number() -> None:
    body = "domains:\n" + ladder(
        "A ok: {status: approved}", "U open", head="    each: therapy.regulatory\n    combine: best\n"
    )
    (domain,) = derived(body, therapy={"name": "t", "regulatory": [{"agency": "a", "status": "approved"}]}).domains
    assert [item.title for item in domain.items] == ["1"]


def test_the_recommendation_is_derived_too() -> None:
    found = derived(ADVISED, trials=[trial("a", result="benefit")])
    assert found.recommendation is not None
    assert (found.recommendation.title, found.recommendation.result) == ("Recommendation", "In a trial")
    assert found.recommendation.possible == ("Take it", "In a trial", "Leave it")
    assert tried(found.recommendation) == [
        ("bad", "harmful", None, False),
        ("good", "helps", None, False),
        ("trial", "promising", True, True),
    ]
    assert found.score is None


def test_a_rubric_without_a_recommendation_derives_none() -> None:
    assert derived(LADDER).recommendation is None


def test_the_score_comes_along() -> None:
    score = "score: {title: S, weights: {domain: 100}, unjudged: lowest, points: {support: {A: 100, B: 50, C: 10}}}\n"
    found = derived(LADDER + score, safety={"concern": "none"})
    assert found.score is not None
    assert (found.score.title, found.score.scored.value) == ("S", 100)
    assert [(part.title, part.grade) for part in found.score.parts] == [("Domain", "A")]
    assert found.score.parts[0].brings is not None
    assert (found.score.parts[0].brings.now, found.score.parts[0].brings.weight) == (100, 100)


@pytest.mark.parametrize("body", [LADDER, EACH, points(POINTS)])
def test_a_derivation_comes_to_what_was_graded(body: str) -> None:
    for sections in ({}, results("good", "bad", "?"), {"safety": {"concern": "serious"}, **results("perhaps good")}):
        assessment = graded(body, **sections).domain("domain")
        (domain,) = derived(body, **sections).domains
        assert (domain.result, domain.possible) == (assessment.grade, assessment.possible)
        assert [item.result for item in domain.items] == [item.grade for item in assessment.items]


def test_whole_items_are_explained_even_where_they_do_not_match() -> None:
    body = "domains:\n" + ladder("A found: {any: trials, where: {result: benefit, phase: phase3}}", "U nothing")
    (domain,) = derived(body, trials=[trial("a", result="harm", phase="phase3")]).domains
    (item,) = domain.tried[0].trace.items
    assert [part.truth for part in item.parts] == [False, True]
