"""Single dossiers and rubrics that once broke a law, each as small as it gets."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment

from .dossiers import to_dossier
from .reference import Verdict, judge
from .rubrics import default_rubric, problems

Data = dict[str, Any]

HEADER: Data = {"dossier": 1, "therapy": {"name": "t"}, "condition": {"name": "c"}}
LAST = {"name": "last", "means": "t", "otherwise": True}
SCALE = {
    "grades": [{"grade": "A", "means": "t"}, {"grade": "B", "means": "t"}],
    "unjudged": {"grade": "U", "means": "t"},
}


def rubric(domain: Data, **more: Any) -> Data:
    """Return a rubric with one domain, on a scale A, B, unjudged U."""
    return {
        "rubric": 1,
        "name": "small",
        "title": "t",
        "version": "1",
        "status": "own",
        "description": "t",
        "source": "t",
        "scales": {"scale": SCALE},
        "domains": {"domain": {"title": "t", "question": "t", "scale": "scale", **domain}},
        **more,
    }


def ladder(condition: Any, otherwise: str = "B") -> list[Data]:
    """Return a ladder that gives A where a condition holds."""
    return [{"grade": "A", "name": "r", "means": "t", "when": condition}, {"grade": otherwise, **LAST}]


def graded(rules: Data, dossier: Data) -> tuple[Assessment, Verdict | None]:
    """Return what evgrade makes of a dossier, and what the reference makes of it, if it is complete."""
    compiled, findings = problems(rules)
    assert compiled is not None
    assert findings == []
    dossier = HEADER | dossier
    try:
        verdict = judge(rules, dossier)
    except KeyError:
        verdict = None
    return assess(to_dossier(dossier), compiled), verdict


def advice(condition: Any) -> Data:
    """Return a recommendation that says yes where a condition holds."""
    levels = [{"level": level, "title": "t", "means": "t"} for level in ("yes", "no")]
    rungs = [{"level": "yes", "name": "r", "means": "t", "when": condition}, {"level": "no", **LAST}]
    return {"levels": levels, "ladder": rungs}


SCORE = {"title": "t", "weights": {"domain": 100}, "points": {"scale": {"A": 100, "B": 50}}, "unjudged": "left_out"}


def test_where_nothing_is_left_to_score_no_bound_on_the_score_holds() -> None:
    """All is known here, so nothing can be open: there is no score, and what is not there is not at least 0."""
    rules = rubric({"each": "trials", "combine": "best", "ladder": ladder({"result": "benefit"})})
    rules |= {"score": SCORE, "recommendation": advice({"score": "overall", "at_least": 0})}
    assessment, verdict = graded(rules, {"trials": []})
    assert verdict == Verdict({"domain": "U"}, None, "no")
    assert assessment.recommendation is not None
    assert assessment.recommendation.level == "no"
    assert assessment.recommendation.possible == ("no",)


def test_a_score_that_may_yet_vanish_keeps_no_bound_for_certain() -> None:
    """The domain is B now; with `exposed: 0` it is U, there is no score, and the advice is no."""
    rungs = [{"grade": "U", "name": "r", "means": "t", "when": {"safety.exposed": 0}}, {"grade": "B", **LAST}]
    rules = rubric({"ladder": rungs}, score=SCORE, recommendation=advice({"score": "overall", "at_least": 0}))
    _, verdict = graded(rules, {"safety": {"exposed": 0}})
    assert verdict == Verdict({"domain": "U"}, None, "no")
    assessment, _ = graded(rules, {"safety": {}})
    assert assessment.recommendation is not None
    assert assessment.recommendation.possible == ("yes", "no")


def test_a_score_that_turns_out_not_to_exist_has_no_range() -> None:
    """While nobody has listed the harms there may be a score; then there is none, and not one from 0 to 100."""
    domain = {"each": "safety.adverse_events", "combine": "best", "ladder": [{"grade": "B", **LAST}]}
    rules = rubric(domain, score=SCORE)
    before, _ = graded(rules, {"safety": {}})
    after, _ = graded(rules, {"safety": {"adverse_events": []}})
    assert before.score is not None
    assert before.score.low == 50
    assert after.score is not None
    assert (after.score.value, after.score.low, after.score.high) == (None, None, None)


def test_a_list_that_nobody_made_is_a_missing_fact() -> None:
    """Nobody said which harms there are, so the grade is open, and the list is what is missing."""
    rules = rubric({"each": "safety.adverse_events", "combine": "worst", "ladder": ladder({"seriousness": "died"})})
    assessment, _ = graded(rules, {"safety": {}})
    assert assessment.domain("domain").possible == ("A", "B", "U")
    assert [fact.path for fact in assessment.missing] == [("safety", "adverse_events")]


def test_whether_an_item_counts_can_be_a_missing_fact() -> None:
    """Whether the only outcome is critical is not stated: B if it is, U if it is not."""
    rungs = ladder({"result": "benefit"})
    rules = rubric({"each": "outcomes", "where": {"importance": "critical"}, "combine": "worst", "ladder": rungs})
    assessment, _ = graded(rules, {"outcomes": [{"id": "o", "name": "t", "result": "harm"}]})
    assert assessment.domain("domain").possible == ("B", "U")
    assert [fact.path for fact in assessment.missing] == [("outcomes", 0, "importance")]


def test_whether_points_mean_anything_can_be_a_missing_fact() -> None:
    """The points are certain, whether they mean anything is not."""
    points = {"start": 1, "floor": 0, "ceiling": 1, "bands": [{"grade": "A", "otherwise": True}]}
    rules = rubric({"points": points | {"judged_when": {"safety.exposed": {"at_least": 1}}}})
    assessment, _ = graded(rules, {"safety": {}})
    assert assessment.domain("domain").possible == ("A", "U")
    assert [fact.path for fact in assessment.missing] == [("safety", "exposed")]


def test_one_in_ten_is_at_least_one_in_ten() -> None:
    """30 of 100 against 20 of 100 is an excess of exactly one in ten, which the default rubric calls grave."""
    died = {"n": 0, "of": 100, "counts": "attributed"}
    serious = {"n": 30, "of": 100, "counts": "all_causes", "control": {"n": 20, "of": 100}}
    dossier = {"therapy": {"name": "t", "regulatory": []}, "safety": {"died": died, "serious": serious}}
    _, compiled = default_rubric()
    assert assess(to_dossier(HEADER | dossier), compiled).domain("safety").grade == "F"


def test_a_sum_of_tenths_is_exact() -> None:
    """0.1 and 0.2 are 0.3."""
    rules = rubric({"ladder": ladder({"sum": "trials.dose.amount", "at_most": 0.3})})
    trials = [{"id": f"t{tenths}", "statement": "t", "dose": {"amount": tenths / 10}} for tenths in (1, 2)]
    assessment, verdict = graded(rules, {"trials": trials})
    assert verdict is not None
    assert verdict.grades["domain"] == assessment.domain("domain").grade == "A"


def test_a_sum_of_large_numbers_and_tenths_is_exact() -> None:
    """10,000.7 and 0.2 are 10,000.9."""
    rules = rubric({"ladder": ladder({"sum": "trials.dose.amount", "at_most": 10000.9})})
    trials = [{"id": f"t{amount}", "statement": "t", "dose": {"amount": amount}} for amount in (10000.7, 0.2)]
    assessment, verdict = graded(rules, {"trials": trials})
    assert verdict is not None
    assert verdict.grades["domain"] == assessment.domain("domain").grade == "A"


def test_a_third_is_at_least_a_third() -> None:
    """However many threes somebody writes."""
    third = {"share": "trials", "where": {"result": "benefit"}, "at_least": 0.3333333333333333}
    rules = rubric({"ladder": ladder(third)})
    trials = [{"id": result, "statement": "t", "result": result} for result in ("benefit", "harm", "mixed")]
    assessment, verdict = graded(rules, {"trials": trials})
    assert verdict is not None
    assert verdict.grades["domain"] == assessment.domain("domain").grade == "A"


def test_points_of_tenths_are_exact() -> None:
    """0.7 and 0.1 reach a band at 0.8."""
    more = [{"points": 0.1, "name": "a", "means": "t", "when": {"condition.name": "c"}}]
    bands = [{"grade": "A", "at_least": 0.8}, {"grade": "B", "otherwise": True}]
    points = {"start": 0.7, "adjustments": more, "floor": 0, "ceiling": 1, "bands": bands}
    assessment, verdict = graded(rubric({"points": points}), {})
    assert verdict is not None
    assert verdict.grades["domain"] == assessment.domain("domain").grade == "A"


def test_points_that_come_to_nothing_are_nothing() -> None:
    """0.3 less 0.1 less 0.2 reaches a band at 0."""
    always = {"condition.name": "c"}
    less = [{"points": less, "name": name, "means": "t", "when": always} for name, less in (("a", -0.1), ("b", -0.2))]
    bands = [{"grade": "A", "at_least": 0}, {"grade": "B", "otherwise": True}]
    points = {"start": 0.3, "adjustments": less, "floor": -1, "ceiling": 1, "bands": bands}
    assessment, verdict = graded(rubric({"points": points}), {})
    assert verdict is not None
    assert verdict.grades["domain"] == assessment.domain("domain").grade == "A"


def test_a_domain_that_is_judged_item_by_item_needs_an_unjudged_grade() -> None:
    """There may be no items; a rubric that has no grade for that is refused."""
    rules = rubric({"each": "trials", "combine": "best", "ladder": ladder({"result": "benefit"})})
    rules["scales"] = {"scale": {"grades": SCALE["grades"]}}
    assert problems(rules)[1] != []


@pytest.mark.parametrize("place", ["therapy.regulatory", "therapy.related_agents"])
def test_a_term_on_items_is_no_term_on_the_dossier(place: str) -> None:
    """Asked of the whole dossier it would silently match nothing."""
    terms = {"named": {"on": place, "means": "t", "when": _question(place)}}
    assert problems(rubric({"ladder": ladder({"any": place, "where": "named"})}, terms=terms))[1] == []
    assert problems(rubric({"ladder": ladder("named")}, terms=terms))[1] != []


@pytest.mark.parametrize("place", ["therapy.regulatory", "therapy.related_agents"])
def test_items_of_every_list_can_be_labelled(place: str) -> None:
    """`classify` works on every list, also on those whose items have no name in the schema."""
    rungs = [{"label": "I", "name": "r", "means": "t", "when": _question(place)}, {"label": "II", **LAST}]
    classify = {"label": {"on": place, "means": "t", "ladder": rungs}}
    assert problems(rubric({"ladder": ladder({"any": place, "where": {"label": "I"}})}, classify=classify))[1] == []


def _question(place: str) -> Data:
    return {"status": "approved"} if place == "therapy.regulatory" else {"name": "t"}


def test_a_field_named_like_a_word_of_the_language_can_be_asked_for() -> None:
    """An adverse event has a number `of`; `{of: 100}` asks for it as `{n: 1}` asks for `n`."""
    rules = rubric({"ladder": ladder({"any": "safety.adverse_events", "where": {"of": 100}})})
    assert problems(rules)[1] == []
