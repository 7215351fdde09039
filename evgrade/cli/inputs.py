"""Refuse an output that is also an input of the run, before any work is done."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from evgrade.model import EvgradeError


def refuse_inputs(
    outputs: Iterable[str | None],
    dossiers: Iterable[str] = (),
    rubrics: Iterable[str] = (),
    others: Iterable[str | None] = (),
) -> None:
    """Make sure that no output would replace a file that is named as an input, or settings that hold for one.

    Files are compared by device and inode, which are the same for all names of a file, through links of any kind.
    What a folder holds is known by its content when the output is written (see `streams`).

    Args:
        outputs: files to write; None and `-` are standard output.
        dossiers: files and folders.
        rubrics: names and files.
        others: whatever else is read.

    Raises:
        EvgradeError: an output is an input.
        UnknownRubricError: there is no such rubric.
    """
    found = {path: _status(path) for path in outputs if path not in (None, "-")}
    there = {path: one for path, one in found.items() if one is not None and stat.S_ISREG(one.st_mode)}
    if not there:
        return
    named = list(dossiers)
    paths: list[str | Path] = [*named, *_rubric_files(rubrics), *filter(None, others), *_settings_above(named)]
    if any(status.st_nlink > 1 for status in there.values()):  # else its own name tells what it is
        paths += _settings_below(named)
    read = {(status.st_dev, status.st_ino) for status in map(_status, paths) if status is not None}
    for path, status in there.items():
        if (status.st_dev, status.st_ino) in read:
            hint = "give another file to --output"
            raise EvgradeError(f"{path} is an input of this run, which would be lost", hint=hint)


def _status(path: str | Path | None) -> os.stat_result | None:
    """Return what a path leads to; None if nothing is there."""
    try:
        return os.fstat(sys.stdin.fileno()) if path == "-" else Path(path or "").stat()
    except (OSError, ValueError, AttributeError):  # standard input may be closed, missing, or not a file
        return None


def _rubric_files(names: Iterable[str]) -> list[str]:
    wanted = [name for name in names if name != "all"]
    if not wanted:
        return []
    from evgrade.rubric.load import find_rubric

    return [find_rubric(name) for name in wanted]


def _settings_above(paths: Iterable[str]) -> Iterator[Path]:
    """Yield where settings and ignore rules would be that hold for some files and folders."""
    from evgrade.config import OWN, SHARED
    from evgrade.discover import IGNORE_FILE, is_folder

    nearest = {(Path(path) if is_folder(path) else Path(path).parent).resolve() for path in paths}
    for folder in nearest.union(*(one.parents for one in nearest)):
        yield from (folder / name for name in (OWN, SHARED, IGNORE_FILE))


def _settings_below(paths: Iterable[str]) -> Iterator[Path]:
    """Yield the settings and ignore rules further below some folders."""
    from evgrade.config import OWN, SHARED
    from evgrade.discover import IGNORE_FILE, is_folder

    for path in filter(is_folder, paths):
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in {OWN, SHARED, IGNORE_FILE}.intersection(names))
