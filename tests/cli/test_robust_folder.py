"""`evgrade robustness FOLDER`: which verdicts hang by a thread, by the pool and the cache of `evgrade batch`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from evgrade.cli.robustness import _FolderOutputs
from evgrade.dossier import Dossier
from evgrade.robustness import robust
from evgrade.rubric.model import Rubric
from evgrade.schema.store import schema

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run, harmful, width

pytestmark = pytest.mark.slow

TRIAL = """\
trials:
- id: one-trial
  statement: It was tried.
  agent: same
  condition: same
  allocation: randomized
  control: placebo
  masking: double
  participants: 200
  powered: true
  result: benefit
  risk_of_bias: {overall: low}
safety: {concern: none, exposed: 500, died: {n: 0, of: 500}, serious: {n: 0, of: 500}}
"""
OPEN = VALID + TRIAL.replace("concern: none", "concern: unclear")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a folder with small dossiers, an open one among them, and files of each kind that cannot be graded."""
    folder = tmp_path / "dossiers"
    folder.mkdir()
    (folder / "0.yaml").write_text((VALID + TRIAL).replace("a therapy", "therapy 0"))
    (folder / "open.yaml").write_text(OPEN.replace("a therapy", "an open therapy"))
    (folder / "empty.yaml").write_text(VALID)
    (folder / "bad.yaml").write_text(INVALID)
    (folder / "broken.yaml").write_text("dossier: [")
    (folder / "other.yaml").write_text("other: 1\n")
    return folder


def test_a_folder_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden, tmp_path: Path) -> None:
    (tmp_path / "als").mkdir()
    for name in ("curcumin-als", "l-serine-als", "lunasin-als-2014", "protandim-als"):
        shutil.copy(ROOT / "examples" / "als" / f"{name}.dossier.yaml", tmp_path / "als")
    result = evgrade("robustness", "als", "--quiet", cwd=tmp_path, env={"COLUMNS": "120"})
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "robustness-folder.txt")


@pytest.mark.nightly
def test_the_least_firm_comes_first_and_what_would_settle_most_is_named(evgrade: Run, tmp_path: Path) -> None:
    for name in (RILUZOLE, SMALLEST):
        (tmp_path / Path(name).name).write_bytes((ROOT / name).read_bytes())
    open_concern = (ROOT / NALTREXONE).read_text("utf-8").replace("  concern: moderate", "  concern: unclear")
    (tmp_path / "open.dossier.yaml").write_text(open_concern, encoding="utf-8")
    result = evgrade("robustness", tmp_path, env={"COLUMNS": "200"})
    assert result.code == 0
    places = [result.stdout.index(one) for one in ("Low dose naltrexone", "Riluzole", "Example therapy")]
    assert places == sorted(places)
    assert "not known: safety.concern" in result.stdout
    assert "safety.concern: can settle the recommendation of 1 dossier" in result.stdout
    data = json.loads(evgrade("robustness", tmp_path, "-f", "json").stdout)
    assert len(data) == 3
    alone = json.loads(evgrade("robustness", tmp_path / "riluzole-als.dossier.yaml", "-f", "json").stdout)
    assert alone in data


def test_files_that_cannot_be_graded_are_what_they_are_in_batch(evgrade: Run, folder: Path) -> None:
    result = evgrade("robustness", folder, env={"COLUMNS": "120"})
    batch = evgrade("batch", folder, env={"COLUMNS": "120"})
    assert result.code == batch.code == 1
    troubled = "Not graded, or unreliable"
    assert result.stdout.partition(troubled)[2] == batch.stdout.partition(troubled)[2] != ""
    assert result.stderr.splitlines()[:-1] == batch.stderr.splitlines()[:-1]  # but for the time it took
    data = json.loads(evgrade("robustness", folder, "-f", "json").stdout)
    assert [Path(one["dossier"]["file"]).stem for one in data] == ["0", "empty", "open"]
    for one in data:
        jsonschema.Draft202012Validator(schema("robustness")).validate(one)


@pytest.mark.nightly
def test_the_bytes_are_the_same_with_more_processes_and_from_the_cache(
    evgrade: Run, folder: Path, tmp_path: Path
) -> None:
    def shown(*options: str) -> tuple[str, list[bytes]]:
        files = {form: tmp_path / f"{form}.out" for form in ("text", "markdown", "json")}
        outputs = [part for form, path in files.items() for part in ("-o", f"{form}={path}")]
        rubrics = ("-r", "evgrade-default", "-r", "ocebm-2011")
        result = evgrade("robustness", folder, *rubrics, "-f", "json", *outputs, *options)
        assert result.code == 1
        assert files["json"].read_text("utf-8") == result.stdout
        return result.stderr, [path.read_bytes() for path in files.values()]

    alone = shown("--jobs", "1", "--no-cache")[1]
    assert b"several missing facts: one-trial publication" in alone[1]
    assert shown("--jobs", "2")[1] == alone, "cold"
    summary, warm = shown()
    assert warm == alone, "warm"
    assert "; 5 from the cache" in summary


@pytest.mark.nightly
def test_what_is_known_is_not_worked_out_again_whatever_the_file_is_called(
    evgrade: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evgrade("robustness", folder)
    (folder / "0.yaml").rename(folder / "moved.yaml")

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("evgrade.robustness.robust.robustness", refused)
    data = json.loads(evgrade("robustness", folder, "-f", "json", "--jobs", "1").stdout)
    assert [Path(one["dossier"]["file"]).stem for one in data] == ["empty", "moved", "open"]


@pytest.mark.nightly
def test_rows_of_batch_and_these_do_not_stand_in_for_each_other(evgrade: Run, folder: Path) -> None:
    alone = evgrade("robustness", folder, "--no-cache").stdout
    plain = evgrade("batch", folder).stdout
    firm = evgrade("batch", folder, "--sort", "firmness").stdout
    assert evgrade("robustness", folder).stdout == alone
    assert evgrade("batch", folder).stdout == plain
    assert evgrade("batch", folder, "--sort", "firmness").stdout == firm


def test_a_mistake_in_evgrade_costs_one_file(evgrade: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = robust.robustness

    def mistaken(dossier: Dossier, rubric: Rubric) -> robust.Robustness:
        if dossier.document.name.endswith("0.yaml"):
            raise RecursionError
        return whole(dossier, rubric)

    monkeypatch.setattr(robust, "robustness", mistaken)
    result = evgrade("robustness", folder, "--jobs", "1")
    assert result.code == 1
    assert "an open therapy" in result.stdout
    assert "therapy 0" not in result.stdout
    assert "1 failed" in result.stderr


def test_an_interrupted_run_keeps_what_was_finished(
    evgrade: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = _FolderOutputs.take
    taken: list[object] = []

    def interrupted(sinks: _FolderOutputs, rows: list[object]) -> int:
        if taken:
            raise KeyboardInterrupt
        taken.extend(rows)
        return take(sinks, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(_FolderOutputs, "take", interrupted)
    page = tmp_path / "page.md"
    result = evgrade("robustness", folder, "--jobs", "1", "-f", "json", "-o", f"markdown={page}")
    assert result.code == 130
    assert "interrupted; finished results are kept" in result.stderr
    assert len(json.loads(result.stdout)) == 1
    assert "therapy 0" in page.read_text("utf-8")


def test_a_file_that_takes_too_long_is_reported_and_the_others_are_done(run: Run, tmp_path: Path) -> None:
    trials = "".join(f"- id: t{number}\n  statement: s\n" for number in range(20_000))
    (tmp_path / "long.dossier.yaml").write_text(f"{VALID}trials:\n{trials}")
    shutil.copy(ROOT / SMALLEST, tmp_path / "short.dossier.yaml")
    options = ("-r", "aan-2004", "--timeout", "1", "--jobs", "1", "--no-cache")
    result = run("robustness", ".", *options, cwd=tmp_path)
    assert result.code == 1
    assert "it took longer than 1 s" in " ".join(result.stdout.split())
    assert "2 files: 1 graded, 1 failed" in result.stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_it_keeps_to_the_width_and_shows_only_what_can_be_read(evgrade: Run, tmp_path: Path, columns: int) -> None:
    (tmp_path / "hostile.yaml").write_text(hostile_dossier(NALTREXONE), encoding="utf-8")
    for form in ("text", "markdown"):  # the second time from the cache
        text = evgrade("robustness", tmp_path, "-f", form, env={"COLUMNS": str(columns)}).stdout
        assert harmful(text) == []
        assert form == "markdown" or width(text) <= columns


def test_a_folder_without_dossiers_has_nothing_to_grade(evgrade: Run, tmp_path: Path) -> None:
    assert evgrade("robustness", tmp_path).code == 3


def test_a_folder_in_which_none_can_be_graded_is_an_empty_array(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(INVALID)
    result = evgrade("robustness", tmp_path, "-f", "json")
    assert (result.code, result.stdout) == (1, "[]\n")


@pytest.mark.parametrize("option", [("--jobs", "2"), ("--timeout", "5"), ("--executor", "dask"), ("--progress",)])
def test_what_is_for_folders_is_refused_for_files(evgrade: Run, option: tuple[str, ...]) -> None:
    result = evgrade("robustness", RILUZOLE, *option)
    assert (result.code, result.stdout) == (2, "")
    assert "it applies only to folders" in result.stderr


def test_standard_input_is_no_folder(evgrade: Run, folder: Path) -> None:
    result = evgrade("robustness", folder, "-", stdin=VALID)
    assert (result.code, result.stdout) == (2, "")
