"""What explains a condition says what the condition says, and names the facts that would settle it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from evgrade.grading.trace import Trace, supporting, trace, unstated
from evgrade.model import Path
from evgrade.rubric.conditions.base import NO_CONTEXT
from evgrade.rubric.conditions.lists import Share
from tests.examples import examples

from .building import condition, parsed
from .drawing import Author, Data
from .test_conditions import CLASS, SOUND

LAW = examples(400)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Any, Data, Data]:
    """Draw a condition, a dossier that says part of what it asks for, and the same one with all of it."""
    author = Author(draw)
    complete = author.complete()
    return author.condition(), author.partly(author.partly(complete)), complete


def at(data: Any, path: Path) -> Any:
    """Return what stands at a path; None where it is not stated."""
    for step in path:
        data = data.get(step) if isinstance(data, dict) else data[step]
        if data is None:
            return None
    return data


def agrees(asked: Trace, dossier: Data) -> None:
    """Check that all the truths in a trace are those of its conditions."""
    for part in asked.parts:
        agrees(part, dossier)
    for item in asked.items:
        if isinstance(asked.condition, Share):
            # An entry of a share is explained by two answers: whether it belongs, and whether it matches.
            assert [part.condition for part in item.parts] == [asked.condition.of, asked.condition.where]
        else:
            assert item.truth is item.condition.truth(at(dossier, item.path), NO_CONTEXT)
        for part in item.parts:
            agrees(part, dossier)
    if not asked.items:
        assert asked.truth is asked.condition.truth(at(dossier, asked.path), NO_CONTEXT)


@LAW
@given(situations())
def test_a_trace_says_what_the_condition_says(situation: tuple[Any, Data, Data]) -> None:
    written, dossier, _ = situation
    asked = parsed(written)
    truth = asked.truth(dossier, NO_CONTEXT)
    event(f"{truth}")
    assert trace(asked, dossier, (), NO_CONTEXT).truth is truth
    agrees(trace(asked, dossier, (), NO_CONTEXT), dossier)


@LAW
@given(situations())
def test_the_facts_that_are_missing_settle_it(situation: tuple[Any, Data, Data]) -> None:
    """Find out what is named, ask again, and so on: it ends with the answer that all facts together give."""
    written, dossier, complete = situation
    asked = parsed(written)
    known = copy.deepcopy(dossier)
    rounds = 0
    while (found := trace(asked, known, (), NO_CONTEXT)).truth is None:
        missing = list(dict.fromkeys(unstated([found])))
        assert missing, "it is open, and nothing is missing"
        for path in missing:
            assert at(known, path) is None
            *outer, last = path
            at(known, tuple(outer))[last] = copy.deepcopy(at(complete, path))
        rounds += 1
    event(f"{rounds} rounds")
    assert list(unstated([found])) == []
    assert found.truth is asked.truth(complete, NO_CONTEXT)


@LAW
@given(situations())
def test_what_supports_a_condition_stands_in_the_dossier(situation: tuple[Any, Data, Data]) -> None:
    written, dossier, _ = situation
    found = trace(parsed(written), dossier, (), NO_CONTEXT)
    paths = list(supporting([found]))
    assert found.truth is True or not paths
    assert all(at(dossier, path) is not None for path in paths)


def paths_of(when: str, dossier: Data, vocabulary: str = "") -> tuple[list[Path], list[Path]]:
    """Return what supports a condition, and what is missing for it."""
    found = trace(condition(when, vocabulary), dossier, (), NO_CONTEXT)
    return list(dict.fromkeys(supporting([found]))), list(dict.fromkeys(unstated([found])))


GOOD, BAD, OPEN = {"result": "benefit"}, {"result": "no_benefit"}, {"allocation": "randomized"}


def test_items_that_match_support_a_count() -> None:
    assert paths_of("{any: trials, where: {result: benefit}}", {"trials": [BAD, GOOD, OPEN, GOOD]}) == (
        [("trials", 1), ("trials", 3)],
        [],
    )


BY_COHORT = "{count: trials, by: cohort, where: {result: benefit}, at_least: 2}"


@pytest.mark.parametrize(
    ("trials", "found", "missing"),
    [
        ([{"cohort": "A"}, {"cohort": "a"}], "2 trials, 1 independent", []),
        ([{"cohort": "A"}, {"cohort": "B"}], "2 trials, 2 independent", []),
        ([{"cohort": "A"}, {}], "2 trials, 1 to 2 independent", [("trials", 1, "cohort")]),
        ([{"cohort": "A"}], "1 trial, 1 independent", []),
        ([{"cohort": "A"}, {"cohort": "B", "result": "unclear"}], "1 to 2 trials, 1 to 2 independent", []),
    ],
)
def test_a_count_by_strand_says_how_many_match_and_how_many_are_independent(
    trials: list[Data], found: str, missing: list[Path]
) -> None:
    dossier = {"trials": [GOOD | one for one in trials]}
    asked = condition(BY_COHORT)
    traced = trace(asked, dossier, (), NO_CONTEXT)
    words = "at least 2 independent trials, by cohort (result benefit"
    assert asked.headline(traced) == f"{words}): {found}"
    assert list(asked.lacks(traced, set())) == ([] if traced.truth else [f"{words}; so far {found})"])
    assert [path for path in paths_of(BY_COHORT, dossier)[1] if path[-1] == "cohort"] == missing


def test_what_does_not_match_can_link_what_does() -> None:
    """Where the second trial is from cohort A and group Y, the others are one strand; its own result is no matter."""
    first, last = {**GOOD, "cohort": "A", "group": "none"}, {**GOOD, "cohort": "none", "group": "Y"}
    when = BY_COHORT.replace("by: cohort", "by: [cohort, group]")
    missing = [("trials", 1, "cohort"), ("trials", 1, "group")]
    assert paths_of(when, {"trials": [first, BAD, last]}) == ([], missing)
    assert paths_of(when, {"trials": [first, {**BAD, "cohort": "B"}, last]})[1] == []


def test_every_item_supports_every() -> None:
    assert paths_of("{every: trials, where: {result: benefit}}", {"trials": [GOOD, GOOD]})[0] == [
        ("trials", 0),
        ("trials", 1),
    ]


def test_nothing_supports_the_absence_of_something() -> None:
    assert paths_of("{none: trials, where: {result: harm}}", {"trials": [GOOD]}) == ([], [])
    assert paths_of("{not: {any: trials, where: {result: harm}}}", {"trials": [GOOD]}) == ([], [])


def test_what_belongs_and_matches_supports_a_share() -> None:
    share = "{share: trials, where: {result: benefit}, of: {allocation: randomized}, at_least: 0.5}"
    trials = [{**OPEN, **GOOD}, {**OPEN, **BAD}, {"allocation": "na", **GOOD}]
    assert paths_of(share, {"trials": trials}) == ([("trials", 0)], [])


def test_items_inside_items_support_too() -> None:
    when = "{any: mechanism, where: {any: evidence, where: {shown_in: human}}}"
    found = {"mechanism": [{"evidence": [{"shown_in": "cell"}, {"shown_in": "human"}]}]}
    assert paths_of(when, found)[0] == [("mechanism", 0), ("mechanism", 0, "evidence", 1)]


def test_a_field_of_the_dossier_stands_for_itself() -> None:
    assert paths_of("{safety.concern: none}", {"safety": {"concern": "none"}})[0] == [("safety", "concern")]
    cost = {"currency": "USD", "low": 1, "high": 1, "per": "year"}
    assert paths_of("{cost.annual_usd: {below: 5}}", {"cost": cost})[0] == [("cost",)]


def test_one_true_part_supports_an_alternative() -> None:
    when = "{any: [{any: trials, where: {result: benefit}}, {safety.concern: none}]}"
    assert paths_of(when, {"trials": [GOOD]}) == ([("trials", 0)], [])


def test_a_term_is_supported_by_what_it_means() -> None:
    assert paths_of("{any: trials, where: sound}", {"trials": [OPEN]}, SOUND)[0] == [("trials", 0)]


def test_a_missing_field_is_named_where_it_would_stand() -> None:
    when = "{any: trials, where: {result: benefit, risk_of_bias.overall: low}}"
    assert paths_of(when, {"trials": [GOOD, BAD]})[1] == [("trials", 0, "risk_of_bias", "overall")]
    assert paths_of(when, {"trials": [{"result": "unclear", "risk_of_bias": {"overall": "low"}}]})[1] == [
        ("trials", 0, "result")
    ]


def test_a_missing_list_is_named_itself() -> None:
    assert paths_of("{any: safety.boxed_warnings, where: {agent: same}}", {})[1] == [("safety", "boxed_warnings")]
    assert paths_of("{any: mechanism, where: {any: evidence}}", {"mechanism": [{}]})[1] == [
        ("mechanism", 0, "evidence")
    ]


def test_of_a_derived_value_its_inputs_are_missing() -> None:
    when = "{safety.serious.attributable_rate: {below: 0.02}}"
    assert paths_of(when, {})[1] == [("safety", "serious", "n")]
    assert paths_of(when, {"safety": {"serious": {"n": 1, "of": 10}}})[1] == [
        ("safety", "serious", "counts"),
        ("safety", "serious", "control", "n"),
        ("safety", "serious", "control", "of"),
    ]


def test_of_a_sum_the_numbers_are_missing_and_which_items_count() -> None:
    when = "{sum: trials.participants, where: {result: benefit}, at_least: 100}"
    trials = [GOOD, {"participants": 5}, BAD, {"participants": 200}]
    assert paths_of(when, {"trials": trials})[1] == [
        ("trials", 0, "participants"),
        ("trials", 1, "result"),
        ("trials", 3, "result"),
    ]


def test_whether_an_item_belongs_is_missing_for_a_share_even_if_it_does_not_match() -> None:
    """One of one is more than half, one of two is not: it matters whether the second belongs."""
    share = "{share: trials, where: {result: benefit}, of: {allocation: randomized}, above: 0.5}"
    assert paths_of(share, {"trials": [{**OPEN, **GOOD}, BAD]})[1] == [("trials", 1, "allocation")]
    # And of what surely does not belong nothing matters.
    assert paths_of(share, {"trials": [{**OPEN, **GOOD}, BAD, {"allocation": "na"}]})[1] == [
        ("trials", 1, "allocation")
    ]


def test_a_label_is_settled_by_the_facts_of_its_ladder() -> None:
    when = "{any: trials, where: {class: I}}"
    assert paths_of(when, {"trials": [{"control": "none"}]}, CLASS)[1] == [("trials", 0, "allocation")]
    assert paths_of(when, {"trials": [{"allocation": "randomized"}]}, CLASS) == ([("trials", 0)], [])


def test_below_the_rung_that_holds_no_fact_of_a_label_is_missing() -> None:
    """The first rung is open and the second holds: what the third would ask is of no use."""
    third = "      - {label: III, name: three, means: m, when: {masking: double}}\n      - {label: IV, name: rest"
    vocabulary = CLASS.replace("      - {label: III, name: three", third)
    when = "{any: trials, where: {class: I}}"
    assert paths_of(when, {"trials": [{"control": "placebo"}]}, vocabulary)[1] == [("trials", 0, "allocation")]


def test_a_trace_keeps_what_it_found() -> None:
    dossier = {"trials": [GOOD, BAD], "safety": {"exposed": 31}}
    for when, found in (
        ("{safety.exposed: {at_least: 5}}", 31),
        ("{count: trials, where: {result: benefit}, at_least: 5}", 1),
        ("{share: trials, where: {result: benefit}, at_least: 0.9}", 0.5),
        ("{safety.concern: none}", None),
    ):
        assert trace(condition(when), dossier, (), NO_CONTEXT).found == found
