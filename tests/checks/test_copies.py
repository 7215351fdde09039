"""The check for one effect that is stated twice."""

from __future__ import annotations

import pytest

from evgrade.model import Severity
from tests.checks.building import found_in, read

EFFECT = "outcome: death, measure: RR, estimate: 0.85, ci_low: 0.74, ci_high: 0.96"


def trial(name: str, *effects: str) -> str:
    rows = ", ".join(f"{{{effect}}}" for effect in effects)
    return f"{{id: {name}, statement: s, effects: [{rows}]}}"


def messages(text: str) -> list[tuple[str, Severity]]:
    return [(finding.message, finding.severity) for finding in found_in("effect-twice", read(text))]


def test_within_a_trial() -> None:
    assert messages(f"trials: [{trial('a', EFFECT, EFFECT)}]") == [
        ("this effect is stated twice: RR 0.85 (0.74 to 0.96)", Severity.WARNING)
    ]


def test_one_effect_copied_to_two_comparisons() -> None:
    """As in the HL7 example set of graded evidence, commit 246f7bb."""
    text = f"trials: [{trial('a', f'{EFFECT}, comparison: a v c', f'{EFFECT}, comparison: b v c')}]"
    assert messages(text) == [("two effects have identical numbers: RR 0.85 (0.74 to 0.96)", Severity.WARNING)]


def test_of_two_outcomes_of_one_trial_it_is_worth_knowing_only() -> None:
    """One trial may print one effect under two names, as death and death from any cause."""
    text = f"trials: [{trial('a', EFFECT, EFFECT.replace('death', 'death from any cause'))}]"
    assert messages(text) == [("two effects have identical numbers: RR 0.85 (0.74 to 0.96)", Severity.NOTE)]


def test_in_two_trials() -> None:
    text = f"trials: [{trial('first', EFFECT)}, {trial('second', EFFECT)}]"
    (finding,) = found_in("effect-twice", read(text))
    assert finding.message == "the numbers are identical to those of `first`: RR 0.85 (0.74 to 0.96)"
    assert finding.location.path == ("trials", 1, "effects", 0, "estimate")
    assert [place.path for place in finding.related] == [("trials", 0, "effects", 0, "estimate")]


def test_of_two_reviews_it_is_worth_knowing_only() -> None:
    text = f"syntheses: [{trial('first', EFFECT)}, {trial('second', EFFECT)}]"
    assert [severity for _, severity in messages(text)] == [Severity.NOTE]


STUDIES = f"study_effects: [{{{EFFECT}}}]"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"trials: [{trial('a', EFFECT)}]\nobservational: [{trial('b', EFFECT)}]", 1),
        (f"outcomes: [{{id: a, name: n, study_effects: [{{{EFFECT}}}, {{{EFFECT}}}]}}]", 1),
        (f"outcomes: [{{id: a, name: n, effect: {{{EFFECT}}}}}, {{id: b, name: m, effect: {{{EFFECT}}}}}]", 1),
        # An outcome repeats what its studies and reviews found.
        (f"trials: [{trial('a', EFFECT)}]\nsyntheses: [{trial('b', EFFECT)}]", 0),
        (f"trials: [{trial('a', EFFECT)}]\noutcomes: [{{id: b, name: n, effect: {{{EFFECT}}}, {STUDIES}}}]", 0),
        (f"outcomes: [{{id: a, name: n, {STUDIES}}}, {{id: b, name: n, {STUDIES}}}]", 0),
    ],
)
def test_what_is_compared_with_what(text: str, found: int) -> None:
    assert len(messages(text)) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (EFFECT, EFFECT.replace("0.96", "0.97"), 0),
        (EFFECT, f"{EFFECT}, p: 0.01", 0),
        ("outcome: death", "outcome: death", 0),
        ("outcome: death, p: 0.014", "outcome: death, p: 0.014", 1),
        ("outcome: death, p: 0.014", "outcome: relapse, p: 0.014", 0),
        # So few digits may agree by chance, but not of one outcome at one time.
        ("outcome: death, measure: RR, estimate: 0.8, ci_low: 0.6, ci_high: 1.1",) * 2 + (1,),
        (
            "outcome: death, measure: RR, estimate: 0.8, ci_low: 0.6, ci_high: 1.1, time_point: 1 year",
            "outcome: death, measure: RR, estimate: 0.8, ci_low: 0.6, ci_high: 1.1, time_point: 2 years",
            0,
        ),
        (EFFECT, EFFECT.replace("RR", "HR"), 0),
    ],
)
def test_within_one_trial_what_is_the_same(one: str, other: str, found: int) -> None:
    assert len(messages(f"trials: [{trial('a', one, other)}]")) == found


def test_few_digits_agree_by_chance_in_two_trials() -> None:
    few = EFFECT.replace("0.85", "0.8").replace("0.74", "0.6").replace("0.96", "1.1")
    assert messages(f"trials: [{trial('a', few)}, {trial('b', few)}]") == []


def copied(*studies: str) -> int:
    rows = ", ".join(
        f"{{id: t{number}, statement: s, effects: [{{outcome: o, arms: [{arms}]}}]}}"
        for number, arms in enumerate(studies)
    )
    return len(found_in("effect-copied-sd", read(f"trials: [{rows}]")))


COPIED = "{name: a, mean: 4.21, sd: 5.37}, {name: b, mean: 5.37, sd: 2.12}"
COPIED_TOO = "{name: a, mean: 3.98, sd: 1.66}, {name: b, mean: 4.66, sd: 3.98}"
GOOD = "{name: a, mean: 4.21, sd: 2.05}, {name: b, mean: 5.37, sd: 2.12}"


@pytest.mark.parametrize(
    ("studies", "found"),
    [
        ((COPIED, COPIED_TOO), 2),
        ((COPIED, GOOD), 0),  # once it may be chance
        ((COPIED,), 0),
        ((COPIED, COPIED_TOO.replace("3.98", "3.9")), 0),
        ((COPIED, COPIED_TOO.replace("sd: 3.98", "sd: 3.980")), 0),
        ((COPIED, "{name: a, mean: 4, sd: 5}, {name: b, mean: 5, sd: 2}"), 0),  # so few digits say nothing
        ((COPIED, "{name: a, mean: 3.98, sd: 3.98}, {name: b, mean: 4.66, sd: 1.2}"), 0),  # its own mean
    ],
)
def test_standard_deviations_that_are_means(studies: tuple[str, ...], found: int) -> None:
    assert copied(*studies) == found
