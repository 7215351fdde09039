"""The check of an effect against its two arms."""

from __future__ import annotations

import pytest

from tests.checks.building import found_in, of_effect, read

COUNTS = """arms: [{name: riluzole, role: intervention, participants: 77, events: 20},
                {name: placebo, role: control, participants: 78, events: 33}]"""
"""Death within 12 months, G. Bensimon et al., N Engl J Med 1994;330:585-591: RR 0.614, OR 0.478, RD -0.163."""

MEANS = """arms: [{name: therapy, role: intervention, participants: 40, mean: 12.5, sd: 4.0},
               {name: control, role: control, participants: 40, mean: 10.0, sd: 4.0}]"""
"""MD 2.5, standard error 0.894."""

BARE_MEANS = "arms: [{name: a, role: intervention, mean: 12.5}, {name: b, role: control, mean: 10.0}]"


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        ("measure: RR, estimate: 0.61", None),
        ("measure: RR, estimate: 0.70", None),  # adjusted
        ("measure: RR, estimate: 0.95", None),  # adjusted, and within what the counts allow
        ("measure: RR, estimate: 1.63", "the other way round"),
        ("measure: RR, estimate: 1.6", "the other way round"),
        ("measure: RR, estimate: 0.30", "too far away"),
        ("measure: RR, estimate: 1.2", "too far away"),
        ("measure: RR, estimate: 0.61, ci_low: 0.39, ci_high: 0.97", None),
        ("measure: RR, estimate: 0.50, ci_low: 0.45, ci_high: 0.56", None),  # inside that of the counts
        ("measure: RR, estimate: 0.90, ci_low: 0.55, ci_high: 1.47", None),  # 0.614 is inside
        ("measure: RR, estimate: 1.10, ci_low: 0.75, ci_high: 1.61", "too far away"),
        ("measure: OR, estimate: 0.48", None),
        ("measure: OR, estimate: 2.09", "the other way round"),
        ("measure: OR, estimate: 3.0", "too far away"),
        ("measure: RD, estimate: -0.16", None),
        ("measure: RD, estimate: -16.3", None),  # in percent
        ("measure: RD, estimate: 0.16", "the other way round"),
        ("measure: RD, estimate: 16", "the other way round"),
        ("measure: RD, estimate: 0.3", "too far away"),
        ("measure: RD, estimate: 30", "too far away"),
        ("measure: HR, estimate: 1.6", None),
        ("measure: RR, estimate: -0.2", None),
        ("estimate: 1.6", None),
    ],
)
def test_counts(effect: str, what: str | None) -> None:
    found = of_effect("effect-arms", f"{effect}, {COUNTS}")
    assert len(found) == (what is not None)
    assert all(what in finding.message for finding in found if what)


def test_the_numbers_are_told() -> None:
    (finding,) = of_effect("effect-arms", f"measure: RR, estimate: 1.63, {COUNTS}")
    assert finding.message == "RR 1.63 is stated, but 20/77 v 33/78 events give 0.614, the same the other way round"
    (finding,) = of_effect("effect-arms", f"measure: MD, estimate: -2.5, {MEANS}")
    assert finding.message == "MD -2.5 is stated, but means of 12.5 and 10 give 2.5, the same the other way round"


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (f"estimate: 2.5, {MEANS}", None),
        (f"estimate: 2.1, {MEANS}", None),
        (f"estimate: -0.8, {MEANS}", "too far away"),
        (f"estimate: 0.2, {MEANS}", None),
        (f"estimate: -2.6, {MEANS}", "the other way round"),  # as rounded
        (f"estimate: 9.0, ci_low: 7.0, ci_high: 11.0, {MEANS}", "too far away"),
        (f"estimate: 4.0, ci_low: 3.0, ci_high: 5.0, {MEANS}", None),  # inside what the means allow
        (f"estimate: 9.0, {BARE_MEANS}", None),
        (f"estimate: 9.0, ci_low: 7.0, ci_high: 11.0, {BARE_MEANS}", "too far away"),
        (f"estimate: 6.0, ci_low: 4.0, ci_high: 8.0, {BARE_MEANS}", None),  # adjusted for a difference at baseline
        (f"estimate: -2.5, {BARE_MEANS}", "the other way round"),
    ],
)
def test_means(effect: str, what: str | None) -> None:
    found = of_effect("effect-arms", f"measure: MD, {effect}")
    assert len(found) == (what is not None)
    assert all(what in finding.message for finding in found if what)


@pytest.mark.parametrize(
    "arms",
    [
        COUNTS.replace("role: control, ", ""),
        COUNTS.replace("role: control", "role: intervention"),
        COUNTS.replace("]", ", {name: third, role: control, participants: 80, events: 30}]"),
        COUNTS.replace(", events: 33", ""),
        COUNTS.replace("participants: 78", "participants: 33"),
        COUNTS.replace("events: 20", "events: 0"),
    ],
)
def test_two_arms_with_their_roles_and_counts_are_needed(arms: str) -> None:
    assert of_effect("effect-arms", f"measure: RR, estimate: 1.63, {COUNTS}")
    assert not of_effect("effect-arms", f"measure: RR, estimate: 1.63, {arms}")


@pytest.mark.parametrize(
    ("where", "far"),
    [
        ("observational: [{id: a, statement: s, effects: [EFFECT]}]", False),
        ("syntheses: [{id: a, statement: s, effects: [EFFECT]}]", False),
        ("outcomes: [{id: a, name: n, effect: EFFECT}]", False),
        ("outcomes: [{id: a, name: n, study_effects: [EFFECT]}]", True),
        ("preclinical: [{id: a, statement: s, effects: [EFFECT]}]", True),
    ],
)
def test_confounding_and_pooling_excuse_a_distance_and_not_a_wrong_sign(where: str, far: bool) -> None:
    for estimate, expected in (("1.2", far), ("1.63", True)):
        effect = f"{{outcome: o, measure: RR, estimate: {estimate}, {COUNTS}}}"
        assert bool(found_in("effect-arms", read(where.replace("EFFECT", effect)))) is expected


ADJUSTED = """arms: [{name: a, role: intervention, participants: 389, events: 4},
                     {name: b, role: control, participants: 410, events: 20}]"""
"""OR 0.203."""

NEAR = """arms: [{name: a, role: intervention, participants: 1000, events: 102},
                 {name: b, role: control, participants: 1000, events: 100}]"""
"""OR 1.02."""


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (
            f"measure: OR, estimate: 4.8, ci_low: 1.6, ci_high: 14.3, {ADJUSTED}",
            "is the estimate reversed and adjusted?",
        ),
        (f"measure: OR, estimate: 0.21, ci_low: 0.07, ci_high: 0.62, {ADJUSTED}", None),
        (f"measure: OR, estimate: 0.98, ci_low: 0.74, ci_high: 1.30, {NEAR}", None),  # both across no effect
        (f"measure: OR, estimate: 0.50, ci_low: 0.40, ci_high: 0.62, {NEAR}", "too far away"),
        (f"measure: OR, estimate: 0.50, ci_low: 0.40, ci_high: 0.62, adjusted: true, {NEAR}", None),
        (f"measure: OR, estimate: 0.50, ci_low: 0.40, ci_high: 0.62, adjusted: false, {NEAR}", "too far away"),
        (
            f"measure: OR, estimate: 2.0, ci_low: 1.1, ci_high: 3.6, {COUNTS}",
            "is the estimate reversed and adjusted?",
        ),
    ],
)
def test_adjustment(effect: str, what: str | None) -> None:
    found = of_effect("effect-arms", effect)
    assert len(found) == (what is not None)
    assert all(what in finding.message for finding in found if what)


@pytest.mark.parametrize(
    ("estimate", "what"),
    [
        ("0.63", None),  # Cohen's d is 0.625
        ("0.62", None),  # Hedges' g
        ("0.30", None),
        ("-0.63", "the other way round"),
        ("-0.62", "the other way round"),
        ("2.50", "too far away"),
        ("0.63, ci_low: 0.18, ci_high: 1.08", None),
        ("-0.60, ci_low: -1.05, ci_high: -0.15", "the other way round"),
    ],
)
def test_a_standardized_difference(estimate: str, what: str | None) -> None:
    found = of_effect("effect-arms", f"measure: SMD, estimate: {estimate}, {MEANS}")
    assert len(found) == (what is not None)
    assert all(what in finding.message for finding in found if what)


RATES = """arms: [{name: a, role: intervention, participants: 59, events: 68, person_time: {amount: 55, unit: years}},
                  {name: b, role: control, participants: 64, events: 111, person_time: {amount: 744, unit: months}}]"""
"""Rate ratio 0.691."""


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        ("measure: rate_ratio, estimate: 0.69, ci_low: 0.40, ci_high: 1.19", None),
        ("measure: rate_ratio, estimate: 0.60", None),
        ("measure: rate_ratio, estimate: 1.45", "the other way round"),
        ("measure: rate_ratio, estimate: 3.0", "too far away"),
        ("measure: RR, estimate: 3.0", None),
    ],
)
def test_a_rate_ratio_is_recomputed_from_events_and_person_time(effect: str, what: str | None) -> None:
    found = of_effect("effect-arms", f"{effect}, {RATES}")
    assert len(found) == (what is not None)
    assert all(what in finding.message for finding in found if what)
    assert not of_effect("effect-arms", f"{effect}, {RATES.replace('person_time', 'x-time')}")


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        (f"measure: rate_ratio, {RATES}", 0),
        (f"measure: RR, {RATES}", 2),
        (f"measure: RR, {RATES.replace('events:', 'events_count: events, events:')}", 0),
        (f"measure: rate_ratio, {RATES.replace('events:', 'events_count: people, events:')}", 2),
    ],
)
def test_events_may_be_more_than_people(effect: str, found: int) -> None:
    assert len(of_effect("count-above-total", effect)) == found


def test_events_that_are_not_people_are_no_table_of_counts() -> None:
    counted = COUNTS.replace("events: 33", "events: 33, events_count: events")
    assert not of_effect("effect-arms", f"measure: RR, estimate: 1.63, {counted}")
