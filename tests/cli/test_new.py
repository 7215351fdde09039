"""`evgrade new`: a dossier to start from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from evgrade.api import grade
from evgrade.checks import with_checks
from evgrade.dossier import examine
from evgrade.schema.store import schema, schema_text
from evgrade.template import kinds, new_dossier
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
    assert (result.stdout, result.stderr) == ("", "wrote a.yaml; next: evgrade validate a.yaml\n")
    assert [one.name for one in tmp_path.iterdir()] == ["a.yaml"]
    assert evgrade("new", "b.yaml", "--quiet", cwd=tmp_path).output == ""


def test_an_editor_finds_the_schema_beside_it_where_that_is_asked_for(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    result = evgrade("new", "sub/a.yaml", "--schema", cwd=tmp_path)
    assert result.stderr.splitlines()[0] == "wrote sub/dossier.schema.json, which your editor reads"
    assert (tmp_path / "sub" / "a.yaml").read_text(encoding="utf-8").startswith(MODELINE)
    assert (tmp_path / "sub" / "dossier.schema.json").read_text(encoding="utf-8") == schema_text("dossier")


@pytest.mark.parametrize("options", [(), ("--schema",)])
def test_a_schema_that_is_there_is_kept_and_used(evgrade: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "dossier.schema.json").write_text("{}")
    result = evgrade("new", "a.yaml", *options, cwd=tmp_path)
    assert result.stderr == "wrote a.yaml; next: evgrade validate a.yaml\n"
    assert (tmp_path / "dossier.schema.json").read_text() == "{}"
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8").startswith(MODELINE)


@pytest.mark.parametrize("args", [(), ("-",)])
def test_it_goes_to_standard_output(evgrade: Run, tmp_path: Path, args: tuple[str, ...]) -> None:
    result = evgrade("new", *args, cwd=tmp_path)
    assert (result.code, result.stderr) == (0, "")
    assert "yaml-language-server" not in result.stdout
    assert list(tmp_path.iterdir()) == []
    assert evgrade("validate", "-", stdin=result.stdout).code == 0


def test_a_schema_needs_a_file_to_lie_beside(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("new", "--schema", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("evgrade: a schema can only be written beside a file\n")


class Template:
    """What `evgrade new` writes, and what becomes of it when # are taken away."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self.examples = {
            number: re.sub(r"^( *)# ", r"\1", line)
            for number, line in enumerate(self.lines)
            if re.match(" *# [^y]", line)
        }
        """The commented lines without their first #, by number. A line `# yaml-…` is for editors."""
        self.sections = [
            line.split(":")[0].removeprefix("# ")
            for line in self.lines
            if re.match(r"(# )?\w+:", line) and "yaml-" not in line
        ]

    @property
    def fields(self) -> list[int]:
        """The lines that hold a value, and name nothing that stands elsewhere in the file."""
        return [number for number, line in self.examples.items() if not re.search(r"^ *#|:(\s*#.*)?$", line)]

    def using(self, examples: Iterable[int]) -> str:
        """Return the text with the # of some lines taken away."""
        wanted = set(examples)
        lines = (self.examples[number] if number in wanted else line for number, line in enumerate(self.lines))
        return "\n".join(lines) + "\n"

    def section(self, name: str) -> set[int]:
        """Return the examples of a section."""
        start = next(number for number, line in enumerate(self.lines) if re.match(f"(# )?{name}:", line))
        end = self.lines.index("", start) if "" in self.lines[start:] else len(self.lines)
        return set(self.examples) & {*range(start, end)}

    def indent(self, number: int) -> int:
        line = self.examples.get(number, self.lines[number])
        return len(line) - len(line.lstrip()) if not line.startswith("#") and line.strip() else 1000

    @cached_property
    def above(self) -> dict[int, list[int]]:
        """For each line the examples to which it belongs, the nearest first."""
        above: dict[int, list[int]] = {}
        for number in range(len(self.lines)):
            earlier = next((one for one in reversed(range(number)) if self.indent(one) < self.indent(number)), None)
            above[number] = [earlier, *above[earlier]] if earlier in self.examples else []
        return above

    def needed_by(self, number: int) -> set[int]:
        """Return the lines that the text asks for: those above a line, and what is required beside them."""
        lines = {number, *self.above[number]}
        required = {one for one, line in self.examples.items() if "# required" in line and self.above[one][0] in lines}
        return lines | required


TEMPLATE = Template(new_dossier("A therapy", "A condition", "dossier.schema.json"))
KINDS = {kind: Template(new_dossier("A therapy", "A condition", kind=kind)) for kind in kinds()} | {"none": TEMPLATE}
NOTHING_CITES_IT = {"reference-unused"}
ALL = schema("dossier")["properties"]
LIES_IN = [(kind, section) for kind, template in KINDS.items() for section in template.sections if section != "dossier"]
"""Every section of every kind."""


def codes(text: str) -> set[str]:
    """Return the codes of what is wrong with a dossier, which must be valid."""
    dossier, findings = examine(text.encode(), "new.yaml")
    assert dossier is not None, findings
    return {finding.code for finding in findings}


def test_every_section_of_the_format_appears_in_it() -> None:
    assert TEMPLATE.sections == list(ALL)


@pytest.mark.parametrize("kind", KINDS)
def test_a_section_that_does_not_fit_the_kind_is_named(kind: str) -> None:
    """Every section is explained, or the text says where the rest is."""
    template = KINDS[kind]
    assert [one for one in ALL if one in template.sections] == template.sections
    told = re.search(r"^## Not shown here: ([\w, \n#]+)\.", template.text, re.MULTILINE)
    missing = re.findall(r"\w+", told[1]) if told else []
    assert sorted([*template.sections, *missing]) == sorted(ALL)


def test_only_what_a_dossier_must_have_stands_in_it() -> None:
    """Whoever writes `trials: []` says that somebody looked; nobody has."""
    data: Any = read(TEMPLATE.text.encode(), "new").data
    assert list(data) == schema("dossier")["required"]


def test_nothing_is_recorded_in_it(evgrade: Run, tmp_path: Path) -> None:
    evgrade("new", tmp_path / "a.yaml")
    assessment = grade(tmp_path / "a.yaml")
    assert not assessment.recorded
    assert assessment.recommendation is None


@pytest.mark.parametrize(("kind", "section"), LIES_IN, ids="-".join)
def test_a_section_can_be_used_by_itself(kind: str, section: str) -> None:
    template = KINDS[kind]
    used = template.using(template.section(section))
    assert codes(used) <= NOTHING_CITES_IT
    data: Any = read(used.encode(), "new").data
    assert section in data


@pytest.mark.slow
def test_a_field_can_be_used_by_itself() -> None:
    """It needs the lines that it belongs under, and those that are marked as required."""
    uses = {}
    for template in KINDS.values():
        for number in template.fields:
            text = template.using(template.needed_by(number))
            stated = [
                line.partition(" #")[0].rstrip() for line in text.splitlines() if not re.match(" *(#|$|kind:)", line)
            ]
            uses["\n".join(stated)] = text  # most kinds show most of the same lines
    assert len(uses) > 200
    assert [wrong for text in uses.values() if (wrong := codes(text) - NOTHING_CITES_IT)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_everything_can_be_used_together(kind: str) -> None:
    """So that people learn nothing wrong from it: not even a warning is left once all that is named is there."""
    once = KINDS[kind].using(KINDS[kind].examples)
    assert codes(once) == NOTHING_CITES_IT
    twice = re.sub(r"^( *)# (?!yaml-)", r"\1", once, flags=re.MULTILINE)
    assert "refs: [smith-2020]" in twice
    assert codes(twice) == set()
    dossier, _ = examine(twice.encode(), "new.yaml")
    assert dossier is not None
    assert [one.code for one in with_checks(dossier).findings if one.waived is None] == []


def test_a_kind_is_filled_in_and_shows_what_fits_it(evgrade: Run) -> None:
    talking = evgrade("new", "--kind", "behavioural").stdout
    data: Any = read(talking.encode(), "new").data
    assert data["therapy"]["kind"] == "behavioural"
    for unfit in ("boxed_warnings", "rxnorm", "route:", "phase2", "# preclinical:"):
        assert unfit not in talking
        assert unfit in evgrade("new", "--kind", "drug").stdout
    assert "waiting_list" in talking
    assert "control: sham" in evgrade("new", "--kind", "device").stdout


def test_sections_are_shown_by_name_whatever_the_kind(evgrade: Run) -> None:
    text = evgrade("new", "--kind", "behavioural", "--sections", "references, preclinical").stdout
    assert Template(text).sections == ["dossier", "therapy", "condition", "preclinical", "references"]
    assert "Not shown here: review, claims," in text


@pytest.mark.parametrize(
    ("option", "name", "hint"),
    [
        ("--kind", "devise", "did you mean `device`?"),
        ("--kind", "x", "known: drug, biologic, cell, "),
        ("--sections", "trials,trails", "did you mean `trials`?"),
        ("--sections", "", "known: review, claims, "),
        ("--sections", "\x1b[2J", "known: review, claims, "),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(evgrade: Run, tmp_path: Path, option: str, name: str, hint: str) -> None:
    result = evgrade("new", "a.yaml", option, name, cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert f"  = {hint}" in result.stderr
    assert "\x1b" not in result.stderr
    assert list(tmp_path.iterdir()) == []


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
    assert result.stderr.startswith("evgrade: a dossier cannot have these names\n  = ")
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
        assert result.stderr == "evgrade: a.yaml already exists\n  = choose another name, or remove it first\n"
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
