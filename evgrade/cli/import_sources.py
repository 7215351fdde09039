"""Sources of `evgrade import`: files, folders, standard input, records by number; and their earlier versions."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evgrade.cli.files import write_file
from evgrade.cli.streams import say
from evgrade.git import HEAD, Contents, File, GitError, Repository
from evgrade.importing.content import LARGEST, Options
from evgrade.importing.formats import UnknownFormatError, records
from evgrade.importing.found import Record
from evgrade.importing.into import Source
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.registries.apis import EXAMPLES, REGISTRIES, Number, check, checked_address, is_nearly_a_number, number_in
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import for_terminal, prose
from evgrade.schema.suggest import many
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

if TYPE_CHECKING:
    from evgrade.registries.client import Client


@dataclass(frozen=True, slots=True)
class Given:
    """A file to read: in a folder it may be of an unknown format; with a registry number it may be fetched."""

    path: str
    in_folder: bool
    number: Number | None = None


def given(sources: Sequence[str], registries: Registries | None = None) -> list[Given]:
    """Return the files of sources, those of a folder by name, and the numbers that are not names of files.

    Raises:
        NothingToGradeError: a folder is empty.
        UnreadableError: a folder cannot be read.
    """
    found = []
    for source in sources:
        if not _is_folder(source):
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
    """Yield the files in a folder and its subfolders; report hidden ones, which begin with a dot, and skip them."""

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
        say(f"{for_terminal(shown_name(folder))}: {many(hidden, 'hidden file')} left out")


def sources_of(
    sources: Sequence[str],
    bases: Sequence[str],
    options: Options,
    registries: Registries,
    opened: ExitStack,
    *,
    history: bool,
) -> Iterator[Source]:
    """Yield the records of each source, one at a time, with those of its earlier version: in named files, or in git.

    Raises:
        UnreadableError: a file cannot be read.
        EvgradeError: it is broken, or not in a known format.
    """
    files = given(sources, registries)
    named = [record for one in given(bases) for record in _read(one, _content(one.path), options)] if bases else None
    past = None
    if history and not bases:
        folders = [one for one in sources if _is_folder(one)]
        there = [one.path for one in files if one.path != STDIN and (one.number is None or os.path.lexists(one.path))]
        past = History(there, folders, options, opened)
    for one in files:
        content = _content(one.path) if one.number is None else registries.content(one.number)
        yield Source(_read(one, content, options), named if past is None else past.before(one.path, content))
    for gone in () if past is None else past.removed():
        yield Source((), gone)


def _is_folder(source: str) -> bool:
    return source != STDIN and os.path.isdir(source)  # noqa: PTH112 - a source need not be a path


def read_source(path: str) -> bytes:
    """Return the bytes of a file, or of standard input.

    Raises:
        UnreadableError: it cannot be read.
    """
    try:
        return read_bytes(path) if path == STDIN else read_regular(path, LARGEST)
    except (OSError, ValueError) as error:
        raise unreadable(shown_name(path), error) from error


def _content(path: str) -> bytes:
    try:
        return read_source(path)
    except EvgradeError as error:
        if is_nearly_a_number(path):
            error.hint = f"it is not a number of a registry either; these are written {EXAMPLES}"
        raise


def _read(one: Given, content: bytes, options: Options) -> Iterator[Record]:
    name = for_terminal(shown_name(one.path))
    try:
        yield from records(content, name, options)
    except UnknownFormatError as error:
        if not one.in_folder or content.startswith(b"PK\x03\x04"):
            raise
        say(f"{name}: skipped: {prose(error.message.removeprefix(f'{name} is '))}")


# Records by number, kept in a folder or requested from a registry

_KEYS = {one.key: one for one in REGISTRIES.values()}


@dataclass(frozen=True, slots=True)
class Online:
    """The options for requests to registries.

    Attributes:
        keep: the folder that keeps answers.
        refresh: whether to request records even if an answer is kept.
        addresses: other addresses of APIs, each as `NAME=URL`.
    """

    keep: str | None = None
    refresh: bool = False
    addresses: Sequence[str] = ()


def number_of(source: str) -> Number | None:
    """Return a source as a registry number; None if a file has that name, or if it is not a number."""
    return None if os.path.lexists(source) else number_in(source)


class Registries:
    """Reads records by number; connects only for a record that is not kept."""

    def __init__(self, online: Online, *, quiet: bool) -> None:
        self._online, self._quiet = online, quiet
        self._client: Client | None = None

    def close(self) -> None:
        """Close any connections."""
        if self._client is not None:
            self._client.close()

    def path(self, number: Number) -> str:
        """Return the file that keeps a record, or just its number without a folder to keep it in."""
        return str(number) if self._online.keep is None else str(Path(self._online.keep) / number.file)

    def content(self, number: Number) -> bytes:
        """Return the record of a number.

        Raises:
            EvgradeError: the registry has no such record, or cannot be reached.
            UnreadableError: the record cannot be read or kept.
        """
        if self._online.keep is None:
            return self._answer(number)
        path = Path(self.path(number))
        name = for_terminal(shown_name(str(path)))
        if not self._online.refresh and os.path.lexists(path):
            try:
                kept = read_regular(str(path), LARGEST, follow=False)
            except (OSError, ValueError) as error:
                raise unreadable(name, error) from error
            check(number, kept, name)
            return kept
        answer = self._answer(number)
        if path.is_symlink():  # it may be meant to overwrite another file
            raise EvgradeError(f"{name} is a link, so the answer is not kept there", hint="remove the link")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EvgradeError(f"{path.parent} cannot be created: {error.strerror or error}") from error
        write_file(str(path), answer)
        return answer

    def _answer(self, number: Number) -> bytes:
        if self._client is None:
            from evgrade.registries.client import Client

            mail = os.environ.get("EVGRADE_EMAIL", "").strip()
            self._client = Client(_addresses(self._online.addresses), mail, lambda text: say(text, quiet=self._quiet))
        return self._client.record(number)


def _addresses(given: Sequence[str]) -> Mapping[str, str]:
    """Return the addresses of APIs: from options, else from the environment, else our own.

    They never come from a file in a folder, because anyone may have written it.

    Raises:
        EvgradeError: one is not an address, or not for a known registry.
    """
    found = {}
    for key, registry in _KEYS.items():
        found[key] = checked_address(os.environ.get(registry.variable) or registry.address, registry.variable)
    for one in given:
        key, _, address = one.partition("=")
        if key not in _KEYS:
            raise EvgradeError(f"--address names no registry: {one}", hint=f"write NAME=URL; names: {', '.join(_KEYS)}")
        found[key] = checked_address(address, f"--address {key}")
    return found


# Earlier versions


class History:
    """Earlier versions of files: in HEAD if that differs, else before the last commit that changed the file.

    Files outside the repository of the first file have none.
    """

    def __init__(self, files: Sequence[str], folders: Sequence[str], options: Options, opened: ExitStack) -> None:
        self._options = options
        self._inner: dict[str, str] = {}
        self._head: dict[str, File] = {}
        self._earlier: dict[str, File | None] = {}
        self._folders: dict[str, str] = {}
        try:
            first = next(iter((*folders, *map(os.path.dirname, files))), None)
            if first is not None:
                self._read(Repository.here(first or os.curdir), files, folders, opened)
        except GitError:
            self._head = {}  # there is no git, no repository, or no commit

    def _read(self, repository: Repository, files: Sequence[str], folders: Sequence[str], opened: ExitStack) -> None:
        for names, paths in ((self._inner, files), (self._folders, folders)):
            for path in paths:
                try:
                    names[path] = repository.inner(os.path.abspath(path))  # noqa: PTH100 - keeps links
                except GitError:
                    continue
        below = tuple(self._folders.values())
        requested = [
            *below,
            *(one for one in self._inner.values() if not one.startswith(tuple(f"{at}/" for at in below))),
        ]
        if not requested:
            return
        self._head = {one.path: one for one in repository.files(HEAD, requested) if one.oddity is None}
        self._earlier = dict(repository.before(requested))
        self._contents: Contents = opened.enter_context(repository.contents())

    def before(self, path: str, content: bytes) -> list[Record] | None:
        """Return the records of the earlier version of a file; None if there is none."""
        inner = self._inner.get(path, "")
        head = self._head.get(inner)
        if head is None:
            return None
        earlier = head if head.blob != _blob(content, len(head.blob)) else self._earlier.get(inner)
        return None if earlier is None or earlier.oddity else self._records(earlier, path)

    def removed(self) -> Iterator[list[Record]]:
        """Yield the records of files that HEAD has in the folders and that are now gone."""
        there = set(self._inner.values())
        for folder, inner in self._folders.items():
            for path, file in self._head.items():
                rest = os.path.relpath(path, inner)
                if path in there or rest.startswith(os.pardir) or os.path.lexists(os.path.join(folder, rest)):  # noqa: PTH118
                    continue
                found = self._records(file, os.path.join(folder, rest))  # noqa: PTH118
                if found is not None:
                    yield found

    def _records(self, file: File, path: str) -> list[Record] | None:
        name = for_terminal(shown_name(path))
        try:
            return list(records(self._contents.read(file, LARGEST), name, self._options))
        except UnknownFormatError:
            return None  # it was not a source then
        except EvgradeError as error:
            say(f"{name}: its earlier version in git cannot be compared: {prose(error.message)}")
            return None


def _blob(content: bytes, digits: int) -> str:
    """Return the object name that git gives a content."""
    digest = hashlib.sha1 if digits == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content).hexdigest()
