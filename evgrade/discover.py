"""Find the files to read: those named on the command line, and all YAML files below a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from os import PathLike
from pathlib import Path, PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.model import UnreadableError
from evgrade.regular import A_FOLDER, A_LINK, NotRegularError, read_regular
from evgrade.sorting import Sorted, as_added
from evgrade.yamlio.source import STDIN

if TYPE_CHECKING:
    from evgrade.ignored import Patterns, State

SUFFIXES = (".yaml", ".yml")
IGNORE_FILE = ".gitignore"

_MOST = 10_000
"""The most names of one folder that are kept in memory."""
_MOST_IGNORE_FILES = 16
"""The most ignore files that apply to a folder, its own and those above it."""


class Source(NamedTuple):
    """A file to read. A `named` file must be a dossier; one found in a folder may be anything."""

    path: str
    named: bool


_Pairs = Sorted[tuple[str, str]]


def _pairs(key: Callable[[tuple[str, str]], Any] = as_added) -> _Pairs:
    """Return an empty sorter for any number of pairs of texts."""
    return Sorted(key, _packed, _unpacked, most=_MOST)


def _packed(pair: tuple[str, str]) -> bytes:
    return json.dumps(pair).encode() + b"\n"  # ASCII, because a name may not be valid Unicode


def _unpacked(line: bytes) -> tuple[str, str]:
    first, second = json.loads(line)
    return first, second


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left out below folders, with reasons: files to skip, and folders that cannot be listed."""

    reasons: _Pairs = field(default_factory=_pairs)
    unreadable: _Pairs = field(default_factory=_pairs)


def discover(paths: Iterable[str], skipped: Skipped) -> Iterator[Source]:
    """Yield the files to read, each once: those named, in order, and all YAML files below the folders named, sorted.

    Hidden files and folders are left out unless they are named, and so is everything that git ignores. Links are not
    followed, so nothing outside the folder is read and no loop is entered. Links, and folders further below that cannot
    be listed, are noted in `skipped`.

    Raises:
        TemporaryFileError: a folder holds too many names for memory, and no temporary file can be used.
        UnreadableError: a named folder cannot be listed.
    """
    requested: dict[str, str] = {}
    for path in paths:
        requested.setdefault(_plain(path), path)
    above = {parent for path in requested.values() for parent in _parents(path)}
    below = {same for same, path in requested.items() if any(parent in requested for parent in _parents(path))}
    seen: set[str] = set()
    for same, path in requested.items():
        # Only files below two named paths must be remembered, so a million files need no memory.
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
                yield Source(found, is_named or plain in requested)


def _plain(path: str) -> str:
    """Return a path in one form, without `./` and the like; a file called - is not standard input."""
    return path if path == STDIN else _slashed(Path(path))


def _parents(path: str) -> list[str]:
    """Return the folders above a path, in the form of `_plain`."""
    return [] if path == STDIN else [_slashed(parent) for parent in Path(path).parents]


def _slashed(path: PurePath) -> str:
    """Return a path with slashes, in lower case on Windows, so that different paths mean different files."""
    plain = f"./{path.as_posix()}"
    return plain.lower() if isinstance(path, PureWindowsPath) else plain


def from_here(path: str | PathLike[str]) -> str:
    """Return a path from the current folder; on Windows it stays as it is if on another drive."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return os.fspath(path)


def _is_among(plain: str, paths: Container[str]) -> bool:
    """Whether a path is one of several paths, or below one of them."""
    while plain and plain not in paths:
        plain = plain.rpartition("/")[0]
    return bool(plain)


def is_folder(path: str) -> bool:
    """Whether a path leads to a folder. If that cannot be found out, no: reading it will report why."""
    return path != STDIN and os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises for some paths


def check_listable(path: str) -> None:
    """Check early that a path, if it is a folder, can be listed.

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
    """A file to read, or something to leave out, or a folder that cannot be listed."""

    path: str
    left_out: str = ""
    unlisted: str = ""


def _walk(folder: str) -> Iterator[_Found]:
    """Yield everything below a folder in the order of the names, where the name of a folder ends in a slash."""
    pending: list[_Folder] = []
    try:
        ignored, problems = _ignored_above(folder)
        yield from problems
        pending.append(_Folder.listed(folder, ignored))
        while pending:
            inside = pending[-1]
            yield from inside.problems
            for name, odd in inside.names:
                bare = name.rstrip("/")
                if inside.ignored.matches(bare, is_folder=bare != name):
                    continue
                path = inside.path + bare  # a Path is slow to create, and loses a leading `./`
                if bare != name:
                    break
                yield _Found(path, odd)
            else:
                pending.pop().close()
                continue
            try:
                pending.append(_Folder.listed(path, inside.ignored.below(bare)))  # no link leads here
            except UnreadableError as error:
                yield _Found(path, unlisted=error.message)
    finally:
        for inside in pending:
            inside.close()


@dataclass(slots=True)
class _Folder:
    """The names of a folder that remain to be looked at; names alone, since there may be a million.

    Attributes:
        path: its path as shown, ready for a name to be appended.
        ignored: the ignore rules for it.
        names: the YAML files and the folders, sorted, each with the reason to leave it out, if any; the name of a
            folder ends in a slash.
        close: discards the names.
        problems: the problems of its ignore file, until they are reported.
    """

    path: str
    ignored: _Ignored
    names: Iterator[tuple[str, str]]
    close: Callable[[], None]
    problems: Iterator[_Found]

    @classmethod
    def listed(cls, path: str, ignored: _Ignored) -> _Folder:
        """Return a folder with everything in it that is not hidden.

        Raises:
            TemporaryFileError: it holds too many names for memory, and no temporary file can be used.
            UnreadableError: the folder cannot be listed.
        """
        names = _pairs(itemgetter(0))
        try:
            with os.scandir(path) as listing:
                for pair in filter(None, map(_looked_at, listing)):
                    names.add(pair)
        except OSError as error:
            raise _unlistable(path, error) from None
        ignored, problems = ignored.with_file(path)
        return cls(os.path.join(path, ""), ignored, iter(names), names.close, iter(problems))  # noqa: PTH118 - as above


def _looked_at(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    """Return the name of an entry of a folder, with the reason to leave it out, if any; None if it is irrelevant."""
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


@dataclass(frozen=True, slots=True)
class _Ignored:
    """The ignore rules for a folder.

    Attributes:
        in_git: whether it is in a git work tree; elsewhere nothing is ignored.
        rules: the patterns of each ignore file from the folder upwards, with the state that the path from the file to
            the folder has reached.
    """

    in_git: bool = False
    rules: tuple[tuple[Patterns, State], ...] = ()

    def with_file(self, folder: str) -> tuple[_Ignored, list[_Found]]:
        """Return the rules with those of the folder's own ignore file, and the problems of that file.

        An ignore file that cannot be used is reported and ignores nothing, so no dossier is missed. A link is not
        followed; git does not follow it either.
        """
        if not self.in_git:
            return self, []
        from evgrade.ignored import MOST_BYTES, Patterns  # noqa: PLC0415 - not needed for named files

        path = os.path.join(folder, IGNORE_FILE)  # noqa: PTH118 - a Path is slow to create
        try:
            content = read_regular(path, MOST_BYTES, follow=False)
        except FileNotFoundError:  # most folders have none
            return self, []
        except NotRegularError as error:
            what = str(error)
            if what == A_FOLDER:
                return self, []
            return self, [_Found(path, left_out=what) if what == A_LINK else _unused(path, f"it is {what}")]
        except OSError as error:
            return self, [_unused(path, error.strerror or str(error))]
        if len(content) > MOST_BYTES:
            return self, [_unused(path, f"it is larger than {MOST_BYTES // 1024} KiB")]
        if len(self.rules) == _MOST_IGNORE_FILES:
            return self, [_unused(path, f"there are {_MOST_IGNORE_FILES} in the folders above it")]
        patterns = Patterns.of(content)
        return replace(self, rules=((patterns, patterns.start), *self.rules)), []

    def below(self, name: str) -> _Ignored:
        """Return the rules for a folder of that name inside, without those of its own ignore file."""
        further = os.fsencode(name) + b"/"
        return replace(self, rules=tuple((patterns, patterns.then(state, further)) for patterns, state in self.rules))

    def matches(self, name: str, *, is_folder: bool) -> bool:
        """Whether git ignores a file or folder; the nearest rules decide."""
        if not self.rules:
            return False
        end = os.fsencode(name)
        verdicts = (one.verdict(one.then(state, end), is_folder=is_folder) for one, state in self.rules)
        return next((verdict for verdict in verdicts if verdict is not None), False)


def _ignored_above(folder: str) -> tuple[_Ignored, list[_Found]]:
    """Return the rules for a folder from the folders above it, and the problems of their ignore files.

    If git ignores a named folder, it is wanted all the same, and none of these rules apply.
    """
    absolute = Path(folder).resolve()
    within = (absolute, *absolute.parents)
    root = next((one for one in within if os.path.exists(one / ".git")), None)  # noqa: PTH110 - Path.exists may raise
    ignored, problems = _Ignored(in_git=root is not None), []
    if root is not None and root != absolute:
        names = absolute.relative_to(root).parts
        place = root
        for name in names:
            ignored, found = ignored.with_file(from_here(place))
            problems += found
            if place / name == absolute and ignored.matches(name, is_folder=True):
                return _Ignored(in_git=True), problems
            ignored, place = ignored.below(name), place / name
    return ignored, problems


def _unused(path: str, reason: str) -> _Found:
    return _Found(path, unlisted=f"{path} cannot be used, so it ignores nothing: {reason}")
