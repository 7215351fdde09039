"""What changed between two dossiers, and which rule that moved."""

from __future__ import annotations

import copy
import random
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evgrade.checking import load_dossier
from evgrade.grading.evidence_diff import Change, evidence_diff
from evgrade.grading.moved import DossierDiff, diff_dossiers
from tests.examples import examples

from .building import dossier, ladder, rubric, trial

NALTREXONE = load_dossier("examples/low-dose-naltrexone-als.dossier.yaml")
DATA = dict(NALTREXONE.data)


def said(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str | None, str | None]]:
    entries = evidence_diff(dossier(**old), dossier(**new))
    return [(one.name, part.name, part.said_before, part.said_after) for one in entries for part in one.changes]


# What changed


def test_items_are_matched_by_id_and_told_field_by_field() -> None:
    old = {"trials": [trial("a", result="unclear", year=2001), trial("b")]}
    new = {"trials": [trial("b"), trial("a", result="no_benefit", masking="double")]}
    assert said(old, new) == [
        ("trial a", "masking", None, "double"),
        ("trial a", "result", "unclear", "no benefit"),
        ("trial a", "year", "2001", None),
    ]


def test_an_item_with_another_id_is_another_item() -> None:
    entries = evidence_diff(dossier(trials=[trial("a")]), dossier(trials=[trial("b")]))
    assert [(one.how, one.id) for one in entries] == [("removed", "a"), ("added", "b")]
    assert [one.old and one.old.path for one in entries] == [("trials", 0), None]


def test_items_inside_of_items_are_matched_by_id_too() -> None:
    effects: list[dict[str, Any]] = [{"id": "e", "outcome": "death", "p": 0.04}, {"id": "f", "outcome": "pain"}]
    changed = [effects[1], {**effects[0], "p": 0.06}]
    assert said({"trials": [trial("a", effects=effects)]}, {"trials": [trial("a", effects=changed)]}) == [
        ("trial a", "effects, effect e, p", "0.04", "0.06")
    ]


def test_a_section_without_entries_is_told_by_the_titles_of_its_fields() -> None:
    assert said({"safety": {"exposed": 20, "died": {"n": 0}}}, {"safety": {"exposed": 30, "died": {"n": 1}}}) == [
        ("safety", "people followed for harm", "20", "30"),
        ("safety", "death, n", "0", "1"),
    ]


def test_lists_without_ids_are_compared_by_content() -> None:
    old = {"trials": [trial("a", arms=[{"name": "x", "participants": 3}, {"name": "y"}])]}
    new = {"trials": [trial("a", arms=[{"name": "y"}, {"name": "x", "participants": 4}])]}
    assert said(old, new) == [("trial a", "arms, arm x, participants", "3", "4")]


def test_a_number_written_another_way_is_the_same_and_yes_is_not_one() -> None:
    assert said({"cost": {"low": 2, "high": 2}}, {"cost": {"low": 2.0, "high": 2}}) == []
    assert said({"x-own": {"a": True}}, {"x-own": {"a": 1}}) == [("x-own", "a", "yes", "1")]


def test_a_section_that_is_empty_is_not_one_that_is_missing() -> None:
    assert said({"trials": []}, {}) == [("trials", "", "none", None)]


# Laws


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, shuffled(child, chance)) for key, child in value.items()]
        return dict(chance.sample(items, len(items)))
    if isinstance(value, list):
        return chance.sample([shuffled(child, chance) for child in value], len(value))
    return value


@examples(30)
@given(st.randoms(use_true_random=False))
def test_order_makes_no_difference(chance: random.Random) -> None:
    assert evidence_diff(NALTREXONE, dossier(**shuffled(DATA, chance))) == ()


def removed_here_and_there(value: Any, chance: random.Random) -> Any:
    """Return a copy with some texts changed, and some entries and optional notes left out."""
    if isinstance(value, dict):
        kept = {key: child for key, child in value.items() if key != "notes" or chance.random() < 0.7}
        changes = {"statement": "Another.", "year": 1999, "low": 1}
        return {
            key: changes[key] if key in changes and chance.random() < 0.3 else removed_here_and_there(child, chance)
            for key, child in kept.items()
        }
    if isinstance(value, list):
        # A list that others name by id, or that must not be empty, keeps its first entry.
        return [
            removed_here_and_there(child, chance)
            for number, child in enumerate(value)
            if number == 0 or isinstance(child, dict) or chance.random() < 0.9
        ]
    return value


def mirrored(change: Change) -> tuple[str, Any, Any]:
    how = {"added": "removed", "removed": "added"}.get(change.how, change.how)
    return how, change.new, change.old


@given(st.randoms(use_true_random=False))
def test_what_is_added_one_way_is_removed_the_other(chance: random.Random) -> None:
    other = dossier(**removed_here_and_there(DATA, chance))
    there = [part for one in evidence_diff(NALTREXONE, other) for part in one.changes]
    back = [part for one in evidence_diff(other, NALTREXONE) for part in one.changes]
    assert Counter(map(mirrored, there)) == Counter((one.how, one.old, one.new) for one in back)


@given(st.sets(st.integers(0, 10_000), max_size=8))
def test_every_changed_leaf_is_told_exactly_once(numbers: set[int]) -> None:
    data = copy.deepcopy(DATA)
    fields = [entry for section in ("trials", "cases", "preclinical", "references") for entry in data[section]]
    places = [(entry, key) for entry in (*fields, data["review"]) for key in ("notes", "title") if key in entry]
    wanted = {number % len(places) for number in numbers}
    for number in wanted:
        entry, key = places[number]
        entry[key] = f"changed {number}"
    told = [part for one in evidence_diff(NALTREXONE, dossier(**data)) for part in one.changes]
    assert sorted(part.after for part in told) == sorted(f"changed {number}" for number in wanted)


# Effect on the grades to the grades

RULES = "domains:\n" + ladder(
    "A harmless: {all: [{any: trials, where: {result: benefit}}, {not: {any: trials, where: {result: harm}}}]}",
    "B helped: {any: trials, where: {result: benefit}}",
    "C nothing",
)


def moved(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> DossierDiff:
    return diff_dossiers(dossier(trials=old), dossier(trials=new), rubric(RULES))


def test_a_better_grade_is_owed_to_the_rule_that_now_holds_and_what_it_rests_on() -> None:
    old = [trial("a", result="no_benefit"), trial("b", result="no_benefit", year=2001)]
    new = [trial("a", result="benefit"), trial("b", result="no_benefit", year=2002)]
    [domain] = moved(old, new).domains
    assert (domain.before.grade, domain.after.grade) == ("C", "A")
    assert [(one.rule.name, one.after, one.rests_on) for one in domain.rules] == [("harmless", True, ("trial a",))]


def test_a_worse_grade_is_owed_to_what_made_its_rule_false() -> None:
    old = [trial("a", result="benefit"), trial("b", result="no_benefit")]
    new = [old[0], trial("b", result="no_benefit", year=2001), trial("c", result="harm")]
    [domain] = moved(old, new).domains
    assert (domain.before.grade, domain.after.grade) == ("A", "B")
    assert [(one.rule.name, one.before, one.after) for one in domain.rules] == [("harmless", True, False)]
    assert domain.rules[0].rests_on == ("trial c",)


def test_a_change_that_moves_nothing_moves_no_domain() -> None:
    given_diff = moved([trial("a", result="benefit")], [trial("a", result="benefit", year=2001)])
    assert len(given_diff.entries) == 1
    assert given_diff.domains == ()
