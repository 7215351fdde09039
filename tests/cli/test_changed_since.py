"""`evgrade batch --changed-since`: what changed in git, graded before and after, with nothing checked out."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evgrade.git import File, Repository
from evgrade.yamlio.source import LIMITS
from tests.crossed import first_of

from .conftest import SameAsGolden
from .hostile import everything_at_once
from .scratch import Scratch, isolate
from .support import INVALID, NALTREXONE, RILUZOLE, ROOT, VALID, Result, Run, harmful, width
from .test_markdown import ALIVE, OURS, READER, markup
from .test_schemas import accepted, objects, printed, problems, variations

pytestmark = pytest.mark.slow

LDN, RIL = ((ROOT / name).read_text(encoding="utf-8") for name in (NALTREXONE, RILUZOLE))
DEARER = LDN.replace("\n  high: 49\n", "\n  high: 149\n")
FAILED = RIL.replace("result: benefit", "result: no_benefit")
CONTRADICTS = f"{VALID}trials: [{{id: a, statement: A trial., participants: 10, completed: 20}}]\n"
NO_DOSSIER = "other: 1\n"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch.new(tmp_path / "repository")


def other(name: str) -> str:
    """Return a dossier of some therapy."""
    return VALID.replace("a therapy", name)


def since(evgrade: Run, scratch: Scratch, rev: str = "HEAD^", *args: str) -> Result:
    return evgrade("batch", "--changed-since", rev, *args, cwd=scratch.folder)


def told(evgrade: Run, scratch: Scratch, rev: str = "HEAD^", *args: str) -> Any:
    """Return the changes as data."""
    return json.loads(since(evgrade, scratch, rev, *args, "-f", "json").stdout)


def files(changes: Any) -> dict[str, str]:
    """Return what became of each file."""
    return {(change["after"] or change["before"])["file"]: change["how"] for change in changes}


# What it says


@pytest.fixture
def pull_request(scratch: Scratch) -> Scratch:
    """Make a branch with a change of every kind."""
    scratch.commit(
        worse=RIL,
        better=FAILED,
        moved=LDN,
        same=VALID,
        mended=INVALID,
        broken=other("broken"),
        gone=other("gone"),
        old=other("old"),
    )
    scratch.git("checkout", "--quiet", "-b", "changes")
    scratch.git("mv", "old.yaml", "renamed.yaml")
    scratch.commit(
        worse=FAILED,
        better=RIL,
        moved=DEARER,
        same=f"{VALID}# a comment\n",
        mended=VALID,
        broken=f"{VALID}trails: []\n",
        gone=None,
        added=other("something else"),
    )
    return scratch


def test_it_reads_as_it_was_read_last(evgrade: Run, pull_request: Scratch, same_as_golden: SameAsGolden) -> None:
    result = since(evgrade, pull_request, "main")
    assert (result.code, result.stderr) == (1, "")
    assert width(result.stdout) <= 80
    same_as_golden(result.stdout, "changes.txt")


def test_so_does_the_page(evgrade: Run, pull_request: Scratch, same_as_golden: SameAsGolden) -> None:
    result = since(evgrade, pull_request, "main", "-f", "markdown")
    assert (result.code, result.stderr) == (1, "")
    same_as_golden(result.stdout, "changes.md")


def test_so_do_lines(evgrade: Run, pull_request: Scratch, same_as_golden: SameAsGolden) -> None:
    lines = since(evgrade, pull_request, "main", "-f", "jsonl").stdout
    same_as_golden(lines, "changes.jsonl")
    assert [json.loads(line) for line in lines.splitlines()] == told(evgrade, pull_request, "main")


@pytest.mark.parametrize("columns", [40, 120])
def test_it_keeps_to_the_width(evgrade: Run, pull_request: Scratch, columns: int) -> None:
    env = {"COLUMNS": str(columns)}
    text = evgrade("batch", "--changed-since", "main", cwd=pull_request.folder, env=env).stdout
    assert width(text) <= columns


def test_the_program_is_no_other(evgrade: Run, run: Run, pull_request: Scratch) -> None:
    assert run("batch", "--changed-since", "main", cwd=pull_request.folder) == since(evgrade, pull_request, "main")


def test_harm_comes_first(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID, b=LDN, c=FAILED, d=RIL)
    scratch.commit(a=f"{VALID}#\n", b=DEARER, c=RIL, d=FAILED)
    changes = told(evgrade, scratch)
    assert list(files(changes)) == ["d.yaml", "c.yaml", "b.yaml", "a.yaml"]
    assert [change["moves"][0]["direction"] for change in changes] == ["worse", "better", "moved", "same"]


def test_it_says_what_diff_says(evgrade: Run, scratch: Scratch) -> None:
    scratch.write("old.txt", LDN)
    scratch.commit(a=LDN)
    scratch.commit(a=DEARER)
    [change] = told(evgrade, scratch)
    [move] = change["moves"]
    diff = json.loads(evgrade("diff", "old.txt", "a.yaml", "-f", "json", cwd=scratch.folder).stdout)
    assert [entry["name"] for entry in change["evidence"]] == [entry["name"] for entry in diff["evidence"]] == ["cost"]
    moved = [domain for domain in diff["domains"] if domain["moved"]]
    assert [(one["domain"], one["before"], one["after"], one["rules"], one["rests_on"]) for one in move["domains"]] == [
        (one["name"], one["before"]["grade"], one["after"]["grade"], one["rules"], one["rests_on"]) for one in moved
    ]
    for side in ("before", "after"):
        [verdict] = change[side]["verdicts"]
        assert change[side]["sha256"] == diff[side]["dossier"]["sha256"]
        assert verdict["score"]["value"] == diff[side]["score"]["value"]
        assert verdict["recommendation"]["level"] == diff[side]["recommendation"]["level"]
        assert move["recommendation"][side] == diff[side]["recommendation"]["rule"]


@pytest.mark.parametrize("rubrics", first_of([(), ("-r", "all")]))
def test_it_follows_its_schema(evgrade: Run, pull_request: Scratch, points_and_items: Path, rubrics: Any) -> None:
    pull_request.commit(same=NO_DOSSIER, moved=CONTRADICTS)
    schema = printed(evgrade, "change")
    for asked in (rubrics, ("-r", str(points_and_items))):
        changes = told(evgrade, pull_request, "main", *asked)
        assert {change["how"] for change in changes} == {"added", "removed", "renamed", "changed"}
        assert [problem for change in changes for problem in problems(schema, change)] == []


def test_the_schema_notices_what_is_not_so(evgrade: Run, pull_request: Scratch) -> None:
    schema = printed(evgrade, "change")
    for path, part in objects(schema):
        assert part["additionalProperties"] is False, path
        assert part["required"] == list(part["properties"]), path
    for change in told(evgrade, pull_request, "main"):
        assert accepted(schema, variations(change)) == []


def test_it_describes_rows_and_rules_as_other_schemas_do(evgrade: Run) -> None:
    own, row, diff = (printed(evgrade, name)["$defs"] for name in ("change", "row", "diff"))
    on_request = {"robustness", "weightings", "places", "share", "central_weight"}  # a change has none of that
    assert row.keys() - own.keys() == on_request
    assert all(own[name] == row[name] for name in row.keys() - on_request)
    assert (own["rule"], own["moved_rule"]) == (diff["rule"], diff["moved_rule"])


# Which versions


def test_what_was_done_on_the_other_branch_meanwhile_is_no_change(evgrade: Run, scratch: Scratch) -> None:
    parted = scratch.commit(a=VALID, b=VALID)
    scratch.git("checkout", "--quiet", "-b", "changes")
    head = scratch.commit(a=other("another"))
    scratch.git("checkout", "--quiet", "main")
    main = scratch.commit(b=other("another"))
    scratch.git("checkout", "--quiet", "changes")
    for rev in ("main", "main...", "main...HEAD", "main...changes"):
        [change] = told(evgrade, scratch, rev)
        assert (change["before"]["commit"], change["after"]["commit"]) == (parted, head)
    for rev in ("main..", "main..HEAD"):
        changes = told(evgrade, scratch, rev)
        assert list(files(changes)) == ["a.yaml", "b.yaml"]
        assert {change["before"]["commit"] for change in changes} == {main}
    [change] = told(evgrade, scratch, "changes...main")
    assert (change["after"]["file"], change["after"]["commit"]) == ("b.yaml", main)


def test_what_is_not_committed_is_left_out_and_told(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID, b=VALID, c=VALID)
    scratch.commit(a=other("another"))
    scratch.write("a.yaml", INVALID)
    scratch.git("mv", "c.yaml", "d.yaml")
    scratch.write("new/e.yaml", VALID)
    scratch.write("new/e.txt", "text")
    result = since(evgrade, scratch)
    assert result.code == 0
    assert "another for a condition" in result.stdout
    names = "a.yaml, c.yaml, d.yaml, new/e.yaml"
    assert result.stderr == f"evgrade: 4 YAML files with changes that are not committed, left out: {names}\n"
    assert since(evgrade, scratch, "HEAD^..HEAD", "b.yaml").stderr == ""
    assert since(evgrade, scratch, "HEAD^^..HEAD^").stderr == ""  # who names both commits asks for no other


def test_nothing_is_written(evgrade: Run, pull_request: Scratch) -> None:
    (pull_request.folder / "same.yaml").touch()  # git would refresh its index now
    before = {path: path.stat().st_mtime_ns for path in pull_request.folder.rglob("*")}
    since(evgrade, pull_request, "main")
    assert {path: path.stat().st_mtime_ns for path in pull_request.folder.rglob("*")} == before


def test_nothing_changed_is_said_and_no_error(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    result = since(evgrade, scratch, "HEAD")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith("no dossier changed since HEAD (")
    assert "no dossier changed since HEAD (" in since(evgrade, scratch, "HEAD", "-f", "markdown").stdout
    assert told(evgrade, scratch, "HEAD") == []
    assert since(evgrade, scratch, "HEAD", "-f", "jsonl").stdout == ""


# What became of a file


def test_one_that_moved_is_one_change(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=LDN)
    scratch.git("mv", "a.yaml", "b.yaml")
    scratch.commit(b=DEARER)
    [change] = told(evgrade, scratch)
    assert change["how"] == "renamed"
    assert (change["before"]["file"], change["after"]["file"]) == ("a.yaml", "b.yaml")
    assert "b.yaml, before: a.yaml" in since(evgrade, scratch).stdout


def test_one_that_only_looks_like_another_is_not_that_one(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=LDN)
    scratch.commit(a=None, b=LDN.replace("name: Low dose naltrexone", "name: Something else"))
    assert files(told(evgrade, scratch)) == {"a.yaml": "removed", "b.yaml": "added"}


def test_a_change_of_nothing_that_is_stated_is_said_to_be_so(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID, b=VALID)
    scratch.commit(a=f"# a comment\n{VALID}", b=VALID.replace("\n", "\r\n"))
    assert [change["evidence"] for change in told(evgrade, scratch)] == [[], []]
    assert since(evgrade, scratch).stdout.count("Changed: nothing that it states, only comments, layout or order") == 2


@pytest.mark.parametrize(
    ("before", "after", "fate", "code"),
    [
        (VALID, INVALID, "Invalid", 1),
        (VALID, CONTRADICTS, "Invalid", 1),
        (INVALID, f"{INVALID}#\n", "Invalid", 1),
        (None, INVALID, "Invalid", 1),
        (INVALID, VALID, "Valid again", 0),
        (CONTRADICTS, VALID, "Valid again", 0),
        (INVALID, None, "Removed", 0),
        (VALID, None, "Removed", 0),
        (VALID, NO_DOSSIER, "Removed", 0),
        (NO_DOSSIER, VALID, "New", 0),
        (None, VALID, "New", 0),
    ],
)
def test_what_cannot_be_graded_on_one_side(
    evgrade: Run, scratch: Scratch, before: str | None, after: str | None, fate: str, code: int
) -> None:
    scratch.commit(**{} if before is None else {"a": before})
    scratch.commit(a=after)
    result = since(evgrade, scratch)
    assert result.code == code
    assert re.search(rf"^ ?{fate}\n +• ", result.stdout, re.MULTILINE)
    assert f"1 {fate.lower()}.\n" in result.stdout
    page = since(evgrade, scratch, "HEAD^", "-f", "markdown")
    assert page.code == code
    assert f"1 {fate.lower()}." in page.stdout


def test_an_error_is_told_with_its_place_and_what_it_was_before(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    scratch.commit(a=f"{VALID}trails: []\n")
    text = since(evgrade, scratch).stdout
    assert "   – now: line 4: unknown key `trails`\n   – before: Nothing recorded\n" in text


def test_what_never_was_a_dossier_is_named_as_skipped(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=NO_DOSSIER)
    scratch.write("a.txt", VALID)
    scratch.write(".hidden.yaml", VALID)
    scratch.write(".github/b.yaml", VALID)
    scratch.commit(a="other: 2\n")
    result = since(evgrade, scratch)
    assert (result.code, result.stderr) == (0, "a.yaml: skipped: no `dossier:` header\n")
    assert since(evgrade, scratch, "HEAD^", "-q").stderr == ""
    assert "no dossier changed" in result.stdout


def test_who_names_a_file_wants_it(evgrade: Run, scratch: Scratch) -> None:
    scratch.write("a.txt", VALID)
    scratch.write(".github/b.yaml", VALID)
    scratch.commit(c=NO_DOSSIER)
    assert files(told(evgrade, scratch, "HEAD^", "a.txt", ".github")) == {"a.txt": "added", ".github/b.yaml": "added"}
    result = since(evgrade, scratch, "HEAD^", "c.yaml")
    assert result.code == 1
    assert "this is not a dossier" in result.stdout


def test_links_and_submodules_are_not_read(evgrade: Run, scratch: Scratch, tmp_path: Path) -> None:
    inner = Scratch.new(tmp_path / "inner")
    inner.commit(a=VALID)
    scratch.commit(a=VALID, b=VALID)
    (scratch.folder / "a.yaml").unlink()
    (scratch.folder / "a.yaml").symlink_to("b.yaml")
    scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.folder, "sub.yaml")
    scratch.commit()
    result = since(evgrade, scratch)
    assert "now: a link" in result.stdout
    assert result.stderr == "sub.yaml: skipped: a submodule\n"


# Where


def test_only_what_is_below_the_paths(evgrade: Run, scratch: Scratch) -> None:
    for name in ("a/1.yaml", "b/1.yaml", "b/2.yaml", "c.yaml"):
        scratch.write(name, other(name))
    scratch.commit()
    assert list(files(told(evgrade, scratch))) == ["a/1.yaml", "b/1.yaml", "b/2.yaml", "c.yaml"]
    assert list(files(told(evgrade, scratch, "HEAD^", "b", "c.yaml"))) == ["b/1.yaml", "b/2.yaml", "c.yaml"]
    assert list(files(told(evgrade, scratch, "HEAD^", str(scratch.folder / "a")))) == ["a/1.yaml"]


def test_files_are_named_from_where_it_runs(evgrade: Run, scratch: Scratch) -> None:
    for name in ("a/1.yaml", "b/1.yaml"):
        scratch.write(name, VALID)
    scratch.commit()
    inside = Scratch(scratch.folder / "a")
    assert list(files(told(evgrade, inside))) == ["1.yaml"]
    assert list(files(told(evgrade, inside, "HEAD^", "..", "."))) == ["../b/1.yaml", "1.yaml"]


def test_a_path_that_is_gone_is_one_and_one_that_never_was_is_not(
    evgrade: Run, scratch: Scratch, tmp_path: Path
) -> None:
    scratch.commit(a=VALID)
    scratch.commit(a=None)
    scratch.write("untracked/b.yaml", VALID)
    assert files(told(evgrade, scratch, "HEAD^", "a.yaml")) == {"a.yaml": "removed"}
    for path in ("typo", "untracked", "*.yaml", ":(top)", "..", str(tmp_path), "-"):
        result = since(evgrade, scratch, "HEAD^", path)
        assert (result.code, result.stdout) == (2, ""), path


NAMES = ["a\nb.yaml", "a\x1b[2J.yaml", 'a"b\\t.yaml', "*.yaml", "-o.yaml", ":(top)x.yaml", "ä.yaml", "a b.yaml"]


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="no such names there")
def test_any_name_is_a_name(evgrade: Run, run: Run, scratch: Scratch) -> None:
    for name in NAMES:
        scratch.write(name, VALID)
    (scratch.folder / os.fsdecode(b"\xff.yaml")).write_text(VALID)
    scratch.commit()
    assert set(files(told(evgrade, scratch))) == {*NAMES, "\udcff.yaml"}
    for name in NAMES:
        assert list(files(told(evgrade, scratch, "HEAD^", f"./{name}"))) == [name]
    for form in ("table", "markdown", "json"):
        assert harmful(run("batch", "--changed-since", "HEAD^", "-f", form, cwd=scratch.folder).output) == []


# Revisions


@pytest.mark.parametrize(
    "rev",
    [
        "nope",
        "--output=pwned",
        "-h",
        "^HEAD",
        "HEAD^@",
        "HEAD:a.yaml",
        "HEAD\n",
        "\x1b[2J",
        "nope..",
        "HEAD..nope",
        "*",
    ],
)
def test_a_revision_that_is_none_is_told(evgrade: Run, scratch: Scratch, rev: str) -> None:
    scratch.commit(a=VALID)
    result = evgrade("batch", f"--changed-since={rev}", cwd=scratch.folder)
    assert (result.code, result.stdout) == (2, "")
    assert "there is no commit" in result.stderr
    assert harmful(result.stderr) == []
    assert sorted(path.name for path in scratch.folder.iterdir()) == [".git", "a.yaml"]


@pytest.mark.parametrize("rev", ["", "..", "..HEAD", "...HEAD"])
def test_a_revision_that_was_left_empty_is_told(evgrade: Run, scratch: Scratch, rev: str) -> None:
    """A script whose variable is not set would see nothing change, for ever."""
    result = since(evgrade, scratch, rev)
    assert (result.code, result.stdout) == (2, "")
    assert "is not a revision to compare with" in result.stderr


def test_commits_that_have_none_in_common_are_told(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    scratch.git("checkout", "--quiet", "--orphan", "other")
    scratch.commit(a=other("another"))
    result = since(evgrade, scratch, "main")
    assert (result.code, result.stdout) == (2, "")
    assert "no commit in common" in result.stderr
    assert files(told(evgrade, scratch, "main..")) == {"a.yaml": "changed"}


def test_a_clone_without_its_history_is_told_how_to_get_it(evgrade: Run, scratch: Scratch, tmp_path: Path) -> None:
    scratch.commit(a=VALID)
    scratch.git("clone", "--quiet", "--depth=1", scratch.folder.as_uri(), tmp_path / "clone")
    result = since(evgrade, Scratch(tmp_path / "clone"))
    assert (result.code, result.stdout) == (2, "")
    assert "git fetch --unshallow" in result.stderr


# Git itself


def test_where_there_is_no_work_tree(evgrade: Run, scratch: Scratch, tmp_path: Path) -> None:
    scratch.git("clone", "--quiet", "--bare", scratch.folder, tmp_path / "bare")
    (tmp_path / "none").mkdir()
    for folder, reason in (("none", "not a git repository"), ("bare", "cannot use bare repository")):
        result = since(evgrade, Scratch(tmp_path / folder), "HEAD")
        assert (result.code, result.stdout) == (2, "")
        assert reason in result.stderr


def test_where_git_is_not_installed(evgrade: Run, scratch: Scratch) -> None:
    result = evgrade("batch", "--changed-since", "HEAD", cwd=scratch.folder, env={"PATH": str(scratch.folder)})
    assert (result.code, result.stdout) == (2, "")
    assert "git is not installed" in result.stderr


def test_a_partial_clone_is_not_filled_from_the_network(evgrade: Run, scratch: Scratch, tmp_path: Path) -> None:
    scratch.commit(a=VALID)
    scratch.commit(a=other("another"))
    scratch.git("config", "uploadpack.allowFilter", "true")
    clone = Scratch(tmp_path / "clone")
    scratch.git("clone", "--quiet", "--filter=blob:none", scratch.folder.as_uri(), clone.folder)
    packs = sorted(clone.folder.rglob("*.pack"))
    result = since(evgrade, clone)
    assert (result.code, result.stdout) == (2, "")
    assert "git could not read a.yaml" in result.stderr
    assert sorted(clone.folder.rglob("*.pack")) == packs


@pytest.mark.parametrize(
    "env",
    [
        {"GIT_GLOB_PATHSPECS": "1"},
        {"GIT_ICASE_PATHSPECS": "1", "GIT_NOGLOB_PATHSPECS": "1"},
        {"GIT_EXTERNAL_DIFF": "false", "GIT_PAGER": "false", "GIT_TRACE": "1", "LC_ALL": "de_DE.UTF-8"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "diff.renames", "GIT_CONFIG_VALUE_0": "false"},
    ],
)
def test_settings_of_git_change_nothing(evgrade: Run, scratch: Scratch, env: Mapping[str, str]) -> None:
    scratch.commit(a=LDN)
    scratch.git("mv", "a.yaml", "b.yaml")
    scratch.commit()
    usual = since(evgrade, scratch)
    assert "b.yaml, before: a.yaml" in usual.stdout
    assert evgrade("batch", "--changed-since", "HEAD^", cwd=scratch.folder, env=env) == usual


def test_in_a_hook_git_says_where_the_repository_is(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    env = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index"}
    result = evgrade("batch", "--changed-since", "HEAD^", cwd=scratch.folder, env=env)
    assert result == since(evgrade, scratch)


def test_a_huge_file_is_not_held_in_memory_and_the_next_is_read(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=VALID + "# comment\n" * (LIMITS.bytes // 5), b=VALID)
    first, second = told(evgrade, scratch)
    assert (first["after"]["file"], first["after"]["status"]) == ("b.yaml", "graded")
    assert (second["after"]["status"], second["after"]["sha256"]) == ("invalid", None)
    assert second["after"]["problem"]["code"] == "yaml-too-large"
    name = scratch.git("rev-parse", "HEAD:a.yaml")
    with Repository(str(scratch.folder), "", str(scratch.folder / ".git")).contents() as contents:
        for _ in range(2):
            assert len(contents.read(File("a.yaml", "100644", name))) == LIMITS.bytes + 1


# Rubrics, formats, options


def test_each_rubric_has_a_section(evgrade: Run, scratch: Scratch) -> None:
    scratch.commit(a=RIL, b=VALID)
    scratch.commit(a=FAILED, b=INVALID)
    rubrics = ("-r", "evgrade-default", "-r", "ocebm-2011")
    text = since(evgrade, scratch, "HEAD^", *rubrics).stdout
    assert "(evgrade-default 2.0)\n 1 worse, 1 invalid.\n" in text
    assert "(ocebm-2011 1.0)\n 1 " in text
    assert text.count("Riluzole for Amyotrophic") == 2
    assert text.count("\nInvalid\n") == 1
    assert "before: graded (ocebm-2011)" in text
    worse, invalid = told(evgrade, scratch, "HEAD^", *rubrics)
    assert [move["rubric"] for move in worse["moves"]] == ["evgrade-default", "ocebm-2011"]
    assert (worse["moves"][1]["recommendation"], invalid["moves"]) == (None, [])


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("benefit", "no_benefit", "worse"),
        ("no_benefit", "benefit", "better"),
        ("no_benefit", "unclear", "moved"),  # what could not be judged is neither better nor worse
    ],
)
def test_without_a_recommendation_the_grades_say_it(
    evgrade: Run, scratch: Scratch, before: str, after: str, direction: str
) -> None:
    (scratch.folder / "rubric.txt").write_text(ONE_DOMAIN)
    trial = f"{VALID}trials: [{{id: a, statement: A trial., result: %s}}]\n"
    scratch.commit(a=trial % before)
    scratch.commit(a=trial % after)
    [change] = told(evgrade, scratch, "HEAD^", "-r", "./rubric.txt")
    assert change["moves"][0]["direction"] == direction


ONE_DOMAIN = """\
rubric: 1
name: one-domain
title: One domain
version: "1"
status: own
source: a test
description: Counts nothing but trials.
scales:
  answer:
    grades: [{grade: helped, means: it did}, {grade: failed, means: it did not}]
    unjudged: {grade: none, means: nobody knows}
domains:
  trials:
    title: Trials
    question: Did it help?
    scale: answer
    ladder:
      - {grade: helped, name: a-benefit, means: It helped., when: {any: trials, where: {result: benefit}}}
      - {grade: failed, name: no-benefit, means: It did not., when: {any: trials, where: {result: no_benefit}}}
      - {grade: none, name: unknown, means: Nobody knows., otherwise: true}
"""


def test_several_outputs_at_once(evgrade: Run, pull_request: Scratch, tmp_path: Path) -> None:
    forms = ("table", "markdown", "json", "jsonl")
    outputs = [part for form in forms for part in ("-o", f"{form}={tmp_path / form}")]
    since(evgrade, pull_request, "main", *outputs)
    for form in forms:
        assert (tmp_path / form).read_text("utf-8") == since(evgrade, pull_request, "main", "-f", form).stdout
    result = since(evgrade, pull_request, "main", "-o", str(pull_request.folder / "same.yaml"))
    assert (result.code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    "options",
    [
        ("--sort", "score"),
        ("--where", "score>=1"),
        ("--condition", "ALS"),
        ("--min-score", "0"),
        ("--group-by", "condition"),
        ("--limit", "1"),
        ("--jobs", "2"),
        ("--progress",),
        ("--color",),
        ("--format", "csv"),
        ("--output", "parquet=x"),
    ],
)
def test_an_option_that_means_nothing_here_is_refused(evgrade: Run, scratch: Scratch, options: tuple[str, ...]) -> None:
    result = since(evgrade, scratch, "HEAD", *options)
    assert (result.code, result.stdout) == (2, "")
    assert "--changed-since" in result.stderr
    assert options[0] in result.stderr or options[-1].partition("=")[0] in result.stderr


def test_one_that_is_met_is_not(evgrade: Run, scratch: Scratch) -> None:
    assert since(evgrade, scratch, "HEAD", "--no-progress", "--no-color", "-q").code == 0


def test_without_it_a_path_is_needed(evgrade: Run) -> None:
    assert evgrade("batch").code == 2


# Hostile texts


def test_whatever_a_dossier_says_is_only_shown(evgrade: Run, scratch: Scratch) -> None:
    everything = everything_at_once()
    hostile = f"dossier: 1\ntherapy: {{name: {everything}}}\ncondition: {{name: {everything}}}\n"
    scratch.commit(a=VALID, b=hostile, c=hostile, d=hostile)
    scratch.commit(a=hostile, b=f"{hostile}{everything}: 1\n", c=f"{hostile}x-a: {everything}\n", d=None)
    scratch.git("branch", "@octocat-$x")
    for rev in ("HEAD^", "HEAD^..@octocat-$x"):
        for form in ("table", "markdown", "json"):
            result = since(evgrade, scratch, rev, "-f", form)
            assert result.code == 1
            assert harmful(result.output) == []
        page = since(evgrade, scratch, rev, "-f", "markdown").stdout
        assert markup(page) <= OURS
        assert not ALIVE.search(READER.render(page).replace("<sub>", ""))
        assert "$" not in page


def test_the_repository_may_be_deleted_meanwhile(evgrade: Run, scratch: Scratch) -> None:
    shutil.rmtree(scratch.folder / ".git" / "objects")
    result = since(evgrade, scratch)
    assert (result.code, result.stdout) == (2, "")
