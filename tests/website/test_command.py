"""`evgrade site`: what is published, what is not and how that is said, and that the work grows with the folder."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from evgrade.report import html
from evgrade.site import making
from tests.cli.support import EXAMPLES, INVALID, ROOT, Run
from tests.cli.test_schemas import accepted, printed, problems, variations
from tests.crossed import crossed
from tests.report.reading import Page

from .conftest import BY_THREE
from .making import Folder, dossier, trial

pytestmark = pytest.mark.slow

CONTRADICTS = dossier("Wrong", trials=[{"id": "a", "statement": "A trial.", "participants": 10, "completed": 20}])


# What is published


def test_a_dossier_with_errors_is_not_published_and_does_not_stop_the_others(folder: Folder) -> None:
    folder.write("a", dossier())
    folder.write("b", INVALID)
    folder.write("c", CONTRADICTS)
    folder.write("d", "dossier: 1\ntherapy: [")
    folder.write("e", "other: 1\n")
    said = folder.make(code=1).stderr
    for name in "bcd":
        assert f"{name}.yaml is not published:" in said
        assert re.search(rf"{name}\.yaml:\d+:\d+: error: .* \[[a-z-]+\]", said)
    assert "e.yaml" not in said
    assert "1 review published from 1 dossier" in said
    assert [one["therapy"] for one in folder.index()["reviews"]] == ["Riluzole"]


def test_of_many_errors_the_first_are_told_and_the_rest_counted(folder: Folder) -> None:
    folder.write("a", dossier(trials=[{"id": f"t{number}"} for number in range(9)]))
    said = folder.make(code=1).stderr
    assert said.count(": error: ") == 3
    assert "and 6 more errors; evgrade validate" in said


def test_a_file_that_is_too_large_is_told(folder: Folder) -> None:
    folder.write("a", dossier())
    folder.write("b", f"dossier: 1\n#{'x' * 9_000_000}")
    assert "b.yaml is not published:" in folder.make(code=1).stderr


def test_a_folder_without_dossiers_is_nothing_to_publish(folder: Folder) -> None:
    folder.write("a", "other: 1\n")
    assert "no dossier was found" in folder.make(code=3).stderr
    assert not folder.site.exists()


def test_a_file_is_no_folder(evgrade: Run, folder: Folder) -> None:
    place = folder.write("a", dossier())
    for path in (place, folder.path / "nothing"):
        result = evgrade("site", path, "--output", folder.site)
        assert result.code == 2
        assert "is not a folder" in result.stderr
        assert "evgrade report" in result.stderr


def test_the_output_has_to_be_named(evgrade: Run, folder: Folder) -> None:
    assert evgrade("site", folder.path).code == 2


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_leaves_out_the_summary_alone(folder: Folder, *, quiet: bool) -> None:
    folder.write("a", dossier())
    folder.write("b", INVALID)
    said = folder.make(*(["--quiet"] if quiet else []), code=1).stderr
    assert ("published from" in said) != quiet
    assert "b.yaml is not published" in said


# Systems


def test_the_first_rubric_ranks_and_every_one_has_its_pages(folder: Folder) -> None:
    folder.write("a", dossier("Helps", trials=[trial("t", helps=True)]))
    folder.write("b", dossier("Harms", trials=[trial("t", helps=False)]))
    folder.make("-r", "grade", "-r", "evgrade-default")
    index = folder.index()
    assert [one["name"] for one in index["rubrics"]] == ["grade", "evgrade-default"]
    assert [one["rubric"]["name"] for one in index["reviews"][0]["editions"][0]["verdicts"]] == [
        "grade",
        "evgrade-default",
    ]
    assert "ranked by GRADE" in Page(folder.text("index.html")).said
    said = Page(folder.text("reading.html")).said
    assert "GRADE certainty" in said
    assert "evgrade's own rubric" in said


@pytest.mark.parametrize("rubric", ["ocebm-2011", "grade"])
def test_a_rubric_without_score_has_no_column_for_it(folder: Folder, rubric: str) -> None:
    folder.write("a", dossier())
    folder.make("-r", rubric)
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)<', folder.text("index.html"))
    assert "Evidence points" not in heads
    folder.make("-r", "evgrade-default")
    assert "Evidence points" in folder.text("index.html")


def test_all_shipped_rubrics_can_be_used_together(folder: Folder) -> None:
    folder.write("a", dossier(trials=[trial("t", helps=True)]))
    folder.make("-r", "all")
    assert len(folder.index()["rubrics"]) == len(list((ROOT / "rubrics").glob("*.yaml")))


# Pages of grades


def test_a_page_of_a_grade_has_all_that_hold_it_and_apart_those_that_still_could(folder: Folder) -> None:
    folder.write("a", dossier("Helps", trials=[trial("t", helps=True)], review={"conclusion": "It helps."}))
    folder.write("b", dossier("Open"))
    folder.make()
    (domain,) = (one for one in folder.index()["rubrics"][0]["domains"] if one["name"] == "trials")
    pages = {one["grade"]: Page(folder.text(one["page"])).said for one in domain["grades"]}
    held, _, possible = pages["B"].partition("still possible")
    assert "Moderate support." in held
    assert "Therapies with this grade 1" in held
    assert "Helps" in held
    assert "It helps." in held
    assert "Open" not in held.partition("Therapies with this grade")[2]
    assert "Open" in possible
    assert "No therapy has it." in pages["F"]


def test_every_grade_of_the_index_leads_to_a_page_that_lists_the_therapy(examples: Folder) -> None:
    pages = {
        (domain["name"], grade["grade"]): Page(examples.text(grade["page"])).said.partition("still possible")
        for domain in examples.index()["rubrics"][0]["domains"]
        for grade in domain["grades"]
    }
    for review in examples.index()["reviews"]:
        for given in review["editions"][0]["verdicts"][0]["grades"]:
            assert review["therapy"] in pages[given["domain"], given["grade"]][0]
            for other in given["possible"]:
                if other != given["grade"]:
                    assert review["therapy"] in pages[given["domain"], other][2]


def test_a_conclusion_is_cut_at_a_word(folder: Folder) -> None:
    folder.write("a", dossier(review={"conclusion": "word " * 200}))
    folder.make()
    (review,) = folder.index()["reviews"]
    assert review["conclusion"].endswith("word …")
    assert len(review["conclusion"]) <= 302


# index.json


def test_what_programs_read_follows_its_schema(evgrade: Run, hostile: Folder, examples: Folder) -> None:
    schema = printed(evgrade, "site")
    hostile.make("-r", "all")
    assert problems(schema, hostile.index()) == []
    assert problems(schema, examples.index()) == []


def test_the_schema_notices_what_is_not_so(evgrade: Run, folder: Folder) -> None:
    schema = printed(evgrade, "site")
    folder.write("a", dossier(review={"date": "2020"}, trials=[trial("t", helps=True)]))
    folder.make()
    assert accepted(schema, variations(folder.index())) == []


def test_its_grades_are_those_of_batch(evgrade: Run, examples: Folder) -> None:
    result = evgrade("batch", EXAMPLES, *BY_THREE[:6], "-f", "json", "-q", "--no-cache")
    rows = {Path(row["file"]).relative_to(EXAMPLES).as_posix(): row for row in json.loads(result.stdout)}
    found = {one["file"]: one for review in examples.index()["reviews"] for one in review["editions"]}
    assert found.keys() == rows.keys()
    for name, edition in found.items():
        assert edition["verdicts"] == rows[name]["verdicts"]
        assert edition["sha256"] == rows[name]["sha256"]


# Templates


def test_a_template_of_ones_own_replaces_a_page_or_a_part_of_the_report(folder: Folder, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "site-nav.html").write_text("<p>{{ site.title }} by us</p>\n", encoding="utf-8")
    (own / "plain.html").write_text("<p>Plainly {{ view.therapy }}</p>\n", encoding="utf-8")
    folder.write("a", dossier())
    folder.make("--template", own, "--title", "<Ours>")
    for path in folder.pages():
        assert "<Ours> by us" in Page(path.read_text(encoding="utf-8")).said
    assert "Plainly Riluzole" in Page(folder.page("Riluzole")).said


@crossed(
    ("name", "wrong"),
    ["plain.html", "site-due.html", "site-editions.html", "site-therapy.html"],
    ["{% if %}", "{{ nothing.at_all }}", "{{ ''.__class__.__mro__ }}"],
)
def test_a_template_that_cannot_be_used_is_told_and_nothing_is_written(
    folder: Folder, tmp_path: Path, name: str, wrong: str
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / name).write_text(wrong, encoding="utf-8")
    folder.write("a", dossier())
    assert folder.make("--template", own, code=2).stderr.startswith("evgrade: ")
    assert not folder.site.exists()


# Retractions


def test_sources_are_looked_up_and_due_dates_checked_as_in_a_report(folder: Folder) -> None:
    folder.write("a", dossier(review={"next_review": "2020-01"}))
    folder.make()
    assert "the next review was due by 2020-01" in Page(folder.page("Riluzole")).said


# Growth


def test_work_grows_with_the_number_of_dossiers_and_no_faster(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted and not timed: each dossier is read and graded once for its page, and once to be compared."""
    calls: Counter[str] = Counter()

    def counted(where: Any, name: str) -> None:
        really = getattr(where, name)

        def call(*args: Any, **more: Any) -> Any:
            calls[name] += 1
            return really(*args, **more)

        monkeypatch.setattr(where, name, call)

    for name in ("check_contents", "graded_view", "compared"):
        counted(making, name)
    counted(html, "_cleaned")
    html._environment.cache_clear()
    counts = []
    for total in (10, 20, 40):
        for number in range(total):
            folder.write(f"{number:03}", dossier(f"Therapy {number // 2}", review={"date": str(2000 + number % 2)}))
        calls.clear()
        folder.make()
        counts.append(dict(calls))
    html._environment.cache_clear()
    for total, found in zip((10, 20, 40), counts, strict=True):
        assert found["graded_view"] == total
        assert found["compared"] == total // 2
        assert found["check_contents"] == 2 * total
    growing = [later["_cleaned"] - earlier["_cleaned"] for earlier, later in pairwise(counts)]
    assert growing[1] == pytest.approx(2 * growing[0], rel=0.1)


def test_editions_of_one_review_are_each_read_once_to_be_compared(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[str] = Counter()
    really = making._loaded

    def loaded(source: Any, settings: Any) -> Any:
        read[Path(source.path).name] += 1
        return really(source, settings)

    monkeypatch.setattr(making, "_loaded", loaded)
    for number in range(6):
        folder.write(str(number), dossier(review={"date": str(2000 + number)}))
    folder.make()
    assert set(read.values()) == {2}, "once for its page, once to be compared"
