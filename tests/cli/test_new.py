"""`evgrade new`: a dossier to start from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from evgrade.api import grade
from evgrade.dossier import examine, new_dossier
from evgrade.schema.store import schema, schema_text
from evgrade.yamlio.reader import read

from .support import Run

MODELINE = "# yaml-language-server: $schema=dossier.schema.json\n"


def test_it_writes_a_valid_dossier_that_can_be_graded(evgrade: Run, run: Run, tmp_path: Path) -> None:
    for number, each in enumerate((evgrade, run)):
        path = tmp_path / f"{number}.dossier.yaml"
        assert each("new", path).code == 0
        assert each("validate", path).stderr == "1 dossier checked: 1 valid, 0 invalid\n"
        assert each("score", path).code == 0


def test_it_says_what_it_wrote_and_what_comes_next(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("new", "a.yaml", cwd=tmp_path)
    assert result.stdout == ""
    assert result.stderr == (
        "wrote dossier.schema.json, which your editor reads\nwrote a.yaml; next: evgrade validate a.yaml\n"
    )
    assert evgrade("new", "b.yaml", "--quiet", cwd=tmp_path).output == ""


def test_an_editor_finds_the_schema_beside_it(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    evgrade("new", "sub/a.yaml", cwd=tmp_path)
    assert (tmp_path / "sub" / "a.yaml").read_text(encoding="utf-8").startswith(MODELINE)
    assert (tmp_path / "sub" / "dossier.schema.json").read_text(encoding="utf-8") == schema_text("dossier")


def test_a_schema_that_is_there_is_kept(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "dossier.schema.json").write_text("{}")
    assert evgrade("new", "a.yaml", cwd=tmp_path).stderr == "wrote a.yaml; next: evgrade validate a.yaml\n"
    assert (tmp_path / "dossier.schema.json").read_text() == "{}"


@pytest.mark.parametrize("args", [(), ("-",)])
def test_it_goes_to_standard_output(evgrade: Run, tmp_path: Path, args: tuple[str, ...]) -> None:
    result = evgrade("new", *args, cwd=tmp_path)
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith(MODELINE)
    assert list(tmp_path.iterdir()) == []
    assert evgrade("validate", "-", stdin=result.stdout).code == 0


TEMPLATE = new_dossier("A therapy", "A condition", "dossier.schema.json")
LINES = TEMPLATE.splitlines()
EXAMPLES = {number: re.sub(r"^( *)# ", r"\1", line) for number, line in enumerate(LINES) if re.match(" *# [^y]", line)}
"""The commented lines without their first #, by number. Line 0 is for editors."""
FIELDS = [number for number, line in EXAMPLES.items() if not re.search(r"^ *#|:(\s*#.*)?$", line)]
"""The lines that hold a value, and name nothing that stands elsewhere in the file."""
SECTIONS = [line.split(":")[0] for line in LINES if re.match(r"(# )?\w+:", line) and "yaml-" not in line]
NOTHING_CITES_IT = {"reference-unused"}


def using(examples: Iterable[int]) -> str:
    """Return the template with the # of some lines taken away."""
    wanted = set(examples)
    return "\n".join(EXAMPLES[number] if number in wanted else line for number, line in enumerate(LINES)) + "\n"


def indent(number: int) -> int:
    line = EXAMPLES.get(number, LINES[number])
    return len(line) - len(line.lstrip()) if not line.startswith("#") and line.strip() else 1000


def above(number: int) -> list[int]:
    """Return the examples to which a line belongs, the nearest first."""
    earlier = next((one for one in reversed(range(number)) if indent(one) < indent(number)), None)
    return [] if earlier not in EXAMPLES else [earlier, *above(earlier)]


def needed_by(number: int) -> set[int]:
    """Return the lines that the text asks for: those above a line, and what is required beside them."""
    lines = {number, *above(number)}
    return lines | {one for one in EXAMPLES if "# required" in EXAMPLES[one] and above(one)[0] in lines}


def codes(text: str) -> set[str]:
    """Return the codes of what is wrong with a dossier, which must be valid."""
    dossier, findings = examine(text.encode(), "new.yaml")
    assert dossier is not None, findings
    return {finding.code for finding in findings}


def test_every_section_of_the_format_appears_in_it() -> None:
    assert [section.removeprefix("# ") for section in SECTIONS] == list(schema("dossier")["properties"])


def test_only_what_a_dossier_must_have_stands_in_it() -> None:
    """Whoever writes `trials: []` says that somebody looked; nobody has."""
    data: Any = read(TEMPLATE.encode(), "new").data
    assert list(data) == schema("dossier")["required"]


def test_nothing_is_recorded_in_it(evgrade: Run, tmp_path: Path) -> None:
    evgrade("new", tmp_path / "a.yaml")
    assessment = grade(tmp_path / "a.yaml")
    assert not assessment.recorded
    assert assessment.recommendation is None


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_can_be_used_by_itself(section: str) -> None:
    start = next(number for number, line in enumerate(LINES) if line.startswith(f"{section}:"))
    end = LINES.index("", start) if "" in LINES[start:] else len(LINES)
    used = using(set(EXAMPLES) & {*range(start, end)})
    assert codes(used) <= NOTHING_CITES_IT
    data: Any = read(used.encode(), "new").data
    assert section.removeprefix("# ") in data


@pytest.mark.parametrize("number", FIELDS, ids=lambda number: str(EXAMPLES[number].strip()[:40]))
def test_a_field_can_be_used_by_itself(number: int) -> None:
    """It needs the lines that it belongs under, and those that are marked as required."""
    assert codes(using(needed_by(number))) <= NOTHING_CITES_IT


def test_everything_can_be_used_together() -> None:
    """So that people learn nothing wrong from it: not even a warning is left once all that is named is there."""
    once = using(EXAMPLES)
    assert codes(once) == NOTHING_CITES_IT
    first, _, rest = once.partition("\n")
    twice = re.sub(r"^( *)# ", r"\1", rest, flags=re.MULTILINE)
    assert "refs: [smith-2020]" in twice
    assert codes(f"{first}\n{twice}") == set()


def test_names_are_filled_in(evgrade: Run) -> None:
    text = evgrade("new", "--therapy", "Low-dose naltrexone", "--condition", "ALS").stdout
    data: Any = read(text.encode(), "new").data
    assert (data["therapy"]["name"], data["condition"]["name"]) == ("Low-dose naltrexone", "ALS")


HOSTILE = [
    'a "quoted" name',
    "it's",
    "a: b",
    "# no comment",
    "- x",
    "{x}",
    "[x",
    "&a *a !t",
    "yes",
    "5e-8",
    "null",
    "~",
    "1:2",
    "back\\slash \\x41",
    "@condition@",
    "@therapy@",
    "@schema@",
    "Süßholz",
    "日本語",
    "😀 𠮷",
    "a\nb: c",
    "a\ttab",
    "\x1b[2J",
    "\x7f\x85\x9b",
    "a\u2028\u2029\ufeffb",
    "\u202eevil\u202c",
    "\ufffe\uffff",
    "<script>",
    "%TAG",
    "---",
    "x" * 5000,
    " x ",
    "$(rm -rf /)",
    "{{ template }}",
]


@pytest.mark.parametrize("option", ["--therapy", "--condition"])
@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_any_name_stays_one_text(evgrade: Run, tmp_path: Path, option: str, name: str) -> None:
    assert evgrade("new", "a.yaml", option, name, cwd=tmp_path).code == 0
    assert evgrade("validate", "a.yaml", cwd=tmp_path).output == "1 dossier checked: 1 valid, 0 invalid\n"
    data: Any = read((tmp_path / "a.yaml").read_bytes(), "a.yaml").data
    assert data[option.removeprefix("--")]["name"] == name


def test_a_name_in_other_letters_can_be_read_in_the_file(evgrade: Run) -> None:
    assert "name: Süßholz\n" in evgrade("new", "--therapy", "Süßholz").stdout.replace('"', "")


@pytest.mark.parametrize(
    "name", ["", " ", "\n", "x" * 20_001, "bytes \udcff"], ids=["none", "blank", "line", "long", "bytes"]
)
def test_a_name_that_is_none_is_refused(evgrade: Run, tmp_path: Path, name: str) -> None:
    result = evgrade("new", "a.yaml", "--therapy", name, cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("evgrade: no dossier can be about these\n  = ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling"])
def test_nothing_is_ever_overwritten(evgrade: Run, run: Run, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.yaml"
    match kind:
        case "file":
            path.write_text("kept")
        case "folder":
            path.mkdir()
        case "link":
            (tmp_path / "real").write_text("kept")
            path.symlink_to("real")
        case "dangling":
            path.symlink_to("gone")
    before = sorted(one.name for one in tmp_path.iterdir())
    for each in (evgrade, run):
        result = each("new", "a.yaml", cwd=tmp_path)
        assert (result.code, result.stdout) == (2, "")
        assert result.stderr == "evgrade: a.yaml exists already\n  = choose another name, or remove it first\n"
        assert sorted(one.name for one in tmp_path.iterdir()) == before
    if kind in ("file", "link"):
        assert path.read_text() == "kept"


@pytest.mark.parametrize("path", ["no folder/a.yaml", "a file/a.yaml", "x" * 300])
def test_what_cannot_be_written_is_said_and_nothing_is_left_behind(evgrade: Run, tmp_path: Path, path: str) -> None:
    (tmp_path / "a file").touch()
    result = evgrade("new", path, cwd=tmp_path)
    assert result.code == 2
    assert "could not be written: " in result.stderr
    assert {one.name for one in tmp_path.iterdir()} <= {"a file"}
