"""Which files to look at: what the command line names, and all dossiers below a folder."""

from __future__ import annotations

import os
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
    named = {_plain(path) for path in asked}
    seen: set[str] = set()
    for path in asked:
        for file in _walk(path, skipped) if is_folder(path) else [path]:
            plain = _plain(file)
            if plain not in seen:
                seen.add(plain)
                yield Source(file, named=plain in named)


def _plain(path: str) -> str:
    """Return a path without `./` and the like, to know it again; a file called - is not standard input."""
    return path if path == STDIN else f"./{Path(path)}"


def is_folder(path: str) -> bool:
    """Whether a path leads to a folder. One that cannot even be looked at does not: reading it will say why."""
    return path != STDIN and os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises for some paths


def _walk(folder: str, skipped: Skipped) -> Iterator[str]:
    """Yield the YAML files below a folder in the order of their names; for that, a folder's name ends in a slash."""
    ignored = _Ignored.above(Path(folder))
    if ignored.matches(Path(folder).resolve(), is_folder=True):
        ignored = _Ignored(ignored.root, {})  # who names a folder that git ignores wants it all the same
    ignored = ignored.inside(Path(folder))
    pending = _entries(folder)
    while pending:
        entry = pending.pop()
        if entry.name.startswith(".") or ignored.matches_entry(entry):
            continue
        if entry.is_dir(follow_symlinks=False):
            ignored = ignored.inside(Path(entry.path))
            try:
                pending += _entries(entry.path)
            except UnreadableError as error:
                skipped.unreadable[str(Path(entry.path))] = error.message
        elif entry.is_file(follow_symlinks=False):
            if entry.name.endswith(SUFFIXES):
                yield entry.path
        elif entry.name.endswith(SUFFIXES) or is_folder(entry.path):
            skipped.reasons[str(Path(entry.path))] = "a link" if entry.is_symlink() else "not a regular file"


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Return what stands in a folder, the last name first.

    Raises:
        UnreadableError: the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=_place, reverse=True)
    except OSError as error:
        raise UnreadableError(f"the folder {Path(folder)} could not be listed: {error.strerror}") from None


def _place(entry: os.DirEntry[str]) -> str:
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name


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

    def matches_entry(self, entry: os.DirEntry[str]) -> bool:
        """Whether git ignores a file or folder that was listed."""
        if not self.rules:
            return False
        is_folder = entry.is_dir(follow_symlinks=False)
        return self.matches(Path(entry.path).parent.resolve() / entry.name, is_folder=is_folder)

    def matches(self, absolute: Path, *, is_folder: bool) -> bool:
        """Whether git ignores a file or folder; the rules nearest to it decide."""
        for folder in sorted(self.rules, key=lambda place: len(place.parts), reverse=True):
            if absolute != folder and absolute.is_relative_to(folder):
                name = absolute.relative_to(folder).as_posix() + ("/" if is_folder else "")
                verdict = self.rules[folder].check_file(name).include
                if verdict is not None:
                    return verdict
        return False
