"""Which findings are shown: `--select`, `--ignore`, and the settings of a project."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evgrade.codes import known_codes
from evgrade.config import CodeError, ConfigError, Selection, checked_names, covers, parse_config
from evgrade.model import Finding, Location, Severity

from .support import ROOT, SMALLEST, VALID, Run, harmful

WARNED = VALID + "references: [{id: a, title: A paper}]\n"
BOTH = WARNED + "unknown: 1\n"


def finding(code: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code=code, severity=severity, message="x", location=Location(file="a", line=1, column=1))


# Codes


WORDS_OF_FORMATS = {
    *("source-app", "reference-entry", "retraction-watch", "reference-book", "no-concern", "journal-article"),
}
"""What other programs call things, in files that are imported or exported."""


@pytest.mark.slow
def test_every_code_that_evgrade_gives_is_known_and_no_other() -> None:
    """A word like a code that is none would have to begin as one does."""
    families = {code.split("-")[0] for code in known_codes()}
    given = set()
    for path in (ROOT / "evgrade").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(r"([a-z]+)(-[a-z]+)+", node.value)
                if match and match[1] in families:
                    given.add(node.value)
    assert given - WORDS_OF_FORMATS == set(known_codes())


def test_every_code_is_explained() -> None:
    for code in known_codes().values():
        assert re.fullmatch(r"[A-Z].*[^.]", code.title), code
        assert code.why.endswith("."), code
        assert code.how.endswith("."), code


@pytest.mark.slow
def test_what_a_finding_has_is_what_is_known_of_its_code(evgrade: Run) -> None:
    found = json.loads(evgrade("validate", "tests/cli/bad", "tests/hostile", "-f", "json").stdout)["findings"]
    assert len({one["code"] for one in found}) > 12
    for one in found:
        assert known_codes()[one["code"]].severity.value == one["severity"]


# Names


@pytest.mark.parametrize(
    ("name", "code", "meant"),
    [
        ("effect-p", "effect-p", True),
        ("effect", "effect-p", True),
        ("effect-", "effect-p", True),
        ("effect", "effect-p-low", True),
        ("effect-p", "effect-p-low", True),
        ("eff", "effect-p", False),
        ("effect-p", "effect-participants", False),
        ("effect-p-low", "effect-p", False),
        ("", "effect-p", False),
        ("-", "effect-p", False),
    ],
)
def test_a_name_is_a_code_or_its_beginning_up_to_a_dash(name: str, code: str, meant: bool) -> None:
    assert covers(name, code) is meant


@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("reference-unsued", "did you mean `reference-unused`?"),
        ("refrence", "did you mean `reference`?"),
        ("REFERENCE", "did you mean `reference`?"),
        ("zzz", None),
        ("", None),
    ],
)
def test_a_name_that_means_no_code_is_refused(name: str, hint: str | None, ignored: bool) -> None:
    with pytest.raises(CodeError) as refused:
        checked_names([name], ignored=ignored)
    assert (refused.value.message, refused.value.hint) == (f"there is no code `{name}`", hint)


@pytest.mark.parametrize("name", ["yaml-syntax", "yaml", "schema-", "no-dossier", "id", "rubric"])
def test_what_makes_a_file_unusable_cannot_be_ignored_but_selected(name: str) -> None:
    assert checked_names([name], ignored=False) == (name,)
    with pytest.raises(CodeError, match=f"`{name}` cannot be ignored: it makes a file unusable"):
        checked_names([name], ignored=True)


# Choosing


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        (Selection(), ["a-one", "a-two", "b-one"]),
        (Selection(select=("a",)), ["a-one", "a-two"]),
        (Selection(select=("a-one", "b")), ["a-one", "b-one"]),
        (Selection(select=()), []),
        (Selection(ignore=("a",)), ["b-one"]),
        (Selection(select=("a",), ignore=("a-one",)), ["a-two"]),
        (Selection(select=("a-one",), ignore=("a",)), []),
    ],
)
@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.NOTE])
def test_only_what_is_selected_and_not_ignored_is_shown(
    selection: Selection, kept: list[str], severity: Severity
) -> None:
    assert [code for code in ("a-one", "a-two", "b-one") if selection.keeps(finding(code, severity))] == kept


def test_an_error_is_always_shown() -> None:
    assert Selection(select=(), ignore=("a",)).keeps(finding("a-one", Severity.ERROR))


def test_the_command_line_replaces_what_is_selected_and_adds_to_what_is_ignored() -> None:
    settings = Selection(select=("a",), ignore=("b",))
    assert Selection().over(settings) == settings
    assert Selection(select=("c",), ignore=("d",)).over(settings) == Selection(select=("c",), ignore=("b", "d"))


# On the command line


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ([], ["reference-unused"]),
        (["--ignore", "reference"], []),
        (["--ignore", "stated, reference-unused"], []),
        (["--ignore", "stated-grade", "--ignore", "reference-"], []),
        (["--ignore", "stated"], ["reference-unused"]),
        (["--select", "reference"], ["reference-unused"]),
        (["--select", "stated"], []),
        (["--select", "schema"], []),
        (["--select", "reference", "--ignore", "reference-unused"], []),
    ],
)
@pytest.mark.parametrize("dossier", [WARNED, BOTH], ids=["valid", "invalid"])
def test_warnings_are_chosen_and_errors_stay(evgrade: Run, options: list[str], codes: list[str], dossier: str) -> None:
    result = evgrade("validate", "-", "-f", "json", *options, stdin=dossier)
    unknown = ["schema-unknown-key"] if dossier == BOTH else []
    assert sorted(one["code"] for one in json.loads(result.stdout)["findings"]) == sorted(codes + unknown)
    assert result.code == (1 if unknown else 0)


def test_the_summary_says_how_many_were_ignored(evgrade: Run) -> None:
    result = evgrade("validate", "-", "--ignore", "reference", stdin=WARNED)
    assert (result.stdout, result.stderr) == ("", "1 dossier checked: 1 valid, 0 invalid; 1 ignored\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ignore", "refrence"], "--ignore: there is no code `refrence` (did you mean `reference`?)"),
        (["--select", "reference,zzz"], "--select: there is no code `zzz`"),
        (["--ignore", "yaml-syntax"], "--ignore: `yaml-syntax` cannot be ignored: it makes a file unusable"),
        (["--ignore", ""], "--ignore: there is no code ``"),
        (["--select", "\x1b[2J"], "--select: there is no code `\\x1b[2J`"),
    ],
)
def test_a_wrong_name_is_a_wrong_use(evgrade: Run, options: list[str], said: str) -> None:
    result = evgrade("validate", SMALLEST, *options)
    assert (result.code, result.stdout) == (2, "")
    assert "Usage: evgrade validate" in result.stderr
    assert said in " ".join(result.stderr.split())
    assert harmful(result.output) == []


# Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a repository with a dossier that has a warning, in a folder of it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "sub" / "deep" / "a.yaml").write_text(WARNED)
    return tmp_path


IGNORED = 'ignore = ["reference-unused"]\n'


def warned(evgrade: Run, project: Path, *options: str, cwd: str = ".") -> bool:
    result = evgrade("validate", project / "sub/deep/a.yaml", *options, cwd=project / cwd)
    assert result.code == 0, result.output
    return "reference-unused" in result.stdout


@pytest.mark.parametrize("folder", [".", "sub", "sub/deep"])
@pytest.mark.parametrize(("name", "header"), [("evgrade.toml", ""), ("pyproject.toml", "[tool.evgrade]\n")])
def test_settings_hold_for_what_is_below_them(evgrade: Run, project: Path, folder: str, name: str, header: str) -> None:
    assert warned(evgrade, project)
    (project / folder / name).write_text(header + IGNORED)
    assert not warned(evgrade, project)
    assert not warned(evgrade, project, cwd="sub/deep")


def test_the_nearest_settings_hold(evgrade: Run, project: Path) -> None:
    (project / "evgrade.toml").write_text(IGNORED)
    (project / "sub" / "evgrade.toml").write_text("")
    assert warned(evgrade, project)


def test_evgrade_toml_goes_before_pyproject_toml(evgrade: Run, project: Path) -> None:
    (project / "sub/pyproject.toml").write_text("[tool.evgrade]\n" + IGNORED)
    (project / "sub/evgrade.toml").write_text("select = ['reference']")
    assert warned(evgrade, project)


@pytest.mark.parametrize(
    "text", ["[tool.other]\nselect = 1\n", "this is [no TOML", '[project]\nname = "evgrade-data"\n']
)
def test_a_pyproject_without_settings_is_passed_over(evgrade: Run, project: Path, text: str) -> None:
    (project / "evgrade.toml").write_text(IGNORED)
    (project / "sub" / "pyproject.toml").write_text(text)
    assert not warned(evgrade, project)


def test_the_search_ends_at_a_repository(evgrade: Run, project: Path) -> None:
    (project / "evgrade.toml").write_text(IGNORED)
    (project / "sub" / ".git").write_text("gitdir: elsewhere")
    assert warned(evgrade, project)
    (project / "sub" / "evgrade.toml").write_text(IGNORED)
    assert not warned(evgrade, project)


def test_each_file_has_its_own_settings(evgrade: Run, project: Path) -> None:
    (project / "sub" / "evgrade.toml").write_text(IGNORED)
    (project / "b.yaml").write_text(WARNED)
    result = evgrade("validate", ".", "-f", "concise", cwd=project)
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["b.yaml"]


def test_standard_input_has_those_of_the_current_folder(evgrade: Run, project: Path) -> None:
    (project / "sub" / "evgrade.toml").write_text(IGNORED)
    assert evgrade("validate", "-", stdin=WARNED, cwd=project / "sub").stdout == ""
    assert evgrade("validate", "-", stdin=WARNED, cwd=project).stdout != ""


def test_the_command_line_is_laid_over_settings(evgrade: Run, project: Path) -> None:
    (project / "evgrade.toml").write_text('select = ["stated"]\n')
    assert not warned(evgrade, project)
    assert warned(evgrade, project, "--select", "reference")
    (project / "evgrade.toml").write_text(IGNORED)
    assert not warned(evgrade, project, "--select", "reference")
    (project / "evgrade.toml").write_text('ignore = ["stated"]\n')
    assert not warned(evgrade, project, "--ignore", "reference")


MISTAKES = [
    ("select = [\n", "evgrade.toml", "Invalid value"),
    ("\nselct = []\n", "evgrade.toml:2: unknown key `selct`", "did you mean `select`?"),
    ("zzz = 1\n", "evgrade.toml:1: unknown key `zzz`", "known keys: select, ignore"),
    ('\n\nignore = "reference"\n', "evgrade.toml:3: `ignore` must be a list of codes", 'such as ["reference-unused"]'),
    ("select = [1]\n", "evgrade.toml:1: `select` must be a list of codes", ""),
    ('select = ["refrence"]\n', "evgrade.toml:1: `select`: there is no code `refrence`", "did you mean `reference`?"),
    ('ignore = ["yaml"]\n', "evgrade.toml:1: `ignore`: `yaml` cannot be ignored: it makes a file unusable", ""),
    ('"\\u001b[2J" = 1\n', "unknown key `\\x1b[2J`", ""),
]


@pytest.mark.parametrize(("text", "said", "hint"), MISTAKES)
def test_wrong_settings_are_said_with_their_place(evgrade: Run, project: Path, text: str, said: str, hint: str) -> None:
    (project / "sub" / "evgrade.toml").write_text(text)
    result = evgrade("validate", "sub", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("evgrade: sub/evgrade.toml")
    assert said in result.stderr
    assert hint in result.stderr
    assert "internal error" not in result.stderr
    assert harmful(result.output) == []


def test_a_mistake_in_pyproject_is_found_in_its_table() -> None:
    text = "[tool.other]\nignore = 1\n\n[tool.evgrade]\nselect = []\nignore = 1\n"
    with pytest.raises(ConfigError, match=r"^pyproject.toml:6: `ignore` must be a list"):
        parse_config(text, "pyproject.toml", ("tool", "evgrade"))
    with pytest.raises(ConfigError, match=r"`tool\.evgrade` must be a table"):
        parse_config("[tool]\nevgrade = 1\n", "pyproject.toml", ("tool", "evgrade"))


def test_settings_that_cannot_be_read_are_said(evgrade: Run, project: Path) -> None:
    (project / "evgrade.toml").write_bytes(b"\xff")
    result = evgrade("validate", "sub", cwd=project)
    assert (result.code, result.stderr) == (2, "evgrade: evgrade.toml is not UTF-8\n")
    (project / "evgrade.toml").unlink()
    (project / "evgrade.toml").mkdir()
    result = evgrade("validate", "sub", cwd=project)
    assert (result.code, result.stderr) == (2, "evgrade: evgrade.toml is a folder, not a file\n")


def test_settings_may_be_empty() -> None:
    assert parse_config("", "evgrade.toml") == Selection()
    assert parse_config("select = []\n", "evgrade.toml") == Selection(select=())


@pytest.mark.parametrize("form", ["text", "github", "concise"])
def test_without_settings_nothing_is_imported_for_them(project: Path, form: str) -> None:
    code = (
        "import sys\nfrom evgrade.cli import main\n"
        "try:\n    main()\nfinally:\n"
        "    print([name for name in ('tomllib', 'html') if name in sys.modules])\n"
        "    from evgrade.codes import known_codes\n    print(known_codes.cache_info().currsize)\n"
    )
    command = [sys.executable, "-c", code, "validate", "sub/deep/a.yaml", "-q", "-f", form]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["[]", "0"]
