"""`evgrade compare FILE FILE…`: a few dossiers side by side, domain by domain."""

from __future__ import annotations

import json

import pytest

from .conftest import SameAsGolden
from .hostile import hostile_dossier
from .support import INVALID, NALTREXONE, RILUZOLE, SMALLEST, Run, harmful, width


def test_it_reads_as_it_was_read_last(evgrade: Run, same_as_golden: SameAsGolden) -> None:
    result = evgrade("compare", NALTREXONE, RILUZOLE, SMALLEST)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, "side-by-side.txt")


@pytest.mark.parametrize(("form", "name"), [("markdown", "side-by-side.md"), ("json", "side-by-side.json")])
def test_so_do_a_page_and_json(evgrade: Run, same_as_golden: SameAsGolden, form: str, name: str) -> None:
    result = evgrade("compare", RILUZOLE, SMALLEST, "--format", form)
    assert (result.code, result.stderr) == (0, "")
    same_as_golden(result.stdout, name)


def test_json_says_of_each_what_score_says(evgrade: Run) -> None:
    data = json.loads(evgrade("compare", RILUZOLE, SMALLEST, "-f", "json").stdout)
    for number, file in enumerate((RILUZOLE, SMALLEST)):
        alone = json.loads(evgrade("score", file, "-f", "json").stdout)
        assert data["dossiers"][number] == alone["dossier"]
        assert [one["grades"][number] for one in data["domains"]] == alone["domains"]
        assert data["scores"][number] == alone["score"]
        assert data["recommendations"][number] == alone["recommendation"]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_it_keeps_to_the_width_and_shows_only_what_can_be_read(evgrade: Run, columns: int) -> None:
    env = {"COLUMNS": str(columns)}
    text = evgrade("compare", NALTREXONE, SMALLEST, env=env).stdout
    _, _, reasons = text.partition("\n? ")
    assert reasons
    assert width(reasons) <= columns
    hostile = evgrade("compare", SMALLEST, "-", stdin=hostile_dossier(NALTREXONE), env=env).stdout
    assert harmful(text + hostile) == []


def test_the_table_of_five_fits_on_eighty_columns(evgrade: Run) -> None:
    text = evgrade("compare", *[NALTREXONE] * 3, *[RILUZOLE] * 2).stdout
    assert width(text) <= 80
    [score] = [line for line in text.splitlines() if line.startswith("Evidence points")]
    assert score.split()[2:] == ["35"] * 3 + ["80"] * 2


def test_two_valid_dossiers_are_needed(evgrade: Run) -> None:
    assert evgrade("compare", SMALLEST).code == 2
    assert evgrade("compare", "-", "-", stdin=INVALID).code == 2
    assert evgrade("compare", SMALLEST, "nowhere.yaml").code == 2
    result = evgrade("compare", SMALLEST, "-", stdin=INVALID)
    assert (result.code, result.stdout) == (1, "")


@pytest.mark.slow
def test_a_rubric_without_a_score_compares_too(evgrade: Run) -> None:
    text = evgrade("compare", SMALLEST, RILUZOLE, "-r", "ocebm-2011").stdout
    assert "graded by ocebm-2011" in text
