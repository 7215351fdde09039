"""`evgrade batch --robust`: how firm each recommendation is, and its rank by score under other weights."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from evgrade.schema.store import schema
from tests.crossed import first_of

from .support import EXERCISE, INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run

pytestmark = pytest.mark.slow

LEAST_FIRM_FIRST = ("provisional", "hangs_on_one_judgement", "hangs_on_one_piece_of_evidence", "firm", "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a folder with dossiers of several firmnesses and files that cannot be graded; fewer weightings do."""
    monkeypatch.setattr("evgrade.robustness.weightings.MOST_DRAWS", 1000)
    folder = tmp_path / "dossiers"
    folder.mkdir()
    for name in (RILUZOLE, EXERCISE, NALTREXONE, SMALLEST):
        (folder / Path(name).name).write_bytes((ROOT / name).read_bytes())
    (folder / "bad.yaml").write_text(INVALID)
    (folder / "other.yaml").write_text("other: 1\n")
    (folder / "empty.yaml").write_text(VALID)
    return folder


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_firmness_of_each_row_is_that_of_the_robustness_report(evgrade: Run, folder: Path) -> None:
    names = ("-r", "evgrade-default", "-r", "ocebm-2011")
    shown = rows(evgrade("batch", folder, *names, "--sort", "firmness", "-f", "csv").stdout)
    for row in shown:
        assert "ocebm-2011.firmness" not in row  # it recommends nothing
        if row["status"] != "graded":
            assert row["evgrade-default.firmness"] == ""
            continue
        if row["file"].endswith(Path(RILUZOLE).name):  # the laws of firmness try more of them
            one = json.loads(evgrade("robustness", row["file"], "-f", "json").stdout)
            stated = {each["name"]: each["firmness"] for each in one["firmness"]}
            assert row["evgrade-default.firmness"] == stated["recommendation"] == "hangs_on_one_judgement"


def test_the_firmest_sorts_first_and_what_has_no_recommendation_last(evgrade: Run, folder: Path) -> None:
    for sort, order in (("firmness", LEAST_FIRM_FIRST[3::-1]), ("-firmness", LEAST_FIRM_FIRST[:4])):
        shown = [row["firmness"] for row in rows(evgrade("batch", folder, "--sort", sort, "-f", "csv").stdout)]
        assert shown == sorted(shown, key=(*order, "").index)
        assert len(set(shown)) >= 3


def test_rows_are_kept_by_firmness_and_the_firmer_is_the_greater(evgrade: Run, folder: Path) -> None:
    def shown(condition: str) -> set[str]:
        result = evgrade("batch", folder, "--where", condition, "-f", "csv")
        return {row["firmness"] for row in rows(result.stdout)}

    assert shown("firmness=provisional") == {"provisional"}
    assert shown("firmness>=hangs_on_one_judgement") == {"hangs_on_one_judgement"}
    assert shown("firmness!=provisional") == {"hangs_on_one_judgement", ""}
    refused = evgrade("batch", folder, "--where", "firmness=hard")
    assert (refused.code, refused.stdout) == (2, "")
    assert "firm" in refused.stderr


def test_json_follows_its_schema_and_the_table_says_what_its_words_mean(evgrade: Run, folder: Path) -> None:
    data = json.loads(evgrade("batch", folder, "--sort", "firmness", "-f", "json").stdout)
    for row in data:
        jsonschema.Draft202012Validator(schema("row")).validate(row)
    given = [one["firmness"] for row in data for one in row["robustness"]]
    assert len(given) == sum(len(row["verdicts"]) for row in data)
    assert given.count(None) == 2  # in two nothing is recorded that the rubric reads
    table = evgrade("batch", folder, "--sort", "firmness", env={"COLUMNS": "160"}).stdout
    assert "Firmness" in table
    assert "one judgement" in table
    assert "provisional: a missing fact can" in " ".join(table.split())


def test_what_nobody_asks_for_is_not_found_out(evgrade: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("evgrade.robustness.firmness.firmness_of_level", refused)
    for form in ("table", "csv", "json", "jsonl", "markdown"):
        result = evgrade("batch", folder, "--jobs", "1", "--no-cache", "-f", form)
        assert result.code == 1  # one file is invalid, and none failed
        assert "firm" not in result.stdout


@pytest.mark.parametrize("form", first_of(["table", "csv", "jsonl"]))
def test_the_bytes_are_the_same_with_more_processes_and_from_the_cache(evgrade: Run, folder: Path, form: str) -> None:
    def shown(*options: str) -> str:
        return evgrade("batch", folder, "--sort", "firmness", "-f", form, *options).stdout

    alone = shown("--jobs", "1", "--no-cache")
    assert "firm" in alone.casefold() or form == "jsonl"
    assert shown("--jobs", "4", "--no-cache") == alone
    plain = evgrade("batch", folder, "-f", form).stdout
    assert shown() == alone, "cold, beside rows without it"
    warm = evgrade("batch", folder, "--sort", "firmness", "-f", form)
    assert warm.stdout == alone, "warm"
    assert "from the cache" in warm.stderr
    assert evgrade("batch", folder, "-f", form).stdout == plain


# Ranks under other weights


def by_file(text: str) -> dict[str, dict[str, str]]:
    return {Path(row["file"]).name: row for row in rows(text)}


def test_robust_shows_the_rank_of_each_graded_row_under_other_weights(evgrade: Run, folder: Path) -> None:
    shown = by_file(evgrade("batch", folder, "--robust", "-f", "csv").stdout)
    graded = [row for row in shown.values() if row["status"] == "graded"]
    assert sorted(int(row["score_rank"]) for row in graded) == [1, 2, 3, 4, 4]  # nothing is recorded in two
    for row in graded:
        assert row["weightings"] == "1000"
        for space in ("all", "near"):
            for share in ("keeps_rank", "first"):
                assert 0 <= float(row[f"{space}_{share}"]) <= 1
            best, mean, worst = (float(row[f"{space}_{name}_rank"]) for name in ("best", "mean", "worst"))
            assert 1 <= best <= mean <= worst <= len(graded)
    assert float(shown[Path(RILUZOLE).name]["near_first"]) == 1
    assert shown["bad.yaml"]["score_rank"] == shown["bad.yaml"]["all_keeps_rank"] == ""


def test_the_summary_and_the_page_say_which_share_of_weightings_keeps_the_order(evgrade: Run, folder: Path) -> None:
    result = evgrade("batch", folder, "--robust", "-f", "markdown")
    told = " ".join(result.stderr.split())
    assert "of all weightings, and in" in told
    assert "of those within half of the rubric's weights, the order by score stays the same" in told
    assert "(1,000 of each drawn)" in told
    assert "the order by score stays the same" in result.stdout
    assert "### Ranks by score under other weights" in result.stdout
    assert "whatever the missing facts turn out to be" in told


def test_ranks_are_over_all_that_is_graded_whatever_is_shown(evgrade: Run, folder: Path) -> None:
    whole = by_file(evgrade("batch", folder, "--robust", "-f", "csv").stdout)
    few = by_file(evgrade("batch", folder, "--robust", "--where", "score_rank>=2", "--limit", "2", "-f", "csv").stdout)
    assert len(few) == 2
    assert all(whole[name] == row for name, row in few.items())
    result = evgrade("batch", folder, "--robust", "--where", "score_rank>=2")
    assert "; 4 meet the conditions" in result.stderr


def test_a_column_of_ranks_is_worked_out_when_it_is_named(evgrade: Run, folder: Path) -> None:
    result = evgrade("batch", folder, "--sort", "all_mean_rank", "-f", "csv")
    means = [float(row["all_mean_rank"]) for row in rows(result.stdout) if row["all_mean_rank"]]
    assert means == sorted(means) != []
    assert "firmness" not in result.stdout


def test_json_of_ranks_follows_its_schema_and_shows_the_error_of_each_share(evgrade: Run, folder: Path) -> None:
    names = ("-r", "evgrade-default", "-r", "ocebm-2011")
    lines = evgrade("batch", folder, "--robust", *names, "-f", "jsonl").stdout.splitlines()
    plain = [json.loads(line)["file"] for line in evgrade("batch", folder, *names, "-f", "jsonl").stdout.splitlines()]
    assert [json.loads(line)["file"] for line in lines] == plain  # in the order in which they were found
    for row in map(json.loads, lines):
        jsonschema.Draft202012Validator(schema("row")).validate(row)
        for one in row["robustness"]:
            assert (one["weightings"] is None) is (one["rubric"] == "ocebm-2011")  # it gives no score
            for space in ("all", "near") if one["weightings"] else ():
                share = one["weightings"][space]["keeps_rank"]
                error = (share["share"] * (1 - share["share"]) / one["weightings"]["draws"]) ** 0.5
                assert share["error"] == pytest.approx(error)
    data = json.loads(evgrade("batch", folder, "--robust", *names, "-f", "json").stdout)
    assert sorted(map(json.dumps, data)) == sorted(json.dumps(json.loads(line)) for line in lines)


def test_the_bytes_of_robust_do_not_depend_on_processes_cache_or_memory(
    evgrade: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(*options: str) -> list[bytes]:
        files = {form: tmp_path / f"{form}.out" for form in ("table", "markdown", "csv", "json", "jsonl")}
        outputs = [part for form, path in files.items() for part in ("-o", f"{form}={path}")]
        assert evgrade("batch", folder, "--robust", "-f", "csv", *outputs, *options).code == 1
        return [path.read_bytes() for path in files.values()]

    alone = shown("--jobs", "1", "--no-cache")
    assert shown("--jobs", "4", "--no-cache") == alone
    assert shown() == alone, "cold"
    assert shown() == alone, "warm"
    monkeypatch.setattr("evgrade.cli.batch_outputs._MOST", 2)
    assert shown() == alone, "from a temporary file"


def test_a_rubric_without_a_score_has_no_such_columns(evgrade: Run, folder: Path) -> None:
    result = evgrade("batch", folder, "--robust", "-r", "ocebm-2011", "-f", "csv")
    assert "score_rank" not in result.stdout
    assert "weightings" not in result.stderr
    assert evgrade("batch", folder, "-r", "ocebm-2011", "--sort", "score_rank").code == 2


def test_robust_does_not_go_with_changes_in_git(evgrade: Run, folder: Path) -> None:
    result = evgrade("batch", folder, "--robust", "--changed-since", "HEAD")
    assert (result.code, result.stdout) == (2, "")
    assert "--robust" in result.stderr


def test_robust_of_nothing_that_could_be_graded(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(INVALID)
    for form in ("table", "csv", "json", "jsonl", "markdown"):
        result = evgrade("batch", tmp_path, "--robust", "-f", form)
        assert result.code == 1
        assert "weightings" not in result.stderr
