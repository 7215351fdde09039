"""`--retractions`: sources looked up in a file of notices, and the grades without what was retracted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import evgrade as evgrade_package
from evgrade.schema.store import schema

from .support import VALID, Run, harmful

HEAD = "RetractionDate,RetractionDOI,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\n"
NOTICE = "1/20/2021 0:00,10.1000/notice,10.1000/PAPER,0,Retraction,+Falsification of Data;\n"
DOSSIER = (
    VALID
    + """\
trials:
  - id: trial
    statement: It helped.
    agent: same
    condition: same
    allocation: randomized
    masking: double
    control: placebo
    participants: 300
    result: benefit
    publication: peer_reviewed
    risk_of_bias: {overall: low}
    refs: [paper]
references:
  - {id: paper, doi: 10.1000/paper}
"""
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return a dossier and a file of notices about its source."""
    dossier, notices = tmp_path / "a.dossier.yaml", tmp_path / "notices.csv"
    dossier.write_text(DOSSIER)
    notices.write_text(HEAD + NOTICE)
    return dossier, notices


def test_a_retracted_source_is_an_error(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    assert evgrade("validate", dossier).code == 0
    done = evgrade("validate", dossier, "--retractions", notices)
    assert done.code == 1
    assert "a.dossier.yaml:18:22: error: `paper` was retracted on 2021-01-20" in done.stdout
    assert "Falsification of Data (notice: 10.1000/notice)" in done.stdout


def test_python_can_look_sources_up_too(files: tuple[Path, Path]) -> None:
    dossier, notices = files
    assert evgrade_package.validate(dossier) == []
    [found] = evgrade_package.validate(dossier, retractions=notices)
    assert (found.code, found.location.line) == ("retraction-retracted", 18)
    with pytest.raises(evgrade_package.UnreadableError):
        evgrade_package.validate(dossier, retractions=notices.parent / "none.csv")


def test_the_report_shows_the_grades_without_it(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    done = evgrade("score", dossier, "--retractions", notices)
    assert done.code == 1
    section = done.stdout.split("Without evidence from retracted papers")[1].split("Findings in the dossier")[0]
    for line in ("Retracted: paper", "Left out, as nothing else supports it: trial", "Clinical trials: B becomes U"):
        assert line in section
    assert "Without what rests" not in evgrade("score", dossier).stdout


def test_so_does_the_json(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    given = json.loads(evgrade("score", dossier, "--retractions", notices, "-f", "json").stdout)
    Draft202012Validator(schema("assessment")).validate(given)
    changes = {one["name"]: (one["before"], one["after"]) for one in given["without_retracted"]["domains"]}
    assert changes["trials"] == ("B", "U")
    assert json.loads(evgrade("score", dossier, "-f", "json").stdout)["without_retracted"] is None


def test_so_do_markdown_and_several_rubrics(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    page = evgrade("score", dossier, "--retractions", notices, "-f", "markdown").stdout
    assert "## Without evidence from retracted papers" in page
    assert "- **Clinical trials:** B becomes U" in page
    several = ("score", dossier, "--retractions", notices, "-r", "evgrade-default", "-r", "grade")
    for shown in (evgrade(*several).stdout, evgrade(*several, "-f", "markdown").stdout):
        assert "ithout evidence from retracted papers" in shown
        assert "B becomes U" in shown


def test_a_dossier_s_own_word_is_enough(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, _ = files
    dossier.write_text(DOSSIER.replace("10.1000/paper}", "10.1000/paper, retraction: retracted}"))
    assert "Clinical trials: B becomes U" in evgrade("score", dossier).stdout
    assert evgrade("validate", dossier).code == 1


def test_every_dossier_is_looked_up(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    (dossier.parent / "b.dossier.yaml").write_text(DOSSIER)
    assert evgrade("validate", dossier.parent, "--retractions", notices).stdout.count("was retracted") == 2
    assert "was retracted" in evgrade("validate", "-", "--retractions", notices, stdin=DOSSIER).stdout


@pytest.mark.parametrize("command", ["validate", "score"])
def test_a_file_that_is_none_ends_the_run(evgrade: Run, files: tuple[Path, Path], command: str) -> None:
    dossier, notices = files
    notices.write_text("Title,Reason\nA paper,none\n")
    done = evgrade(command, dossier, "--retractions", notices)
    assert (done.code, done.stdout) == (2, "")
    assert "lacks the columns RetractionDate" in done.stderr
    assert evgrade(command, dossier, "--retractions", notices.parent / "none.csv").code == 2


@pytest.mark.parametrize("command", ["validate", "score"])
def test_a_record_that_could_be_missed_ends_the_run_with_its_place(
    evgrade: Run, files: tuple[Path, Path], command: str
) -> None:
    dossier, notices = files
    notices.write_text(HEAD + '"never closed,' + NOTICE + NOTICE)
    done = evgrade(command, dossier, "--retractions", notices)
    assert (done.code, done.stdout) == (2, "")
    assert f"{notices}:2:1: error: this quotation mark is not closed at the end of its field" in done.stderr
    assert "cannot be used: a record in it could be missed" in done.stderr


def test_what_cannot_be_used_of_it_is_said(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, notices = files
    notices.write_text(HEAD + NOTICE.replace("1/20", "13/45"))
    done = evgrade("validate", dossier, "--retractions", notices, "--quiet")
    assert f"evgrade: {notices}: line 2: a date that does not exist" in done.stderr
    assert "was retracted" in done.stdout
    with pytest.warns(UserWarning, match="line 2: a date that does not exist"):
        assert evgrade_package.validate(dossier, retractions=notices)
    notices.write_text(HEAD)
    assert "holds no notices" in evgrade("validate", dossier, "--retractions", notices, "--quiet").stderr


def test_what_is_not_a_regular_file_is_not_waited_for(evgrade: Run, files: tuple[Path, Path]) -> None:
    dossier, _ = files
    fifo = dossier.parent / "fifo.csv"
    os.mkfifo(fifo)
    for path in (fifo, Path("/dev/zero")):
        done = evgrade("validate", dossier, "--retractions", path)
        assert (done.code, done.stderr) == (2, f"evgrade: {path} is not a regular file\n")


@pytest.mark.parametrize("command", ["validate", "score"])
def test_no_text_of_a_notice_steers_a_terminal(evgrade: Run, files: tuple[Path, Path], command: str) -> None:
    dossier, notices = files
    notices.write_text(HEAD + NOTICE.replace("Falsification", "\x1b[31mFalsi\u202efication\x07"), encoding="utf-8")
    done = evgrade(command, dossier, "--retractions", notices)
    assert "was retracted" in done.stdout
    assert not harmful(done.output)


POOLED = DOSSIER.replace(
    "references:\n",
    """\
  - {id: other, statement: It helped too., agent: same, condition: same, refs: [second]}
syntheses:
  - id: review
    statement: Two trials together.
    studies: 2
    result: benefit
    contributing: [trial, other]
    refs: [second]
outcomes:
  - id: death
    name: death
    importance: critical
    design: randomized
    contributing: [trial, other]
    certainty: {judgement: high}
    risk_of_bias: {judgement: not_serious}
    inconsistency: {judgement: not_serious}
    indirectness: {judgement: not_serious}
    imprecision: {judgement: not_serious}
    publication_bias: {judgement: undetected}
references:
  - {id: second, title: Another paper}
""",
)


@pytest.mark.parametrize("stated", [True, False], ids=["stated in the dossier", "looked up"])
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_pools_a_retracted_study_is_named_and_its_range_is_shown(
    evgrade: Run, files: tuple[Path, Path], form: str, stated: bool
) -> None:
    dossier, notices = files
    dossier.write_text(POOLED.replace("10.1000/paper}", "10.1000/paper, retraction: retracted}") if stated else POOLED)
    looked_up = () if stated else ("--retractions", notices)
    shown = evgrade("score", dossier, "-r", "grade", *looked_up, "-f", form, env={"COLUMNS": "200"}).stdout
    if form == "json":
        data = json.loads(shown)
        Draft202012Validator(schema("assessment")).validate(data)
        given = data["without_retracted"]
        assert (given["left_out"], given["pooled"]) == (["trial"], ["review", "death"])
        certainty = next(one for one in given["domains"] if one["name"] == "certainty")
        assert (certainty["before"], certainty["possible"]) == (
            "high",
            ["high", "moderate", "low", "very_low", "not_rated"],
        )
    else:
        words = " ".join(shown.replace("**", "").replace("\\", "").split())
        assert "No longer known, as they pool retracted results: review, death" in words
        assert "high becomes not_rated (possible: high moderate low very_low)" in words


def test_what_a_review_pools_must_exist(evgrade: Run, tmp_path: Path) -> None:
    dossier = tmp_path / "a.dossier.yaml"
    dossier.write_text(POOLED.replace("contributing: [trial, other]", "contributing: [trial, othr]", 1))
    done = evgrade("validate", dossier)
    assert done.code == 1
    assert "a.dossier.yaml:23:27: error: there is no evidence item with the id" in done.stdout
    assert "did you mean `other`?" in done.stdout
