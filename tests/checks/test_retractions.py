"""Sources that were retracted, corrected or under an expression of concern: by their own word, and by notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evgrade.checks import with_checks
from evgrade.model import Finding, Severity
from evgrade.retraction_watch import Notices
from tests.checks.building import dossier

HEAD = "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
TRIAL = {"id": "trial", "statement": "It helped.", "refs": ["r"]}
CLAIM = {"id": "claim", "statement": "It helps.", "refs": ["r"]}


def told(notices: Notices | None = None, **sections: Any) -> list[Finding]:
    found = with_checks(dossier(**sections), None, notices).findings
    return [finding for finding in found if finding.code.startswith("retraction-")]


@pytest.fixture
def listed(tmp_path: Path) -> Any:
    """Return notices about the paper 10.1000/182 of some natures, a year apart."""

    def listed(*natures: str) -> Notices:
        rows = (f"1/2/{2020 + n},10.1000/n{n},10.1000/182,0,{nature},+Why {n};\n" for n, nature in enumerate(natures))
        (tmp_path / "notices.csv").write_text(HEAD + "".join(rows))
        return Notices(str(tmp_path / "notices.csv"))

    return listed


@pytest.mark.parametrize(
    ("word", "code", "severity"),
    [
        ("retracted", "retraction-retracted", Severity.ERROR),
        ("expression_of_concern", "retraction-concern", Severity.WARNING),
        ("corrected", "retraction-corrected", Severity.NOTE),
    ],
)
def test_what_a_dossier_says_of_its_sources_counts(word: str, code: str, severity: Severity) -> None:
    reference = {"id": "r", "retraction": word}
    [finding] = told(trials=[TRIAL], references=[reference])
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.location.path == ("references", 0, "retraction")
    assert [place.path for place in finding.related] == [("trials", 0, "refs", 0)]
    assert told(claims=[CLAIM], references=[reference]) == []


@pytest.mark.parametrize("word", ["none", "reinstated", "unclear", "not_reported"])
def test_other_words_are_no_findings(word: str) -> None:
    assert told(trials=[TRIAL], references=[{"id": "r", "retraction": word}]) == []


def test_a_notice_says_when_why_and_where(listed: Any) -> None:
    [finding] = told(listed("Retraction"), trials=[TRIAL], references=[{"id": "r", "doi": "10.1000/182"}])
    assert finding.severity is Severity.ERROR
    assert finding.location.path == ("references", 0, "doi")
    for part in ("`r` was retracted on 2020-01-02", "Why 0", "10.1000/n0", "evidence cites it"):
        assert part in finding.message


def test_a_notice_and_the_dossier_s_own_word_are_one_finding(listed: Any) -> None:
    reference = {"id": "r", "doi": "10.1000/182", "retraction": "retracted"}
    [finding] = told(listed("Retraction"), trials=[TRIAL], references=[reference])
    assert "Why 0" in finding.message


def test_each_nature_is_told_by_itself(listed: Any) -> None:
    notices = listed("Correction", "Expression of concern", "Retraction")
    found = told(notices, trials=[TRIAL], references=[{"id": "r", "doi": "10.1000/182"}])
    assert sorted(one.code for one in found) == ["retraction-concern", "retraction-corrected", "retraction-retracted"]


def test_a_reinstated_paper_is_not_told(listed: Any) -> None:
    reference = {"id": "r", "doi": "10.1000/182"}
    assert told(listed("Retraction", "Reinstatement"), trials=[TRIAL], references=[reference]) == []
    assert len(told(listed("Reinstatement", "Retraction"), trials=[TRIAL], references=[reference])) == 1


def test_what_only_a_claim_cites_is_a_note_until_the_dossier_says_it(listed: Any) -> None:
    reference = {"id": "r", "doi": "10.1000/182"}
    [finding] = told(listed("Retraction"), claims=[CLAIM], references=[reference])
    assert finding.severity is Severity.NOTE
    assert "retraction: retracted" in (finding.hint or "")
    assert told(listed("Retraction"), claims=[CLAIM], references=[{**reference, "retraction": "retracted"}]) == []


def test_a_dossier_knows_its_retracted_sources(listed: Any) -> None:
    references = [{"id": "r", "doi": "10.1000/182"}, {"id": "s", "retraction": "retracted"}, {"id": "t"}]
    checked = with_checks(dossier(trials=[TRIAL], references=references), None, listed("Retraction"))
    assert checked.retracted == {"r", "s"}


def test_one_source_can_be_waived() -> None:
    references = [{"id": "r", "retraction": "retracted"}, {"id": "s", "retraction": "retracted"}]
    waivers = [{"check": "retraction-retracted", "reference": "r", "reason": "Kept as history."}]
    found = told(trials=[{**TRIAL, "refs": ["r", "s"]}], references=references, waivers=waivers)
    assert [one.waived for one in found] == ["Kept as history.", None]
