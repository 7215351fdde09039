"""Broken rubrics: every mistake is found, at its place, in words that help.

Each file of `broken/` is a rubric with a mistake, and ends with what evgrade must say about it:

    # expect LINE:COLUMN ‹what the caret underlines› CODE: MESSAGE [part of the hint]

These lines are all that is said, in this order. The message stands there whole; the hint may be left out.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evgrade.model import Finding, InvalidRubricError, Severity
from evgrade.rubric.check import check_rubric
from evgrade.rubric.load import load_rubric
from evgrade.yamlio.reader import read

BROKEN = sorted((Path(__file__).parent / "broken").iterdir())
EXPECT = re.compile(
    r"# expect (?P<place>\d+:\d+) ‹(?P<token>.+?)› (?P<code>[a-z-]+): (?P<message>.*?)(?: \[(?P<hint>.+)\])?"
)


def findings_of(path: Path) -> list[Finding]:
    return check_rubric(read(path.read_bytes(), path.name))[1]


def expected_of(path: Path) -> list[re.Match[str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    found = [EXPECT.fullmatch(line) for line in lines]
    assert all(found), f"{path.name} has a comment that expects nothing"
    return [match for match in found if match]


def underlined(finding: Finding) -> str:
    assert finding.excerpt is not None
    start = finding.location.column - 1
    return finding.excerpt.text[start : start + finding.excerpt.length]


def test_the_corpus_is_there() -> None:
    assert len(BROKEN) > 150
    assert all(path.suffix == ".yaml" for path in BROKEN)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_rubric_is_refused_at_its_place(path: Path) -> None:
    expected = expected_of(path)
    assert expected, f"{path.name} says nothing of what is expected"
    findings = findings_of(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [
        (f"{finding.location.line}:{finding.location.column}", underlined(finding), finding.code, finding.message)
        for finding in findings
    ]
    assert said == [match.group("place", "token", "code", "message") for match in expected]
    for finding, match in zip(findings, expected, strict=True):
        assert finding.severity is Severity.ERROR
        assert finding.location.file == path.name
        if match["hint"]:
            assert finding.hint is not None
            assert match["hint"] in finding.hint
        assert finding.excerpt is not None
        assert finding.excerpt.text == lines[finding.location.line - 1]
        assert finding.excerpt.length >= 1


def test_loading_a_broken_rubric_raises_with_its_findings() -> None:
    path = next(path for path in BROKEN if path.stem == "field-misspelt")
    with pytest.raises(InvalidRubricError) as raised:
        load_rubric(str(path))
    assert raised.value.message == f"{path} is not a rubric that can be used for grading"
    assert [finding.message for finding in raised.value.findings] == ["the dossier has no field `alocation` here"]
    assert raised.value.findings[0].hint == "did you mean `allocation`?"


def test_all_the_fields_that_are_known_are_named_where_none_is_near() -> None:
    path = next(path for path in BROKEN if path.stem == "field-near-nothing")
    (finding,) = findings_of(path)
    assert (
        finding.hint
        == "known here: tool, overall, reason, judged_by, domains, other_domains, stars, by_outcome, refs, worst"
    )
