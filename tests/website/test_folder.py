"""The folder of a site: only its own files are touched, and of those only the ones that changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from evgrade.cli import site
from evgrade.cli.site import LIST, bring_up_to_date
from tests.cli.support import RILUZOLE, ROOT, run_script

from .making import AS_OF, Folder, dossier, trial

pytestmark = pytest.mark.slow


@pytest.fixture
def made(folder: Folder) -> Folder:
    folder.write("a", dossier("Riluzole"))
    folder.write("b", dossier("Edaravone"))
    folder.make()
    return folder


def test_a_second_run_writes_nothing(made: Folder) -> None:
    before = made.state()
    said = made.make().stderr
    assert made.state() == before
    assert "0 written" in said
    assert "0 removed" in said


def test_only_pages_that_change_are_written(made: Folder) -> None:
    before = made.state()
    made.write("b", dossier("Edaravone", review={"title": "A new title"}))
    made.make()
    after = made.state()
    changed = {name for name in after if after[name] != before.get(name)}
    (page,) = (name for name in changed if name.startswith("therapies/"))
    assert "edaravone" in page
    assert changed == {page, "index.json", LIST}


def test_a_site_brought_up_to_date_is_the_site_made_from_scratch(made: Folder, tmp_path: Path) -> None:
    made.write(
        "a", dossier("Riluzole", review={"date": "2024", "next_review": "2025"}, trials=[trial("t", helps=True)])
    )
    made.write("c/d", dossier("Riluzole", review={"date": "2026", "edition": "2"}, trials=[trial("u", helps=False)]))
    (made.path / "b.yaml").unlink()
    made.make()
    fresh = Folder(made.path, tmp_path / "fresh")
    fresh.make()
    contents = [{name: one[0] for name, one in folder.state().items()} for folder in (made, fresh)]
    assert contents[0] == contents[1]


def test_addresses_stay_when_dossiers_are_added(made: Folder) -> None:
    before = {one["therapy"]: one["editions"][0]["page"] for one in made.index()["reviews"]}
    for number in range(20):
        made.write(f"more/{number}", dossier(f"Riluzole {number}"))
    made.make()
    after = {one["therapy"]: one["editions"][0]["page"] for one in made.index()["reviews"]}
    assert before.items() <= after.items()


def test_an_earlier_edition_keeps_its_page_when_a_later_one_comes(folder: Folder) -> None:
    folder.write("a", dossier(review={"date": "2020"}))
    folder.write("b", dossier(review={"date": "2022"}))
    folder.make()
    first = {one["file"]: one["page"] for one in folder.index()["reviews"][0]["editions"]}
    folder.write("c", dossier(review={"date": "2024"}))
    folder.make()
    then = {one["file"]: one["page"] for one in folder.index()["reviews"][0]["editions"]}
    assert then["a.yaml"] == first["a.yaml"]
    assert then["c.yaml"] == first["b.yaml"], "the current edition has the address of the review"


def test_pages_of_dossiers_that_are_gone_are_removed(made: Folder) -> None:
    (made.path / "b.yaml").unlink()
    made.make()
    assert not [name for name in made.state() if "edaravone" in name]
    assert [name for name in made.state() if "riluzole" in name]


def test_nothing_else_in_the_folder_is_touched(made: Folder) -> None:
    others = ("therapies/own.html", "own.html", "a/b.txt", "index.htm", ".nojekyll", "grades/x-aaaaaaaa.html", "CNAME")
    for name in others:
        (made.site / name).parent.mkdir(exist_ok=True)
        (made.site / name).write_text("mine", encoding="utf-8")
    before = {name: made.state()[name] for name in others}
    (made.path / "b.yaml").unlink()
    made.make()
    assert before.items() <= made.state().items()


@pytest.mark.parametrize("name", ["index.html", "feed.xml", "index.json", LIST])
def test_a_file_in_the_way_that_is_not_ours_is_refused_and_nothing_is_written(folder: Folder, name: str) -> None:
    folder.write("a", dossier())
    folder.site.mkdir()
    (folder.site / name).write_text("mine", encoding="utf-8")
    before = folder.state()
    result = folder.make(code=2)
    assert name in result.stderr
    assert folder.state() == before


def test_a_page_that_somebody_changed_is_neither_replaced_nor_removed(made: Folder) -> None:
    (page,) = made.site.glob("therapies/edaravone*.html")
    page.write_text("by hand", encoding="utf-8")
    made.write("b", dossier("Edaravone", review={"title": "T"}))
    assert page.name in made.make(code=2).stderr
    (made.path / "b.yaml").unlink()
    assert "kept" in made.make().stderr
    assert page.read_text(encoding="utf-8") == "by hand"


def test_no_link_is_followed_out_of_the_folder(made: Folder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    shutil.move(made.site / "therapies", outside)
    (made.site / "therapies").symlink_to(outside, target_is_directory=True)
    target = tmp_path / "precious.txt"
    target.write_text("mine", encoding="utf-8")
    before = sorted(outside.iterdir())
    made.make(code=2)
    (made.path / "b.yaml").unlink()
    made.make(code=2)
    assert sorted(outside.iterdir()) == before
    (made.site / "therapies").unlink()
    shutil.copytree(outside, made.site / "therapies")
    (made.site / "index.html").unlink()
    (made.site / "index.html").symlink_to(target)
    made.make(code=2)
    assert target.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "name",
    ["../precious.html", "/etc/passwd", "therapies/../../precious.html", "precious.txt", "a/b/c.html", ".x.html"],
)
def test_a_list_that_names_what_cannot_be_ours_removes_nothing(made: Folder, tmp_path: Path, name: str) -> None:
    content = b"mine"
    for place in (tmp_path / "precious.html", made.site / "precious.txt"):
        place.write_bytes(content)
    listed = json.loads(made.text(LIST))
    listed["files"][name] = [hashlib.sha256(content).hexdigest()]
    (made.site / LIST).write_text(json.dumps(listed), encoding="utf-8")
    made.make()
    assert (tmp_path / "precious.html").read_bytes() == content
    assert (made.site / "precious.txt").read_bytes() == content


@pytest.mark.parametrize(
    "text", ["", "[]", '{"files": {}}', '{"schema": "evgrade.site-files/1"}', "[" * 100_000, "\xff"]
)
def test_a_list_that_is_something_else_is_refused(made: Folder, text: str) -> None:
    (made.site / LIST).write_bytes(text.encode("latin-1"))
    before = made.state()
    assert LIST in made.make(code=2).stderr
    assert made.state() == before


@pytest.mark.parametrize("at", [1, 2, 4, 8])
def test_a_run_that_was_cut_off_can_be_run_again(made: Folder, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    for number in range(6):
        made.write(f"n{number}", dossier(f"Therapy {number}"))
    written: list[str] = []
    really = site._write

    def write(top: Path, name: str, content: bytes) -> None:
        if len(written) == at:
            raise KeyboardInterrupt
        written.append(name)
        really(top, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(site, "_write", write)
        made.make(code=130)
    made.make()
    assert len(made.index()["reviews"]) == 8
    (made.path / "a.yaml").unlink()
    made.make()
    assert not list(made.site.glob("therapies/riluzole*"))


def test_a_run_leaves_no_file_beside_its_own(made: Folder) -> None:
    listed = set(json.loads(made.text(LIST))["files"])
    assert set(made.state()) == {*listed, LIST}


def test_a_file_that_others_lead_to_is_there_before_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(site, "_write", lambda _top, name, _content: order.append(name))
    bring_up_to_date(str(tmp_path), [("therapies/a.html", b"a"), ("index.html", b"i")])
    assert order == [LIST, "therapies/a.html", "index.html", LIST]


def test_the_output_cannot_be_a_file(folder: Folder) -> None:
    folder.write("a", dossier())
    folder.site.write_text("mine", encoding="utf-8")
    assert "could not be written" in folder.make(code=2).stderr
    assert folder.site.read_text(encoding="utf-8") == "mine"


@pytest.mark.nightly
def test_the_same_site_comes_from_one_process_and_from_two(tmp_path: Path) -> None:
    for number in range(20):
        place = tmp_path / "many" / f"{number}.yaml"
        place.parent.mkdir(exist_ok=True)
        text = dossier(f"R{number % 15}", trials=[trial(f"t{number}", helps=number % 2 == 0)])
        place.write_text((ROOT / RILUZOLE).read_text(encoding="utf-8") if number == 10 else text)
    states = []
    for jobs in ("1", "2"):
        site = Folder(tmp_path / "many", tmp_path / jobs)
        result = run_script("site", site.path, "-o", site.site, "--as-of", AS_OF, "--jobs", jobs)
        assert result.code == 0, result.output
        states.append({name: content for name, (content, _) in site.state().items()})
    assert states[0] == states[1]


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_pages_can_be_read_by_a_web_server(folder: Folder) -> None:
    folder.write("a", dossier())
    before = os.umask(0o022)
    try:
        folder.make()
    finally:
        os.umask(before)
    assert (folder.site / "index.html").stat().st_mode & 0o777 == 0o644
