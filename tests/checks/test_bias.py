"""An overall risk of bias against the domains that it was judged from."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.model import Severity
from tests.checks.building import found

WARNING, NOTE = Severity.WARNING, Severity.NOTE


def bias(overall: str, *levels: str, **more: Any) -> dict[str, Any]:
    names = ("randomization_process", "missing_outcome_data", "outcome_measurement")
    domains = {name: {"judgement": level} for name, level in zip(names, levels, strict=False)}
    return {"overall": overall, "domains": domains, **more}


@pytest.mark.parametrize(
    ("judged", "severity"),
    [
        (bias("low", "low", "low", "low"), None),
        (bias("low", "low", "high"), WARNING),
        (bias("low", "some_concerns"), WARNING),
        (bias("some_concerns", "low", "high"), WARNING),
        (bias("some_concerns", "some_concerns", "low"), None),
        (bias("high", "some_concerns", "some_concerns"), None),  # several may make it high
        (bias("high", "low", "high"), None),
        (bias("high", "low", "low"), None),  # the domain at high is not stated, perhaps
        (bias("unclear", "high"), None),
        (bias("low", "unclear"), None),
        (bias("low"), None),
        (bias("low", "high", tool="RoB 2"), WARNING),
        (bias("low", "high", tool="Cochrane RoB 2.0"), WARNING),
        (bias("low", "high", tool="ROBINS-I"), NOTE),
        (bias("low", "some_concerns", tool="Cochrane risk of bias tool, 2011"), None),
        (bias("low", "high", **{"x-who": "me"}), WARNING),
    ],
)
@pytest.mark.parametrize("section", ["trials", "syntheses", "observational"])
def test_overall_is_at_least_the_worst_domain(section: str, judged: dict[str, Any], severity: Severity | None) -> None:
    study = {"id": "one", "statement": "A study.", "risk_of_bias": judged}
    findings = found("claim-bias", **{section: [study]})
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


def test_what_a_reviewer_keeps_beside_the_domains_is_not_read() -> None:
    judged = {"overall": "low", "domains": {"x-mine": {"judgement": "high"}}}
    assert found("claim-bias", trials=[{"id": "one", "statement": "A study.", "risk_of_bias": judged}]) == []


@pytest.mark.parametrize(("level", "severity"), [("high", NOTE), ("some_concerns", None)])
def test_animal_studies_have_no_rule_for_the_whole(level: str, severity: Severity | None) -> None:
    judged = {"overall": "low", "domains": {"random_housing": {"judgement": level}}}
    study = {"id": "mice", "statement": "Mice lived longer.", "risk_of_bias": judged}
    findings = found("claim-bias", preclinical=[study])
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])


def test_the_judgements_are_told_with_the_rule() -> None:
    judged = bias("some_concerns", "low", "high")
    (finding,) = found("claim-bias", trials=[{"id": "one", "statement": "A study.", "risk_of_bias": judged}])
    assert finding.message == "the overall risk of bias is some concerns, but that of `missing_outcome_data` is high"
    assert finding.hint == "by RoB 2 it is at least `high`: correct one of the two judgements"
