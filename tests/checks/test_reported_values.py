"""The checks of means, standard deviations and percentages: GRIM, GRIMMER and DEBIT."""

from __future__ import annotations

import pytest

from evgrade.model import Severity
from tests.checks.building import codes_of_effects, of_effect, read


def arm(facts: str, values: str = "whole_numbers", more: str = "") -> str:
    return f"values: {values}{more}, arms: [{{name: therapy, {facts}}}]"


def test_which_means_28_people_can_have() -> None:
    """From the tests of the R package scrutiny, commit a56a945: test-grim.R."""
    means = [f"5.{hundredths}" for hundredths in range(19, 31)]
    possible = [mean for mean in means if not of_effect("effect-mean", arm(f"participants: 28, mean: {mean}"))]
    assert possible == ["5.21", "5.25", "5.29"]


def test_the_nearest_means_are_told() -> None:
    (finding,) = of_effect("effect-mean", arm("participants: 28, mean: 5.19"))
    assert finding.message == "a mean of 5.19 of 28 whole numbers is impossible; the nearest are 5.18 and 5.21"
    assert finding.location.path[-3:] == ("arms", 0, "mean")
    (finding,) = of_effect("effect-mean", arm("participants: 5, mean: -2.30", more=", items: 3"))
    assert finding.message == (
        "a mean of -2.30 of 5 people with 3 whole numbers each is impossible; the nearest are -2.33 and -2.27"
    )


@pytest.mark.parametrize(
    ("facts", "values", "more", "found"),
    [
        ("participants: 28, mean: 5.2", "whole_numbers", "", False),
        ("participants: 28, mean: 5.20", "whole_numbers", "", True),  # a trailing zero is a statement
        ("participants: 28, mean: 5.20", "whole_numbers", ", items: 5", False),
        ("participants: 128, mean: 5.19", "whole_numbers", "", False),
        ("participants: 28, mean: 5.19", "continuous", "", False),
        ("participants: 28, mean: 5.19", "unclear", "", False),
        ("participants: 0, mean: 5.19", "whole_numbers", "", False),
        ("mean: 5.19", "whole_numbers", "", False),
        ("participants: 28", "whole_numbers", "", False),
        ("participants: 20, mean: 0.37", "binary", "", True),
        ("participants: 20, mean: 0.35", "binary", "", False),
        ("participants: 20, mean: 1e300", "whole_numbers", "", False),
        ("participants: 20, mean: 1.0e305", "whole_numbers", "", False),
    ],
)
def test_means(facts: str, values: str, more: str, found: bool) -> None:
    assert bool(of_effect("effect-mean", arm(facts, values, more))) is found


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("participants: 3, mean: 1.66", "cut off rather than rounded"),
        ("participants: 7, mean: 2.58", "rounded up rather than down"),
        ("participants: 7, mean: -2.56", None),
        ("participants: 28, mean: 5.20", None),
    ],
)
def test_a_mean_that_was_cut_off_is_a_note(facts: str, said: str | None) -> None:
    (finding,) = of_effect("effect-mean", arm(facts))
    assert finding.severity is (Severity.WARNING if said is None else Severity.NOTE)
    assert finding.message.endswith(f": {said}") is (said is not None)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ("participants: 3, percent: 66", "cut off rather than rounded"),
        ("participants: 33, percent: 37", "rounded up rather than down"),
        ("participants: 17, percent: 23.53", "ok"),
        ("participants: 24, percent: 28", None),
        ("participants: 30, percent: 82.1", None),
    ],
)
def test_a_percentage_that_was_cut_off_is_a_note(facts: str, said: str | None) -> None:
    found = of_effect("effect-percentage", f"measure: RR, arms: [{{name: therapy, {facts}}}]")
    assert [(one.severity, one.message.endswith(f": {said}")) for one in found] == (
        [] if said == "ok" else [(Severity.WARNING, False)] if said is None else [(Severity.NOTE, True)]
    )


@pytest.mark.parametrize(
    ("mean", "sd", "people", "possible"),
    [
        # Comments in scrutiny's R/grimmer.R.
        ("1.03", "0.41", 40, False),
        # Those of its issue 80; scrutiny 0.6.1 rejects the first one, which 25 people can have.
        ("8.9", "2.81", 25, True),
        ("2.6", "2.05", 25, False),
        ("7.2", "2.89", 25, True),
        ("3.6", "3.11", 25, True),
        ("9.2", "7.13", 25, True),
        ("10.4", "2.53", 25, True),
        ("7.3", "3.14", 25, True),
    ],
)
def test_deviations(mean: str, sd: str, people: int, possible: bool) -> None:
    found = of_effect("effect-sd", arm(f"participants: {people}, mean: {mean}, sd: {sd}"))
    assert bool(found) is not possible


@pytest.mark.parametrize(
    ("facts", "values", "possible"),
    [
        ("participants: 20, mean: 0.35, sd: 0.18", "binary", False),  # the vignette of scrutiny on DEBIT
        ("participants: 20, mean: 0.35, sd: 0.49", "binary", True),
        # Five ones and a two among zeros have it; zeros and ones alone cannot.
        ("participants: 20, mean: 0.35, sd: 0.59", "binary", False),
        ("participants: 20, mean: 0.35, sd: 0.59", "whole_numbers", True),
        ("participants: 20, mean: 0.35, sd: 0.18", "continuous", True),
        ("participants: 1, mean: 1, sd: 0.00", "whole_numbers", True),
        ("participants: 40, sd: 0.41", "whole_numbers", True),
        ("participants: 100, mean: 5, sd: 0.01", "whole_numbers", False),
        ("participants: 101, mean: 5, sd: 0.01", "whole_numbers", True),  # too many sums to try
        ("participants: 1000000000, mean: 5, sd: 0.01", "whole_numbers", True),
        ("participants: 10, mean: 3.00, sd: 0.00", "whole_numbers", True),
    ],
)
def test_deviations_of_zeros_and_ones(facts: str, values: str, possible: bool) -> None:
    assert bool(of_effect("effect-sd", arm(facts, values))) is not possible


def test_an_impossible_mean_is_found_once() -> None:
    text = (
        f"trials: [{{id: t, statement: s, effects: [{{outcome: o, {arm('participants: 28, mean: 5.19, sd: 0.01')}}}]}}]"
    )
    assert codes_of_effects(read(text)) == ["effect-mean"]


def test_a_deviation_is_told_with_its_numbers() -> None:
    (finding,) = of_effect("effect-sd", arm("participants: 20, mean: 0.35, sd: 0.18", "binary"))
    assert finding.message == "20 zeros and ones with a mean of 0.35 cannot have a standard deviation of 0.18"


def test_which_percentages_of_50_people_there_are() -> None:
    """From test-grim.R too."""
    texts = {percent: f"arms: [{{name: a, participants: 50, percent: {percent}}}]" for percent in range(6, 17)}
    possible = [percent for percent, text in texts.items() if not of_effect("effect-percentage", text)]
    assert possible == [6, 8, 10, 12, 14, 16]


def test_the_nearest_percentages_are_told() -> None:
    (finding,) = of_effect("effect-percentage", "arms: [{name: a, participants: 30, percent: 12.0}]")
    assert finding.message == "12.0% of 30 people is not a whole number; 3 of 30 is 10.0%, 4 of 30 is 13.3%"


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        ("arms: [{name: a, participants: 30, percent: 13.3}]", False),
        ("arms: [{name: a, participants: 30, percent: 13.30}]", True),
        ("arms: [{name: a, participants: 30, percent: 12, events: 4}]", False),  # a check of counts
        ("measure: HR, arms: [{name: a, participants: 30, percent: 12}]", False),  # Kaplan-Meier
        ("measure: MD, arms: [{name: a, participants: 30, percent: 12}]", False),  # a change in percent
        ("values: continuous, arms: [{name: a, participants: 30, percent: 12}]", False),
        ("arms: [{name: a, participants: 30, percent: 12, mean: 5.5}]", False),
        ("measure: RR, values: binary, arms: [{name: a, participants: 30, percent: 12}]", True),
        ("arms: [{name: a, participants: 130, percent: 12}]", False),
        ("arms: [{name: a, percent: 12}]", False),
        ("arms: [{name: a, participants: 0, percent: 12}]", False),
        ("arms: [{name: a, participants: 30, percent: 100}]", False),
    ],
)
def test_percentages(effect: str, found: bool) -> None:
    assert bool(of_effect("effect-percentage", effect)) is found
