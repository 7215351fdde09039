"""Which YAML files of a work tree are in no commit yet, found out without git looking at any of them.

Git would first send a file through the programs that the settings of its repository name. So files are read here, as
dossiers are, and their bytes compared with what was committed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from evgrade.discover import SUFFIXES, Skipped, discover
from evgrade.git import File, Repository
from evgrade.model import EvgradeError
from evgrade.yamlio.limits import LIMITS
from evgrade.yamlio.source import read_bytes

_SHA1 = 40
"""How many digits the name of a content has, but for repositories that use SHA-256."""


def uncommitted(repository: Repository, commit: str, paths: Sequence[str]) -> list[str]:
    """Return the YAML files below some paths that are not as they are in a commit, from the top of the repository.

    Raises:
        GitError: git could not tell what is in the commit.
    """
    inner = [repository.inner(path) for path in paths]
    committed = {file.path: file for file in repository.files(commit, inner)}
    odd = tuple(f"{file.path}/" for file in committed.values() if file.oddity)
    new = {path for path in _found(repository, paths) if path not in committed and not path.startswith(odd)}
    changed = {
        file.path
        for file in committed.values()
        if file.path.endswith(SUFFIXES) and file.oddity is None and _differs(Path(repository.top, file.path), file)
    }
    gone = {path for path in changed if not os.path.lexists(Path(repository.top, path))}
    return sorted((new | changed) - (repository.left_out(inner) if gone else set()))


def _found(repository: Repository, paths: Sequence[str]) -> Iterator[str]:
    """Yield the YAML files of the work tree below some paths, as far as its folders can be listed."""
    with suppress(EvgradeError):
        for source in discover(paths, Skipped()):
            if source.path.endswith(SUFFIXES) and os.path.lexists(source.path):
                yield repository.inner(source.path)


def _differs(path: Path, file: File) -> bool:
    """Whether a file holds something else than what was committed; line ends may be those of another system."""
    try:
        if path.is_symlink():
            return True
        content = read_bytes(str(path))
    except EvgradeError:  # it is not there, or no regular file
        return True
    if len(content) > LIMITS.bytes:  # neither version can be graded, and it was not read to its end
        return False
    return file.blob not in (_blob(content, file), _blob(content.replace(b"\r\n", b"\n"), file))


def _blob(content: bytes, file: File) -> str:
    """Return the name that git gives a content."""
    new = hashlib.sha1 if len(file.blob) == _SHA1 else hashlib.sha256
    return new(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
