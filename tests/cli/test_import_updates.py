"""`evgrade import` again: the earlier version of a source comes from git or `--base`, and folders are sources too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evgrade.yamlio.reader import read
from tests.registry_records import a_study

from .scratch import Scratch, isolate
from .support import VALID, Result, Run

NAMES = ("NCT90000001", "NCT90000002")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch.new(tmp_path / "repository")


def record(people: int = 101, number: str = NAMES[0], day: str = "2020-03-04", **status: Any) -> str:
    """Return a record with so many people."""
    data = a_study(number)
    data["protocolSection"]["designModule"]["enrollmentInfo"]["count"] = people
    data["protocolSection"]["statusModule"] |= {"lastUpdatePostDateStruct": {"date": day}} | status
    data["protocolSection"]["identificationModule"]["secondaryIdInfos"] = []
    return json.dumps(data)


@pytest.fixture
def review(evgrade: Run, scratch: Scratch) -> Scratch:
    """Make a living review: two records in a folder, imported and committed."""
    for name in NAMES:
        scratch.write(f"sources/{name}.json", record(number=name))
    scratch.write("a.dossier.yaml", VALID)
    assert imported(evgrade, scratch).code == 0
    scratch.commit()
    return scratch


def imported(evgrade: Run, scratch: Scratch, *args: str, sources: tuple[str, ...] = ("sources",)) -> Result:
    return evgrade("import", *sources, "--into", "a.dossier.yaml", "--write", *args, cwd=scratch.folder)


def text_of(scratch: Scratch) -> str:
    return (scratch.folder / "a.dossier.yaml").read_bytes().decode()


def people_of(scratch: Scratch) -> list[Any]:
    data: Any = read(text_of(scratch).encode(), "a").data
    return [one.get("participants") for one in data["trials"]]


def test_what_only_the_source_changed_is_taken_before_it_is_committed_and_after(evgrade: Run, review: Scratch) -> None:
    before = text_of(review)
    review.write(f"sources/{NAMES[0]}.json", record(102, day="2021-05-06"))
    result = imported(evgrade, review)
    assert (result.code, "1 trial updated, 1 reference updated" in result.stderr) == (0, True)
    assert text_of(review) == before.replace("participants: 101", "participants: 102", 1).replace(
        "2020-03-04", "2021-05-06", 1
    )
    after = text_of(review)
    assert (imported(evgrade, review).code, text_of(review)) == (0, after)
    review.write("a.dossier.yaml", before)
    review.commit()
    assert (imported(evgrade, review).code, text_of(review)) == (0, after)
    review.write("old.yaml", before)
    told = evgrade("diff", "old.yaml", "a.dossier.yaml", cwd=review.folder).stdout
    assert "issued: 2020-03-04 becomes 2021-05-06" in told


def test_what_a_person_changed_stays_and_what_both_changed_is_for_people(evgrade: Run, review: Scratch) -> None:
    mine = text_of(review).replace("participants: 101", "participants: 99 # counted", 1)
    review.write("a.dossier.yaml", mine)
    assert (imported(evgrade, review).code, text_of(review)) == (0, mine)
    review.write(f"sources/{NAMES[0]}.json", record(102))
    result = imported(evgrade, review)
    assert (result.code, text_of(review)) == (1, mine)
    assert "has 99 as `participants`; the source now says 102, and said 101 before [import-conflict]" in result.stderr
    assert "participants: 99 # counted" in result.stderr
    assert f"sources/{NAMES[0]}.json#" in result.stderr


def test_what_vanished_is_a_finding_and_stays(evgrade: Run, review: Scratch) -> None:
    before = text_of(review)
    (review.folder / "sources" / f"{NAMES[1]}.json").unlink()
    review.write(f"sources/{NAMES[0]}.json", record(overallStatus=""))
    result = imported(evgrade, review)
    assert (result.code, text_of(review)) == (1, before)
    assert "has completed as `status`; the source no longer says it [import-vanished]" in result.stderr
    assert "`nct90000002` in trials came from a source that no longer has it [import-vanished]" in result.stderr


def test_the_earlier_version_can_be_named(evgrade: Run, tmp_path: Path) -> None:
    for name, people in (("old", 101), ("new", 102)):
        (tmp_path / f"{name}.json").write_text(record(people), "utf-8")
    dossier = tmp_path / "a.dossier.yaml"
    dossier.write_text(VALID, "utf-8")
    assert evgrade("import", tmp_path / "old.json", "--into", dossier, "--write").code == 0
    unknown = evgrade("import", tmp_path / "new.json", "--into", dossier)
    assert "has 101 as `participants`; the source says 102 [import-difference]" in unknown.stderr
    known = evgrade("import", tmp_path / "new.json", "--into", dossier, "--base", tmp_path / "old.json")
    assert (known.code, "+    participants: 102" in known.stdout) == (0, True)
    assert evgrade("import", tmp_path / "new.json", "--base", tmp_path / "old.json").code == 2


def test_a_patch_can_be_applied(evgrade: Run, review: Scratch) -> None:
    review.write(f"sources/{NAMES[0]}.json", record(102))
    review.write("sources/new.json", record(107, "NCT90000003"))
    result = evgrade("import", "sources", "--into", "a.dossier.yaml", cwd=review.folder)
    review.write("patch", result.stdout)
    review.git("apply", "-p0", "patch")
    patched = text_of(review)
    review.git("checkout", "-q", "a.dossier.yaml")
    assert imported(evgrade, review).code == 0
    assert text_of(review) == patched
    assert people_of(review) == [102, 101, 107]


def test_files_of_a_folder_come_in_the_order_of_their_names_and_none_is_skipped_in_silence(
    evgrade: Run, scratch: Scratch
) -> None:
    scratch.write("a.dossier.yaml", VALID)
    scratch.write("sources/b.json", record(102, NAMES[1]))
    scratch.write("sources/a/z.json", record(103))
    scratch.write("sources/README.md", "What is here\n")
    scratch.write("sources/.hidden", "")
    result = imported(evgrade, scratch)
    assert (result.code, people_of(scratch)) == (0, [102, 103])
    assert "sources/README.md: skipped" in result.stderr.replace("\\", "/")
    assert "1 hidden file left out" in result.stderr
    alone = imported(evgrade, scratch, sources=("sources/README.md",))
    assert (alone.code, "not in a known format" in alone.stderr) == (2, True)


def test_one_bad_file_is_named_and_nothing_is_written(evgrade: Run, review: Scratch) -> None:
    before = text_of(review)
    review.write(f"sources/{NAMES[0]}.json", record(102))
    review.write("sources/broken.json", '{"protocolSection": ')
    result = imported(evgrade, review)
    assert (result.code, text_of(review)) == (2, before)
    assert "broken.json:1:21: this is not JSON" in result.stderr


def test_an_empty_folder_is_nothing_to_import(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("import", tmp_path)
    assert (result.code, "holds no file to import" in result.stderr) == (3, True)


def test_a_record_that_comes_into_git_late_is_an_ordinary_source(evgrade: Run, review: Scratch) -> None:
    """A dossier that never cited the record was not made from it, whatever versions git has."""
    review.write(f"sources/{NAMES[0]}.json", record(102))
    review.commit()
    trial = f"trials: [{{id: mine, statement: S, registry: [{NAMES[0]}]}}]\n"
    review.write("a.dossier.yaml", VALID + trial)
    assert imported(evgrade, review, sources=(f"sources/{NAMES[0]}.json",)).code == 0
    assert people_of(review) == [102]


def test_what_was_not_taken_is_named_kind_by_kind(evgrade: Run, review: Scratch) -> None:
    named = imported(evgrade, review, "--explain").stderr.splitlines()
    at = named.index("2 times: a reference of type BACKGROUND: not evidence of this study")
    assert [line.split("#")[1] for line in named[at + 1 : at + 3]] == [
        "/protocolSection/referencesModule/references/1: a reference of type BACKGROUND: not evidence of this study"
    ] * 2


def test_facts_that_contradict_what_somebody_wrote_are_imported_and_named(evgrade: Run, scratch: Scratch) -> None:
    trial = f"trials: [{{id: mine, statement: S, registry: [{NAMES[0]}], participants: 7}}]\n"
    scratch.write("a.dossier.yaml", VALID + trial)
    scratch.write("sources/a.json", record())
    result = imported(evgrade, scratch)
    assert (result.code, people_of(scratch)) == (1, [7])
    assert "the arm has 51 participants, but there are 7 in all [count-arms]" in result.stderr
