"""`evgrade validate`: every problem of every file, at its place, with what would be right."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from tests.bounded import no_blow_up

from .conftest import SameAsGolden
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Result, Run, harmful, width

BAD = "tests/cli/bad"
FILES = sorted(path.name.removesuffix(".dossier.yaml") for path in (ROOT / BAD).iterdir())
ALLOCATIONS = "randomized, non_randomized, na, unclear, not_reported"
MASKINGS = "none, single, double, triple, quadruple, unclear, not_reported"
HOSTILE = sorted((ROOT / "tests" / "hostile" / "reading").iterdir())


def place(line: str) -> tuple[str, int, int]:
    """Return the place that a finding's first line begins with."""
    file, row, column = line.split(": ", 1)[0].rsplit(":", 2)
    return file, int(row), int(column)


def heads(result: Result) -> list[str]:
    """Return the first line of each finding."""
    return [line for line in result.stdout.splitlines() if not line.startswith(" ")]


# Good dossiers


def test_a_valid_dossier_gets_no_word_but_the_summary(evgrade: Run) -> None:
    result = evgrade("validate", RILUZOLE, SMALLEST)
    assert (result.code, result.stdout, result.stderr) == (
        0,
        "",
        "2 dossiers checked: 2 valid, 0 invalid\nnot checked: retractions (add --retractions FILE)\n",
    )


def test_what_the_reviewers_accept_is_shown_with_their_reason_and_not_counted(evgrade: Run) -> None:
    result = evgrade("validate", NALTREXONE)
    assert result.code == 0
    assert (
        "waived warning: the responses add up to 7 + 3 + 4 = 14, but 15 were evaluated [count-responses]"
        in result.stdout
    )
    assert "= accepted: As printed in the paper." in result.stdout
    assert (
        result.stderr
        == "1 dossier checked: 1 valid, 0 invalid; 1 waived\nnot checked: retractions (add --retractions FILE)\n"
    )


def test_a_warning_is_no_reason_to_fail(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("validate", f"{BAD}/unused-ref.dossier.yaml")
        assert result.code == 0
        assert len(heads(result)) == 1
        assert ": warning: " in heads(result)[0]
        assert result.stderr == "1 dossier checked: 1 valid, 0 invalid; 1 warning\n"


# Bad dossiers


def test_all_problems_of_all_files_as_text(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("validate", BAD)
    assert result.code == 1
    same_as_golden(result.stdout, "bad.txt")
    same_as_golden(result.stderr, "bad.summary.txt")


def test_all_problems_of_all_files_as_json(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("validate", BAD, "--format", "json")
    assert result.code == 1
    same_as_golden(result.stdout, "bad.json")


def test_the_program_finds_the_same(run: Run, evgrade: Run) -> None:
    assert run("validate", BAD) == evgrade("validate", BAD)
    assert run("validate", BAD, "-f", "json") == evgrade("validate", BAD, "-f", "json")


def test_text_and_json_hold_the_same_findings(evgrade: Run) -> None:
    findings = json.loads(evgrade("validate", BAD, "-f", "json").stdout)["findings"]
    assert heads(evgrade("validate", BAD)) == [
        f"{one['location']['file']}:{one['location']['line']}:{one['location']['column']}: "
        f"{one['severity']}: {one['message']} [{one['code']}]"
        for one in findings
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_findings_are_sorted_however_the_files_are_named(evgrade: Run, order: int) -> None:
    files = [f"{BAD}/{name}.dossier.yaml" for name in FILES][::order]
    result = evgrade("validate", *files)
    places = [place(line) for line in heads(result)]
    assert places == sorted(places)
    assert result.stdout == evgrade("validate", BAD).stdout
    assert evgrade("validate", *files, "-f", "json") == evgrade("validate", BAD, "-f", "json")


def test_every_bad_file_is_named(evgrade: Run) -> None:
    found = [file for file, _ in groupby(place(line)[0] for line in heads(evgrade("validate", BAD)))]
    assert found == [f"{BAD}/{name}.dossier.yaml" for name in FILES]


@pytest.mark.parametrize(
    ("name", "findings"),
    {
        "bad-date": [
            '8:9: error: `date` is "2023-02-29", which is not a calendar date [schema-text]',
            '9:16: error: `next_review` is "1 May 2023", which has the wrong form [schema-text]',
        ],
        "bad-type": [
            "4:9: error: `name` must be text, not 5 [schema-type]",
            "6:3: error: `name` is empty; it must be text [schema-type]",
            '10:19: error: `participants` must be a whole number, not "60" [schema-type]',
            '11:11: error: there is no reference with the id "smith-2020" [id-missing]',
            '11:11: error: `refs` must be a list, not "smith-2020" [schema-type]',
        ],
        "duplicate-id": [
            "9:16: warning: no evidence is named for this claim [claim-unanswered]",
            '11:9: error: duplicate id "one"; it is first used at line 8 [id-duplicate]',
        ],
        "missing-key": [
            "2:1: error: the document lacks `condition` [schema-missing]",
            "6:5: error: entry 1 of `trials` lacks `statement` [schema-missing]",
        ],
        "missing-ref": [
            '10:24: error: there is no reference with the id "smiht-2020" [id-missing]',
            '10:36: error: there is no reference with the id "jones" [id-missing]',
        ],
        "no-yaml": ["4:18: error: this colon cannot start a value here [yaml-syntax]"],
        "unknown-key": [
            "10:5: error: unknown key `allocaton` [schema-unknown-key]",
            "11:5: error: unknown key `colour` [schema-unknown-key]",
        ],
        "unused-ref": ['8:9: warning: nothing cites the reference "smith-2020" [reference-unused]'],
        "wrong-value": [
            "2:10: error: `dossier` is 2; it must be 1 [schema-value]",
            f'10:17: error: `allocation` is "randomised", which is not one of {ALLOCATIONS} [schema-value]',
            f'11:14: error: `masking` is "very", which is not one of {MASKINGS} [schema-value]',
            "12:19: error: `participants` is -3; it must be at least 0 [schema-range]",
        ],
    }.items(),
)
def test_what_is_wrong_is_said_at_its_place(evgrade: Run, name: str, findings: list[str]) -> None:
    file = f"{BAD}/{name}.dossier.yaml"
    assert heads(evgrade("validate", file)) == [f"{file}:{finding}" for finding in findings]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("unknown-key", "did you mean `allocation`?"),
        ("unknown-key", "a key of your own starts with x-"),
        ("wrong-value", "the value is written `randomized`"),
        ("missing-ref", "did you mean `smith-2020`?"),
        ("missing-ref", "add it under `references`"),
        ("missing-key", "statement: What was done and found, in a sentence."),
        ("bad-type", "put it in quotes"),
        ("bad-type", "fill it in, or remove the key"),
        ("bad-date", "A date, such as 2010, 2010-12 or 2010-12-21."),
        ("duplicate-id", f"see {BAD}/duplicate-id.dossier.yaml:8:9"),
    ],
)
def test_what_would_be_right_is_said_too(evgrade: Run, name: str, hint: str) -> None:
    assert hint in evgrade("validate", f"{BAD}/{name}.dossier.yaml").stdout


@pytest.mark.parametrize("command", ["score", "explain"])
def test_every_command_finds_the_same(evgrade: Run, command: str) -> None:
    file = f"{BAD}/wrong-value.dossier.yaml"
    result = evgrade(command, file)
    assert (result.code, result.stdout) == (1, "")
    assert result.stderr.startswith(evgrade("validate", file).stdout)


def test_a_file_that_is_named_must_be_a_dossier(evgrade: Run) -> None:
    result = evgrade("validate", "-", stdin="name: something else\n")
    assert result.code == 1
    assert heads(result) == ["<stdin>:1:1: error: this is not a dossier: it has no `dossier:` header [no-dossier]"]


@pytest.mark.parametrize("content", ["5\n", "text\n", "- dossier: 1\n", "[]\n", "null\n"])
def test_what_is_no_mapping_is_no_dossier(evgrade: Run, content: str) -> None:
    result = evgrade("validate", "-", stdin=content)
    assert result.code == 1
    assert len(heads(result)) == 1


def test_an_unreadable_file_is_worse_than_a_bad_one(evgrade: Run) -> None:
    result = evgrade("validate", f"{BAD}/wrong-value.dossier.yaml", "nowhere.yaml", SMALLEST)
    assert result.code == 2
    assert "evgrade: nowhere.yaml could not be read: No such file or directory\n" in result.stderr
    assert result.stderr.endswith("2 dossiers checked: 1 valid, 1 invalid; 4 errors; 1 unreadable\n")
    assert len(heads(result)) == 4


def test_being_quiet_hides_no_finding_and_no_error(evgrade: Run) -> None:
    result = evgrade("validate", "-q", f"{BAD}/wrong-value.dossier.yaml", "nowhere.yaml")
    assert result.stderr == "evgrade: nowhere.yaml could not be read: No such file or directory\n"
    assert len(heads(result)) == 4


def test_json_says_what_became_of_each_file(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID)
    (tmp_path / "b.yaml").write_text(INVALID)
    (tmp_path / "c.yaml").write_text("c: 1\n")
    result = evgrade("validate", ".", "nowhere.yaml", "-f", "json", cwd=tmp_path)
    assert result.code == 2
    assert json.loads(result.stdout)["files"] == [
        {"file": "a.yaml", "status": "valid", "not_checked": []},
        {"file": "b.yaml", "status": "invalid", "not_checked": []},
        {"file": "c.yaml", "status": "skipped", "not_checked": []},
        {"file": "nowhere.yaml", "status": "unreadable", "not_checked": []},
    ]


def test_json_is_printed_even_where_there_is_nothing_to_check(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("validate", tmp_path, "-f", "json")
    assert result.code == 3
    assert json.loads(result.stdout)["files"] == []


# What cannot be read as YAML


def test_there_are_hostile_files() -> None:
    assert len(HOSTILE) > 100


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_file_is_one_error_at_its_place(evgrade: Run, path: Path) -> None:
    file = path.relative_to(ROOT)
    with no_blow_up():
        result = evgrade("validate", file, env={"COLUMNS": "80"})
    assert result.code == 1
    head, source, caret, *rest = result.stdout.splitlines()
    shown, line, column = place(head)
    assert shown == str(file)
    assert head.startswith(f"{file}:{line}:{column}: error: ")
    assert source.startswith(f" {line} |")
    assert set(caret.split("|", 1)[1].strip()) == {"^"}
    assert all(after.lstrip().startswith("= ") for after in rest)
    assert 1 <= len(rest) <= 2
    assert harmful(result.output) == []
    assert width(source) < 130
    assert result.stderr == "1 dossier checked: 0 valid, 1 invalid; 1 error\n"


@pytest.mark.slow
def test_all_hostile_files_at_once(evgrade: Run) -> None:
    result = evgrade("validate", *HOSTILE)
    assert result.code == 1
    assert [place(line)[0] for line in heads(result)] == [str(path) for path in HOSTILE]
    assert result.stderr.endswith(f"0 valid, {len(HOSTILE)} invalid; {len(HOSTILE)} errors\n")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["score", "explain"])
def test_a_hostile_file_is_refused_wherever_it_is_given(evgrade: Run, command: str) -> None:
    for path in HOSTILE[::10]:
        result = evgrade(command, path)
        assert (result.code, result.stdout) == (1, "")
        assert result.stderr.startswith(f"{path}:")


def test_a_rubric_notes_what_it_misses_and_that_is_no_reason_to_fail(evgrade: Run, run: Run) -> None:
    for each in (evgrade, run):
        result = each("validate", NALTREXONE, "-r", "evgrade-default", "-r", "grade")
        assert result.code == 0
        assert (
            "note: `safety.died.n` is not stated, and keeps Safety (evgrade-default: C, possible D F) open"
            in result.stdout
        )
        assert "note: grade does not use `trials`: 3 trials (2 people) [unread-evidence]\n" in result.stdout
        assert (
            "= grade it with aan-2004, addf, alsuntangled-toe, clingen-like, evgrade-default or 8 more too"
            in result.stdout
        )
        summary, last = result.stderr.splitlines()
        assert summary == "1 dossier checked: 1 valid, 0 invalid; 9 notes; 1 waived"
        assert last == "not checked: retractions (add --retractions FILE)"


def test_a_rubric_that_is_none_is_said_at_once(evgrade: Run) -> None:
    result = evgrade("validate", NALTREXONE, "-r", "nothing")
    assert result.code == 2
    assert result.stdout == ""


STATED = (
    VALID
    + """\
outcomes:
  - id: ketoacidosis
    name: Diabetic ketoacidosis
    importance: critical
    design: randomized
    risk_of_bias: {judgement: not_serious}
    inconsistency: {judgement: not_serious}
    indirectness: {judgement: not_serious}
    imprecision: {judgement: serious}
    publication_bias: {judgement: undetected}
    certainty: {judgement: high}
"""
)


@pytest.mark.parametrize("options", [(), ("-r", "evgrade-default"), ("-r", "grade")])
def test_a_stated_certainty_that_does_not_follow_is_found_without_being_asked_for(
    evgrade: Run, options: tuple[str, ...]
) -> None:
    """As in a published record, which rates imprecision serious and calls the certainty high all the same."""
    result = evgrade("validate", "-", "-f", "concise", *options, stdin=STATED)
    assert result.stdout.count("[stated-grade]") == 1
    assert "`high` is stated, but by grade the facts of the item give moderate" in result.stdout
    follows = STATED.replace("certainty: {judgement: high}", "certainty: {judgement: moderate}")
    assert "[stated-grade]" not in evgrade("validate", "-", "-f", "concise", *options, stdin=follows).stdout
