"""Conditions in words: what a reader sees where a grade lacks something."""

from __future__ import annotations

import pytest

from evgrade.facts.known import Quantity, Range
from evgrade.logic import Bounds
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.phrases import either, limits, listing, number, one, plural, quantity

from .building import condition, rubric
from .test_conditions import CLASS, RECOMMENDING, SOUND


@pytest.mark.parametrize(
    ("when", "words"),
    [
        # Fields
        ("{safety.concern: none}", "the reviewers' concern none"),
        ("{safety.concern: [none, minor]}", "the reviewers' concern none or minor"),
        ("{safety.concern: [none, minor, moderate]}", "the reviewers' concern none, minor or moderate"),
        ("{therapy.name: LDN}", "therapy name LDN"),
        ("{any: trials, where: {result: no_benefit}}", "at least 1 trial (result no benefit)"),
        ("{cost.covered: true}", "cost covered"),
        ("{cost.covered: false}", "not cost covered"),
        ("{cost.covered: [true, false]}", "cost covered yes or no"),
        ("{safety.exposed: 1000}", "people followed for harm 1,000"),
        ("{safety.exposed: [5, 7]}", "people followed for harm 5 or people followed for harm 7"),
        ("{safety.exposed: {at_least: 1000}}", "people followed for harm at least 1,000"),
        ("{safety.exposed: {above: 5, at_most: 10}}", "people followed for harm above 5 and at most 10"),
        ("{safety.serious.attributable_rate: {below: 0.02}}", "rate of treatment-related serious harm below 2%"),
        ("{cost.annual_usd: {below: 100000}}", "cost of the first year in US dollars below 100,000"),
        ("{cost.annual_usd: {below: 1500000}}", "cost of the first year in US dollars below 1,500,000"),
        # Joined
        ("{not: {safety.concern: none}}", "not the reviewers' concern none"),
        ("[{safety.concern: none}, {safety.exposed: 5}]", "the reviewers' concern none, people followed for harm 5"),
        ("{any: [{safety.concern: none}, {any: trials}]}", "the reviewers' concern none or at least 1 trial"),
        ("{any: [{safety.concern: none}]}", "the reviewers' concern none"),
        (
            "{any: [{any: trials}, {any: cases}, {any: mechanism}]}",
            "at least 1 trial, at least 1 case report or at least 1 mechanism",
        ),
        (
            "{number_of: [{any: trials}, {any: cases}, {cost.covered: true}], exactly: 2}",
            "2 of these: at least 1 trial; at least 1 case report; cost covered",
        ),
        (
            "[{cost.covered: true}, {any: [{any: trials}, {any: cases}]}]",
            "cost covered, (at least 1 trial or at least 1 case report)",
        ),
        (
            "{any: [{cost.covered: true}, [{any: trials}, {any: cases}]]}",
            "cost covered or (at least 1 trial, at least 1 case report)",
        ),
        (
            "[{cost.covered: true}, {safety.concern: [none, minor]}]",
            "cost covered; the reviewers' concern none or minor",
        ),
        (
            "{any: [{cost.covered: true}, {safety.concern: [none, minor]}]}",
            "cost covered; or the reviewers' concern none or minor",
        ),
        # Lists
        ("{none: trials}", "no trial"),
        ("{none: trials, where: {result: harm}}", "no trial (result harm)"),
        ("{every: trials, where: {result: benefit}}", "every trial (result benefit)"),
        ("{count: trials, at_least: 2}", "at least 2 trials"),
        ("{count: trials, exactly: 1}", "1 trial"),
        ("{count: trials, exactly: 3}", "3 trials"),
        ("{count: trials, at_most: 1}", "at most 1 trial"),
        ("{count: trials, at_least: 1, at_most: 5}", "at least 1 and at most 5 trials"),
        ("{count: trials, below: 3}", "below 3 trials"),
        ("{count: trials, by: cohort, at_least: 2}", "at least 2 independent trials, by cohort"),
        ("{count: trials, by: [cohort, group], exactly: 1}", "1 independent trial, by cohort or group"),
        (
            "{count: trials, by: [cohort, group, sponsor], where: {result: benefit}, at_most: 3}",
            "at most 3 independent trials, by cohort, group or sponsor (result benefit)",
        ),
        ("{count: preclinical, at_least: 2}", "at least 2 preclinical studies"),
        ("{count: therapy.regulatory, at_least: 2}", "at least 2 regulatory statuses"),
        ("{count: safety.adverse_events, at_least: 2}", "at least 2 adverse events"),
        ("{sum: trials.participants, at_least: 300}", "participants of all trials together at least 300"),
        (
            "{sum: trials.participants, where: {result: benefit}, at_least: 1477}",
            "participants of all trials (result benefit) together at least 1,477",
        ),
        (
            "{share: trials, where: {result: benefit}, of: {allocation: randomized}, at_least: 0.75}",
            "at least 75% of the trials (allocation randomized) are also (result benefit)",
        ),
        (
            "{share: trials, where: {result: benefit}, at_least: 0.333}",
            "at least 33.3% of the trials are also (result benefit)",
        ),
        (
            "{any: mechanism, where: {any: evidence, where: {shown_in: human}}}",
            "at least 1 mechanism (at least 1 finding (shown in human))",
        ),
    ],
)
def test_a_condition_reads_as_english(when: str, words: str) -> None:
    assert condition(when).describe() == words


@pytest.mark.parametrize(
    ("vocabulary", "where", "words"),
    [
        (SOUND, "sound", "at least 1 trial (well designed)"),
        (SOUND, "[sound, {result: benefit}]", "at least 1 trial (well designed, result benefit)"),
        (SOUND, "{not: sound}", "at least 1 trial (not well designed)"),
        (SOUND.replace("phrase: ", "x-phrase: "), "sound", "at least 1 trial (sound)"),
        (CLASS, "{class: I}", "at least 1 trial (class I)"),
        (CLASS, "{class: [I, II]}", "at least 1 trial (class I or II)"),
    ],
)
def test_the_words_of_a_rubric_read_as_it_phrases_them(vocabulary: str, where: str, words: str) -> None:
    assert condition(f"{{any: trials, where: {where}}}", vocabulary).describe() == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{grade: help, is: A}", "Help A"),
        ("{grade: help, is: [A, B]}", "Help A or B"),
        ("{grade: help, at_least: B}", "Help at least B"),
        ("{grade: help, at_most: B}", "Help at most B"),
        ("{grade: help, at_least: C, at_most: B}", "Help at least C and at most B"),
        ("{score: overall, at_least: 60}", "score at least 60"),
        ("{score: overall, above: 5, below: 60}", "score above 5 and below 60"),
    ],
)
def test_a_condition_of_the_recommendation_reads_as_english(when: str, words: str) -> None:
    recommendation = rubric(RECOMMENDING.format(when=when)).recommendation
    assert recommendation is not None
    assert recommendation.ladder.rungs[0].rule.condition.describe() == words


def test_a_last_rung_always_holds() -> None:
    assert Always().describe() == "always"


def test_alternatives_are_joined_by_or() -> None:
    assert [either(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a or b", "a, b or c"]


@pytest.mark.parametrize(("noun", "nouns"), [("trial", "trials"), ("study", "studies"), ("status", "statuses")])
def test_a_noun_has_a_plural(noun: str, nouns: str) -> None:
    assert plural(noun) == nouns


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(at_least=5, at_most=5), "5"),
        (Bounds(at_least=5, below=10), "at least 5 and below 10"),
        (Bounds(above=5), "above 5"),
    ],
)
def test_limits_are_words(bounds: Bounds, words: str) -> None:
    assert limits(bounds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(5, "5"), (1477, "1,477"), (0.05, "0.05"), (5352.43, "5,352.43"), (1_234_567.8, "1,234,568"), (0, "0")],
)
def test_a_number_is_written_for_people(value: float, words: str) -> None:
    assert number(value) == words


def test_a_share_is_written_in_percent() -> None:
    assert number(0.75, percent=True) == "75%"
    assert number(1, percent=True) == "100%"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "not known"),
        (5, "5"),
        (0.123456, "0.1235"),
        (Range(0, 2), "0 to 2"),
        (Range(0.01, 0.02), "0.01 to 0.02"),
        (Range(5, float("inf")), "at least 5"),
        (Range(0, float("inf")), "not known"),
    ],
)
def test_a_quantity_is_a_number_bounds_or_not_known(value: Quantity, words: str) -> None:
    assert quantity(value) == words


def test_nouns_and_lists_of_words_read_as_english() -> None:
    assert [one("trial"), one("outcome")] == ["a trial", "an outcome"]
    assert [listing("a"), listing("ab"), listing("abc")] == ["a", "a and b", "a, b and c"]
