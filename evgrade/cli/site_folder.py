"""The folder of a site: what is ours in it, and how it is brought up to date without touching anything else.

A list in the folder says which files are ours and what we wrote into them. It is believed only as far as the files bear
it out, for someone else may have written it: a name that could not be ours, or a file that holds something else by
now, is not ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evgrade.cli.beside import begun_beside
from evgrade.cli.streams import mode_of
from evgrade.model import EvgradeError, UnreadableError
from evgrade.regular import NotRegularError, read_regular
from evgrade.schema.suggest import listed, many

LIST = ".evgrade-site.json"
_FORMAT = "evgrade.site-files/1"
_NAME = re.compile(r"(?:[a-z]+/)?[a-z0-9-]+\.(?:html|json|xml)")
_MOST = 1 << 28
"""Bytes of a file of a site at most."""
_SHOWN = 5

Hashes = Mapping[str, tuple[str, ...]]
"""By the name of a file, the SHA-256 of what we may have written into it: two while it is being replaced."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: how many files were written, removed and left as they were; the names of those not removed."""

    written: int
    removed: int
    same: int
    kept: tuple[str, ...]


def bring_up_to_date(folder: str, files: Iterable[tuple[str, bytes]]) -> Outcome:
    """Write what is new or other in a folder, and remove what an earlier run wrote and this one does not.

    Each file is written next to its destination and renamed, after those that it leads to.

    Args:
        folder: the folder; made if it is not there.
        files: all files by their names, those that others lead to first.

    Raises:
        EvgradeError: a file in the way is not ours; nothing was written then.
        UnreadableError: something cannot be read or written.
    """
    top = Path(os.path.realpath(folder))
    wanted = dict(files)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in wanted.items()}
    try:
        top.mkdir(parents=True, exist_ok=True)
        before = _listed(top)
        found = {name: _digest(top, name) for name in sorted({*wanted, *before})}
        _refuse(folder, [name for name in wanted if _is_foreign(found[name], digests[name], before.get(name, ()))])
        other = [name for name in wanted if found[name] != digests[name]]
        stale = [name for name in before if name not in wanted and found[name] is not None]
        ours = [name for name in stale if found[name] in before[name]]
        if other or ours:
            # Before anything is written: should this run be killed, the next one knows what it may have left.
            both = {name: tuple(dict.fromkeys((*before.get(name, ()), digests[name]))) for name in wanted}
            _write_list(top, both | {name: before[name] for name in ours})
        for name in other:
            _write(top, name, wanted[name])
        for name in ours:
            if _digest(top, name) in before[name]:
                (top / name).unlink()
        _write_list(top, {name: (digest,) for name, digest in digests.items()})
    except OSError as error:
        raise UnreadableError(f"{folder} could not be written: {error.strerror or error}") from error
    kept = tuple(name for name in stale if name not in ours)
    return Outcome(len(other), len(ours), len(wanted) - len(other), kept)


def _is_foreign(found: str | None, wanted: str, ours: tuple[str, ...]) -> bool:
    return found is not None and found != wanted and found not in ours


def _refuse(folder: str, names: list[str]) -> None:
    """Refuse to replace what is not ours.

    Raises:
        EvgradeError: there is something.
    """
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        wording = f"{listed(names[:_SHOWN])}{more}"
        raise EvgradeError(
            f"{many(len(names), 'file')} in {folder} would be replaced, which this command did not write, "
            f"or which changed since: {wording}",
            hint="give another folder to --output, or move these files away",
        )


def _digest(top: Path, name: str) -> str | None:
    """Return the SHA-256 of a file of the folder; None if nothing is there, a text that is no hash for no regular file.

    Raises:
        OSError: it cannot be read.
    """
    place = top / name
    if place.parent != top and not _is_own_folder(place.parent):
        return None if not os.path.lexists(place.parent) else "not a folder"
    try:
        content = read_regular(str(place), _MOST, follow=False)
    except FileNotFoundError:
        return None
    except NotRegularError:
        return "not a regular file"
    return hashlib.sha256(content).hexdigest()


def _is_own_folder(place: Path) -> bool:
    """Whether a folder is one, and no link that leads elsewhere."""
    try:
        return stat.S_ISDIR(place.lstat().st_mode)
    except FileNotFoundError:
        return False


def _write(top: Path, name: str, content: bytes) -> None:
    """Write a file next to its destination and rename it there.

    Raises:
        OSError: it cannot be written.
    """
    target = top / name
    if target.parent != top:
        with suppress(FileExistsError):
            target.parent.mkdir()
        if not _is_own_folder(target.parent):
            raise NotADirectoryError(20, f"{target.parent} is not a folder")
    handle, temporary = begun_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(mode_of(target))
        temporary.replace(target)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _write_list(top: Path, hashes: Hashes) -> None:
    """Write which files are ours, if that is not what the list says.

    Raises:
        OSError: it cannot be written.
    """
    files = {name: list(hashes[name]) for name in sorted(hashes)}
    content = (json.dumps({"schema": _FORMAT, "files": files}, indent=1) + "\n").encode()
    if _digest(top, LIST) != hashlib.sha256(content).hexdigest():
        _write(top, LIST, content)


def _listed(top: Path) -> Hashes:
    """Return the files of the last run with what it wrote into them; names that could not be ours are left out.

    Raises:
        EvgradeError: the list is something else.
        OSError: it cannot be read.
    """
    odd = EvgradeError(
        f"{top / LIST} is not the list of files that this command writes", hint="move it away, or use another folder"
    )
    try:
        content = read_regular(str(top / LIST), _MOST, follow=False)
    except FileNotFoundError:
        return {}
    except NotRegularError:
        raise odd from None
    try:
        data = json.loads(content)
        listed_files = {
            name: tuple(map(str, hashes)) for name, hashes in data["files"].items() if _NAME.fullmatch(name)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise odd from None
    if data.get("schema") != _FORMAT:
        raise odd
    return listed_files
