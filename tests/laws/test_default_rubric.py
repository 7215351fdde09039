"""What must hold of the default rubric whatever a dossier says."""

from __future__ import annotations

from hypothesis import given

from evgrade.grading.assessment import Assessment
from evgrade.rubric.model import Domain
from tests.examples import examples

from .dossiers import Data
from .rubrics import default_rubric
from .situations import Situation, under_the_default_rubric

SOUND_AND_POSITIVE = {
    "id": "one-more-trial",
    "statement": "A large masked trial that found benefit.",
    "agent": "same",
    "condition": "same",
    "allocation": "randomized",
    "masking": "double",
    "control": "placebo",
    "publication": "peer_reviewed",
    "risk_of_bias": {"overall": "low"},
    "powered": True,
    "result": "benefit",
}


def before_and_after(situation: Situation, dossier: Data) -> tuple[Assessment, Assessment]:
    """Return the assessments of a dossier without and with one more trial, sound and positive."""
    more = {**dossier, "trials": [*dossier.get("trials", []), SOUND_AND_POSITIVE]}
    return situation.grade(dossier), situation.grade(more)


def numbers(assessment: Assessment) -> list[float]:
    """Return the established, the lowest and the highest score, each of which there is under the default rubric."""
    score = assessment.score
    assert score is not None
    given = [number for number in (score.value, score.low, score.high) if number is not None]
    assert len(given) == 3
    return given


def rank(domain: Domain, grade: str) -> int:
    """Return the place of a grade, 0 for the best; what nobody could judge comes last."""
    return domain.scale.rank(grade)


@examples(150)
@given(under_the_default_rubric())
def test_a_sound_positive_trial_never_lowers_a_grade(situation: Situation) -> None:
    """Neither what is established, nor the best or the worst that is possible; and no verdict becomes silence."""
    _, rubric = default_rubric()
    for known in situation.dossiers:
        for dossier in (known.little, known.everything):
            before, after = before_and_after(situation, dossier)
            for earlier, later in zip(before.domains, after.domains, strict=True):
                domain = rubric.domain(earlier.name)
                assert rank(domain, later.grade) <= rank(domain, earlier.grade)
                for of_all in (min, max):
                    now = of_all(rank(domain, grade) for grade in later.possible)
                    assert now <= of_all(rank(domain, grade) for grade in earlier.possible)
                assert not (earlier.judged and not later.judged)


@examples(150)
@given(under_the_default_rubric())
def test_a_sound_positive_trial_never_lowers_score_or_recommendation(situation: Situation) -> None:
    """Neither what is established, nor the best or the worst that is possible."""
    _, rubric = default_rubric()
    assert rubric.recommendation is not None
    level_rank = rubric.recommendation.rank
    for known in situation.dossiers:
        for dossier in (known.little, known.everything):
            before, after = before_and_after(situation, dossier)
            for earlier, later in zip(numbers(before), numbers(after), strict=True):
                assert later >= earlier
            assert before.recommendation is not None
            assert after.recommendation is not None
            assert after.recommendation.rank <= before.recommendation.rank
            for of_all in (min, max):
                now = of_all(level_rank(level) for level in after.recommendation.possible)
                assert now <= of_all(level_rank(level) for level in before.recommendation.possible)
