"""`evgrade batch`: folders of dossiers ranked, in every format, whatever is in them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import INVALID, NALTREXONE, ROOT, VALID, Run, harmful, width

PLACES = ("examples", "tests/cli/bad", "nowhere.yaml")
FORMATS = ("table", "jsonl", "json", "csv", "markdown")


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Write a folder with four good files, a bad one, and one that is not a dossier."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name in ("a", "b", "c", "d"):
        text = VALID.replace("a therapy", f"therapy {name}").replace("a condition", f"condition {ord(name) % 2}")
        (folder / f"{name}.yaml").write_text(text)
    (folder / "broken.yaml").write_text(INVALID)
    (folder / "other.yaml").write_text("other: 1\n")
    return folder


def files(output: str) -> list[str]:
    """Return the names of the files in CSV output."""
    return [Path(row["file"]).name for row in csv.DictReader(io.StringIO(output))]


# Formats


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_as_it_was(evgrade: Run, same_as_golden: SameAsGolden, form: str) -> None:
    result = evgrade("batch", *PLACES, "-f", form)
    assert result.code == 2, "nowhere.yaml was named"
    same_as_golden(result.stdout, f"batch.{'txt' if form == 'table' else 'md' if form == 'markdown' else form}")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("grouped", ["--group-by", "condition"]),
        ("several", ["-r", "evgrade-default", "-r", "grade", "-r", "ocebm-2011"]),
        ("chosen", ["--where", "grade_trials>=C", "--sort", "-therapy"]),
    ],
)
def test_tables_are_as_they_were(evgrade: Run, same_as_golden: SameAsGolden, name: str, options: list[str]) -> None:
    result = evgrade("batch", "examples", *options)
    assert result.code == 0
    assert width(result.stdout) <= 80
    same_as_golden(result.stdout, f"batch-{name}.txt")


def test_a_wide_terminal_names_the_files_and_a_narrow_one_is_not_exceeded(evgrade: Run) -> None:
    wide = evgrade("batch", "examples", env={"COLUMNS": "120"}).stdout
    assert "examples/riluzole-als.dossier" in wide
    assert width(wide) <= 120
    assert width(evgrade("batch", "examples", "tests/cli/bad", env={"COLUMNS": "60"}).stdout) <= 60


def test_colour_says_nothing_that_letters_do_not(evgrade: Run) -> None:
    plain, colored = (evgrade("batch", "examples", color).stdout for color in ("--no-color", "--color"))
    assert "\x1b[" in colored
    letters = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in letters.splitlines()] == plain.splitlines()


def test_an_ascii_terminal_gets_ascii(evgrade: Run) -> None:
    assert evgrade("batch", "examples", encoding="ascii").stdout.isascii()


def test_the_bytes_do_not_depend_on_jobs(run: Run, tmp_path: Path) -> None:
    def printed(jobs: str) -> list[object]:
        targets = {form: tmp_path / f"{jobs}.{form}" for form in FORMATS}
        outputs = [part for form, target in targets.items() for part in ("-o", f"{form}={target}")]
        result = run("batch", *PLACES, "-f", "table", "-q", "--jobs", jobs, *outputs)
        return [result, *(target.read_bytes() for target in targets.values())]

    assert printed("1") == printed("2")


def test_lines_come_in_the_order_of_the_files_whatever_jobs_is(run: Run, tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / f"{number:03}.yaml").write_text(INVALID if number % 7 == 0 else VALID)
    one, two, three = (run("batch", tmp_path, "-f", "jsonl", "-q", "--jobs", jobs) for jobs in ("1", "2", "3"))
    assert one == two == three
    assert [Path(json.loads(line)["file"]).stem for line in one.stdout.splitlines()] == [f"{n:03}" for n in range(150)]


def test_a_row_says_what_score_says(evgrade: Run) -> None:
    [row] = json.loads(evgrade("batch", NALTREXONE, "-f", "json").stdout)
    alone = json.loads(evgrade("score", NALTREXONE, "-f", "json").stdout)
    [verdict] = row["verdicts"]
    assert (row["sha256"], row["therapy"]) == (alone["dossier"]["sha256"], alone["dossier"]["therapy"])
    assert verdict["rubric"].items() <= alone["rubric"].items()
    for key in ("domain", "grade", "possible"):
        assert [grade[key] for grade in verdict["grades"]] == [
            domain["name" if key == "domain" else key] for domain in alone["domains"]
        ]
    assert verdict["score"].items() <= alone["score"].items()
    assert verdict["recommendation"].items() <= alone["recommendation"].items()


def test_several_outputs_at_once(evgrade: Run, tmp_path: Path, mixed: Path) -> None:
    outputs = [f"{form}={tmp_path / form}" for form in FORMATS]
    result = evgrade("batch", mixed, *(part for one in outputs for part in ("-o", one)), "-q")
    for form in FORMATS:
        assert (tmp_path / form).read_text(encoding="utf-8") == evgrade("batch", mixed, "-f", form, "-q").stdout
    assert result.stdout == (tmp_path / "table").read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {*FORMATS, "mixed"}


def test_parquet_goes_to_a_file(evgrade: Run) -> None:
    result = evgrade("batch", "examples", "-f", "parquet")
    assert (result.code, result.stdout) == (2, "")
    assert "Parquet goes to a file" in result.stderr


def test_parquet_needs_pyarrow_and_says_so_before_any_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyarrow.py").write_text("raise ImportError")
    hidden = f"{tmp_path}{os.pathsep}{ROOT}"
    target = tmp_path / "out.parquet"
    result = run("batch", "examples", "-o", f"parquet={target}", env={"PYTHONPATH": hidden})
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == "evgrade: Parquet needs pyarrow\n  = pip install 'evgrade[parquet]'\n"
    assert not target.exists()


def test_parquet_holds_what_csv_holds_typed(evgrade: Run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    target = tmp_path / "out.parquet"
    text = evgrade("batch", *PLACES, "-f", "csv", "-o", f"parquet={target}", "-q").stdout
    table = parquet.read_table(target)
    assert str(table.schema.field("score").type) == "double"
    assert str(table.schema.field("errors").type) == "int64"
    rows = [{key: "" if value is None else str(value) for key, value in row.items()} for row in table.to_pylist()]
    assert rows == list(csv.DictReader(io.StringIO(text)))


# What is shown


def test_where_sort_and_limit(evgrade: Run, mixed: Path) -> None:
    def shown(*options: str) -> list[str]:
        return files(evgrade("batch", mixed, "-f", "csv", "-q", *options).stdout)

    assert shown() == ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "broken.yaml", "other.yaml"]
    assert shown("--sort", "-file", "--limit", "2") == ["other.yaml", "d.yaml"]
    assert shown("--where", "status=invalid") == ["broken.yaml"]
    assert shown("--where", "status=graded", "--where", "therapy!=therapy a") == ["b.yaml", "c.yaml", "d.yaml"]
    assert shown("--condition", "CONDITION 0") == ["b.yaml", "d.yaml"]
    assert shown("--min-score", "0", "--limit", "1") == ["a.yaml"]
    assert shown("--min-score", "1") == []


def test_filters_hold_for_lines_too(evgrade: Run, mixed: Path) -> None:
    lines = evgrade("batch", mixed, "-f", "jsonl", "-q", "--where", "status=graded", "--limit", "3").stdout.splitlines()
    assert [Path(json.loads(line)["file"]).name for line in lines] == ["a.yaml", "b.yaml", "c.yaml"]


@pytest.mark.parametrize(
    "options",
    [
        ["--sort", "scor"],
        ["--where", "scor=5"],
        ["--where", "recommendation=recomended"],
        ["--min-score", "5", "-r", "ocebm-2011"],
        ["--min-score", "nan"],
        ["--limit", "0"],
        ["--jobs", "0"],
        ["--group-by", "file"],
        ["-r", "nonexistent"],
    ],
)
def test_a_wrong_option_is_told_before_any_work(evgrade: Run, options: list[str]) -> None:
    result = evgrade("batch", "examples", *options)
    assert (result.code, result.stdout) == (2, "")
    assert options[0] in result.stderr or "nonexistent" in result.stderr


def test_a_misspelt_column_gets_a_suggestion(evgrade: Run) -> None:
    assert "did you mean `grade_trials`?" in evgrade("batch", "examples", "--sort", "grade_trails").stderr


# Exit codes and the summary


def test_all_graded_is_0_and_one_invalid_is_1(evgrade: Run, mixed: Path) -> None:
    assert evgrade("batch", "examples").code == 0
    result = evgrade("batch", mixed)
    assert result.code == 1
    assert "6 files: 4 graded, 1 invalid, 1 skipped" in result.stderr
    assert f"invalid: {mixed}/broken.yaml" in result.stderr
    assert f"skipped: {mixed}/other.yaml" in result.stderr
    assert "recommended" not in result.stderr  # nothing is recorded in them, so that there is no level to count


def test_filters_change_neither_exit_code_nor_summary(evgrade: Run, mixed: Path) -> None:
    result = evgrade("batch", mixed, "--where", "status=graded", "--limit", "1")
    assert result.code == 1
    assert "6 files: 4 graded, 1 invalid, 1 skipped; 4 meet the conditions" in result.stderr


def test_quiet_leaves_the_summary_out_and_nothing_else(evgrade: Run, mixed: Path) -> None:
    quiet, loud = evgrade("batch", mixed, "-q"), evgrade("batch", mixed)
    assert (quiet.stderr, quiet.stdout, quiet.code) == ("", loud.stdout, loud.code)


def test_time_is_told_on_standard_error_only(evgrade: Run, mixed: Path) -> None:
    assert evgrade("batch", mixed).stderr.splitlines()[-1].endswith(" s")


def test_nothing_to_grade_is_3_and_leaves_an_old_output_alone(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("other: 1\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "out.csv").write_text("old")
    for place in (tmp_path, tmp_path / "empty"):
        result = evgrade("batch", place, "-o", f"csv={tmp_path / 'out.csv'}")
        assert result.code == 3
    assert "no dossier was found" in result.stderr
    assert (tmp_path / "out.csv").read_text() == "old"


def test_a_named_path_that_is_not_there_is_2_and_the_rest_is_graded(evgrade: Run, mixed: Path) -> None:
    result = evgrade("batch", "nowhere.yaml", mixed, "-f", "csv", "-q")
    assert result.code == 2
    assert "nowhere.yaml could not be read" in result.stderr
    assert len(files(result.stdout)) == 7


def test_standard_input_is_one_dossier(evgrade: Run) -> None:
    assert evgrade("batch", "-", stdin=VALID).code == 2


# Outputs


def test_an_output_that_cannot_be_written_is_told_before_any_work(evgrade: Run, tmp_path: Path, mixed: Path) -> None:
    for form in FORMATS:
        result = evgrade("batch", mixed, "-o", f"{form}={tmp_path / 'nowhere' / 'out'}")
        assert (result.code, result.stdout) == (2, "")
        assert "could not be written" in result.stderr


def test_an_output_never_replaces_a_dossier(evgrade: Run, mixed: Path) -> None:
    result = evgrade("batch", mixed, "-o", f"jsonl={mixed / 'a.yaml'}")
    assert result.code == 2
    assert (mixed / "a.yaml").read_text().startswith("dossier: 1")


def test_of_several_outputs_none_begins_where_one_cannot(evgrade: Run, tmp_path: Path, mixed: Path) -> None:
    evgrade("batch", mixed, "-o", f"csv={tmp_path / 'out.csv'}", "-o", f"json={tmp_path / 'nowhere' / 'out'}")
    assert [path.name for path in tmp_path.iterdir()] == ["mixed"]


def test_an_output_keeps_its_link_and_who_may_read_it(evgrade: Run, tmp_path: Path, mixed: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link").symlink_to(target)
    evgrade("batch", mixed, "-o", f"jsonl={tmp_path / 'link'}")
    assert (tmp_path / "link").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert target.read_text().startswith('{"schema": "evgrade.row/1"')


def test_a_device_is_written_to(evgrade: Run, mixed: Path) -> None:
    assert evgrade("batch", mixed, "-o", "jsonl=/dev/null").code == 1
    for form in FORMATS:
        full = evgrade("batch", mixed, "-o", f"{form}=/dev/full")
        assert full.code == 2
        assert "/dev/full could not be written: No space left on device" in full.stderr


# Hostile text


def test_hostile_names_are_harmless_in_every_format(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "hostile.yaml").write_text(hostile_dossier(NALTREXONE), encoding="utf-8")
    shutil.copy(tmp_path / "hostile.yaml", tmp_path / "\x1b[2J,=1+1\n.yaml")
    for form in FORMATS:
        assert harmful(evgrade("batch", tmp_path, "-f", form, "--group-by", "condition").stdout) == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "＝"])
def test_no_text_in_csv_is_a_formula(evgrade: Run, tmp_path: Path, begin: str) -> None:
    name = json.dumps(f'{begin}HYPERLINK("http://evil.example")')
    (tmp_path / "a.yaml").write_text(VALID.replace("{name: a therapy}", f"{{name: {name}}}"), encoding="utf-8")
    result = evgrade("batch", tmp_path / "a.yaml", "-f", "csv", cwd=tmp_path)
    [row] = csv.DictReader(io.StringIO(result.stdout))
    assert row["status"] == "graded", row["problem"]
    assert row["therapy"][0] in "'\\"
    assert row["score"] == "0.0"


def test_a_file_called_like_a_formula_is_defused(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "=1+1.yaml").write_text(VALID)
    [row] = csv.DictReader(io.StringIO(evgrade("batch", "=1+1.yaml", "-f", "csv", cwd=tmp_path).stdout))
    assert row["file"] == "'=1+1.yaml"


def test_markdown_shows_a_name_as_it_is(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(VALID.replace("a therapy", '"a | b <img> @team"'))
    line = next(line for line in evgrade("batch", tmp_path, "-f", "markdown").stdout.splitlines() if "team" in line)
    assert line.startswith("| a \\| b &lt;img&gt; @&#8203;team |")
