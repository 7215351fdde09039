"""A known harm is never hidden: what is worse never makes a level milder, whatever is unknown elsewhere.

The worlds are small and drawn from the fields that harm and trials are judged by; each field may be missing.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.grading.decide import decide
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric
from tests.examples import examples

Data = dict[str, Any]
HEADER: Data = {"dossier": 1, "therapy": {"name": "t"}, "condition": {"name": "c"}}
ABSENT = None
CONCERNS = ("none", "minor", "moderate", "serious")
NUMBERS = (0, 1, 3, 30)
RESULTS = ("benefit", "mixed", "no_benefit", "harm")
SOUND: Data = {
    "statement": "s",
    "agent": "same",
    "condition": "same",
    "allocation": "randomized",
    "masking": "double",
    "control": "placebo",
    "publication": "peer_reviewed",
    "risk_of_bias": {"overall": "low"},
    "powered": True,
    "representative_population": True,
    "baseline_comparable": True,
    "allocation_concealed": True,
    "primary_outcome_defined": True,
    "eligibility_defined": True,
    "participants": 100,
    "completed": 95,
    "few_crossovers": True,
    "hypothesis": "superiority",
    "independent_assessment": True,
    "conflicting_primary_outcomes": False,
}
CHANGES: tuple[Data, ...] = (
    {},
    {},
    {"risk_of_bias": ABSENT},
    {"masking": ABSENT},
    {"risk_of_bias": {"overall": "high"}},
    {"allocation": "non_randomized", "control": "none"},
    {"powered": False},
    {"powered": ABSENT},
    {"agent": "related"},
    {"conflicting_primary_outcomes": ABSENT},
    {"publication": ABSENT},
    {"control": ABSENT},
    {"allocation_concealed": ABSENT, "completed": 60},
)


def without_gaps(data: Data) -> Data:
    return {key: value for key, value in data.items() if value is not ABSENT}


def trial(name: str, result: str | None, change: Data | None = None) -> Data:
    return without_gaps({"id": name, **SOUND, "result": result, **(change or {})})


def severity(rubric: Rubric, dossier: Data) -> int:
    """Return the place of the level that is given, from the mildest; less than all where nothing is recorded."""
    level = decide(dossier, rubric).level
    assert rubric.recommendation is not None
    return -1 if level is None else rubric.recommendation.rank(level.gives)


@st.composite
def harms(draw: st.DrawFn) -> Data:
    def one_of(*values: Any) -> Any:
        return draw(st.sampled_from(values))

    counts = one_of(ABSENT, "attributed", "all_causes")
    warning = {"id": "w", "statement": "s"}
    event = {"id": "e", "name": "n"}
    listed = one_of(ABSENT, [], [event], [{**event, "seriousness": "died"}])
    safety = without_gaps(
        {
            "concern": one_of(ABSENT, *CONCERNS),
            "exposed": one_of(ABSENT, 50, 1000),
            "boxed_warnings": one_of(ABSENT, [], [warning], [{**warning, "therapy_dose": True, "agent": "same"}]),
            "adverse_events": listed,
        }
    )
    for name in ("serious", "died"):
        number = one_of(ABSENT, *NUMBERS)
        if number is not ABSENT:
            safety[name] = without_gaps({"n": number, "of": 100, "counts": counts})
    approved = [{"agency": "A", "status": "approved", "condition": "same"}]
    therapy = without_gaps({"name": "t", "regulatory": one_of(ABSENT, [], approved)})
    return HEADER | {"therapy": therapy, "safety": safety}


def worse_harms(safety: Data) -> list[Data]:
    """Return the same harms with one of them worse."""
    worse = []
    concern = safety.get("concern")
    if concern in CONCERNS[:-1]:
        worse.append({**safety, "concern": CONCERNS[CONCERNS.index(concern) + 1]})
    for name in ("serious", "died"):
        if name in safety and safety[name]["n"] < NUMBERS[-1]:
            more = NUMBERS[NUMBERS.index(safety[name]["n"]) + 1]
            worse.append({**safety, name: {**safety[name], "n": more}})
    if safety.get("boxed_warnings") == []:
        worse.append({**safety, "boxed_warnings": [{"id": "w", "statement": "s"}]})
    if safety.get("adverse_events"):
        (event,) = safety["adverse_events"]
        worse.append({**safety, "adverse_events": [{**event, "seriousness": "died"}]})
    return worse


@st.composite
def trials(draw: st.DrawFn) -> list[Data]:
    results = st.sampled_from((*RESULTS, ABSENT))
    drawn = draw(st.lists(st.tuples(results, st.sampled_from(CHANGES)), max_size=3))
    return [trial(f"t{number}", result, change) for number, (result, change) in enumerate(drawn)]


@st.composite
def surroundings(draw: st.DrawFn) -> Data:
    """Draw what else a dossier may hold: a review of the trials, reports of patients, harms, a price."""
    review = {
        "id": "review",
        "statement": "s",
        "question": "benefit",
        "design": "randomized_trials",
        "agent": "same",
        "condition": "same",
        "studies": 5,
        "publication": "peer_reviewed",
        "risk_of_bias": {"overall": "low"},
        "contributing": draw(st.sampled_from((ABSENT, [], ["t0"], ["t0", "t1"]))),
        "result": draw(st.sampled_from(("benefit", "no_benefit"))),
    }
    report = {"id": "report", "statement": "s", "agent": "same", "condition": "same", "result": "benefit"}
    more = without_gaps(
        {
            "syntheses": draw(st.sampled_from((ABSENT, ABSENT, [without_gaps(review)]))),
            "cases": draw(st.sampled_from((ABSENT, [], [report]))),
            "cost": draw(st.sampled_from((ABSENT, {"currency": "USD", "low": 40, "high": 60, "per": "month"}))),
        }
    )
    return draw(harms()) | more


@examples(600)
@given(dossier=harms(), found=trials())
def test_a_worse_harm_never_makes_the_level_milder(dossier: Data, found: list[Data]) -> None:
    rubric = load_rubric()
    before = severity(rubric, {**dossier, "trials": found})
    for safety in worse_harms(dossier["safety"]):
        assert severity(rubric, {**dossier, "trials": found, "safety": safety}) >= before


@pytest.mark.parametrize("name", ["evgrade-default", "aan-2004"])
@examples(500)
@given(dossier=surroundings(), found=trials())
def test_a_worse_result_of_a_trial_never_makes_the_level_milder(name: str, dossier: Data, found: list[Data]) -> None:
    rubric = load_rubric(name)
    before = severity(rubric, {**dossier, "trials": found})
    for number, one in enumerate(found):
        result = one.get("result")
        if result in RESULTS[:-1]:
            worse = {**one, "result": RESULTS[RESULTS.index(result) + 1]}
            assert severity(rubric, {**dossier, "trials": [*found[:number], worse, *found[number + 1 :]]}) >= before


@pytest.mark.parametrize("name", ["evgrade-default", "aan-2004"])
@examples(500)
@given(dossier=surroundings(), found=trials())
def test_one_more_sound_trial_moves_the_level_its_own_way_or_not_at_all(
    name: str, dossier: Data, found: list[Data]
) -> None:
    rubric = load_rubric(name)
    before = severity(rubric, {**dossier, "trials": found})
    for result in ("no_benefit", "harm"):
        assert severity(rubric, {**dossier, "trials": [*found, trial("new", result)]}) >= before
    assert severity(rubric, {**dossier, "trials": [*found, trial("new", "benefit")]}) <= before
