"""What evgrade promises of a dossier that does not say everything."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.dossier import examine
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.rubric.check import check_rubric
from evgrade.yamlio.reader import read
from tests.examples import examples

from .reference import Verdict, judge
from .situations import Situation, under_a_drawn_rubric, under_a_single_domain, under_the_default_rubric

EXACTLY = 1e-9

under_any_rubric = pytest.mark.parametrize(
    "situations",
    [under_the_default_rubric(), under_a_drawn_rubric(), under_a_single_domain()],
    ids=["default rubric", "drawn rubric", "single domain"],
)

pytestmark = pytest.mark.slow
Situations = st.SearchStrategy[Situation]


def check_promise(assessment: Assessment, verdict: Verdict) -> None:
    """Check that what a dossier came to, once all was known, had been called possible."""
    for domain in assessment.domains:
        assert verdict.grades[domain.name] in domain.possible
    if assessment.score is not None and verdict.score is not None:
        assert assessment.score.low is not None
        assert assessment.score.high is not None
        assert assessment.score.low - EXACTLY <= verdict.score <= assessment.score.high + EXACTLY
    if assessment.recommendation is not None:
        assert verdict.level in assessment.recommendation.possible


@under_any_rubric
@examples(400)
@given(data=st.data())
def test_whatever_the_missing_facts_turn_out_to_be_had_been_called_possible(
    situations: Situations, data: st.DataObject
) -> None:
    """Fill in every missing fact, however you like: grades, score and recommendation are among those reported."""
    situation = data.draw(situations)
    for known in situation.dossiers:
        verdict = judge(situation.rubric, known.everything)
        check_promise(situation.grade(known.more), verdict)
        check_promise(situation.grade(known.little), verdict)


@under_any_rubric
@examples(250)
@given(data=st.data())
def test_where_everything_is_known_nothing_is_open_and_the_naive_reading_agrees(
    situations: Situations, data: st.DataObject
) -> None:
    """A complete dossier has the grades, score and level of the reference, each the only one possible."""
    situation = data.draw(situations)
    for known in situation.dossiers:
        verdict = judge(situation.rubric, known.everything)
        assessment = situation.grade(known.everything)
        assert {domain.name: domain.grade for domain in assessment.domains} == verdict.grades
        assert all(domain.possible == (domain.grade,) for domain in assessment.domains)
        assert assessment.missing == ()
        if assessment.recommendation is not None:
            assert assessment.recommendation.level == verdict.level
            assert assessment.recommendation.possible == (verdict.level,)
        if assessment.score is not None:
            assert (assessment.score.value is None) == (verdict.score is None)
            if verdict.score is not None:
                assert assessment.score.value == pytest.approx(float(verdict.score), abs=EXACTLY)
                assert assessment.score.low == assessment.score.high == assessment.score.value


@under_any_rubric
@examples(250)
@given(data=st.data())
def test_a_fact_found_never_makes_more_possible(situations: Situations, data: st.DataObject) -> None:
    """Filling in some of the missing facts never adds a grade or a level, and never widens the score's range.

    Only what is given meanwhile, as long as nothing more is known, may be what no completion leads to.
    """
    situation = data.draw(situations)
    for known in situation.dossiers:
        before, after = situation.grade(known.little), situation.grade(known.more)
        for earlier, later in zip(before.domains, after.domains, strict=True):
            assert {*later.possible} - {later.grade} <= {*earlier.possible}
        if before.recommendation is not None and after.recommendation is not None:
            given = after.recommendation.level
            assert {*after.recommendation.possible} - {given} <= {*before.recommendation.possible}
        # Where all that could be scored turned out to be nothing, there is no score, and no range to compare. What is
        # given meanwhile counts in the score, so the range reaches down to it.
        reached = all(
            later.grade in earlier.possible for earlier, later in zip(before.domains, after.domains, strict=True)
        )
        if after.score is not None and after.score.low is not None and after.score.high is not None:
            assert before.score is not None
            assert before.score.low is not None
            assert before.score.high is not None
            assert before.score.low - EXACTLY <= after.score.low or not reached
            assert after.score.high <= before.score.high + EXACTLY


@under_any_rubric
@examples(100)
@given(data=st.data())
def test_what_is_established_is_possible(situations: Situations, data: st.DataObject) -> None:
    """The grade reported is one of those reported as possible, the level too, and the score is in its range."""
    situation = data.draw(situations)
    for known in situation.dossiers:
        assessment = situation.grade(known.little)
        for domain in assessment.domains:
            assert domain.grade in domain.possible
            assert all(item.grade in item.possible for item in domain.items)
        if assessment.recommendation is not None:
            assert assessment.recommendation.level in assessment.recommendation.possible
        if assessment.score is not None and assessment.score.low is not None and assessment.score.high is not None:
            assert 0 <= assessment.score.low <= assessment.score.high <= 100
            if assessment.score.value is not None:
                low, high = assessment.score.low - EXACTLY, assessment.score.high + EXACTLY
                assert low <= assessment.score.value <= high


@under_any_rubric
@examples(100)
@given(data=st.data())
def test_what_keeps_a_grade_open_is_named(situations: Situations, data: st.DataObject) -> None:
    """A domain with several possible grades names missing facts, and none of these is stated in the dossier."""
    situation = data.draw(situations)
    for known in situation.dossiers:
        price = known.little.get("cost", {})
        # Prices may be reported from `low` to `high`. That can keep a grade open and is not a missing fact.
        assume("low" not in price or "high" not in price or price["low"] == price["high"])
        for domain in situation.grade(known.little).domains:
            assert domain.missing or len(domain.possible) == 1
            assert all(not _is_stated(known.little, fact.path) for fact in domain.missing)


def _is_stated(dossier: object, path: tuple[str | int, ...]) -> bool:
    value: object = dossier
    for part in path:
        if isinstance(value, dict):
            value = value.get(part, "unclear")
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
    return value not in ("unclear", "not_reported")


@under_any_rubric
@examples(50)
@given(data=st.data())
def test_the_same_bytes_make_the_same_assessment(situations: Situations, data: st.DataObject) -> None:
    """Reading and grading again, from the bytes of dossier and rubric, gives an assessment that is equal."""
    situation = data.draw(situations)
    rubric, dossier = json.dumps(situation.rubric).encode(), json.dumps(situation.dossiers[0].little).encode()

    def again() -> Assessment:
        compiled, _ = check_rubric(read(rubric, "rubric.yaml"))
        found, _ = examine(dossier, "dossier.yaml")
        assert compiled is not None
        assert found is not None
        return assess(found, compiled)

    assert again() == again()


def test_an_assessment_does_not_depend_on_the_hash_seed() -> None:
    """Sets of strings change their order from process to process; an assessment does not."""
    program = """if True:
        from evgrade.checking import load_dossier

        from evgrade.grading.assess import assess
        from evgrade.rubric.load import load_rubric, shipped_folder
        for path in sorted((shipped_folder().parent / "examples").glob("*.yaml")):
            print(assess(load_dossier(str(path)), load_rubric()))
    """
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    ]
    assert outputs[0]
    assert outputs[0] == outputs[1] == outputs[2]
