"""How few events undo a trial, and what pooled effects are otherwise, beside published values."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

import evgrade
from evgrade.dossier import examine
from evgrade.robustness.numbers import METHODS, Repooled, fragile, repooled
from evgrade.stats.normal import Study
from evgrade.stats.pooling import pool
from evgrade.stats.two_by_two import TwoByTwo, fisher_exact, log_risk_ratio
from tests.stats.test_pooling import BCG_STUDIES, BCG_TABLES


def graded(**sections: Any) -> evgrade.Assessment:
    data = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, **sections}
    dossier, findings = examine(json.dumps(data).encode(), "dossier.yaml")
    assert dossier is not None, findings
    return evgrade.grade(dossier)


def trial(name: str, *tables: tuple[int, int, int, int]) -> dict[str, Any]:
    effects = [
        {
            "outcome": f"outcome {number}",
            "measure": "RR",
            "arms": [
                {"role": "intervention", "name": "a", "events": events, "participants": people},
                {"role": "control", "name": "b", "events": others, "participants": of},
            ],
        }
        for number, (events, people, others, of) in enumerate(tables)
    ]
    return {"id": name, "statement": "It was tried.", "agent": "same", "condition": "same", "effects": effects}


def test_the_fragility_index_is_the_fewest_events_that_undo_a_trial() -> None:
    """The example of the R package fragilityindex: 15 of 40 beside 6 of 40 is undone by one event."""
    trials = [trial("fragile", (15, 40, 6, 40)), trial("not-so", (1, 200, 40, 200), (10, 40, 9, 40))]
    assessment = graded(trials=trials)
    found = {(one.study, one.outcome): one.index for one in fragile({"trials": trials}, assessment)}
    assert found.keys() == {("fragile", "outcome 0"), ("not-so", "outcome 0")}
    assert found["fragile", "outcome 0"] == 1
    index = found["not-so", "outcome 0"]
    assert index is not None
    before, after = (fisher_exact(TwoByTwo(1 + events, 200, 40, 200)) for events in (index - 1, index))
    assert before is not None
    assert after is not None
    assert before < 0.05 <= after


def bcg() -> Repooled:
    entries = []
    for number, study in enumerate(BCG_STUDIES):
        interval = study.interval().exponential()
        entries.append(
            {
                "id": f"trial-{number + 1}",
                "outcome": "Tuberculosis",
                "measure": "RR",
                "estimate": interval.value,
                "ci_low": interval.low,
                "ci_high": interval.high,
            }
        )
    outcome = {
        "id": "tuberculosis",
        "name": "Tuberculosis",
        "importance": "critical",
        "design": "randomized",
        "effect": {"outcome": "Tuberculosis", "measure": "RR"},
        "study_effects": entries,
    }
    [found] = repooled(graded(outcomes=[outcome]).numbers)
    return found


def test_bcg_without_the_first_trial_and_by_each_method() -> None:
    """The tests of R's metafor: `leave1out(rma(yi, vi))` gives -0.7071 (-1.0794 to -0.3348) without the first."""
    found = bcg()
    assert len(found.without) == len(BCG_TABLES)
    first = found.without[0].estimate
    assert [math.log(one) for one in (first.value, first.low, first.high)] == pytest.approx(
        [-0.707083788, -1.079400555, -0.334767021], abs=1e-4
    )
    by_method = {one.how: math.log(one.estimate.value) for one in found.methods}
    assert list(by_method) == list(METHODS)
    assert by_method["fixed effect"] == pytest.approx(-0.4303, abs=1e-4)
    assert by_method["random effects (DerSimonian and Laird)"] == pytest.approx(-0.7141, abs=1e-4)
    assert by_method["random effects (REML)"] == pytest.approx(-0.7145, abs=1e-4)
    assert (found.hangs_on, found.disagreeing) == ((), ())


def test_each_study_left_out_is_what_pooling_the_others_gives() -> None:
    studies = [one for one in map(log_risk_ratio, BCG_TABLES) if isinstance(one, Study)]
    for number, one in enumerate(bcg().without):
        others = pool([*studies[:number], *studies[number + 1 :]], *METHODS["random effects (REML)"])
        assert math.log(one.estimate.value) == pytest.approx(others.effect.value, abs=1e-6)
        assert one.how == f"trial-{number + 1}"


def test_what_hangs_on_one_study_is_said_to() -> None:
    def entry(name: str, value: float) -> dict[str, Any]:
        return {
            "id": name,
            "outcome": "An outcome",
            "measure": "MD",
            "estimate": value,
            "ci_low": value - 1.5,
            "ci_high": value + 1.5,
        }

    outcome = {
        "id": "an-outcome",
        "name": "An outcome",
        "importance": "critical",
        "design": "randomized",
        "effect": {"outcome": "An outcome", "measure": "MD"},
        "study_effects": [entry("weak", 1.0), entry("strong", 1.6)],
    }
    [found] = repooled(graded(outcomes=[outcome]).numbers)
    assert found.methods[0].excludes_none
    assert found.hangs_on == ("strong",)
