"""What the files of an import held before, as git has it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from evgrade.cli.streams import say
from evgrade.git import HEAD, Contents, File, GitError, Repository
from evgrade.importing.content import LARGEST
from evgrade.importing.formats import UnknownFormatError, records
from evgrade.importing.found import Record
from evgrade.importing.options import Options
from evgrade.model import EvgradeError
from evgrade.render.clean import for_terminal, prose
from evgrade.yamlio.source import shown_name


class History:
    """The earlier versions of files: that of HEAD where it differs, else that before the last commit that changed it.

    What is in no repository, or in another one than the first file, has none.
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
                    names[path] = repository.inner(os.path.abspath(path))  # noqa: PTH100 - it keeps links
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
        """Yield the records of files that are in the folders in HEAD, and there no longer."""
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
            return None  # it was no source then
        except EvgradeError as error:
            say(f"{name}: its earlier version in git cannot be compared: {prose(error.message)}")
            return None


def _blob(content: bytes, digits: int) -> str:
    """Return the name that git gives a content."""
    digest = hashlib.sha1 if digits == 40 else hashlib.sha256
    return digest(b"blob %d\0" % len(content) + content).hexdigest()
