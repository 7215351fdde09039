"""Which files to look at: what the command line names, and all dossiers below a folder."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from evgrade.model import UnreadableError
from evgrade.yamlio import STDIN

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. One that was `named` must be a dossier; one found in a folder may be anything."""

    path: str
    named: bool


@dataclass(slots=True)
class Skipped:
    """What was left out below a folder, each with why: files that are none of ours, folders that cannot be listed."""

    reasons: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


def discover(paths: Iterable[str], skipped: Skipped) -> Iterator[Source]:
    """Yield the files to read, each once: those named, in order, and for a folder all YAML files below it, sorted.

    Hidden files and folders are left out, and what git ignores, unless it is named. Links are not followed, so
    that nothing outside the folder is read and no loop is entered; they are noted in `skipped`, and so is a
    folder further below that cannot be listed.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    asked = list(paths)
    named = Counter(_plain(path) for path in asked)
    above = {parent for path in asked for parent in _parents(path)}
    seen: set[str] = set()
    for path in asked:
        same = _plain(path)
        # Only what another of the named paths leads to as well has to be known again: a million files need no memory.
        overlaps = named[same] > 1 or same in above or any(parent in named for parent in _parents(path))
        is_named = not is_folder(path)
        for file in [path] if is_named else _walk(path, skipped):
            if not overlaps:
                yield Source(file, is_named)
                continue
            plain = _plain(file)
            if plain not in seen:
                seen.add(plain)
                yield Source(file, named=plain in named)


def _plain(path: str) -> str:
    """Return a path without `./` and the like, to know it again; a file called - is not standard input."""
    return path if path == STDIN else f"./{Path(path)}"


def _parents(path: str) -> list[str]:
    """Return the folders above a path, each as `_plain` has it."""
    return [] if path == STDIN else [f"./{parent}" for parent in Path(path).parents]


def is_folder(path: str) -> bool:
    """Whether a path leads to a folder. One that cannot even be looked at does not: reading it will say why."""
    return path != STDIN and os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises for some paths


def check_listable(path: str) -> None:
    """Make sure that a path, if it leads to a folder, can be listed, before much else is done.

    Raises:
        UnreadableError: it cannot.
    """
    if is_folder(path):
        try:
            os.scandir(path).close()
        except OSError as error:
            raise _unlistable(path, error) from None


def _unlistable(path: str, error: OSError) -> UnreadableError:
    return UnreadableError(f"the folder {Path(path)} could not be listed: {error.strerror}")


def _walk(folder: str, skipped: Skipped) -> Iterator[str]:
    """Yield the YAML files below a folder in the order of their names; for that, a folder's name ends in a slash."""
    ignored = _Ignored.above(Path(folder))
    if ignored.matches(Path(folder).resolve(), is_folder=True):
        ignored = _Ignored(ignored.root, {})  # who names a folder that git ignores wants it all the same
    ignored = ignored.inside(Path(folder))
    pending = [_Folder.listed(folder)]
    while pending:
        inside = pending[-1]
        if not inside.names:
            pending.pop()
            continue
        name = inside.names.pop()
        bare = name.rstrip("/")
        if ignored.rules and ignored.matches(inside.absolute / bare, is_folder=bare != name):
            continue
        path = os.path.join(inside.path, bare)  # noqa: PTH118 - a Path is slow to make, and loses a leading `./`
        if bare != name:
            ignored = ignored.inside(Path(path))
            try:
                pending.append(_Folder.listed(path))
            except UnreadableError as error:
                skipped.unreadable[str(Path(path))] = error.message
        elif name in inside.odd:
            skipped.reasons[str(Path(path))] = inside.odd[name]
        else:
            yield path


@dataclass(frozen=True, slots=True)
class _Folder:
    """What of a folder is still to be looked at: just the names, for there may be a million of them.

    Attributes:
        path: its path, as it is shown.
        absolute: the same without links.
        names: the YAML files and the folders, the last name first; for that order a folder's name ends in a slash.
        odd: why some of them are left out.
    """

    path: str
    absolute: Path
    names: list[str]
    odd: dict[str, str]

    @classmethod
    def listed(cls, path: str) -> _Folder:
        """Return a folder with all that stands in it, but for what is hidden.

        Raises:
            UnreadableError: the folder cannot be listed.
        """
        folder = cls(path, Path(path).resolve(), [], {})
        try:
            with os.scandir(path) as listing:
                for entry in listing:
                    folder.add(entry)
        except OSError as error:
            raise _unlistable(path, error) from None
        folder.names.sort(reverse=True)
        return folder

    def add(self, entry: os.DirEntry[str]) -> None:
        """Take in a name, if it can matter."""
        name = entry.name
        if name.startswith("."):
            return
        if entry.is_dir(follow_symlinks=False):
            self.names.append(f"{name}/")
        elif entry.is_file(follow_symlinks=False):
            if name.endswith(SUFFIXES):
                self.names.append(name)
        elif name.endswith(SUFFIXES) or is_folder(entry.path):
            self.odd[name] = "a link" if entry.is_symlink() else "not a regular file"
            self.names.append(name)


@dataclass(frozen=True)
class _Ignored:
    """The ignore rules of a git work tree, by the folder they stand in; none outside of one."""

    root: Path | None
    rules: dict[Path, GitIgnoreSpec]

    @classmethod
    def above(cls, folder: Path) -> _Ignored:
        """Return the rules that hold for a folder because of the folders above it."""
        absolute = folder.resolve()
        root = next((parent for parent in (absolute, *absolute.parents) if (parent / ".git").exists()), None)
        ignored = cls(root, {})
        if root is not None:
            for parent in reversed(absolute.parents):
                if parent.is_relative_to(root):
                    ignored = ignored.inside(parent)
        return ignored

    def inside(self, folder: Path) -> _Ignored:
        """Return the rules together with those that stand in a folder."""
        if self.root is None:
            return self
        try:
            patterns = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
        except OSError:  # most folders have none
            return self
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only needed where something is ignored

        spec = GitIgnoreSpec.from_lines(patterns.splitlines())
        return _Ignored(self.root, {**self.rules, folder.resolve(): spec})

    def matches(self, absolute: Path, *, is_folder: bool) -> bool:
        """Whether git ignores a file or folder; the rules nearest to it decide."""
        for folder in sorted(self.rules, key=lambda place: len(place.parts), reverse=True):
            if absolute != folder and absolute.is_relative_to(folder):
                name = absolute.relative_to(folder).as_posix() + ("/" if is_folder else "")
                verdict = self.rules[folder].check_file(name).include
                if verdict is not None:
                    return verdict
        return False
