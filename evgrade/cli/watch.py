"""`--watch`: run again whenever a relevant file changes, until interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from evgrade.cli.exits import DONE, report
from evgrade.cli.streams import say
from evgrade.discover import SUFFIXES, from_here, is_folder
from evgrade.model import EvgradeError, is_short_of_memory
from evgrade.render.clean import for_terminal
from evgrade.yamlio.source import STDIN

_SET_UP = 200
"""Milliseconds until the watcher first reports that nothing changed."""

_TOGETHER = 200
"""Milliseconds within which changes count as one: editors replace a file in several steps."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The folders to watch for changes to some files, and to the dossiers in some folders.

    A file is watched through its folder, so that it may be replaced, or vanish and come back.

    Attributes:
        folders: the folders to watch, each without its subfolders.
        files: the files, and the targets of links.
        trees: the folders with dossiers.
    """

    folders: frozenset[Path]
    files: frozenset[Path]
    trees: frozenset[Path]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Watched:
        """Return what to watch for some files and folders as they are now."""
        files: set[Path] = set()
        trees: set[Path] = set()
        for path in paths:
            if is_folder(path):
                trees.add(Path(path).resolve())
            else:
                files |= {Path(path).parent.resolve() / Path(path).name, Path(path).resolve()}
        folders = {_existing(path.parent) for path in (*files, *trees)}
        folders |= {folder for tree in trees for folder in _below(tree)}
        return cls(frozenset(folders), frozenset(files), frozenset(trees))

    def concerns(self, path: Path) -> bool:
        """Whether a change to a file or folder may change the result."""
        if path in self.trees or any(file.is_relative_to(path) for file in self.files):
            return True
        is_ours = path.name.endswith(SUFFIXES) or path in self.folders or path.is_dir()
        return is_ours and any(_is_seen(path.relative_to(tree)) for tree in self.trees if path.is_relative_to(tree))


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that exists."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _below(tree: Path) -> Iterator[Path]:
    """Yield a folder and the subfolders that are searched for dossiers."""
    for folder, inside, _ in os.walk(tree):
        inside[:] = [name for name in inside if not name.startswith(".")]
        yield Path(folder)


def _is_seen(inside: Path) -> bool:
    return not any(part.startswith(".") for part in inside.parts)


def run_again(run: Callable[[], int], paths: list[str], rubrics: list[str]) -> int:
    """Run now, and again whenever a dossier or a rubric changes, until interrupted.

    Raises:
        typer.BadParameter: standard input cannot be watched.
        EvgradeError: watchfiles is not installed.
    """
    if STDIN in paths:
        raise typer.BadParameter("standard input cannot be watched.", param_hint="--watch")
    from evgrade.rubric.load import rubric_files

    watch(run, [*paths, *rubric_files(rubrics)])
    return DONE


def watch(run: Callable[[], object], paths: Iterable[str]) -> None:
    """Run now, and again whenever a relevant file or folder changes, until a KeyboardInterrupt.

    Errors of a run are reported and do not end the watch: the user is likely fixing them.

    Raises:
        EvgradeError: watchfiles is not installed.
    """
    try:
        import watchfiles
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        hint = "pip install 'watchfiles>=0.24', or install evgrade with its extra `watch`"
        raise EvgradeError("--watch needs the library watchfiles, which is not installed", hint=hint) from None
    requested = list(paths)
    while True:
        watched = Watched.of(requested)
        is_set_up = False
        for changes in watchfiles.watch(
            *watched.folders,
            watch_filter=None,
            recursive=False,
            debounce=_TOGETHER,
            rust_timeout=_SET_UP,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            changed = sorted({Path(path) for _, path in changes if watched.concerns(Path(path))})
            if changed:
                say(f"--- changed: {', '.join(for_terminal(from_here(path)) for path in changed)}")
            if changed and Watched.of(requested) != watched:
                break  # folders came or went: watch the current ones, then run
            if changed or not is_set_up:  # the first run waits for the watcher, to miss no change
                _run(run)
            is_set_up = True


def _run(run: Callable[[], object]) -> None:
    try:
        run()
    except BrokenPipeError:
        raise
    except Exception as error:
        report(error)
