"""Findings in every format: the same findings, in the form that the reader of the format expects, harmless."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from referencing import Registry

from evgrade.checked import Checked, Outcome
from evgrade.model import Excerpt, Finding, Location, Severity
from evgrade.render.clean import Sink, for_command, for_command_property, for_sarif, for_uri, for_xml
from evgrade.render.findings_ci import findings_github, findings_junit, findings_sarif
from evgrade.schema.store import schema
from tests.crossed import first_of

from .conftest import SameAsGolden
from .published import junit_problems, sarif_problems
from .support import INVALID, ROOT, SMALLEST, VALID, Run, harmful

BAD = "tests/cli/bad"
FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "junit")
GOLDEN = {"concise": "bad.concise.txt", "jsonl": "bad.jsonl", "sarif": "bad.sarif", "github": "bad.github.txt"}
GOLDEN |= {"junit": "bad.junit.xml"}
WARNED = VALID + "references: [{id: a, title: A paper}]\n"


def findings(evgrade: Run, *args: str | Path, **kwargs: Any) -> list[dict[str, Any]]:
    """Return the findings as the JSON format tells them."""
    found: list[dict[str, Any]] = json.loads(evgrade("validate", *args, "-f", "json", **kwargs).stdout)["findings"]
    return found


@pytest.mark.parametrize("form", GOLDEN)
def test_all_problems_of_all_files(evgrade: Run, same_as_golden: SameAsGolden, form: str) -> None:
    result = evgrade("validate", BAD, "--format", form)
    assert result.code == 1
    same_as_golden(result.stdout, GOLDEN[form])


@pytest.mark.parametrize("form", first_of(FORMATS, 3))
@pytest.mark.parametrize(
    ("encoding", "command"),
    [("utf-8", ("validate", BAD, "rubrics")), ("ascii", ("rubric", "check", SMALLEST, "evgrade-default"))],
)
def test_the_program_prints_the_same(
    evgrade: Run, run: Run, form: str, encoding: str, command: tuple[str, ...]
) -> None:
    assert run(*command, "-f", form, encoding=encoding) == evgrade(*command, "-f", form, encoding=encoding)
    assert evgrade(*command, "-f", form, encoding="ascii").output.isascii()


def test_concise_is_the_first_line_of_each_finding(evgrade: Run) -> None:
    text = evgrade("validate", BAD).stdout.splitlines()
    assert evgrade("validate", BAD, "-f", "concise").stdout.splitlines() == [
        line for line in text if not line.startswith(" ")
    ]


# JSON Lines


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the objects of JSON Lines, each of which must follow its schema."""
    validator = jsonschema.Draft202012Validator(schema("finding"), registry=Registry())
    objects = [json.loads(line) for line in text.splitlines()]
    for one in objects:
        validator.validate(one)
    return objects


def test_json_lines_hold_each_file_and_after_it_its_findings(evgrade: Run) -> None:
    lines = lines_of(evgrade("validate", BAD, "rubrics", "nowhere.yaml", "-f", "jsonl").stdout)
    whole = json.loads(evgrade("validate", BAD, "rubrics", "nowhere.yaml", "-f", "json").stdout)
    told = ("file", "status", "not_checked")
    assert [{key: line[key] for key in told} for line in lines if line["kind"] == "file"] == whole["files"]
    file = None
    found = []
    for line in lines:
        if line["kind"] == "file":
            file = line["file"]
        else:
            assert line["location"]["file"] == file
            found.append({key: value for key, value in line.items() if key not in ("schema", "kind")})
    assert found == whole["findings"]
    reasons = {line["status"]: line["reason"] for line in lines if line["kind"] == "file"}
    assert reasons["valid"] is reasons["invalid"] is None
    assert reasons["skipped"] == "no `dossier:` header"
    assert reasons["unreadable"] == "nowhere.yaml could not be read: No such file or directory"


def test_the_schema_of_a_line_notices_what_is_not_so(evgrade: Run) -> None:
    validator = jsonschema.Draft202012Validator(schema("finding"), registry=Registry())
    for line in lines_of(evgrade("validate", f"{BAD}/missing-ref.dossier.yaml", "-f", "jsonl").stdout):
        for key in line:
            assert not validator.is_valid({name: value for name, value in line.items() if name != key}), key
        assert not validator.is_valid({**line, "other": 1})


def test_a_finding_is_described_alike_in_both_schemas() -> None:
    line, whole = schema("finding")["$defs"], schema("findings")["$defs"]
    properties = dict(line["finding_line"]["properties"])
    assert [properties.pop("schema")["const"], properties.pop("kind")["const"]] == ["evgrade.finding/1", "finding"]
    assert properties == whole["finding"]["properties"]
    assert (line["path"], line["location"]) == (whole["path"], whole["location"])
    for name in ("file_line", "finding_line"):
        assert line[name]["required"] == list(line[name]["properties"])
        assert line[name]["additionalProperties"] is False


# SARIF


def sarif(evgrade: Run, *args: str | Path, **kwargs: Any) -> dict[str, Any]:
    """Return the run of a SARIF log, which must follow the published schema."""
    log = json.loads(evgrade("validate", *args, "-f", "sarif", **kwargs).stdout)
    assert sarif_problems(log) == []
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.slow
@pytest.mark.parametrize("args", [(BAD, "nowhere.yaml", "rubrics"), ("tests/hostile",), ("examples",), ("rubrics",)])
def test_sarif_is_valid(evgrade: Run, args: tuple[str, ...]) -> None:
    sarif(evgrade, *args)


def test_sarif_of_rubrics_is_valid_and_apart(evgrade: Run) -> None:
    log = json.loads(evgrade("rubric", "check", SMALLEST, "-f", "sarif").stdout)
    assert sarif_problems(log) == []
    assert log["runs"][0]["automationDetails"] == {"id": "evgrade/rubric/"}
    assert sarif(evgrade, SMALLEST)["automationDetails"] == {"id": "evgrade/validate/"}


def test_the_published_schema_notices_what_is_not_so(evgrade: Run) -> None:
    log = json.loads(evgrade("validate", BAD, "-f", "sarif").stdout)
    [run] = log["runs"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    for part, key, wrong in (
        (region, "startLine", 0),
        (run["results"][0], "level", "fatal"),
        (run["results"][0], "message", {}),
        (run["tool"], "driver", {}),
        (run, "other", 1),
    ):
        before = copy.deepcopy(part)
        part[key] = wrong
        assert sarif_problems(log), key
        part.clear()
        part.update(before)
    assert sarif_problems(log) == []


def test_sarif_holds_the_findings_at_their_places(evgrade: Run) -> None:
    run = sarif(evgrade, BAD)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    whole = findings(evgrade, BAD)
    assert len(run["results"]) == len(whole)
    assert rules == sorted({one["code"] for one in whole})
    for result, one in zip(run["results"], whole, strict=True):
        assert rules[result["ruleIndex"]] == result["ruleId"] == one["code"]
        assert result["level"] == one["severity"]
        assert result["message"]["text"].startswith(one["message"])
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": one["location"]["file"], "uriBaseId": "%SRCROOT%"}
        region = place["region"]
        assert (region["startLine"], region["startColumn"]) == (one["location"]["line"], one["location"]["column"])
        line = (ROOT / one["location"]["file"]).read_text(encoding="utf-8").splitlines()[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == region["snippet"]["text"] != ""
        assert [related["physicalLocation"]["region"]["startLine"] for related in result["relatedLocations"]] == [
            related["line"] for related in one["related"]
        ]
    assert any(result["relatedLocations"] for result in run["results"])


def test_columns_count_characters(evgrade: Run) -> None:
    run = sarif(evgrade, "-", stdin="dossier: 1\ntherapy: {name: 😀, kind: pill}\ncondition: {name: x}\n")
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (region["startColumn"], region["endColumn"], region["snippet"]["text"]) == (26, 30, "pill")


def test_every_rule_is_explained(evgrade: Run) -> None:
    for rule in sarif(evgrade, BAD)["tool"]["driver"]["rules"]:
        for part in ("shortDescription", "fullDescription", "help"):
            assert rule[part]["text"].strip()
    levels = {r["id"]: r["defaultConfiguration"]["level"] for r in sarif(evgrade, BAD)["tool"]["driver"]["rules"]}
    assert levels["reference-unused"] == "warning"
    assert levels["id-missing"] == "error"


def test_an_unreadable_file_is_a_failed_invocation(evgrade: Run) -> None:
    assert sarif(evgrade, SMALLEST)["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    [invocation] = sarif(evgrade, SMALLEST, "nowhere.yaml")["invocations"]
    assert invocation["executionSuccessful"] is False
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "nowhere.yaml could not be read: No such file or directory"


def fingerprints(evgrade: Run, text: str) -> list[str]:
    results = [one for one in sarif(evgrade, "-", stdin=text)["results"] if one["ruleId"] == "id-duplicate"]
    return [one["partialFingerprints"]["evgrade/v1"] for one in results]


TWICE = "trials:\n- {id: one, statement: x}\n- {id: one, statement: x}\n"


def test_a_fingerprint_stays_when_lines_move_or_an_item_is_inserted(evgrade: Run) -> None:
    before = fingerprints(evgrade, VALID + TWICE)
    assert len(before) == 1
    assert fingerprints(evgrade, f"# more\n\n{VALID}{TWICE}") == before
    inserted = TWICE.replace("trials:\n", "trials:\n- {id: new, statement: x}\n")
    assert fingerprints(evgrade, VALID + inserted) == before


def test_a_fingerprint_tells_findings_apart(evgrade: Run) -> None:
    other = fingerprints(evgrade, VALID + TWICE.replace("one", "two"))
    assert other != fingerprints(evgrade, VALID + TWICE)
    thrice = fingerprints(evgrade, f"{VALID}{TWICE}- {{id: one, statement: x}}\n")
    assert [one.rsplit(":", 1)[1] for one in thrice] == ["1", "2"]
    assert len({one.rsplit(":", 1)[0] for one in thrice}) == 1


@pytest.mark.parametrize("inside", [True, False])
def test_the_name_of_a_file_is_relative_to_where_it_is_run(evgrade: Run, tmp_path: Path, inside: bool) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a b.yaml").write_text(INVALID)
    root = tmp_path if inside else tmp_path / "sub"
    for name in (str(tmp_path / "a b.yaml"), "sub/../a b.yaml" if inside else "../a b.yaml"):
        [result] = sarif(evgrade, name, cwd=root)["results"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        if inside:
            assert place == {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}
        else:
            assert place == {"uri": (tmp_path / "a b.yaml").as_uri()}


# GitHub

COMMAND = re.compile(r"::(?P<name>error|warning|notice) (?P<properties>[^:]*)::(?P<message>[^\r\n]*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return workflow commands as the runner understands them; every line must be one."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(part.split("=", 1) for part in match["properties"].split(","))
        decoded = {key: unescaped(value, property_=True) for key, value in properties.items()}
        found.append((match["name"], decoded, unescaped(match["message"])))
    return found


def unescaped(text: str, *, property_: bool = False) -> str:
    """Undo the escapes in the order in which the runner does."""
    for code, sign in [("%0D", "\r"), ("%0A", "\n"), *([("%3A", ":"), ("%2C", ",")] if property_ else [])]:
        text = text.replace(code, sign)
    return text.replace("%25", "%")


def test_commands_hold_the_findings_at_their_places(evgrade: Run) -> None:
    whole = findings(evgrade, BAD)
    found = commands(evgrade("validate", BAD, "-f", "github").stdout)
    assert [(name, one["file"], int(one["line"]), int(one["col"])) for name, one, _ in found] == [
        (one["severity"], *(one["location"][key] for key in ("file", "line", "column"))) for one in whole
    ]
    assert [one["title"] for _, one, _ in found] == [one["code"] for one in whole]
    for (_, _, message), one in zip(found, whole, strict=True):
        assert message.startswith(one["message"])
        assert one["hint"] is None or one["hint"] in message


def test_the_marked_columns_are_those_of_the_value(evgrade: Run) -> None:
    [(_, one, _)] = commands(
        evgrade("validate", "-", "-f", "github", stdin=VALID.replace("a therapy}", "x, kind: pill}")).stdout
    )
    line = VALID.replace("a therapy}", "x, kind: pill}").splitlines()[1]
    assert line[int(one["col"]) - 1 : int(one["endColumn"])] == "pill"


def test_an_unreadable_file_is_a_command_too(evgrade: Run) -> None:
    result = evgrade("validate", "nowhere.yaml", "-f", "github")
    assert commands(result.stdout) == [
        (
            "error",
            {"file": "nowhere.yaml", "title": "unreadable"},
            "nowhere.yaml could not be read: No such file or directory",
        )
    ]


# JUnit


@pytest.mark.slow
@pytest.mark.parametrize("args", [(BAD, "nowhere.yaml", "rubrics"), ("tests/hostile",), ("examples",), ("rubrics",)])
def test_junit_is_valid(evgrade: Run, args: tuple[str, ...]) -> None:
    assert junit_problems(evgrade("validate", *args, "-f", "junit").stdout) == []


def test_every_file_is_a_test_case(evgrade: Run, tmp_path: Path) -> None:
    for name, text in {"a": VALID, "b": INVALID, "c": "c: 1\n", "d": WARNED}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    text = evgrade("validate", ".", "nowhere.yaml", "-f", "junit", cwd=tmp_path).stdout
    assert junit_problems(text) == []
    [suite] = ET.fromstring(text)  # noqa: S314
    outcomes = {case.attrib["name"]: [one.tag for one in case] for case in suite.findall("testcase")}
    assert outcomes == {
        "a.yaml": [],
        "b.yaml": ["failure"],
        "c.yaml": ["skipped"],
        "d.yaml": [],
        "nowhere.yaml": ["error"],
    }
    output = suite.findtext("system-out") or ""
    assert "d.yaml:4:19: warning: " in output
    assert "b.yaml" not in output


def test_a_failure_holds_every_error_of_the_file(evgrade: Run) -> None:
    [suite] = ET.fromstring(evgrade("validate", BAD, "-f", "junit").stdout)  # noqa: S314
    texts = [failure.text for failure in suite.iter("failure")] + [suite.findtext("system-out")]
    lines = [line for text in texts for line in (text or "").splitlines()]
    assert sorted(lines) == sorted(evgrade("validate", BAD, "-f", "concise").stdout.splitlines())


def test_what_the_structure_demands_would_be_noticed(evgrade: Run) -> None:
    text = evgrade("validate", BAD, "-f", "junit").stdout
    for old, new in (
        ('failures="8"', 'failures="7"'),
        (' time="0">', ">"),
        ("<system-err/>", ""),
        ("<properties/>", ""),
        ("<failure ", "<failed "),
    ):
        changed = text.replace(old, new).replace("</failure>", "</failed>" if "failed" in new else "</failure>")
        assert changed != text
        assert junit_problems(changed), old


# Hostile text, in every format

HOSTILE = r"a\n::error file=x,line=1::b\r]]>, %0A {0} [c](http://d) \0\x1b[2J\u202e</failure>&\uffff\U000e0041"
DOSSIER = f'dossier: 1\ntherapy: {{name: x, "{HOSTILE}": 1, kind: "{HOSTILE}"}}\ncondition: {{name: x}}\n'
TEXT = "a\n::error file=x,line=1::b\r]]>, %0A {0} [c](http://d) \0\x1b[2J\u202e</failure>&\uffff\U000e0041"
NAMES = ("a,b:%0A.yaml", "new\nline.yaml", "]]>\x1b[2J\u202e.yaml", "::error::x.yaml", "<&'\".yaml", "bytes\udcff.yaml")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Make a folder of files with hostile names, each with hostile text in it."""
    for name in NAMES:
        (tmp_path / name).write_text(DOSSIER, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_lets_a_control_through(evgrade: Run, hostile: Path, form: str, encoding: str) -> None:
    result = evgrade("validate", ".", "nowhere\x1b[2J.yaml", "-f", form, cwd=hostile, encoding=encoding)
    assert result.code == 2
    assert harmful(result.output) == []
    assert len(result.stdout) > 1000


def test_a_name_or_a_text_makes_no_line_of_its_own(evgrade: Run, hostile: Path) -> None:
    count = len(findings(evgrade, ".", cwd=hostile))
    assert count == 2 * len(NAMES)
    assert len(evgrade("validate", ".", "-f", "concise", cwd=hostile).stdout.splitlines()) == count
    assert len(commands(evgrade("validate", ".", "-f", "github", cwd=hostile).stdout)) == count
    lines_of(evgrade("validate", ".", "-f", "jsonl", cwd=hostile).stdout)


def test_commands_give_back_names_and_texts(evgrade: Run, hostile: Path) -> None:
    found = commands(evgrade("validate", ".", "-f", "github", cwd=hostile).stdout)
    assert {"a,b:%0A.yaml", "new\nline.yaml"} <= {one["file"] for _, one, _ in found}
    assert {tuple(one) for _, one, _ in found} == {("file", "line", "endLine", "col", "endColumn", "title")}
    assert all("::error file=x,line=1::b" in message for _, _, message in found)


def test_sarif_gives_back_names_and_texts(evgrade: Run, hostile: Path) -> None:
    run = sarif(evgrade, ".", cwd=hostile)
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert all(re.fullmatch(r"(%[0-9A-F]{2}|[A-Za-z0-9._~-])+", uri) for uri in uris)
    assert {unquote(uri, errors="surrogateescape") for uri in uris} == set(NAMES)
    for result in run["results"]:
        said = result["message"]["text"]
        assert "{{0}}" in said
        assert re.search(r"(?<!\\)\]\(|(?<!\{)\{0\}", said) is None


def test_junit_gives_back_names_and_texts(evgrade: Run, hostile: Path) -> None:
    text = evgrade("validate", ".", "-f", "junit", cwd=hostile).stdout
    assert text.isascii()
    assert junit_problems(text) == []
    [suite] = ET.fromstring(text)  # noqa: S314
    names = [case.attrib["name"] for case in suite.findall("testcase")]
    assert {"a,b:%0A.yaml", r"new\x0aline.yaml", r"]]>\x1b[2J\u202e.yaml", "<&'\".yaml"} <= set(names)
    for failure in suite.iter("failure"):
        assert r"\x00\x1b[2J\u202e</failure>&\uffff\U000e0041" in (failure.text or "")


def test_a_note_is_a_notice() -> None:
    note = Finding(
        code="not-described",
        severity=Severity.NOTE,
        message=TEXT,
        location=Location(file="a.yaml", line=1, column=2),
        excerpt=Excerpt(text=TEXT, length=3),
    )
    checked = Checked("a.yaml", Outcome.VALID, findings=(note,))
    [(name, properties, _)] = commands(findings_github(checked, Sink()))
    assert (name, properties["title"]) == ("notice", "not-described")
    log = json.loads(findings_sarif([checked], "validate", str(PurePosixPath("/x"))))
    assert sarif_problems(log) == []
    assert log["runs"][0]["results"][0]["level"] == "note"
    assert junit_problems(findings_junit([checked], "validate")) == []


# The cleaning functions


@pytest.mark.parametrize(
    ("clean", "text", "expected"),
    [
        (for_command, "50%\r\n: ,\x1b", "50%25%0D%0A: ,\\x1b"),
        (for_command_property, "a,b:%0A", "a%2Cb%3A%250A"),
        (for_uri, "a b/ü%\n.yaml", "a%20b/%C3%BC%25%0A.yaml"),
        (for_uri, "\udcff:,", "%FF%3A%2C"),
        (for_xml, "]]> & \"'<\x00\ufffe\u202eü", "]]&gt; &amp; &quot;&#x27;&lt;\\x00\\ufffe\\u202e&#252;"),
        (for_sarif, "{0} [a](b)\n[c] (d)", r"{{0}} [a\](b) [c] (d)"),
    ],
)
def test_what_each_sink_takes_for_a_command_is_only_text(clean: Any, text: str, expected: str) -> None:
    assert clean(text) == expected
