"""`evgrade new`: a dossier to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evgrade.schema.store import schema_text
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


def test_it_explains_every_section(evgrade: Run) -> None:
    text = evgrade("new").stdout
    for section in ("claims", "mechanism", "preclinical", "cases", "trials", "safety", "cost", "references", "review"):
        assert f"\n{section}: []\n" in text or f"\n# {section}:" in text


def test_every_commented_line_is_right(evgrade: Run) -> None:
    """With the # taken away the whole template is a valid dossier, so that people learn nothing wrong from it."""
    lines = []
    for line in evgrade("new").stdout.splitlines()[1:]:  # the first is for editors
        lines.append(uncommented(line))
        if lines[-1].endswith(": []") and not lines[-1].startswith(" "):
            lines[-1] = lines[-1].removesuffix(" []")
    result = evgrade("validate", "-", stdin="\n".join(lines) + "\n")
    known = "there is no reference with the id"
    others = [line for line in result.stdout.splitlines() if line.startswith("<stdin>") and known not in line]
    assert others == []


def uncommented(line: str) -> str:
    """Return a line of the template with its # taken away if it holds YAML, not prose."""
    bare = line.lstrip()
    if not bare.startswith("#"):
        return line
    indent = line[: len(line) - len(bare)]
    inside = bare[1:]
    if bare.startswith("#  "):  # below `section: []`
        return " " + inside[1:] if not indent else indent + inside[1:]
    text = inside.removeprefix(" ")
    is_yaml = text.startswith("- ") or text.split(" ")[0].endswith(":")
    return f"{indent}{text}" if is_yaml and text[0] in "-abcdefghijklmnopqrstuvwxyz " else line


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
