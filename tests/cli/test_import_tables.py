"""`evgrade import` of tables: from a lead's spreadsheet to a graded dossier, without a line of code."""

from __future__ import annotations

from pathlib import Path

import pytest

from evgrade.yamlio.reader import read

from .support import Run

DOSSIER = "dossier: 1\ntherapy: {name: A drug}\ncondition: {name: A disease}\n"


def a_sheet(many: int = 30) -> str:
    """Return a spreadsheet of trials under column names that no standard has."""
    header = "First author,Publication year,Blinding,N drug,N placebo,Died drug,Died placebo,Pain mean (SD) drug,"
    lines = [header + "Pain mean (SD) placebo,Overall RoB,Our remarks"]
    for number in range(many):
        blinding = ("double-blind", "open label", "hidden")[number % 3]
        lines.append(
            f"Author{number},{1990 + number},{blinding},{50 + number},{49 + number},{3 + number % 5},{6 + number % 7},"
            f'{3.1 + number / 10:.1f} (1.2),{4 + number / 10:.1f} (1.3),{("Low", "High")[number % 2]},"see p. {number}"'
        )
    return "\n".join(lines) + "\n"


def test_a_leads_spreadsheet_becomes_a_graded_dossier_by_a_proposed_mapping_and_edits(
    evgrade: Run, tmp_path: Path
) -> None:
    sheet, mapping, dossier = tmp_path / "trials.csv", tmp_path / "map.yaml", tmp_path / "a.dossier.yaml"
    sheet.write_text(a_sheet(), encoding="utf-8")
    dossier.write_text(DOSSIER, encoding="utf-8")

    proposed = evgrade("import", "--guess", sheet)
    assert proposed.code == 0
    edited = proposed.stdout
    for old, new in (
        ('# words: {hidden: "…"}', "words: {hidden: single}"),
        ("# measure: {is: RR}", "measure: {is: RR}"),
        ("# measure: {is: MD}", "measure: {is: MD}"),
        ("# allocation: {is: randomized}", "allocation: {is: randomized}"),
        ("{is: died}", "{is: Death}"),
    ):
        assert old in edited
        edited = edited.replace(old, new)
    mapping.write_text(edited, encoding="utf-8")

    assert evgrade("import", sheet, "--map", mapping, "--into", dossier, "--write").code == 0
    data = read(dossier.read_bytes(), "a").data
    assert len(data["trials"]) == 30
    first = data["trials"][0]
    assert (first["x-label"], first["masking"], first["risk_of_bias"]["overall"]) == ("Author0 1990", "double", "low")
    assert first["effects"][0]["arms"][0] == {
        "name": "Intervention",
        "role": "intervention",
        "participants": 50,
        "events": 3,
    }
    assert evgrade("validate", dossier).code == 0
    graded = evgrade("score", dossier)
    assert graded.code == 0
    numbers = evgrade("explain", dossier, "numbers").stdout
    assert "Pooled from the studies that answer it: RR" in numbers
    assert "Pooled from the studies that answer it: MD" in numbers

    before = dossier.read_bytes()
    assert evgrade("import", sheet, "--map", mapping, "--into", dossier, "--write").code == 0
    assert dossier.read_bytes() == before


@pytest.mark.slow
def test_a_known_table_is_pooled_and_drawn(evgrade: Run, tmp_path: Path) -> None:
    table, dossier = tmp_path / "t.csv", tmp_path / "a.dossier.yaml"
    table.write_text("study,ai,n1i,ci,n2i\nA 2001,4,123,11,139\nB 2002,6,306,29,303\n", encoding="utf-8")
    dossier.write_text(DOSSIER, encoding="utf-8")
    result = evgrade("import", table, "--measure", "RR", "--outcome", "Death", "--into", dossier, "--write")
    assert (result.code, "2 trials added" in result.stderr) == (0, True)
    assert "RR" in evgrade("explain", dossier, "numbers").stdout
    assert evgrade("plot", "forest", dossier).code == 0


@pytest.mark.parametrize("arguments", [(), ("--measure", "Q")])
def test_a_measure_that_is_not_said_ends_with_what_to_say(evgrade: Run, tmp_path: Path, arguments: tuple[str]) -> None:
    table = tmp_path / "t.csv"
    table.write_text("study,ai,n1i,ci,n2i\nA 2001,4,123,11,139\n", encoding="utf-8")
    result = evgrade("import", table, *arguments)
    assert (result.code, result.stdout) == (2, "")
    assert "measure" in result.stderr


def test_a_wrong_mapping_shows_its_line_and_a_caret(evgrade: Run, tmp_path: Path) -> None:
    table, mapping = tmp_path / "t.csv", tmp_path / "map.yaml"
    table.write_text("study,n\nA 2001,4\n", encoding="utf-8")
    mapping.write_text("mapping: 1\nstudy: study\nfields: {participants: N of}\n", encoding="utf-8")
    result = evgrade("import", table, "--map", mapping)
    assert result.code == 2
    assert f"{mapping}:3:" in result.stderr or "map.yaml:3:" in result.stderr
    assert "^" in result.stderr
    assert "has no column `N of`" in result.stderr


def test_what_is_no_table_gets_no_proposal(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("nothing", encoding="utf-8")
    result = evgrade("import", "--guess", path)
    assert (result.code, "is not a table" in result.stderr) == (2, True)
