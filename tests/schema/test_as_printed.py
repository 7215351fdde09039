"""The format holds what trials and reviews print: each in a field of its own, and in no other words than those."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evgrade.dossier import examine
from evgrade.facts.counts import rate
from evgrade.facts.effects import interval, is_open
from evgrade.facts.known import Range
from evgrade.facts.outcomes import ci_ratio, estimated, thresholds_crossed
from evgrade.facts.quality import tool_of, worst_risk
from evgrade.model import Severity

from .finding import HEADER, findings_of

PRINTED = Path(__file__).with_name("as_printed.dossier.yaml")


def test_what_trials_print_has_a_place() -> None:
    dossier, findings = examine(PRINTED.read_bytes(), PRINTED.name)
    assert dossier is not None
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        ("{outcome: o, ci_high: inf}", "schema-text"),
        ("{outcome: o, ci_low: not estimable}", "schema-text"),
        ("{outcome: o, ci_sides: three}", "schema-value"),
        ("{outcome: o, p_for: futility}", "schema-value"),
        ("{outcome: o, se: 0}", "schema-range"),
        ('{outcome: o, p: "> 5"}', "schema-text"),
        ('{outcome: o, arms: [{name: a, percent: "> 1"}]}', "schema-text"),
        ("{outcome: o, answers: nothing}", "id-missing"),
        ("{outcome: o, answers: t}", "id-missing"),  # a trial is not an outcome
    ],
)
def test_words_in_the_place_of_numbers_are_those_of_the_format(effect: str, code: str) -> None:
    found = findings_of(HEADER + f"trials: [{{id: t, statement: s, effects: [{effect}]}}]\n")
    assert [code in one for one in found] == [True], found


@pytest.mark.parametrize("p", ['"≤ 0.001"', '"<= .001"', '"< 5e-8"', '">= 0.2"', "0.04", '"< .001"', '"> 1"', "5e-8"])
def test_a_p_value_is_written_as_it_is_printed(p: str) -> None:
    assert findings_of(HEADER + f"trials: [{{id: t, statement: s, effects: [{{outcome: o, p: {p}}}]}}]\n") == []


@pytest.mark.parametrize(
    ("stated", "ends"),
    [
        ({"measure": "HR", "ci_low": 0.4, "ci_high": "not_estimable"}, (0.4, float("inf"))),
        ({"measure": "MD", "ci_low": "not_estimable", "ci_high": 3}, (float("-inf"), 3.0)),
        ({"measure": "MD", "ci_high": 3, "ci_sides": "one", "ci_level": 97.5}, (float("-inf"), 3.0)),
        ({"measure": "HR", "ci_low": 0.4, "ci_sides": "one", "ci_level": 97.5}, (0.4, float("inf"))),
        # A bound that is not stated is unknown, and one of another level is another bound.
        ({"measure": "HR", "ci_low": 0.4}, None),
        ({"measure": "HR", "ci_low": 0.4, "ci_sides": "one", "ci_level": 95}, None),
        ({"measure": "HR", "ci_low": "not_estimable", "ci_high": 1.2}, None),  # nothing keeps it above 0
    ],
)
def test_an_open_end_is_infinite_and_an_unknown_one_unknown(
    stated: dict[str, Any], ends: tuple[float, float] | None
) -> None:
    found = interval(stated)
    assert (None if found is None else (found[0].low, found[1].high)) == ends
    assert found is None or is_open(found)


def test_an_open_interval_is_imprecise_and_has_no_standard_error() -> None:
    effect = {"measure": "HR", "estimate": 0.6, "ci_low": 0.4, "ci_high": "not_estimable"}
    assert ci_ratio(effect) == float("inf")
    assert thresholds_crossed({"effect": effect}) == 1
    assert estimated(effect) is None
    assert thresholds_crossed({"effect": {**effect, "ci_low": 1.2}}) == 0


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({"percent": "< 1"}, Range(0.0, 0.01)),
        ({"percent": "<1", "of": 1000}, Range(0.0, 0.009)),
        ({"percent": "< 1", "of": 50}, 0.0),
        ({"percent": "< 1", "n": 3, "of": 1000}, 0.003),
    ],
)
def test_a_limit_of_a_percentage_bounds_the_rate(share: dict[str, Any], expected: float | Range) -> None:
    assert rate(share) == expected


@pytest.mark.parametrize(
    ("named", "title"),
    [
        (None, "RoB 2"),
        ("RoB 2", "RoB 2"),
        ("Cochrane RoB 2.0 (2019)", "RoB 2"),
        ("Cochrane risk of bias tool, 2011", "RoB 1"),
        ("RoB 1", "RoB 1"),
        ("ROBINS-I", "ROBINS-I"),
        ("robins_e", "ROBINS-E"),
        ("Newcastle-Ottawa Scale", "Newcastle-Ottawa"),
        ("our own", None),
    ],
)
def test_a_tool_is_known_by_its_name(named: str | None, title: str | None) -> None:
    tool = tool_of({} if named is None else {"tool": named})
    assert (None if tool is None else tool.title) == title


def judged(level: str, *names: str) -> dict[str, Any]:
    return {name: {"judgement": level} for name in names}


ROBINS_I = (
    *("confounding", "selection_of_participants", "classification_of_interventions"),
    *("deviations_from_intended_interventions", "missing_data", "outcome_measurement", "selection_of_reported_result"),
)


@pytest.mark.parametrize(
    ("bias", "worst"),
    [
        ({"tool": "ROBINS-I", "overall": "moderate"}, 1),
        ({"tool": "ROBINS-I", "overall": "critical"}, 2),
        ({"tool": "ROBINS-I", "overall": "no_information"}, 1),
        ({"tool": "ROBINS-I", "domains": judged("low", *ROBINS_I)}, 0),
        ({"tool": "ROBINS-I", "domains": judged("low", *ROBINS_I[:6])}, Range(0, 2)),
        ({"tool": "ROBINS-I", "overall": "low", "domains": judged("serious", "confounding")}, 2),
        ({"tool": "RoB 1", "overall": "unclear_risk"}, 1),
        ({"tool": "ROBINS-E", "domains": judged("very_high", "confounding")}, 2),
        ({"tool": "our own", "other_domains": [{"name": "recall", "judgement": "high"}]}, 2),
        ({"tool": "our own", "other_domains": [{"name": "recall", "judgement": "low"}]}, Range(0, 2)),
    ],
)
def test_judgements_of_all_tools_compare(bias: dict[str, Any], worst: float | Range | None) -> None:
    assert worst_risk(bias) == worst


def test_a_version_and_a_second_report_need_no_citation_of_their_own() -> None:
    body = (
        "trials: [{id: t, statement: s, refs: [a], reports: [a, b]}]\n"
        "references: [{id: a}, {id: b}, {id: c, version_of: a}]\n"
    )
    assert findings_of(HEADER + body) == []
