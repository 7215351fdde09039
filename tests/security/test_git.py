"""A repository that somebody else wrote: whatever program it names, nothing runs it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evgrade import git
from evgrade.git import GitError, Repository
from tests.cli.scratch import Scratch, isolate
from tests.cli.support import VALID, Result, run_here

pytestmark = pytest.mark.slow

PROGRAMS = Path(__file__).with_name("programs.txt").read_text(encoding="utf-8").split()
"""The settings of git whose value is a program, or a path to one; `evil` is any name."""

OTHERS = """\
[core]
  hooksPath = {hooks}
  untrackedCache = true
[extensions]
  partialClone = origin
[remote "origin"]
  url = {url}
  promisor = true
  partialclonefilter = blob:none
[merge]
  tool = evil
  guitool = evil
[diff]
  tool = evil
  guitool = evil
  renames = copies
[log]
  showSignature = true
[gpg]
  format = ssh
[web]
  browser = evil
[protocol]
  allow = always
"""
"""What makes git need them."""

HOOKS = Path(__file__).with_name("hooks.txt").read_text(encoding="utf-8").split()
"""The programs that git runs by their name."""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch)


class Hostile(Scratch):
    """A repository with two commits, every setting that names a program, and every hook."""

    @property
    def programs(self) -> Path:
        """The folder of the programs, outside of the repository."""
        return self.folder.parent / "programs"

    @property
    def ran(self) -> list[str]:
        """What has been run."""
        return sorted(path.name.removeprefix("RAN.") for path in self.programs.glob("RAN.*"))

    def program(self, name: str) -> Path:
        """Return a program that leaves a file beside it, and answers with failure."""
        path = self.programs / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{self.programs}/RAN.{name}'\nexit 1\n")
        path.chmod(0o755)
        return path

    def settings(self, url: str) -> str:
        """Return the settings as a file of git holds them."""
        for hook in HOOKS:
            self.program(hook)
        lines = [OTHERS.format(hooks=self.programs, url=url)]
        for key in PROGRAMS:
            section, _, name = key.rpartition(".")
            head, _, sub = section.partition(".")
            bang = "!" if head in ("alias", "credential", "submodule") else ""
            lines.append(f'[{head} "{sub}"]' if sub else f"[{head}]")
            lines.append(f'  {name} = "{bang}{self.program(key)}"')
        return "\n".join(lines) + "\n"


def hostile(folder: Path) -> Hostile:
    Hostile.new(folder)
    made = Hostile(folder)
    made.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    made.commit(a=VALID, b=VALID, c=VALID)
    made.commit(a=f"{VALID}# another\n")
    made.write("b.yaml", f"{VALID}# not committed\n")
    (folder / "c.yaml").touch()  # git would look into it to find out whether it changed
    return made


def since(folder: Path, *paths: str) -> Result:
    return run_here("batch", "--changed-since", "HEAD^", *paths, cwd=folder)


def with_fsmonitor(scratch: Scratch) -> None:
    """Let the index say that something watches the work tree, so that git asks it."""
    scratch.git("-c", "core.fsmonitor=true", "update-index", "--fsmonitor")


def in_config(scratch: Scratch, settings: str) -> None:
    with (scratch.folder / ".git" / "config").open("a") as file:
        file.write(settings)


def in_another_file(scratch: Scratch, settings: str) -> None:
    (scratch.folder / ".git" / "more").write_text(settings)
    in_config(scratch, "[include]\n  path = more\n")


def of_the_work_tree(scratch: Scratch, settings: str) -> None:
    (scratch.folder / ".git" / "config.worktree").write_text(settings)
    in_config(scratch, "[extensions]\n  worktreeConfig = true\n")


PLACES = [in_config, in_another_file, of_the_work_tree]


@pytest.mark.parametrize("put", PLACES)
@pytest.mark.parametrize("url", ["/no/such/place", "https://example.invalid/x", "ssh://example.invalid/x", "ext::x %s"])
def test_no_program_that_a_repository_names_is_run(
    tmp_path: Path, put: Callable[[Scratch, str], None], url: str
) -> None:
    made = hostile(tmp_path / "repository")
    with_fsmonitor(made)
    put(made, made.settings(url))
    result = since(made.folder)
    assert result.code == 0
    assert "1 dossier changed since HEAD^" in result.stdout
    assert result.stderr.endswith("1 YAML file with changes that are not committed, left out: b.yaml\n")
    assert made.ran == []


@pytest.mark.parametrize("put", PLACES)
def test_git_itself_would_run_some(tmp_path: Path, put: Callable[[Scratch, str], None]) -> None:
    """So the repository is hostile indeed."""
    made = hostile(tmp_path / "repository")
    with_fsmonitor(made)
    put(made, made.settings("/no/such/place"))
    for command in ("status", "diff", "fetch"):
        subprocess.run(["git", command], cwd=made.folder, capture_output=True, check=False)
    assert {"core.fsmonitor", "filter.evil.process", "remote.origin.uploadpack"} <= set(made.ran)


@pytest.mark.parametrize("url", ["/no/such/place", "https://example.invalid/x", "ssh://example.invalid/x", "ext::x %s"])
def test_what_a_partial_clone_lacks_is_asked_of_nobody(tmp_path: Path, url: str) -> None:
    made = hostile(tmp_path / "repository")
    blob = made.git("rev-parse", "HEAD:a.yaml")
    (made.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    in_config(made, made.settings(url))
    result = since(made.folder)
    assert (result.code, result.stdout) == (2, "")
    assert "git could not read a.yaml" in result.stderr
    assert made.ran == []


def test_a_helper_of_any_other_protocol_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hostile(tmp_path / "repository")
    blob = made.git("rev-parse", "HEAD:a.yaml")
    (made.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    made.program("git-remote-evil")
    monkeypatch.setenv("PATH", f"{made.programs}{os.pathsep}{os.environ['PATH']}")
    in_config(made, OTHERS.format(hooks=made.programs, url="evil::x") + '[remote "origin"]\n  vcs = evil\n')
    assert since(made.folder).code == 2
    assert made.ran == []


@pytest.mark.parametrize("is_bare", ["true", "false"])
def test_a_repository_inside_of_a_clone_is_none(tmp_path: Path, is_bare: str) -> None:
    """A clone can hold a folder that git takes for a repository, with settings that nobody has to copy."""
    made = hostile(tmp_path / "repository")
    inner = made.folder / "inner"
    made.git("clone", "--quiet", "--bare", made.folder, inner)
    (inner / "config").write_text(f"[core]\n  repositoryformatversion = 0\n  bare = {is_bare}\n  worktree = ..\n")
    with (inner / "config").open("a") as file:
        file.write(made.settings("/no/such/place"))
    with_fsmonitor(made)
    (inner / "index").write_bytes((made.folder / ".git" / "index").read_bytes())
    for folder in (inner, inner / "refs"):
        result = since(folder)
        assert (result.code, result.stdout) == (2, "")
        assert "cannot use bare repository" in result.stderr
    assert since(made.folder).code == 0
    assert made.ran == []


def test_every_setting_that_names_a_program_is_tried() -> None:
    """Git lists its settings; those that name one end like this."""
    told = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout
    ends = "command|cmd|program|helper|askpass|editor|pager|hook|fsmonitor|textconv|clean|smudge|process|driver|vcs"
    names = re.findall(rf"^\S+\.(?:{ends}|gitproxy|external|uploadpack|receivepack|diffFilter)$", told, re.I | re.M)
    assert len(names) > 20
    tried = {re.sub(r"\.(evil|origin|sub|cat-file|openpgp)\.", ".*.", key).lower() for key in PROGRAMS}
    none = {
        "gitcvs.dbdriver",
        "color.pager",
        "column.clean",
        "remote.*.vcs",
    }  # no programs, but for the last: see below
    assert {re.sub(r"\.<\w+>\.", ".*.", name).lower() for name in names} - tried - none == set()


def test_git_is_not_looked_for_where_evgrade_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hostile(tmp_path / "repository")
    program = made.program("git").rename(made.folder / "git")
    program.write_text(program.read_text())
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", os.environ["PATH"]]))
    assert since(made.folder).code == 0
    monkeypatch.setenv("PATH", os.pathsep.join(["", "."]))
    assert "git is not installed" in since(made.folder).stderr
    assert made.ran == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("name", ["HEAD", "config"])
def test_a_repository_that_never_answers_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made = hostile(tmp_path / "repository")
    (made.folder / ".git" / name).unlink()
    os.mkfifo(made.folder / ".git" / name)
    monkeypatch.setattr(git, "_FIRST_SECONDS", 0.5)
    result = since(made.folder)
    assert (result.code, result.stdout) == (2, "")
    assert "did not end within" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_what_is_in_the_work_tree_is_not_opened_by_git(tmp_path: Path) -> None:
    made = hostile(tmp_path / "repository")
    made.git("mv", "c.yaml", "d.yaml")
    made.commit(d=f"{VALID}# nearly the same\n")
    (made.folder / ".gitattributes").unlink()
    for name in (".gitattributes", "c.yaml"):
        os.mkfifo(made.folder / name)
    assert since(made.folder).code == 0


# What is not committed


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch.new(tmp_path / "repository")


def test_line_ends_of_another_system_are_no_change(scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    scratch.commit(a=f"{VALID}#\n", b=VALID)
    scratch.write("a.yaml", f"{VALID}#\n".replace("\n", "\r\n"))
    assert since(scratch.folder).stderr == ""


def test_what_a_sparse_checkout_leaves_out_is_no_change(scratch: Scratch) -> None:
    for name in ("a/1.yaml", "b/2.yaml"):
        scratch.write(name, VALID)
    scratch.commit()
    scratch.git("sparse-checkout", "set", "a")
    assert not (scratch.folder / "b").exists()
    assert since(scratch.folder, "b/2.yaml").stderr == ""
    (scratch.folder / "a" / "1.yaml").unlink()
    assert "not committed, left out: a/1.yaml" in since(scratch.folder).stderr


def test_a_file_that_became_something_else_is_a_change(scratch: Scratch) -> None:
    scratch.commit(a=VALID, b=VALID)
    for name in ("a.yaml", "b.yaml"):
        (scratch.folder / name).unlink()
    (scratch.folder / "a.yaml").symlink_to("elsewhere")
    (scratch.folder / "b.yaml").mkdir()
    assert since(scratch.folder).stderr.endswith("left out: a.yaml, b.yaml\n")


def test_what_git_ignores_is_no_change_unless_it_was_committed(scratch: Scratch) -> None:
    scratch.commit(a=VALID)
    scratch.write(".gitignore", "a.yaml\nb.yaml\n")
    scratch.write("a.yaml", f"{VALID}#\n")
    scratch.write("b.yaml", VALID)
    assert since(scratch.folder).stderr.endswith("left out: a.yaml\n")


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_contents_are_known_by_the_names_that_git_gives_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", form)
    scratch = Scratch.new(tmp_path / form)
    scratch.commit(a=VALID)
    assert since(scratch.folder).stderr == ""
    scratch.write("a.yaml", f"{VALID}#\n")
    assert since(scratch.folder).stderr.endswith("left out: a.yaml\n")


def test_a_linked_work_tree_has_its_own(scratch: Scratch, tmp_path: Path) -> None:
    scratch.commit(a=VALID)
    scratch.git("worktree", "add", "--quiet", "--detach", tmp_path / "linked", "HEAD")
    linked = Scratch(tmp_path / "linked")
    linked.commit(a=f"{VALID}#\n")
    linked.write("c.yaml", VALID)
    result = since(linked.folder)
    assert "1 dossier changed" in result.stdout
    assert result.stderr.endswith("left out: c.yaml\n")


def test_it_is_the_same_in_a_hook(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    """There git says where the repository is, and that paths begin in the current folder."""
    scratch.commit(a=VALID)
    scratch.commit(a=f"{VALID}#\n")
    for name, value in {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": ""}.items():
        monkeypatch.setenv(name, value)
    result = since(scratch.folder)
    assert (result.code, result.stderr) == (0, "")


def test_a_git_that_cannot_be_started_is_told(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scratch.folder)
    (scratch.folder / "gone").mkdir()
    repository = Repository(str(scratch.folder), "", str(scratch.folder / "nowhere"))
    with pytest.raises(GitError, match="could not be run"):
        repository.has("HEAD", "a.yaml")
