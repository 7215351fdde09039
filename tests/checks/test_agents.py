"""What was studied: the therapy and the condition themselves, or something like them."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.checks import with_checks
from evgrade.dossier import examine
from evgrade.model import Finding, Severity

HEADER = """\
dossier: 1
therapy:
  name: Low dose naltrexone
  other_names: [LDN]
  related_agents: [{name: Naloxone}, {name: Extended release low dose naltrexone}]
condition: {name: Amyotrophic lateral sclerosis, other_names: [Lou Gehrig's disease]}
"""


def found(code: str, facts: str, section: str = "trials") -> list[Finding]:
    dossier, findings = examine(f"{HEADER}{section}: [{{id: item, statement: It., {facts}}}]".encode(), "dossier.yaml")
    assert dossier is not None, findings
    return [finding for finding in with_checks(dossier).findings if finding.code == code]


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("Naloxone", 1),
        ("naloxone", 1),
        ("Methylnaltrexone", 1),
        ("Aldna", 1),
        ("Extended-release low-dose naltrexone", 1),
        ("Low-dose naltrexone", 0),
        ("LDN", 0),
        ("Naltrexone", 0),
        ("Low dose naltrexone, 4.5 mg", 0),
    ],
)
def test_a_related_agent_is_not_the_same(name: str, many: int) -> None:
    for section in ("preclinical", "cases", "trials", "syntheses", "observational"):
        assert len(found("claim-agent", f'agent: same, agent_name: "{name}"', section)) == many
    for agent in ("related", "unclear"):
        assert found("claim-agent", f'agent: {agent}, agent_name: "{name}"') == []


def test_the_finding_names_the_agent_and_points_at_it() -> None:
    (finding,) = found("claim-agent", "agent: same, agent_name: Naloxone")
    assert finding.message == 'this is counted as the therapy itself, but "Naloxone" is listed among the related agents'
    assert finding.location.path == ("trials", 0, "agent")
    assert found("claim-agent", "agent: same") == []


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("Multiple sclerosis", 1),
        ("Motor neuron disease", 1),
        ("ALS", 0),
        ("Sporadic amyotrophic lateral sclerosis", 0),
        ("Lou Gehrig’s disease", 0),
    ],
)
def test_a_related_condition_is_not_the_same(name: str, many: int) -> None:
    assert len(found("claim-condition", f'condition: same, condition_name: "{name}"')) == many
    assert found("claim-condition", f'condition: related, condition_name: "{name}"') == []
    assert found("claim-condition", "condition: same") == []


@pytest.mark.parametrize(
    ("facts", "many"),
    [("agent: related", 1), ("agent: related, agent_name: Naloxone", 0), ("agent: same", 0), ("agent: unclear", 0)],
)
def test_a_related_agent_is_named(facts: str, many: int) -> None:
    findings = found("claim-agent-unnamed", facts)
    assert [finding.severity for finding in findings] == [Severity.NOTE] * many


def test_a_name_of_any_length_is_told_in_a_line() -> None:
    facts: dict[str, Any] = {"agent": "same", "agent_name": "x" * 5000}
    (finding,) = found("claim-agent", ", ".join(f"{key}: {value}" for key, value in facts.items()))
    assert len(finding.message) < 200
