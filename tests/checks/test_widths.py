"""How wide an interval is: against counts, a standard error, and clusters."""

from __future__ import annotations

import pytest

from tests.checks.building import found_in, of_effect, read

ARMS = """arms: [{name: a, role: intervention, participants: 19, events: 13},
                 {name: b, role: control, participants: 41, events: 16}]"""
"""RR 1.75 (1.07 to 2.86), OR 3.39 (1.06 to 10.8), RD 0.29 (0.04 to 0.55)."""


WIDE = f"measure: RR, estimate: 1.75, ci_low: 0.71, ci_high: 4.34, {ARMS}"
NARROW = f"measure: RR, estimate: 1.75, ci_low: 1.43, ci_high: 2.14, {ARMS}"


def of_trial(code: str, effect: str, trial: str = "") -> list[str]:
    text = f"trials: [{{id: t, statement: s, {trial}effects: [{{outcome: o, {effect}}}]}}]"
    return [finding.message for finding in found_in(code, read(text))]


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        ("measure: RR, estimate: 1.75, ci_low: 0.71, ci_high: 4.34", True),
        ("measure: RR, estimate: 1.75, ci_low: 1.07, ci_high: 2.86", False),
        ("measure: RR, estimate: 1.75, ci_low: 1.43, ci_high: 2.14", True),  # one standard error either way
        ("measure: RR, estimate: 1.75, ci_low: 1.16, ci_high: 2.64, ci_level: 90", False),
        ("measure: RR, estimate: 1.75, ci_low: 0.91, ci_high: 3.36, ci_level: 99", False),
        ("measure: RR, estimate: 1.60, ci_low: 0.65, ci_high: 3.97", False),  # adjusted
        ("measure: RR, estimate: 1.75, ci_low: 0.71, ci_high: 4.34, adjusted: true", False),
        ("measure: RR, estimate: 1.75, ci_low: 0.71, ci_high: 4.34, adjusted: not_reported", True),
        ("measure: OR, estimate: 3.39, ci_low: 1.06, ci_high: 10.8", False),
        ("measure: OR, estimate: 3.39, ci_low: 0.5, ci_high: 23.0", True),
        ("measure: RD, estimate: 0.29, ci_low: 0.04, ci_high: 0.55", False),
        ("measure: RD, estimate: 0.29, ci_low: -0.15, ci_high: 0.73", True),
        ("measure: HR, estimate: 1.75, ci_low: 0.71, ci_high: 4.34", False),
    ],
)
def test_an_interval_as_wide_as_its_counts_allow(effect: str, found: bool) -> None:
    assert bool(of_effect("effect-interval-counts", f"{effect}, {ARMS}")) is found


def test_it_says_how_wide_it_should_be() -> None:
    (finding,) = of_effect("effect-interval-counts", WIDE)
    assert finding.message == (
        "the interval of RR 1.75 (0.71 to 4.34) is 1.8 times as wide as that of its counts, 13/19 v 16/41, which is "
        "1.07 to 2.86: is it adjusted, or does it allow for clusters?"
    )


@pytest.mark.parametrize(
    ("trial", "wide", "narrow"),
    [
        ("", 1, 1),
        ("randomized_unit: cluster, ", 0, 1),
        ("cluster_adjusted: true, ", 0, 1),
        ("randomized_unit: body_part, ", 1, 0),
        ("intervention_model: crossover, ", 1, 0),
        ("intervention_model: parallel, ", 1, 1),
    ],
)
def test_clusters_widen_and_pairs_narrow(trial: str, wide: int, narrow: int) -> None:
    assert len(of_trial("effect-interval-counts", WIDE, trial)) == wide
    assert len(of_trial("effect-interval-counts", NARROW, trial)) == narrow


def test_other_studies_and_small_cells_are_left() -> None:
    effect = f"{{outcome: o, {WIDE}}}"
    assert not found_in(
        "effect-interval-counts", read(f"observational: [{{id: a, statement: s, effects: [{effect}]}}]")
    )
    few = WIDE.replace("events: 13", "events: 15").replace("1.75", "2.02").replace("4.34", "5.75")
    assert not of_effect("effect-interval-counts", few)


VILLAGES = """arms: [{name: a, role: intervention, participants: 600, events: 48},
                     {name: b, role: control, participants: 600, events: 80}]"""
SIMPLE = f"measure: RR, estimate: 0.60, ci_low: 0.43, ci_high: 0.84, {VILLAGES}"
ALLOWING = f"measure: RR, estimate: 0.60, ci_low: 0.36, ci_high: 1.00, {VILLAGES}"
HARDLY = f"measure: RR, estimate: 0.60, ci_low: 0.40, ci_high: 0.90, {VILLAGES}"


@pytest.mark.parametrize(
    ("trial", "simple", "hardly", "allowing"),
    [
        ("", 0, 0, 0),
        ("randomized_unit: individual, ", 0, 0, 0),
        ("randomized_unit: cluster, ", 1, 0, 0),
        ("randomized_unit: cluster, cluster_adjusted: true, ", 0, 0, 0),
        # 50 people a cluster with a correlation of 0.05: 1.86 times as wide.
        ("randomized_unit: cluster, clusters: 24, icc: 0.05, participants: 1200, ", 1, 1, 0),
        ("randomized_unit: cluster, clusters: 24, icc: 0.05, participants: 1200, cluster_adjusted: true, ", 1, 1, 0),
        ("randomized_unit: cluster, clusters: 24, icc: 0.0001, participants: 1200, ", 0, 0, 0),
        ("randomized_unit: cluster, clusters: 1200, participants: 1200, ", 0, 0, 0),
    ],
)
def test_a_trial_of_clusters_analysed_as_one_of_people(trial: str, simple: int, hardly: int, allowing: int) -> None:
    found = [len(of_trial("effect-cluster", effect, trial)) for effect in (SIMPLE, HARDLY, ALLOWING)]
    assert found == [simple, hardly, allowing]


def test_and_of_means() -> None:
    arms = """arms: [{name: a, role: intervention, participants: 400, mean: 12.5, sd: 4.0},
                     {name: b, role: control, participants: 400, mean: 12.0, sd: 4.0}]"""
    as_people = f"measure: MD, estimate: 0.50, ci_low: -0.05, ci_high: 1.05, {arms}"
    assert of_trial("effect-cluster", as_people, "randomized_unit: cluster, ")
    assert not of_trial("effect-cluster", as_people.replace("-0.05", "-0.25"), "randomized_unit: cluster, ")


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        ("measure: OR, estimate: 3.20, ci_low: 1.80, ci_high: 5.69, se: 0.29", None),
        ("measure: OR, estimate: 3.20, ci_low: 1.80, ci_high: 5.69, se: 0.94", "of the ratio itself?"),
        ("measure: OR, estimate: 3.20, ci_low: 1.80, ci_high: 5.69, se: 0.60", "gives 0.294"),
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_high: 4.0, se: 0.97", None),
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_high: 4.0, se: 0.75", None),  # by t
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_high: 4.0, se: 1.9", "gives 0.969"),
        ("measure: MD, estimate: 2.1, ci_low: 0.2, ci_high: 4.0, ci_level: 90, se: 1.16", None),
        ("measure: log_ratio, estimate: -0.11, ci_low: -0.24, ci_high: 0.03, se: 0.069", None),
        ("measure: log_ratio, estimate: -0.11, ci_low: -0.24, ci_high: 0.03, se: 0.69", "gives 0.0689"),
        ("measure: MD, estimate: 2.1, se: 0.97, p: 0.03", None),
        ("measure: MD, estimate: 2.1, se: 0.97, p: 0.6", "gives p = 0.03"),
        ("measure: RR, estimate: 0.9, se: 0.068, p: 0.12", None),
        ("measure: RR, estimate: 0.9, se: 0.068, p: 0.0001", "gives p = 0.12"),
        ("measure: RR, estimate: 0.9, se: 0.068, p: 0.06, p_sides: one", None),
        ("measure: RR, estimate: 0.9, se: 0.068, p: 0.0001, p_for: noninferiority", None),
        ("measure: other, estimate: 0.9, ci_low: 0.5, ci_high: 1.1, se: 44", None),
    ],
)
def test_a_standard_error(effect: str, said: str | None) -> None:
    found = of_effect("effect-se", effect)
    assert len(found) == (said is not None)
    assert all(said in finding.message for finding in found if said)
