"""Editions of a review, what moved between them, what git knows, what is due, and the feed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from evgrade.cli import site as command
from evgrade.site import updates
from tests.cli.scratch import Scratch
from tests.cli.support import EXAMPLES, INVALID
from tests.report.reading import Page

from .conftest import made_alone
from .making import Folder, dossier, trial

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"


def changes(folder: Folder) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = folder.index()["changes"]
    return found


def editions(folder: Folder) -> list[str]:
    """Return the files of the only review, the current edition first."""
    (review,) = folder.index()["reviews"]
    return [one["file"] for one in review["editions"]]


# Editions


@pytest.mark.parametrize(
    ("first", "second", "current"),
    [
        ({"date": "2020"}, {"date": "2022-05"}, "b.yaml"),
        ({"date": "2022-05-16"}, {"date": 2022}, "a.yaml"),
        ({"date": "2020"}, {}, "a.yaml"),
        ({}, {"history": [{"date": "2019-01", "change": "First."}]}, "b.yaml"),
        ({"edition": "10"}, {"edition": "9"}, "a.yaml"),
        ({"date": "2022", "edition": "1"}, {"date": "2022", "edition": "2"}, "b.yaml"),
        ({"date": "2022", "replaces": "2"}, {"date": "2022", "edition": "2"}, "a.yaml"),
        ({"replaces": "The second review"}, {"date": "2022", "title": "The Second  Review"}, "a.yaml"),
        ({"replaces": "b.yaml"}, {"date": "2022"}, "a.yaml"),
        ({"edition": "1", "replaces": "2"}, {"edition": "2", "replaces": "1"}, "b.yaml"),
        ({}, {}, "b.yaml"),
    ],
)
def test_the_current_edition_is_the_latest_or_the_one_that_replaces_the_other(
    folder: Folder, first: dict[str, Any], second: dict[str, Any], current: str
) -> None:
    folder.write("a", dossier("LDN", "ALS", review=first))
    folder.write("b", dossier("ldn ", "als", review=second))
    folder.make()
    assert editions(folder)[0] == current


def test_the_index_has_a_row_a_review_and_every_edition_has_a_page(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    folder.write("b", dossier(review={"date": "2022"}))
    folder.make()
    assert Page(folder.text("index.html")).said.count("Riluzole") == 1 + len(changes(folder))
    old = folder.index()["reviews"][0]["editions"][1]
    said = Page(folder.text(old["page"])).said
    assert "This is an earlier edition. Read the current one" in said
    assert "This review has 2 editions." in Page(folder.page("Riluzole")).said


def test_a_page_says_what_moved_between_editions(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}, trials=[trial("t", helps=False)]))
    folder.write("b", dossier(review={"date": "2022"}, trials=[trial("t", helps=True)]))
    folder.make()
    said = Page(folder.page("Riluzole")).said
    assert "Clinical trials: F becomes B" in said
    assert "Verdict: Recommended against becomes" in said
    assert "Changed in the dossier: review and trial t." in said
    assert "Clinical trials: F becomes B" in Page(folder.text("changed.html")).said


def test_looked_at_again_and_nothing_changed_is_said(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    folder.write("b", dossier(review={"date": "2022"}))
    folder.make()
    assert "Reviewed again: no grade changed." in Page(folder.page("Riluzole")).said
    latest = changes(folder)[0]
    assert (latest["date"], latest["what"], latest["moved"]) == (
        "2022",
        "New edition",
        ["Reviewed again: no grade changed."],
    )


def test_the_history_of_a_review_is_told_in_its_own_words(folder: Folder) -> None:
    past_words = [{"date": "2018-03", "change": "A new trial was read.", "edition": "2"}]
    folder.write("a", dossier(review={"date": "2020", "history": past_words}))
    folder.make()
    assert "A new trial was read." in Page(folder.page("Riluzole")).said
    assert [(one["date"], one["what"]) for one in changes(folder)] == [("2020", "New review"), ("2018-03", "Edition 2")]
    assert changes(folder)[1]["notes"] == ["In the words of the reviewers: A new trial was read."]


def test_history_of_the_same_day_as_an_edition_is_told_with_it(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2018", "history": [{"date": "2018", "change": "First."}]}))
    folder.make()
    (only,) = changes(folder)
    assert only["notes"] == ["In the words of the reviewers: First."]


def test_an_edition_that_is_changed_meanwhile_is_not_compared(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    place = folder.write("b", dossier(review={"date": "2022"}))
    really = command._compared

    def compared(*args: Any) -> Any:
        place.write_text(INVALID, encoding="utf-8")
        return really(*args)

    monkeypatch.setattr(command, "_compared", compared)
    folder.make()
    assert "It could not be compared with the previous edition." in Page(folder.text("changed.html")).said


# Git


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch.new(tmp_path / "repository")


def commit(scratch: Scratch, patch: pytest.MonkeyPatch, day: str, **files: str | None) -> str:
    patch.setenv("GIT_COMMITTER_DATE", f"{day}T12:00:00Z")
    return scratch.commit(**files)


@pytest.fixture
def in_git(scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    commit(scratch, monkeypatch, "2024-02-01", a=dossier(trials=[trial("t", helps=False)]))
    commit(scratch, monkeypatch, "2024-03-01", a=dossier(trials=[trial("t", helps=True)]), b=dossier("Edaravone"))
    return Folder(scratch.folder, tmp_path / "site")


def test_what_a_commit_moved_is_told_with_its_day(in_git: Folder) -> None:
    in_git.make()
    found = [(one["date"], one["therapy"], one["what"]) for one in changes(in_git)]
    assert found == [
        ("2024-03-01", "Edaravone", "New review"),
        ("2024-03-01", "Riluzole", "Revised"),
        ("2024-02-01", "Riluzole", "New review"),
    ]
    assert any("Clinical trials: F becomes B" in line for line in changes(in_git)[1]["moved"])


def test_since_limits_what_git_is_asked(in_git: Folder, scratch: Scratch) -> None:
    in_git.make("--since", "HEAD^")
    assert {one["date"] for one in changes(in_git)} == {"2024-03-01"}
    in_git.make("--since", "HEAD")
    assert changes(in_git) == []
    assert "there is no commit 'nothing'" in in_git.make("--since", "nothing", code=2).stderr
    assert scratch.git("status", "--short") == ""


def test_since_needs_a_repository(folder: Folder) -> None:
    folder.write("a", dossier())
    assert "not a git repository" in folder.make("--since", "HEAD", code=2).stderr
    assert "git" not in folder.make().stderr


def test_comments_and_layout_are_no_change(in_git: Folder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    in_git.make()
    before = in_git.text("changed.html")
    old = (scratch.folder / "a.yaml").read_text(encoding="utf-8")
    commit(scratch, monkeypatch, "2024-04-01", a=f"# a comment\n{old}\n")
    in_git.make()
    assert in_git.text("changed.html") == before


def test_a_commit_that_changes_facts_and_no_grade_says_so(
    in_git: Folder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(scratch, monkeypatch, "2024-04-01", a=dossier(trials=[trial("t", helps=True) | {"notes": "Read again."}]))
    in_git.make()
    latest = changes(in_git)[0]
    assert latest["moved"] == ["No grade changed."]
    assert latest["notes"] == ["Changed in the dossier: trial t."]


def test_what_is_removed_or_has_errors_now_is_told(
    in_git: Folder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = dossier(trials=[{"id": "t"}])
    commit(scratch, monkeypatch, "2024-04-01", b=None, a=wrong)
    commit(scratch, monkeypatch, "2024-04-02", c=dossier("Other"))
    in_git.make(code=1)
    found = {one["therapy"]: one["what"] for one in changes(in_git) if one["date"] == "2024-04-01"}
    assert found["Edaravone"] == "Removed"
    assert found["Riluzole"] == "Withdrawn until its errors are corrected"
    assert [one["page"] for one in changes(in_git) if one["what"] == "Removed"] == [None]
    assert "<b>Edaravone</b> for ALS: Removed" in in_git.text("changed.html")


def test_more_files_than_change_lately_are_not_looked_at(
    in_git: Folder, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates, "_MOST_FILES", 3)
    commit(scratch, monkeypatch, "2024-04-01", c=dossier("Other"))
    in_git.make()
    assert {one["date"] for one in changes(in_git)} == {"2024-04-01", "2024-03-01"}


@pytest.mark.usefixtures("in_git")
def test_a_shallow_clone_does_not_take_everything_for_new(scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("clone", "--quiet", "--depth=1", f"file://{scratch.folder}", tmp_path / "clone")
    shallow = Folder(tmp_path / "clone", tmp_path / "other")
    shallow.make()
    assert changes(shallow) == []


def test_a_folder_inside_a_repository_is_told_apart_from_its_neighbours(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, therapy in (("in/a", "Inside"), ("out/a", "Outside")):
        scratch.write(f"{name}.yaml", dossier(therapy))
    commit(scratch, monkeypatch, "2024-02-01")
    inside = Folder(scratch.folder / "in", tmp_path / "site")
    inside.make()
    assert [one["therapy"] for one in changes(inside)] == ["Inside"]


# The feed


def entries(folder: Folder) -> list[tuple[str, str, str]]:
    root = ET.fromstring(folder.text("feed.xml"))  # noqa: S314 - our own
    return [
        (one.findtext(f"{ATOM}title", ""), one.findtext(f"{ATOM}updated", ""), one.findtext(f"{ATOM}content", ""))
        for one in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_has_the_dates_of_the_data(in_git: Folder) -> None:
    in_git.make()
    assert [one[:2] for one in entries(in_git)] == [
        ("Edaravone for ALS: New review", "2024-03-01T12:00:00Z"),
        ("Riluzole for ALS: Revised", "2024-03-01T12:00:00Z"),
        ("Riluzole for ALS: New review", "2024-02-01T12:00:00Z"),
    ]
    assert "<updated>2024-03-01T12:00:00Z</updated>" in in_git.text("feed.xml").split("<entry>")[0]


@pytest.mark.parametrize(
    ("date", "moment"), [("2014", "2014-01-01"), ("2014-05", "2014-05-01"), ("2014-05-06", "2014-05-06")]
)
def test_a_date_that_is_known_in_part_is_its_first_day(folder: Folder, date: str, moment: str) -> None:
    folder.write("a", dossier(review={"date": date}))
    folder.make()
    assert entries(folder)[0][1] == f"{moment}T00:00:00Z"


def test_a_feed_without_entries_is_still_one(folder: Folder) -> None:
    folder.write("a", dossier())
    folder.make()
    assert entries(folder) == []
    assert "<updated>1970-01-01T00:00:00Z</updated>" in folder.text("feed.xml")


def test_entries_keep_their_ids_when_others_come_and_the_site_moves(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    folder.make()
    before = {one["id"] for one in changes(folder)}
    folder.write("b", dossier(review={"date": "2022"}))
    folder.make("--base-url", "https://example.org/elsewhere", "--title", "Another title")
    assert before < {one["id"] for one in changes(folder)}


def test_links_of_the_feed_are_relative_without_an_address(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    folder.make()
    assert 'href="therapies/' in folder.text("feed.xml")
    folder.make("--base-url", "https://example.org/reviews")
    assert 'href="https://example.org/reviews/therapies/' in folder.text("feed.xml")
    assert '<link rel="self" href="https://example.org/reviews/feed.xml"/>' in folder.text("feed.xml")


@pytest.mark.parametrize(
    "address", ["example.org", "javascript:alert(1)", "https://u@example.org", "https://e.org/?a", ""]
)
def test_an_address_that_is_none_is_refused(folder: Folder, address: str) -> None:
    folder.write("a", dossier())
    assert "--base-url" in folder.make("--base-url", address, code=2).stderr
    assert not folder.site.exists()


# Due reviews


@pytest.mark.parametrize(
    ("due", "state"),
    [
        ("2026-06-14", "Overdue"),
        ("2026-06-15", "Due within three months"),
        ("2026-06", "Due within three months"),
        ("2026-05", "Overdue"),
        ("2026", "Due within three months"),
        ("2025", "Overdue"),
        ("2026-09-15", "Due within three months"),
        ("2026-09-16", "Due later"),
        ("2027", "Due later"),
        ("9999-12-31", "Due later"),
    ],
)
def test_a_review_is_due_by_its_own_date(folder: Folder, due: str, state: str) -> None:
    folder.write("a", dossier(review={"next_review": due}))
    folder.make()
    said = Page(folder.text("due.html")).said
    assert f"{state} 1" in said
    assert said.count(" 1 ") == 1
    assert ("overdue" in Page(folder.text("index.html")).said) == (state == "Overdue")
    assert ("Overdue." in Page(folder.page("Riluzole")).said) == (state == "Overdue")


def test_a_review_without_a_date_is_listed_apart(folder: Folder) -> None:
    folder.write("a", dossier())
    folder.make()
    assert "Without a date for the next review 1 Riluzole for ALS" in Page(folder.text("due.html")).said


def test_the_end_of_time_is_a_day_like_any_other(folder: Folder) -> None:
    folder.write("a", dossier(review={"next_review": "2020"}))
    folder.make("--as-of", "9999-12-31")
    assert "As of 9999-12-31" in Page(folder.text("due.html")).said


def test_only_an_earlier_edition_being_due_does_not_matter(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020", "next_review": "2021"}))
    folder.write("b", dossier(review={"date": "2022", "next_review": "2030"}))
    folder.make()
    assert "Overdue 0" in Page(folder.text("due.html")).said


@pytest.mark.nightly
def test_the_same_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = (Folder(EXAMPLES / "als", tmp_path / name) for name in ("first", "again"))
    made_alone(first)
    made_alone(again)
    assert {name: one[0] for name, one in first.state().items()} == {
        name: one[0] for name, one in again.state().items()
    }
