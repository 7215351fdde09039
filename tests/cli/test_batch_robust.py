"""`evgrade batch`: how firm each recommendation is."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from evgrade.schema.store import schema

from .support import EXERCISE, INVALID, NALTREXONE, RILUZOLE, ROOT, SMALLEST, VALID, Run

LEAST_FIRM_FIRST = ("provisional", "hangs_on_one_judgement", "hangs_on_one_piece_of_evidence", "firm", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write a folder with dossiers of several firmnesses, one with a contradiction, and files that cannot be graded."""
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


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
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
