"""Which files to look at: what the command line names, and all dossiers below a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.model import UnreadableError
from evgrade.sorting import Sorted, as_added
from evgrade.yamlio.source import STDIN

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUFFIXES = (".yaml", ".yml")
IGNORE_FILE = ".gitignore"

_MOST = 10_000
"""How many names of one folder are kept in memory."""


class Source(NamedTuple):
    """A file to read. One that was `named` must be a dossier; one found in a folder may be anything."""

    path: str
    named: bool


_Pairs = Sorted[tuple[str, str]]


def _pairs(key: Callable[[tuple[str, str]], Any] = as_added) -> _Pairs:
    """Return a place for pairs of texts, however many."""
    return Sorted(key, _packed, _unpacked, most=_MOST)


def _packed(pair: tuple[str, str]) -> bytes:
    return json.dumps(pair).encode() + b"\n"  # in ASCII, for a name may be no text


def _unpacked(line: bytes) -> tuple[str, str]:
    first, second = json.loads(line)
    return first, second


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left out below a folder, each with why: files that are none of ours, folders that cannot be listed."""

    reasons: _Pairs = field(default_factory=_pairs)
    unreadable: _Pairs = field(default_factory=_pairs)


def discover(paths: Iterable[str], skipped: Skipped) -> Iterator[Source]:
    """Yield the files to read, each once: those named, in order, and for a folder all YAML files below it, sorted.

    Hidden files and folders are left out, and what git ignores, unless it is named. Links are not followed, so
    that nothing outside the folder is read and no loop is entered; they are noted in `skipped`, and so is a
    folder further below that cannot be listed.

    Raises:
        TemporaryFileError: a folder holds more names than memory should, and they can be put nowhere else.
        UnreadableError: a folder that is named cannot be listed.
    """
    asked: dict[str, str] = {}
    for path in paths:
        asked.setdefault(_plain(path), path)
    above = {parent for path in asked.values() for parent in _parents(path)}
    below = {same for same, path in asked.items() if any(parent in asked for parent in _parents(path))}
    seen: set[str] = set()
    for same, path in asked.items():
        # Only what two of the named paths lead to has to be known again: a million files need no memory.
        overlaps = same in above or same in below
        is_named = not is_folder(path)
        for found, left_out, unlisted in [_Found(path)] if is_named else _walk(path):
            plain = ""
            if overlaps:
                plain = _plain(found)
                if plain in seen:
                    continue
                if _is_among(plain, below):
                    seen.add(plain)
            if left_out:
                skipped.reasons.add((str(Path(found)), left_out))
            elif unlisted:
                skipped.unreadable.add((str(Path(found)), unlisted))
            else:
                yield Source(found, is_named or plain in asked)


def _plain(path: str) -> str:
    """Return a path without `./` and the like, to know it again; a file called - is not standard input."""
    return path if path == STDIN else f"./{Path(path)}"


def _parents(path: str) -> list[str]:
    """Return the folders above a path, each as `_plain` has it."""
    return [] if path == STDIN else [f"./{parent}" for parent in Path(path).parents]


def _is_among(plain: str, paths: Container[str]) -> bool:
    """Whether a path is one of some, or below one of them."""
    while plain and plain not in paths:
        plain = plain.rpartition("/")[0]
    return bool(plain)


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


class _Found(NamedTuple):
    """A file that was named or found, or what was found instead: something left out, a folder that cannot be listed."""

    path: str
    left_out: str = ""
    unlisted: str = ""


def _walk(folder: str) -> Iterator[_Found]:
    """Yield what is below a folder in the order of the names; for that, a folder's name ends in a slash."""
    ignored = _Ignored.above(Path(folder))
    if ignored.matches(Path(folder).resolve(), is_folder=True):
        ignored = _Ignored(ignored.root, {})  # who names a folder that git ignores wants it all the same
    ignored = ignored.inside(Path(folder))
    pending = [_Folder.listed(folder, Path(folder).resolve())]
    try:
        while pending:
            inside = pending[-1]
            for name, odd in inside.names:
                bare = name.rstrip("/")
                if ignored.rules and ignored.matches(inside.absolute / bare, is_folder=bare != name):
                    continue
                path = inside.path + bare  # a Path is slow to make, and loses a leading `./`
                if bare != name:
                    break
                yield _Found(path, odd)
            else:
                pending.pop().close()
                continue
            ignored = ignored.inside(Path(path))
            try:
                pending.append(_Folder.listed(path, inside.absolute / bare))  # no link leads here
            except UnreadableError as error:
                yield _Found(path, unlisted=error.message)
    finally:
        for inside in pending:
            inside.close()


@dataclass(frozen=True, slots=True)
class _Folder:
    """What of a folder is still to be looked at: just the names, for there may be a million of them.

    Attributes:
        path: its path, as it is shown, such that a name can follow it.
        absolute: the same without links.
        names: the YAML files and the folders, sorted, each with why it is left out; for that order a folder's name ends
            in a slash.
        close: lets the names go.
    """

    path: str
    absolute: Path
    names: Iterator[tuple[str, str]]
    close: Callable[[], None]

    @classmethod
    def listed(cls, path: str, absolute: Path) -> _Folder:
        """Return a folder with all that stands in it, but for what is hidden.

        Raises:
            TemporaryFileError: it holds too many names for memory, and they can be put nowhere else.
            UnreadableError: the folder cannot be listed.
        """
        names = _pairs(itemgetter(0))
        try:
            with os.scandir(path) as listing:
                for pair in filter(None, map(_looked_at, listing)):
                    names.add(pair)
        except OSError as error:
            raise _unlistable(path, error) from None
        return cls(os.path.join(path, ""), absolute, iter(names), names.close)  # noqa: PTH118 - as above


def _looked_at(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    """Return the name of what stands in a folder and why it is left out, if anything; None if it cannot matter."""
    name = entry.name
    if name.startswith("."):
        return None
    if entry.is_dir(follow_symlinks=False):
        return f"{name}/", ""
    if entry.is_file(follow_symlinks=False):
        return (name, "") if name.endswith(SUFFIXES) else None
    if name.endswith(SUFFIXES) or is_folder(entry.path):
        return name, "a link" if entry.is_symlink() else "not a regular file"
    return None


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
            patterns = (folder / IGNORE_FILE).read_text(encoding="utf-8", errors="replace")
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
