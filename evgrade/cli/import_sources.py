"""What `evgrade import` reads: files, the files of folders, standard input, and what each held before."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from evgrade.cli.fetching import Online, sources_read
from evgrade.cli.import_history import History
from evgrade.cli.streams import say
from evgrade.importing.formats import UnknownFormatError, records
from evgrade.importing.found import Record
from evgrade.importing.into import Source
from evgrade.model import NothingToGradeError
from evgrade.registries.numbers import number_in
from evgrade.regular import unreadable
from evgrade.render.clean import for_terminal, prose
from evgrade.schema.suggest import many
from evgrade.yamlio.source import STDIN, shown_name

_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Given:
    """A source to read.

    Attributes:
        name: the file, standard input, or the number of a record.
        path: where it is a file, for an answer of a registry where it is kept; None if it is no file.
        in_folder: whether a folder holds it, so that it need not be of a known format.
    """

    name: str
    path: str | None
    in_folder: bool = False


def given(sources: Sequence[str], keep: str | None = None) -> list[Given]:
    """Return the files among sources, those of folders in the order of their names.

    Raises:
        NothingToGradeError: a folder holds no file.
        UnreadableError: a folder cannot be read.
    """
    found = []
    for source in sources:
        number = None if source == STDIN or os.path.lexists(source) else number_in(source)
        if number is not None:
            found.append(Given(source, None if keep is None else str(Path(keep) / number.file)))
        elif _is_folder(source):
            inside = [Given(path, path, in_folder=True) for path in _files(source)]
            if not inside:
                raise NothingToGradeError(f"{shown_name(source)} holds no file to import")
            found += inside
        else:
            found.append(Given(source, None if source == STDIN else source))
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
        say(f"{for_terminal(shown_name(folder))}: {many(hidden, 'hidden file')} left out")


def sources_of(
    sources: Sequence[str], online: Online, bases: Sequence[str], opened: ExitStack, *, history: bool, quiet: bool
) -> Iterator[Source]:
    """Yield what each source holds, one at a time, and what it held before: in files that are named, or else in git.

    Raises:
        UnreadableError: a file cannot be read.
        EvgradeError: it is broken, or of no known format; or a registry cannot be asked.
    """
    files = given(sources, online.keep)
    named = past = None
    if bases:
        named = [one for records in _read(given(bases), Online(), quiet=quiet) for one in records[1]]
    elif history:
        folders = [one for one in sources if _is_folder(one)]
        past = History([one.path for one in files if one.path is not None], folders, opened)
    for (content, records_now), one in zip(_read(files, online, quiet=quiet), files, strict=True):
        before = None if past is None or one.path is None else past.before(one.path, content)
        yield Source(records_now, named if past is None else before)
    for gone in () if past is None else past.removed():
        yield Source((), gone)


def _read(files: Sequence[Given], online: Online, *, quiet: bool) -> Iterator[tuple[bytes, Iterator[Record]]]:
    """Yield the content and the records of files."""
    contents = sources_read([one.name for one in files], online, quiet=quiet)
    for one, (name, content) in zip(files, contents, strict=True):
        yield content, _records(one, name, content)


def _records(one: Given, name: str, content: bytes) -> Iterator[Record]:
    try:
        yield from records(content, name)
    except UnknownFormatError as error:
        if not one.in_folder or content.startswith(_ZIP):
            raise
        say(f"{name}: skipped: {prose(error.message.removeprefix(f'{name} is '))}")


def _is_folder(source: str) -> bool:
    return source != STDIN and os.path.isdir(source)  # noqa: PTH112 - a name may be no path
