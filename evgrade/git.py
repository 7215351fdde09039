"""Queries of git: which files changed between two commits, and their contents. The only module that runs git.

Git is only queried: nothing is checked out, written or fetched. Names and contents come as bytes that git neither
quotes nor converts, and a revision can never be taken for an option.

The settings of a hostile repository may name programs for git to run whenever it looks at a file. So queries are about
commits, as if there were no work tree and no index: filters, diff programs and file monitors then have nothing to do.
Anything else that could run is switched off.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from evgrade.model import EvgradeError
from evgrade.yamlio.source import LIMITS

HEAD = "HEAD"
_SETTINGS = {
    "safe.bareRepository": "explicit",  # a committed folder can be a repository with settings of its own
    "core.fsmonitor": "",
    "core.hooksPath": os.devnull,
    "core.alternateRefsCommand": "",
    "core.askPass": "",
    "credential.helper": "",
    "protocol.allow": "never",
}
"""Settings that override those of the repository, because they are given on the command line."""
_AS_IT_IS = {
    "GIT_LITERAL_PATHSPECS": "1",  # a path is a path, whatever characters it contains
    "GIT_OPTIONAL_LOCKS": "0",  # queries write nothing
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch missing contents from the network
    "GIT_NO_LAZY_FETCH": "1",  # nor start the program that fetches
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # its messages become part of ours
}
_IN_ITS_WAY = frozenset({"GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"})
_OF_THE_WORK_TREE = frozenset({"GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
_NO_INDEX = str(Path(__file__).with_suffix(".index"))
"""A file that does not exist, and that can be created only by a user who can change evgrade itself."""
_FIRST_SECONDS, _SECONDS = 30.0, 600.0
"""Seconds that git may take to find the repository, which needs milliseconds, and for all else, at most a minute."""
_RANGE = re.compile(r"(?P<before>.*?)(?P<dots>\.\.\.?)(?P<after>.*)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_CHUNK = 1 << 20


class GitError(EvgradeError):
    """Git is not installed or has failed."""


@dataclass(frozen=True, slots=True)
class File:
    """A file in a commit.

    Attributes:
        path: its path from the top of the repository, with slashes.
        mode: the kind of file, as git writes it: 100644, 120000 for a link, 160000 for a submodule.
        blob: the name of its content.
    """

    path: str
    mode: str
    blob: str

    @property
    def oddity(self) -> str | None:
        """Why it has no text of its own; None for a regular file."""
        return None if self.mode.startswith("100") else "a link" if self.mode == "120000" else "a submodule"


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A file before and after a change; None where it does not exist. If the paths differ, it moved."""

    before: File | None
    after: File | None


@dataclass(frozen=True, slots=True)
class Span:
    """Two commits, by their full names, and whether the second is the one checked out."""

    before: str
    after: str
    to_head: bool


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit.

    Attributes:
        name, parent: its full name, and that of the commit before it on its branch; None if there is none here.
        seconds: the time of the commit, in seconds since 1970 (UTC).
    """

    name: str
    parent: str | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a work tree.

    Attributes:
        top: its top folder.
        inside: the current folder, from the top; empty for the top itself.
        store: the folder in which git keeps it.
    """

    top: str
    inside: str
    store: str

    @classmethod
    def here(cls, folder: str = os.curdir) -> Repository:
        """Return the repository that contains the current folder, or another folder.

        Raises:
            GitError: there is none, it has no work tree, or git is not installed.
        """
        requests = ("--show-toplevel", "--show-prefix", "--absolute-git-dir")
        answers = (_git(["rev-parse", one], folder, _environment(), seconds=_FIRST_SECONDS) for one in requests)
        top, inside, store = (os.fsdecode(one).removesuffix("\n") for one in answers)
        return cls(top, inside.rstrip("/"), store)

    def inner(self, path: str) -> str:
        """Return a path of the command line from the top of the repository; `.` for the top itself.

        Raises:
            GitError: it is outside the repository.
        """
        if Path(path).anchor:  # on Windows a drive or a slash is enough to lead elsewhere
            try:
                found = os.path.relpath(os.path.realpath(path), os.path.realpath(self.top))
            except ValueError:  # it is on another drive
                found = os.pardir
        else:
            found = os.path.normpath(os.path.join(self.inside, path))  # noqa: PTH118 - a Path keeps `..`
        if found == os.pardir or found.startswith(os.pardir + os.sep):
            raise GitError(f"{path} is outside the repository {self.top}")
        return found.replace(os.sep, "/")

    def shown(self, path: str) -> str:
        """Return a path from the top as a path from the current folder."""
        return os.path.relpath(path, self.inside or os.curdir)

    def span(self, text: str) -> Span:
        """Return the commits named by REV, `A...B` or `A..B`.

        REV means `REV...HEAD`. Three dots compare with the merge base: the changes of a pull request, whatever happened
        on the other branch meanwhile. Two dots compare with A itself. A missing end is HEAD.

        Raises:
            GitError: there is no such commit, or the two have none in common.
        """
        found = _RANGE.fullmatch(text)
        before, dots, after = (text, "...", HEAD) if found is None else found.group("before", "dots", "after")
        if not before:  # such as an unset variable: git would read it as HEAD, which never differs from HEAD
            raise GitError(
                f"{text!r} is not a revision to compare with", hint="such as origin/main, HEAD^ or v1.0..v1.1"
            )
        first, last = self._commit(before), self._commit(after or HEAD)
        if dots == "...":
            first = self._parted(first, last, text)
        return Span(first, last, to_head=(after or HEAD) == HEAD)

    def _commit(self, name: str) -> str:
        """Return the full name of a commit."""
        found = self._answer(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", otherwise=b""
        )
        commit = found.decode("ascii", "replace").strip()
        if not _COMMIT.fullmatch(commit):
            hint = "the name of a remote branch includes the remote: origin/main"
            raise GitError(f"there is no commit {name!r}", hint=self._history() or hint)
        return commit

    def _parted(self, one: str, other: str, text: str) -> str:
        """Return the newest common ancestor of two commits."""
        found = self._answer("merge-base", one, other, otherwise=b"").decode("ascii").strip()
        if not found:
            hint = "to compare the commits themselves, use two dots: A..B"
            raise GitError(f"{text!r}: the two have no commit in common", hint=self._history() or hint)
        return found

    def _history(self) -> str | None:
        """Return how to get more history; None if it is complete."""
        is_shallow = self._answer("rev-parse", "--is-shallow-repository").strip() == b"true"
        return "this clone holds only the newest commits; git fetch --unshallow gets the others" if is_shallow else None

    def has(self, commit: str, path: str) -> bool:
        """Whether there is a file or a folder at a path in a commit."""
        name = f"{commit}:{'' if path == os.curdir else path}"
        return self._answer("rev-parse", "--verify", "--quiet", "--end-of-options", name, otherwise=b"") != b""

    def changes(self, span: Span, paths: Iterable[str]) -> Iterator[FileChanged]:
        """Yield the files below some paths that differ between two commits, in the order of their names.

        A file that moved is one change if at least half of it is unchanged, by git's measure.

        Raises:
            GitError: git failed.
        """
        how = ("-r", "--raw", "-z", "-M", "-l1000", "--no-ext-diff", "--no-textconv")
        parts = iter(self._answer("diff-tree", *how, span.before, span.after, "--", *paths).split(b"\0"))
        for part in parts:
            if not part:
                return
            old_mode, mode, old_blob, blob, status = part.decode("ascii").removeprefix(":").split(" ")
            old_path = os.fsdecode(next(parts))
            path = os.fsdecode(next(parts)) if status[0] in "RC" else old_path
            before = None if status == "A" else File(old_path, old_mode, old_blob)
            yield FileChanged(before, None if status == "D" else File(path, mode, blob))

    def commits(self, paths: Iterable[str], most: int, since: str | None = None) -> Iterator[Commit]:
        """Yield the commits of the current branch that changed anything below some paths, the newest first.

        A merge counts as one commit.

        Args:
            paths: files and folders, from the top of the repository.
            most: the most commits to yield.
            since: a revision, to yield only later commits.

        Raises:
            GitError: there is no such revision, or no commit at all.
        """
        wanted = [self._commit(HEAD), *([] if since is None else [f"^{self._commit(since)}"])]
        # Unlike `log`, `rev-list` checks no signature, for which it would run a program of the repository's choice.
        how = ("--first-parent", f"--max-count={most}", "--format=%P %ct")
        lines = iter(self._answer("rev-list", *how, *wanted, "--", *paths).decode("ascii").splitlines())
        for line in lines:
            *parents, seconds = next(lines).split()
            yield Commit(line.removeprefix("commit "), parents[0] if parents else None, int(seconds))

    def files(self, commit: str, paths: Iterable[str]) -> Iterator[File]:
        """Yield the files of a commit below some paths, including links and submodules.

        Raises:
            GitError: git failed.
        """
        for part in self._answer("ls-tree", "-r", "-z", commit, "--", *paths).split(b"\0"):
            if part:
                about, _, path = part.partition(b"\t")
                mode, _, blob = about.decode("ascii").split(" ")
                yield File(os.fsdecode(path), mode, blob)

    def before(self, paths: Iterable[str]) -> Mapping[str, File | None]:
        """Return by path each file below some paths as it was before the last commit that changed it.

        None means that this commit added it. Files that never changed on the current branch are left out.

        Raises:
            GitError: git failed.
        """
        requests = list(paths)
        lines = (
            self._answer("rev-list", "--first-parent", "--parents", HEAD, "--", *requests).decode("ascii").splitlines()
        )
        pairs = "".join(f"{' '.join(line.split(' ')[:2])}\n" for line in lines if " " in line)
        if not pairs:
            return {}
        how = ("--stdin", "--no-commit-id", "-r", "--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv")
        answers = self._answer("diff-tree", *how, "--", *requests, given=pairs.encode("ascii"))
        parts, found = iter(answers.split(b"\0")), dict[str, File | None]()
        for part in parts:
            if part:
                mode, _, blob, _, status = part.decode("ascii").removeprefix(":").split(" ")
                path = os.fsdecode(next(parts))
                found.setdefault(path, None if status == "A" else File(path, mode, blob))
        return found

    def left_out(self, paths: Iterable[str]) -> set[str]:
        """Return the files below some paths that a sparse checkout keeps out of the work tree.

        Raises:
            GitError: git failed.
        """
        environment = _environment_of(self.store, index=None)
        found = _git(["ls-files", "-t", "-z", "--", *paths], self.store, environment).split(b"\0")
        return {os.fsdecode(part[2:]) for part in found if part.startswith(b"S ")}

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        """Yield a reader of files of commits, which uses one process of git for all of them."""
        pipe = subprocess.PIPE
        with subprocess.Popen(  # noqa: S603 - no shell, and no input in the command
            _command("cat-file", "--batch"),
            cwd=self.store,
            env=_environment_of(self.store),
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None  # noqa: S101 - for mypy: both are pipes
            assert process.stdout is not None  # noqa: S101
            yield Contents(process.stdin, process.stdout)

    def _answer(self, *arguments: str, otherwise: bytes | None = None, given: bytes = b"") -> bytes:
        """Return the output of git about commits, as `_git` does."""
        return _git(arguments, self.store, _environment_of(self.store), otherwise, given=given)


@dataclass(frozen=True, slots=True)
class Contents:
    """Reads files of commits, one at a time."""

    requests: IO[bytes]
    answers: IO[bytes]

    def read(self, file: File, most: int = LIMITS.bytes) -> bytes:
        """Return the content of a regular file, at most one byte over a limit.

        Raises:
            GitError: its content is missing, as in a partial clone.
        """
        try:
            self.requests.write(f"{file.blob}\n".encode())
            self.requests.flush()
        except OSError:
            raise _missing(file) from None
        head = self.answers.readline().split()
        if len(head) != 3:
            raise _missing(file)
        left = int(head[2]) + 1  # a line end follows
        content = self.answers.read(min(left - 1, most + 1))
        left -= len(content)
        while left > 0:
            passed = len(self.answers.read(min(left, _CHUNK)))
            if not passed:
                raise _missing(file)
            left -= passed
        return content


def _missing(file: File) -> GitError:
    hint = "a clone made with --filter fetches contents only when needed; clone without it to have them all"
    return GitError(f"git could not read {file.path}: its content {file.blob} is missing", hint=hint)


def _git(
    arguments: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
    otherwise: bytes | None = None,
    seconds: float = _SECONDS,
    *,
    given: bytes = b"",
) -> bytes:
    """Return the output of git; `otherwise` if git fails with status 1.

    Raises:
        GitError: git is not installed, failed, or did not end in time.
    """
    try:
        done = subprocess.run(  # noqa: S603 - no shell; a revision follows --end-of-options, a path --
            _command(*arguments),
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} did not end within {seconds:.0f} seconds and was stopped") from None
    except OSError as error:
        raise GitError(f"git could not be run: {error.strerror or error}") from None
    if done.returncode == 0:
        return done.stdout
    if otherwise is not None and done.returncode == 1:
        return otherwise
    said = done.stderr.decode("utf-8", "backslashreplace").splitlines()
    fatal = [line for line in said if line.startswith("fatal: ")] or said or [f"it ended with {done.returncode}"]
    raise GitError(f"git: {fatal[-1].removeprefix('fatal: ')}")


def _command(*arguments: str) -> list[str]:
    settings = (part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}"))
    return [_program(), "--no-pager", *settings, *arguments]


def _program() -> str:
    """Return the path of git, ignoring folders of PATH that are relative to the current folder.

    Raises:
        GitError: git is not installed.
    """
    name = "git.exe" if os.name == "nt" else "git"
    folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))
    found = (shutil.which(os.path.join(folder, name)) for folder in folders)  # noqa: PTH118 - text, as PATH is
    program = next(filter(None, found), None)
    if program is None:
        raise GitError("git is not installed", hint="git is needed to find what changed since a revision")
    return program


def _environment() -> dict[str, str]:
    """Return the environment for git; the variables that locate the repository are kept."""
    return {**{name: value for name, value in os.environ.items() if name not in _IN_ITS_WAY}, **_AS_IT_IS}


def _environment_of(store: str, index: str | None = _NO_INDEX) -> Mapping[str, str]:
    """Return the environment for queries about a repository without its work tree and its index.

    Args:
        store: the folder in which git keeps the repository.
        index: the index to read, by default one that does not exist; None for that of the repository.
    """
    kept = {name: value for name, value in _environment().items() if name not in _OF_THE_WORK_TREE}
    alone = {"GIT_DIR": store, "GIT_IMPLICIT_WORK_TREE": "0"}
    return {**kept, **alone, **({} if index is None else {"GIT_INDEX_FILE": index})}
