"""Whatever a dossier, a rubric or a file name says: a terminal only ever shows it, and shows all of it."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from evgrade.render.clean import for_terminal, prose
from evgrade.yamlio.reader import read

from .hostile import everything_at_once, hostile_dossier
from .support import NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run, harmful, width

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = "\x1b[2J"
ALL = everything_at_once()

DOSSIERS = {
    "everything": f"dossier: 1\ntherapy: {{name: {ALL}}}\ncondition: {{name: {ALL}}}\nreview: {{group: {ALL}}}\n",
    "naltrexone": hostile_dossier(NALTREXONE),
    "riluzole": hostile_dossier(RILUZOLE),
}
each_dossier = pytest.mark.parametrize("dossier", DOSSIERS.values(), ids=list(DOSSIERS))


# Dossiers


@each_dossier
def test_it_is_a_valid_dossier(evgrade: Run, dossier: str) -> None:
    assert evgrade("validate", "-", stdin=dossier).code == 0


@each_dossier
@pytest.mark.parametrize("columns", ["40", "80", "120"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_report_is_harmless(evgrade: Run, dossier: str, columns: str, encoding: str) -> None:
    result = evgrade("score", "-", stdin=dossier, env={"COLUMNS": columns}, encoding=encoding)
    assert result.code == 0
    assert harmful(result.output) == []
    assert width(result.stdout) <= int(columns)


@each_dossier
def test_the_coloured_report_has_no_escapes_but_its_colours(evgrade: Run, dossier: str) -> None:
    result = evgrade("score", "-", stdin=dossier, env={"FORCE_COLOR": "1"})
    assert "\x1b[" in result.stdout
    assert harmful(COLOURS.sub("", result.output)) == []


@each_dossier
@pytest.mark.parametrize(
    "command",
    [("score", "-", "-f", "json"), ("validate", "-", "-f", "json"), ("explain", "-"), ("explain", "-", "trials")],
)
def test_so_is_everything_else(evgrade: Run, dossier: str, command: tuple[str, ...]) -> None:
    result = evgrade(*command, stdin=dossier)
    assert result.code == 0
    assert harmful(result.output) == []


def test_the_program_is_no_other(run: Run) -> None:
    for command in (("score", "-"), ("explain", "-"), ("score", "-", "-f", "json")):
        result = run(*command, stdin=DOSSIERS["riluzole"])
        assert result.code == 0
        assert harmful(result.output) == []


def test_no_text_is_lost(evgrade: Run) -> None:
    report = evgrade("score", "-", stdin=DOSSIERS["everything"], env={"COLUMNS": "120"}).stdout
    shown = "".join(report.split())
    for said in (
        r"\x1b[2J\x1b[1;1H",
        r"\x9b31m",
        r"\x1b]8;;https://evil.example\x1b\click\x1b]8;;\x1b" + "\\",
        r"\x1b]0;title\x07",
        r"\u202egnp.exe\u202c",
        r"\u2066\u2069\u200f\u061c",
        r"ze\u200bro\u200d\u2060\ufeff\xad",
        r"\x00\x7f\x85",
        r"\u2028\u2029",
        r"\U000e0041\U000e007f",
        "[bold]marked[/bold] [/bold] [red]",
        "[link=javascript:alert(1)]here[/link]",
        ":smile: :warning:",
        "{0} %s %(x)s ${x} {x!r}",
        "<script>alert(1)</script> & <b>",
        "::error file=x::y %0A",
        "=HYPERLINK(1) | `x`",
        "x" * 300,
    ):
        assert shown.count("".join(said.split())) == 3  # therapy, condition, group


def test_json_holds_the_very_text(evgrade: Run) -> None:
    data: Any = json.loads(evgrade("score", "-", "-f", "json", stdin=DOSSIERS["everything"]).stdout)
    name = data["dossier"]["therapy"]
    assert name == data["dossier"]["condition"] == data["dossier"]["review_group"]
    for said in (
        "\x1b[2J\x1b[1;1H",
        "\x9b31m",
        "\u202egnp.exe\u202c",
        "\0\x7f\x85",
        "\U000e0041",
        "[/bold]",
        "x" * 300,
    ):
        assert said in name


def test_a_line_break_in_a_name_makes_no_new_line_of_the_report(evgrade: Run) -> None:
    forged = r'"Water\n\nRECOMMENDED\n\nby everybody"'
    report = evgrade("score", "-", stdin=f"dossier: 1\ntherapy: {{name: {forged}}}\ncondition: {{name: x}}\n").stdout
    assert report.startswith("Water RECOMMENDED by everybody for x\n")


# Findings


def test_findings_are_harmless_and_lose_nothing(evgrade: Run) -> None:
    bad = (
        'dossier: 1\ntherapy: {name: x, "k\\e[2J\\u202e": 1, kind: "\\e[31mpill\\x9b[/bold]"}\ncondition: {name: x}\n'
        'trials: [{id: t, statement: x, refs: ["a\\e]0;x\\a"]}]\n'
    )
    for command in (("validate", "-"), ("score", "-"), ("explain", "-")):
        for encoding in ("utf-8", "ascii"):
            result = evgrade(*command, stdin=bad, encoding=encoding)
            assert result.code == 1
            assert harmful(result.output) == []
            assert r"unknown key `k\x1b[2J\u202e`" in result.output
            assert r'`kind` is "\x1b[31mpill\x9b[/bold]", which is not one of' in result.output
            assert r'"a\x1b]0;x\x07"' in result.output


def test_the_source_line_is_shown_harmless(evgrade: Run) -> None:
    bad = "dossier: 1\ntherapy: {name: a\u202eb\u200bc, kind: pill}\ncondition: {name: x}\n"
    result = evgrade("validate", "-", stdin=bad)
    assert harmful(result.output) == []
    assert " 2 | therapy: {name: a\\u202eb\\u200bc, kind: pill}\n" in result.stdout


def test_a_warning_in_the_report_is_harmless(evgrade: Run) -> None:
    result = evgrade("score", "-", stdin=VALID + f"references: [{{id: a, title: {ALL}}}]\n")
    assert "nothing cites the reference" in result.stdout
    assert harmful(result.output) == []


# File names

NAMES = {
    "new\nline.yaml": r"new\x0aline.yaml",
    f"clear{ESCAPE}.yaml": r"clear\x1b[2J.yaml",
    "a,b:%0A.yaml": "a,b:%0A.yaml",
    "[bold]x[red].yaml": "[bold]x[red].yaml",
    ":smile:.yaml": ":smile:.yaml",
    "\u202elmay.yaml": r"\u202elmay.yaml",
    "a b.yaml": "a b.yaml",
    "bytes\udcff.yaml": r"bytes\udcff.yaml",
    "-rf.yaml": "-rf.yaml",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_name_is_shown_harmless(evgrade: Run, tmp_path: Path, name: str) -> None:
    shown = NAMES[name]
    (tmp_path / name).write_text(VALID + "references: [{id: a, title: A paper}]\n")
    found = evgrade("validate", ".", cwd=tmp_path)
    assert found.stdout.startswith(f"{shown}:4:19: warning: ")
    report = evgrade("score", ".", cwd=tmp_path, env={"COLUMNS": "120"})
    assert f"\n{shown}  graded by " in report.stdout
    data = evgrade("score", ".", "-f", "json", cwd=tmp_path)
    assert json.loads(data.stdout)[0]["dossier"]["file"] == name
    below = evgrade("score", ".", "--fail-under", "50", cwd=tmp_path)
    assert below.stderr == f"{shown}: the score is 0, below 50\n"
    (tmp_path / name).write_text("x: 1\n")
    skipped = evgrade("validate", ".", cwd=tmp_path)
    assert f"{shown}: skipped: " in skipped.stderr
    (tmp_path / name).write_text("dossier: 1\n")
    invalid = evgrade("score", ".", cwd=tmp_path)
    assert f"{shown} is not a valid dossier and was not graded\n" in invalid.stderr
    (tmp_path / name).unlink()
    gone = evgrade("explain", f"./{name}", cwd=tmp_path)
    in_a_sentence = shown.replace(r"\x0a", " ")
    assert gone.stderr.startswith(f"evgrade: {in_a_sentence} could not be read: ")
    for result in (found, report, data, below, skipped, invalid, gone):
        assert harmful(result.output) == []


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_a_file_name_that_is_no_text_is_harmless_to_the_program(run: Run, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text("dossier: 1\n")
    for command in ("validate", "score"):
        for encoding in ("utf-8", "ascii"):
            result = run(command, ".", cwd=tmp_path, encoding=encoding)
            assert result.code == 1
            assert harmful(result.output) == []


@pytest.mark.parametrize(
    "command",
    [
        ("score", f"{ESCAPE}.yaml"),
        ("validate", f"{ESCAPE}.yaml"),
        ("explain", f"{ESCAPE}.yaml"),
        ("explain", SMALLEST, ESCAPE),
        ("score", SMALLEST, "-r", ESCAPE),
        ("score", SMALLEST, "-r", f"{ESCAPE}.yaml"),
        ("score", SMALLEST, "-o", f"{ESCAPE}/x"),
        ("score", SMALLEST, "--fail-under", ESCAPE),
        ("score", SMALLEST, "--format", ESCAPE),
        ("score", f"--{ESCAPE}"),
        ("schema", ESCAPE),
        (ESCAPE,),
        ("rubric", ESCAPE),
        ("rubric", "show", ESCAPE),
        ("rubric", "check", f"{ESCAPE}.yaml"),
        ("new", f"{ESCAPE}/x.yaml"),
    ],
    ids=lambda command: ascii(" ".join(command)),
)
def test_an_argument_that_is_refused_is_shown_harmless(evgrade: Run, command: tuple[str, ...]) -> None:
    result = evgrade(*command)
    assert result.code == 2
    assert "\x1b" not in result.output


# Rubrics: whoever wrote one may be no friend either


@pytest.fixture
def hostile_rubric(tmp_path: Path) -> Path:
    """Write the default rubric with an escape sequence, a bidi control and markup in every sentence of it."""
    sentences = {"title", "means", "why", "source", "phrase", "question", "description"}

    def hostile(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: hostile(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [hostile(part) for part in value]
        is_text = key in sentences and value not in ("benefit", "harm", "case_report")  # in a dossier some are choices
        return f"{value} {ESCAPE}\u202e[/bold]\x9b" if is_text else value

    data = hostile(read((ROOT / "rubrics" / "evgrade-default.yaml").read_bytes(), "rubric").data)
    for case in data["cases"]:
        case["name"] += ESCAPE
        if "path" in case:
            case["path"] = str(ROOT / "rubrics" / case["path"])
    path = tmp_path / "hostile.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_rubric_is_harmless_too(evgrade: Run, hostile_rubric: Path) -> None:
    assert hostile_rubric.read_text(encoding="utf-8").count("\\u001b[2J") > 100
    for command in (
        ("score", NALTREXONE, RILUZOLE, "-r", hostile_rubric),
        ("score", NALTREXONE, "-f", "json", "-r", hostile_rubric),
        ("explain", RILUZOLE, "-r", hostile_rubric),
        ("rubric", "show", hostile_rubric),
        ("rubric", "check", hostile_rubric),
        ("rubric", "test", hostile_rubric),
    ):
        result = evgrade(*command)
        assert result.code == 0, result.output
        assert harmful(result.output) == []


def test_a_failing_case_is_shown_harmless(evgrade: Run, hostile_rubric: Path) -> None:
    text = hostile_rubric.read_text(encoding="utf-8")
    hostile_rubric.write_text(text.replace('{"trials": "F"', '{"trials": "A"'), encoding="utf-8")
    result = evgrade("rubric", "test", hostile_rubric)
    assert result.code == 1
    assert (
        "Ten weak positive papers against one sound negative trial\\x1b[2J\n    trials is F, expected A"
        in result.stdout
    )
    assert harmful(result.output) == []


# The functions behind it


def test_every_character_that_is_not_to_be_seen_becomes_an_escape() -> None:
    """All of Unicode's controls, formats, separators and surrogates; not the formats that are signs of their own."""
    signs = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]")
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and not signs.match(character):
            shown = for_terminal(character)
            assert shown.isascii()
            assert shown.startswith("\\")
            assert int(shown[2:], 16) == code


def test_what_can_be_seen_stays_as_it_is() -> None:
    for text in (
        "plain",
        "Süß",
        "日本語",
        "😀",
        "α ≤ β",
        "[bold]",
        ":smile:",
        "a\u0301",
        "100\N{NO-BREAK SPACE}mg",
        "\\x1b",
    ):
        assert for_terminal(text) == prose(text) == text


def test_prose_folds_blanks_and_nothing_else() -> None:
    assert prose(" a\n b\t\tc\r\nd ") == "a b c d"
    assert prose("a\x1c\x85\u2028b") == r"a\x1c\x85\u2028b"
