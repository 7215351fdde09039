"""`evgrade import`: entries to paste, a patch, or a dossier that gained what it lacked and kept every other byte."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evgrade.importing.into import merged
from evgrade.yamlio.reader import read
from tests.labels_of_drugs import a_label, paragraphs, section
from tests.registry_records import a_study

from .support import VALID, Run


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "download.txt"
    path.write_text(json.dumps(a_study()), encoding="utf-8")
    return path


def data_of(path: Path) -> Any:
    return read(path.read_bytes(), "a").data


def test_what_is_printed_can_be_pasted_into_a_dossier(evgrade: Run, source: Path, tmp_path: Path) -> None:
    result = evgrade("import", source)
    assert result.code == 0
    pasted = tmp_path / "a.dossier.yaml"
    pasted.write_text(VALID + result.stdout, encoding="utf-8")
    assert evgrade("validate", pasted).code == 0
    assert data_of(pasted)["trials"][0]["participants"] == 101


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_dossier_gains_entries_and_keeps_every_other_byte(
    evgrade: Run, source: Path, tmp_path: Path, end: str
) -> None:
    path = tmp_path / "a.dossier.yaml"
    text = VALID + "trials: []   # none yet\nreferences:\n  - id: 'x'   # mine\n    pmid: 1234567\n"
    path.write_bytes(text.replace("\n", end).encode())
    patch = evgrade("import", source, "--into", path)
    assert patch.code == 0
    assert "+++ " in patch.stdout
    assert path.read_bytes() == text.replace("\n", end).encode()
    assert evgrade("import", source, "--into", path, "--write").code == 0
    written = path.read_bytes()
    assert b"  - id: 'x'   # mine" in written
    assert written.count(b"\n") == written.count(end.encode())
    assert data_of(path)["trials"][0]["refs"] == [
        "ctgov-nct90000001",
        "x",
    ]  # the paper was there, under an id of its own
    again = evgrade("import", source, "--into", path, "--write")
    assert (again.code, path.read_bytes()) == (0, written)


def test_a_dossier_that_changes_meanwhile_is_left_alone(
    evgrade: Run, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.dossier.yaml"
    path.write_text(VALID, encoding="utf-8")

    def changed(*args: Any) -> Any:
        path.write_text("somebody else")
        return merged(*args)

    monkeypatch.setattr("evgrade.cli.importing.merged", changed)
    result = evgrade("import", source, "--into", path, "--write")
    assert result.code == 2
    assert "changed in the meantime" in result.stderr
    assert path.read_text() == "somebody else"


def test_what_a_person_wrote_stays_what_is_absent_is_filled_in(evgrade: Run, source: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.dossier.yaml"
    path.write_text(VALID + "trials: [{id: mine, statement: A, registry: [NCT90000001], participants: 99}]\n", "utf-8")
    result = evgrade("import", source, "--into", path, "--write")
    [trial] = data_of(path)["trials"]
    assert (trial["id"], trial["statement"], trial["participants"], trial["status"]) == ("mine", "A", 99, "completed")
    assert "has 99 as `participants`; the source says 101 [import-difference]" in result.stderr
    assert f"{path}:" in result.stderr  # with its line and column
    assert "participants: 99" in result.stderr  # and the line itself
    assert "1 trial updated" in result.stderr
    assert result.code == 0


def test_an_id_that_is_taken_is_not_given_again(evgrade: Run, source: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.dossier.yaml"
    path.write_text(VALID + "references: [{id: ctgov-nct90000001, title: Another}]\n", encoding="utf-8")
    assert evgrade("import", source, "--into", path, "--write").code == 0
    assert data_of(path)["trials"][0]["refs"] == ["ctgov-nct90000001-2", "pmid-1234567"]


def test_what_was_not_taken_is_counted_and_named_with_its_pointer(evgrade: Run, source: Path) -> None:
    assert "not imported (--explain lists them)" in evgrade("import", source).stderr
    named = evgrade("import", source, "--explain").stderr
    assert "#/protocolSection/referencesModule/references/1: a reference of type BACKGROUND" in named


def test_a_search_a_list_and_a_zip_hold_many(evgrade: Run, tmp_path: Path) -> None:
    two = [a_study(), a_study("NCT90000002")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, one in enumerate(two):
            archive.writestr(f"{number}.json", json.dumps(one))
    search = json.dumps({"studies": two}).encode()
    path = tmp_path / "source"
    for content in (search, json.dumps(two).encode(), packed.getvalue()):
        path.write_bytes(content)
        result = evgrade("import", path)
        assert (result.code, result.stdout.count("  - id: nct")) == (0, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"PK\x03\x04 no zip",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": 1}',
        b"<xml/>",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_hostile_source_gives_one_error(evgrade: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "source.json"
    path.write_bytes(content)
    result = evgrade("import", path)
    assert (result.code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    assert "source.json" in result.stderr


def test_what_differs_between_sources_is_said_without_a_place_in_a_file_that_is_none(
    evgrade: Run, tmp_path: Path
) -> None:
    for name, title in (("a", "A trial"), ("b", "The trial")):
        work = {"id": "x", "type": "book", "title": title, "DOI": "10.1000/x"}
        (tmp_path / f"{name}.json").write_text(json.dumps([work]))
    result = evgrade("import", tmp_path / "a.json", tmp_path / "b.json")
    assert result.code == 0
    assert "note: `x` in references has A trial as `title`; the source says The trial" in result.stderr
    assert "entries:" not in result.stderr


@pytest.mark.slow
def test_more_than_a_dossier_can_hold_is_refused_with_its_size(evgrade: Run, tmp_path: Path) -> None:
    large = [{"id": f"a{one}", "type": "book", "title": f"A{one}", "note": "n" * 9_000} for one in range(1_000)]
    (tmp_path / "large.json").write_text(json.dumps(large))
    result = evgrade("import", tmp_path / "large.json")
    assert (result.code, result.stdout) == (2, "")
    assert "larger than a dossier can be (9 MiB)" in result.stderr


def test_an_extension_that_shares_a_number_is_a_trial_of_its_own(evgrade: Run, tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_text(json.dumps([a_study(), a_study("NCT90000002")]), encoding="utf-8")
    assert "2 trials printed, 3 references printed" in evgrade("import", path).stderr


def test_a_new_version_of_a_label_updates_its_reference_and_names_what_it_no_longer_says(
    evgrade: Run, tmp_path: Path
) -> None:
    """A statement has no identifier but its words: in other words it is new, and people remove the old one."""
    path, old, new = (tmp_path / name for name in ("a.dossier.yaml", "old.xml", "new.xml"))
    path.write_text(VALID, encoding="utf-8")
    before, after = (
        section("34070-3", "4 CONTRAINDICATIONS", paragraphs("Known allergy.", text))
        for text in ("Use care in asthma.", "Do not use in asthma.")
    )
    old.write_bytes(a_label(before, version="7"))
    new.write_bytes(a_label(after, version="8", effective="20250101"))
    assert evgrade("import", old, "--into", path, "--write").code == 0
    first = path.read_bytes()
    assert evgrade("import", old, "--into", path, "--write").code == 0
    assert path.read_bytes() == first
    result = evgrade("import", new, "--base", old, "--into", path, "--write")
    assert "`contraindication-inventol-sulfate-2`" in result.stderr
    assert result.stderr.count("import-vanished") == result.code == 1
    data = data_of(path)
    assert [one["statement"] for one in data["safety"]["contraindications"]] == [
        "Known allergy.",
        "Use care in asthma.",
        "Do not use in asthma.",
    ]
    (reference,) = data["references"]
    assert (reference["issued"], reference["notes"][-10:]) == ("2025-01-01", "version 8.")
