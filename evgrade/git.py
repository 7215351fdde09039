"""Git: which files changed between two commits, and what they hold. The one place that runs it.

It is only asked: nothing is checked out, written or fetched. Names and contents come as bytes that git neither quotes
nor converts, and a revision can never be taken for an option.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from evgrade.model import EvgradeError
from evgrade.yamlio.limits import LIMITS

HEAD = "HEAD"
_AS_IT_IS = {
    "GIT_LITERAL_PATHSPECS": "1",  # a path is a path, whatever signs are in it
    "GIT_OPTIONAL_LOCKS": "0",  # looking at the work tree writes nothing
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would ask the network for what it lacks
    "LC_ALL": "C",  # its messages become parts of ours
}
_IN_ITS_WAY = frozenset({"GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"})
_RANGE = re.compile(r"(?P<before>.*?)(?P<dots>\.\.\.?)(?P<after>.*)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_CHUNK = 1 << 20


class GitError(EvgradeError):
    """Git is not there, or could not say what it was asked."""


@dataclass(frozen=True, slots=True)
class File:
    """A file in a commit.

    Attributes:
        path: its path from the top of the repository, with slashes.
        mode: what kind of file it is, as git writes it: 100644, 120000 for a link, 160000 for a submodule.
        blob: the name of its content.
    """

    path: str
    mode: str
    blob: str

    @property
    def oddity(self) -> str | None:
        """Why it holds no text of its own; None for a regular file."""
        return None if self.mode.startswith("100") else "a link" if self.mode == "120000" else "a submodule"


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A file before and after; None where it was not, or is not, there. It moved where the paths differ."""

    before: File | None
    after: File | None


@dataclass(frozen=True, slots=True)
class Span:
    """Two commits, by their full names, and whether the second is the one that is checked out."""

    before: str
    after: str
    to_head: bool


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a work tree.

    Attributes:
        top: the folder at its top.
        inside: the folder that evgrade runs in, from there; empty for the top itself.
    """

    top: str
    inside: str

    @classmethod
    def here(cls) -> Repository:
        """Return the repository that evgrade runs in.

        Raises:
            GitError: there is none, it has no work tree, or git is not installed.
        """
        top = os.fsdecode(_git(["rev-parse", "--show-toplevel"], ".")).removesuffix("\n")
        inside = os.fsdecode(_git(["rev-parse", "--show-prefix"], ".")).removesuffix("\n")
        return cls(top, inside.rstrip("/"))

    def inner(self, path: str) -> str:
        """Return a path of the command line from the top of the repository: `.` for the top itself.

        Raises:
            GitError: it leads out of it.
        """
        if os.path.isabs(path):  # noqa: PTH117 - as the rest here, it looks at text, not at files
            found = os.path.relpath(os.path.realpath(path), os.path.realpath(self.top))
        else:
            found = os.path.normpath(os.path.join(self.inside, path))  # noqa: PTH118 - a Path keeps `..`
        if found == os.pardir or found.startswith(os.pardir + os.sep):
            raise GitError(f"{path} is outside of the repository {self.top}")
        return found.replace(os.sep, "/")

    def shown(self, path: str) -> str:
        """Return a path from the top as it is from the folder that evgrade runs in."""
        return os.path.relpath(path, self.inside or os.curdir)

    def span(self, text: str) -> Span:
        """Return the commits that REV, `A...B` or `A..B` names.

        REV stands for `REV...HEAD`, and three dots for where the two parted: what a pull request changes, whatever was
        done on the other branch meanwhile. Two dots compare with A itself. HEAD stands for what is left out at the end.

        Raises:
            GitError: there is no such commit, or the two have none in common.
        """
        found = _RANGE.fullmatch(text)
        before, dots, after = (text, "...", HEAD) if found is None else found.group("before", "dots", "after")
        if not before:  # as of a variable that was not set: HEAD, as git would take it, never differs from HEAD
            raise GitError(
                f"{text!r} names no revision to compare with", hint="such as origin/main, HEAD^ or v1.0..v1.1"
            )
        first, last = self._commit(before), self._commit(after or HEAD)
        if dots == "...":
            first = self._parted(first, last, text)
        return Span(first, last, to_head=(after or HEAD) == HEAD)

    def _commit(self, name: str) -> str:
        """Return the full name of a commit."""
        found = _git(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], self.top, otherwise=b""
        )
        commit = found.decode("ascii", "replace").strip()
        if not _COMMIT.fullmatch(commit):
            hint = "a branch of a server has its name before it: origin/main"
            raise GitError(f"git knows no commit {name!r}", hint=self._history() or hint)
        return commit

    def _parted(self, one: str, other: str, text: str) -> str:
        """Return the newest commit that two others have in common."""
        found = _git(["merge-base", one, other], self.top, otherwise=b"").decode("ascii").strip()
        if not found:
            hint = "two dots compare the commits themselves: A..B"
            raise GitError(f"{text!r}: the two have no commit in common", hint=self._history() or hint)
        return found

    def _history(self) -> str | None:
        """Return how to get more history, None where all of it is here."""
        is_shallow = _git(["rev-parse", "--is-shallow-repository"], self.top).strip() == b"true"
        return "this clone holds only the newest commits; git fetch --unshallow gets the others" if is_shallow else None

    def has(self, commit: str, path: str) -> bool:
        """Whether there is a file or a folder at a path in a commit."""
        name = f"{commit}:{'' if path == os.curdir else path}"
        return _git(["rev-parse", "--verify", "--quiet", "--end-of-options", name], self.top, otherwise=b"") != b""

    def changes(self, span: Span, paths: Iterable[str]) -> Iterator[FileChanged]:
        """Yield the files below some paths that differ between two commits, in the order of their names.

        A file that moved is one change if at least half of it is still the same, as git has it.

        Raises:
            GitError: git could not tell.
        """
        asked = ["diff-tree", "-r", "--raw", "-z", "-M", "-l1000", span.before, span.after, "--", *paths]
        parts = iter(_git(asked, self.top).split(b"\0"))
        for part in parts:
            if not part:
                return
            old_mode, mode, old_blob, blob, status = part.decode("ascii").removeprefix(":").split(" ")
            old_path = os.fsdecode(next(parts))
            path = os.fsdecode(next(parts)) if status[0] in "RC" else old_path
            before = None if status == "A" else File(old_path, old_mode, old_blob)
            yield FileChanged(before, None if status == "D" else File(path, mode, blob))

    def uncommitted(self, paths: Iterable[str]) -> list[str]:
        """Return the files below some paths whose content in the work tree is in no commit yet.

        Raises:
            GitError: git could not tell.
        """
        asked = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all"]
        found = _git(["-c", "core.fsmonitor=false", *asked, "--", *paths], self.top)
        return [os.fsdecode(part[3:]) for part in found.split(b"\0") if part]

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        """Give what reads files of commits; all are read by one process of git."""
        command = [_program(), "cat-file", "--batch"]
        pipe = subprocess.PIPE
        with subprocess.Popen(  # noqa: S603 - no shell, and nothing of it comes from outside
            command, cwd=self.top, env=_environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdin is not None  # noqa: S101 - for mypy: both are pipes
            assert process.stdout is not None  # noqa: S101
            yield Contents(process.stdin, process.stdout)


@dataclass(frozen=True, slots=True)
class Contents:
    """Reads files of commits, one after the other."""

    asked: IO[bytes]
    told: IO[bytes]

    def read(self, file: File) -> bytes:
        """Return what a regular file holds; at most one byte over the limit of the reader.

        Raises:
            GitError: its content is missing, as in a partial clone.
        """
        try:
            self.asked.write(f"{file.blob}\n".encode())
            self.asked.flush()
        except OSError:
            raise _missing(file) from None
        head = self.told.readline().split()
        if len(head) != 3:
            raise _missing(file)
        left = int(head[2]) + 1  # a line end follows
        content = self.told.read(min(left - 1, LIMITS.bytes + 1))
        left -= len(content)
        while left > 0:
            passed = len(self.told.read(min(left, _CHUNK)))
            if not passed:
                raise _missing(file)
            left -= passed
        return content


def _missing(file: File) -> GitError:
    hint = "a clone made with --filter lacks contents until it needs them; one made without has all"
    return GitError(f"git could not read {file.path}: its content {file.blob} is not there", hint=hint)


def _git(arguments: list[str], folder: str, otherwise: bytes | None = None) -> bytes:
    """Return what git prints; `otherwise` where it says no and does not say why.

    Raises:
        GitError: git is not installed, or failed; its reason is told.
    """
    done = subprocess.run(  # noqa: S603 - no shell; a revision follows --end-of-options, a path --
        [_program(), *arguments],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    if otherwise is not None and done.returncode == 1:
        return otherwise
    said = done.stderr.decode("utf-8", "backslashreplace").splitlines()
    fatal = [line for line in said if line.startswith("fatal: ")] or said or [f"it ended with {done.returncode}"]
    raise GitError(f"git: {fatal[-1].removeprefix('fatal: ')}")


def _program() -> str:
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed", hint="it tells what changed since a revision")
    return program


def _environment() -> Mapping[str, str]:
    """Return the environment that git runs in: where the repository is stays as whoever runs evgrade has it."""
    return {**{name: value for name, value in os.environ.items() if name not in _IN_ITS_WAY}, **_AS_IT_IS}
