"""What a study is said to be or to show, against its own facts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.building import found


def trial(**facts: Any) -> list[dict[str, Any]]:
    return [{"id": "trial", "statement": "A trial.", **facts}]


def effect(low: float, high: float, measure: str = "HR", **facts: Any) -> dict[str, Any]:
    return {"outcome": "death", "measure": measure, "ci_low": low, "ci_high": high, **facts}


NOTHING, BENEFIT = effect(0.6, 1.2), effect(0.5, 0.9)


@pytest.mark.parametrize(
    ("effects", "many"),
    [
        ([NOTHING], 1),
        ([BENEFIT], 0),
        ([effect(1.1, 2.0)], 0),  # whichever way is better
        ([effect(-1, 2, "MD")], 1),
        ([effect(0.5, 2, "MD")], 0),
        ([effect(0.6, 1.0)], 0),  # may be 0.997
        ([effect(0.6, 1.2, "other")], 0),
        ([effect(1.2, 0.6)], 0),  # swapped: another check says so
        ([effect(0.6, 1.2, ci_level=90)], 1),
        ([effect(0.6, 1.2, ci_level=99)], 0),
        ([NOTHING, NOTHING], 1),
        ([NOTHING, BENEFIT], 0),
        ([NOTHING | {"primary": True}, BENEFIT], 1),
        ([NOTHING, BENEFIT | {"primary": True}], 0),
        ([NOTHING | {"primary": True}, BENEFIT | {"primary": True}], 0),
        ([NOTHING, {"outcome": "strength", "favours": "therapy"}], 0),
        ([NOTHING, {"outcome": "strength", "p": 0.01}], 0),
        ([NOTHING, {"outcome": "strength", "p": "< 0.001"}], 0),
        ([NOTHING, {"outcome": "strength", "p": 0.2}], 1),
        ([NOTHING, {"outcome": "strength", "favours": "neither"}], 1),
        ([{"outcome": "strength", "p": 0.2}], 0),
        ([], 0),
        # Noninferiority is a benefit of another kind, whatever the trial says of its hypothesis.
        ([NOTHING | {"p_for": "noninferiority"}], 0),
        ([NOTHING | {"noninferiority_margin": 1.3}], 0),
        ([NOTHING | {"p_for": "superiority"}], 1),
        ([NOTHING, {"outcome": "strength", "p": 0.2, "p_for": "trend"}], 0),
        ([effect(0.6, 1.2, "other", null_value=1)], 1),
        ([effect(0.56, 0.68, "other", null_value=0.5)], 0),
        ([{"outcome": "death", "measure": "HR", "ci_low": 0.6, "ci_high": "not_estimable"}], 0),
    ],
)
def test_a_benefit_has_an_interval_that_shows_it(effects: list[dict[str, Any]], many: int) -> None:
    assert len(found("claim-benefit", trials=trial(result="benefit", effects=effects))) == many
    for result in ("no_benefit", "mixed", "harm", "unclear"):
        assert found("claim-benefit", trials=trial(result=result, effects=effects)) == []


def test_a_trial_of_noninferiority_may_include_no_effect() -> None:
    for hypothesis, many in (("noninferiority", 0), ("equivalence", 0), ("superiority", 1)):
        trials = trial(result="benefit", effects=[NOTHING], hypothesis=hypothesis)
        assert len(found("claim-benefit", trials=trials)) == many


@pytest.mark.parametrize("section", ["syntheses", "observational"])
def test_a_benefit_of_other_studies(section: str) -> None:
    study = {"id": "study", "statement": "A study.", "result": "benefit", "effects": [NOTHING]}
    assert len(found("claim-benefit", **{section: [study]})) == 1


def outcome(result: str, **facts: Any) -> list[dict[str, Any]]:
    return [{"id": "death", "name": "death", "result": result, **facts}]


def test_a_benefit_of_an_outcome() -> None:
    (finding,) = found("claim-benefit", outcomes=outcome("benefit", effect=NOTHING))
    assert finding.message == "the result is `benefit`, but the interval includes no effect: HR 0.6 to 1.2"
    assert finding.location.path == ("outcomes", 0, "result")
    assert found("claim-benefit", outcomes=outcome("benefit", effect=BENEFIT)) == []


@pytest.mark.parametrize(
    ("primary", "many"),
    [
        (BENEFIT | {"favours": "therapy"}, 1),
        (BENEFIT | {"favours": "control"}, 0),
        (BENEFIT, 0),
        (NOTHING | {"favours": "therapy"}, 0),
        (effect(0.5, 1.0, favours="therapy"), 0),
        (effect(1.2, 0.6, favours="therapy"), 0),
        (BENEFIT | {"favours": "therapy", "ci_level": 90}, 0),
    ],
)
def test_no_benefit_has_no_primary_interval_that_shows_one(primary: dict[str, Any], many: int) -> None:
    trials = trial(result="no_benefit", effects=[primary | {"primary": True}])
    assert len(found("claim-no-benefit", trials=trials)) == many
    assert found("claim-no-benefit", trials=trial(result="no_benefit", effects=[primary])) == []
    assert found("claim-no-benefit", trials=trial(result="benefit", effects=[primary | {"primary": True}])) == []


def test_an_effect_may_be_too_small_to_matter() -> None:
    shown = BENEFIT | {"favours": "therapy"}
    assert len(found("claim-no-benefit", outcomes=outcome("no_benefit", effect=shown))) == 1
    outcomes = outcome("no_benefit", effect=shown, smallest_important_effect=0.5)
    assert found("claim-no-benefit", outcomes=outcomes) == []


ONE_ARM = [{"name": "therapy"}]
TWO_ARMS = [{"name": "therapy"}, {"name": "placebo"}]
DESIGNS: list[tuple[dict[str, Any], bool]] = [
    ({"intervention_model": "single_group"}, True),
    ({"intervention_model": "single_group", "arms": TWO_ARMS}, True),
    ({"arms": ONE_ARM}, True),
    ({"arms": ONE_ARM, "control": "historical"}, True),
    ({"arms": ONE_ARM, "control": "placebo"}, False),
    ({"arms": ONE_ARM, "intervention_model": "crossover"}, False),
    ({"arms": TWO_ARMS}, False),
    ({"intervention_model": "parallel"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("design", "single"), DESIGNS)
@pytest.mark.parametrize("masking", ["double", "triple", "quadruple", "single", "none"])
def test_double_masked_takes_two_groups(masking: str, design: dict[str, Any], single: bool) -> None:
    expected = single and masking not in ("single", "none")
    assert bool(found("claim-masking", trials=trial(masking=masking, **design))) is expected


@pytest.mark.parametrize(
    ("design", "single"), [*DESIGNS, ({"control": "none"}, True), ({"control": "dose_comparison"}, False)]
)
def test_randomized_takes_two_groups(design: dict[str, Any], single: bool) -> None:
    assert bool(found("claim-randomized", trials=trial(allocation="randomized", **design))) is single
    assert found("claim-randomized", trials=trial(allocation="non_randomized", **design)) == []


@pytest.mark.parametrize(
    ("facts", "answered"),
    [
        ({}, False),
        ({"standing": "supported"}, False),
        ({"standing": "supported", "standing_reason": "All say so."}, False),
        ({"standing": "contradicted", "standing_reason": "All say so."}, False),
        ({"standing": "supported", "answered_by": []}, False),
        ({"standing": "supported", "answered_by": ["trial"]}, True),
        ({"standing": "untested"}, True),
        ({"standing": "unsupported"}, False),
        ({"standing": "unsupported", "standing_reason": "Nobody has tested it."}, True),
        ({"standing": "unclear", "standing_reason": "It can be read in two ways."}, True),
        ({"standing": "unclear"}, False),
    ],
)
def test_a_claim_is_answered_by_evidence(facts: dict[str, Any], answered: bool) -> None:
    claims = [{"id": "claim", "statement": "It stops the illness.", **facts}]
    assert (found("claim-unanswered", trials=trial(), claims=claims) == []) is answered
