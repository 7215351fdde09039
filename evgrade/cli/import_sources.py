"""What `evgrade import` reads: files, the files of folders, standard input, and what each held before."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from evgrade.cli.fetching import Registries, number_of
from evgrade.cli.streams import say
from evgrade.git import HEAD, Contents, File, GitError, Repository
from evgrade.importing.content import LARGEST
from evgrade.importing.formats import UnknownFormatError, records
from evgrade.importing.found import Record
from evgrade.importing.into import Source
from evgrade.importing.options import Options
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.registries.numbers import EXAMPLES, Number, is_nearly_a_number
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import for_terminal, prose
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Given:
    """A file to read; one that a folder holds need not be of a known format, and one with a number may be fetched."""

    path: str
    in_folder: bool
    number: Number | None = None


def given(sources: Sequence[str], registries: Registries | None = None) -> list[Given]:
    """Return the files among sources, those of folders in the order of their names, and numbers that are no file.

    Raises:
        NothingToGradeError: a folder holds no file.
        UnreadableError: a folder cannot be read.
    """
    found = []
    for source in sources:
        if source == STDIN or not os.path.isdir(source):  # noqa: PTH112 - a name may be no path
            number = None if registries is None or source == STDIN else number_of(source)
            path = source if number is None or registries is None else registries.path(number)
            found.append(Given(path, in_folder=False, number=number))
            continue
        inside = [Given(path, in_folder=True) for path in _files(source)]
        if not inside:
            raise NothingToGradeError(f"{shown_name(source)} holds no file to import")
        found += inside
    return found


def _files(folder: str) -> Iterator[str]:
    """Yield the files in a folder and in those inside it; what begins with a dot is hidden, and reported as such."""

    def fail(error: OSError) -> None:
        raise unreadable(shown_name(folder), error) from error

    hidden = 0
    for place, folders, names in os.walk(folder, onerror=fail):
        hidden += sum(name.startswith(".") for name in (*names, *folders))
        for link in (one for one in folders if os.path.islink(os.path.join(place, one))):  # noqa: PTH114, PTH118
            say(f"{for_terminal(os.path.join(place, link))}: skipped: a link to a folder")  # noqa: PTH118
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        yield from (os.path.join(place, one) for one in sorted(names) if not one.startswith("."))  # noqa: PTH118
    if hidden:
        say(f"{for_terminal(shown_name(folder))}: {hidden} hidden left out")


def sources_of(
    files: Iterable[Given],
    bases: Sequence[str],
    options: Options,
    registries: Registries,
    opened: ExitStack,
    *,
    history: bool,
) -> Iterator[Source]:
    """Yield what files hold, one at a time, and what they held before: in files that are named, or else in git.

    Raises:
        UnreadableError: a file cannot be read.
        EvgradeError: it is broken, or of no known format.
    """
    listed = list(files)
    named = [record for one in given(bases) for record in _records_of(one, options)] if bases else None
    past = _History(listed, options, opened) if history and not bases else None
    for one in listed:
        content = _content(one.path) if one.number is None else registries.content(one.number)
        before = named if past is None else past.before(one.path, content)
        yield Source(_read(one, content, options), before)


def _records_of(one: Given, options: Options) -> Iterator[Record]:
    return _read(one, _content(one.path), options)


def _content(path: str) -> bytes:
    try:
        return read_bytes(path) if path == STDIN else read_regular(path, LARGEST)
    except (OSError, ValueError) as error:
        reason = unreadable(shown_name(path), error)
        if is_nearly_a_number(path):
            reason.hint = f"it is not a number of a registry either; these are written {EXAMPLES}"
        raise reason from error


def _read(one: Given, content: bytes, options: Options) -> Iterator[Record]:
    name = for_terminal(shown_name(one.path))
    try:
        yield from records(content, name, options)
    except UnknownFormatError as error:
        if not one.in_folder or content.startswith(_ZIP):
            raise
        say(f"{name}: skipped: {prose(error.message.removeprefix(f'{name} is '))}")


class _History:
    """The earlier versions of files: that of HEAD, or the one before the last commit that changed a file."""

    def __init__(self, files: Sequence[Given], options: Options, opened: ExitStack) -> None:
        self._options = options
        self._repository: Repository | None = None
        paths = [one.path for one in files if one.path != STDIN]
        self._paths: dict[str, str] = {}
        try:
            for path in paths:
                self._repository = self._repository or Repository.here(os.path.dirname(path) or os.curdir)  # noqa: PTH120
                self._paths[path] = self._repository.inner(os.path.abspath(path))  # noqa: PTH100
        except GitError:
            pass  # what is in no repository, or in another one, has no earlier version
        self._head: dict[str, File] = {}
        self._earlier: dict[str, File | None] = {}
        if self._repository is None or not self._paths:
            return
        folders = sorted({str(Path(path).parent.as_posix()) for path in self._paths.values()})
        asked = list(self._paths.values()) if len(self._paths) < len(folders) * 50 else folders
        try:
            self._head = {one.path: one for one in self._repository.files(HEAD, asked) if one.oddity is None}
            self._earlier = dict(self._repository.before(asked))
            self._contents: Contents = opened.enter_context(self._repository.contents())
        except GitError:
            self._head = {}

    def before(self, path: str, content: bytes) -> list[Record] | None:
        """Return the records of the earlier version of a file; None if there is none."""
        inner = self._paths.get(path, "")
        head = self._head.get(inner)
        if head is None:
            return None
        earlier = head if head.blob != _blob(content, len(head.blob)) else self._earlier.get(inner)
        if earlier is None or earlier.oddity is not None:
            return None
        name = for_terminal(shown_name(path))
        try:
            return list(records(self._contents.read(earlier, LARGEST), name, self._options))
        except EvgradeError as error:
            say(f"{name}: its earlier version in git cannot be compared: {prose(error.message)}")
            return None


def _blob(content: bytes, digits: int) -> str:
    """Return the name that git gives a content."""
    digest = hashlib.sha1 if digits == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content).hexdigest()
