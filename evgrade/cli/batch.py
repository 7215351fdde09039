"""`evgrade batch`."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from evgrade.batch.choice import Choice, about, chosen_sort, condition
from evgrade.batch.columns import ColumnError, columns_of
from evgrade.batch.folder import rows
from evgrade.batch.local import usable_cores
from evgrade.batch.memory import FORGETFUL, Memory
from evgrade.batch.pool import Pool
from evgrade.batch.row import Row, Status
from evgrade.batch.tally import Tally
from evgrade.batch.task import Grading
from evgrade.checking import NothingToGradeError
from evgrade.cli.arguments import BatchFormat, refused
from evgrade.cli.batch_outputs import BatchOutputs
from evgrade.cli.destinations import Output
from evgrade.cli.exits import DONE, FAILED, FINDINGS, INTERRUPTED
from evgrade.cli.interrupts import Interrupts
from evgrade.cli.stopwatch import Stopwatch
from evgrade.cli.streams import say, terminal_sink
from evgrade.discover import Skipped, check_listable, discover
from evgrade.model import EvgradeError
from evgrade.render.clean import for_terminal, prose
from evgrade.render.ranking import summary
from evgrade.rubric import DEFAULT, Rubric, read_rubric, shipped_names
from evgrade.yamlio import STDIN, shown_name

if TYPE_CHECKING:
    from evgrade.render.progress import Bar

_FEW = 64
"""Up to how many files one process is done before others would have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are shown and how, as the options have it."""

    sort: str | None = None
    where: Sequence[str] = ()
    condition: str | None = None
    min_score: float | None = None
    grouped: bool = False
    limit: int | None = None

    def choice(self, rubrics: Sequence[Rubric]) -> Choice:
        """Return the choice that these make.

        Raises:
            typer.BadParameter: there is no such column, or no such value in it.
        """
        keeps = []
        option = "--sort"
        try:
            sort = chosen_sort(self.sort, rubrics)
            option = "--where"
            keeps += [condition(text, rubrics) for text in self.where]
            option = "--min-score"
            if self.min_score is not None:
                keeps.append(condition(f"score>={self.min_score}", rubrics))
        except ColumnError as error:
            raise refused(error, option) from None
        if self.condition is not None:
            keeps.append(about(self.condition))
        return Choice(tuple(keeps), sort, self.grouped, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """Whether rows are kept for the next time, and where: in a folder, or in that of the system if it is None."""

    wanted: bool = True
    folder: str | None = None

    @contextmanager
    def opened(self, grading: Grading, tally: Tally, *, quiet: bool) -> Iterator[Memory[Row]]:
        """Open the cache, and count what came from it; say in a line what is wrong with it, and do without it."""

        def tell(line: str) -> None:
            say(f"evgrade: {prose(line)}", quiet=quiet)

        if not self.wanted:
            yield FORGETFUL
            return
        try:
            from evgrade.batch.recall import recalling
        except ImportError as error:  # some Pythons are built without SQLite
            tell(f"no cache: {error}")
            yield FORGETFUL
            return
        with recalling(None if self.folder is None else Path(self.folder), grading, tell) as recall:
            try:
                yield recall or FORGETFUL
            finally:
                tally.recalled = 0 if recall is None else recall.found


def run_batch(
    paths: Sequence[str],
    rubric_names: Sequence[str],
    outputs: Sequence[Output[BatchFormat]],
    wanted: Wanted,
    *,
    jobs: int | None,
    progress: bool | None,
    quiet: bool,
    color: bool | None,
    cache: Caching,
) -> int:
    """Grade all dossiers among files and folders, print them ranked and a summary, and return the exit code.

    Args:
        paths: files and folders.
        rubric_names: the grading systems.
        outputs: where rows go, and in which format.
        wanted: which rows are shown and how.
        jobs: how many processes grade; None for as many as there are cores, where there are many files.
        progress: whether to show how far it is; None for not where CI is set.
        quiet: whether to leave out progress and summary.
        color: whether the table has colours; None for as the terminal has it.
        cache: whether and where rows are kept for the next time.

    Raises:
        EvgradeError: a folder, a rubric or an output cannot be used.
        NothingToGradeError: no dossier was found.
    """
    if STDIN in paths:
        raise EvgradeError("standard input is one dossier, not many", hint="evgrade score - grades it")
    for path in paths:
        check_listable(path)
    grading = Grading(tuple(read_rubric(name) for name in _each_once(rubric_names)))
    rubrics = [text.compiled() for text in grading.rubrics]
    columns_of(rubrics)
    watch = Stopwatch()
    sinks = BatchOutputs(outputs, wanted.choice(rubrics), rubrics, color=color)
    tally = Tally(named=frozenset(map(shown_name, paths)))
    stopped: BaseException | None = None
    pool = Pool(jobs or (1 if _are_few(paths) else usable_cores()))
    interrupts = Interrupts()
    try:
        with interrupts.caught():
            try:
                with (
                    _progress(paths, outputs, wanted=progress, quiet=quiet) as bar,
                    cache.opened(grading, tally, quiet=quiet) as memory,
                ):
                    _grade(rows(paths, grading, pool, memory), sinks, tally, bar, interrupts)
            except KeyboardInterrupt as interrupt:
                stopped = interrupt
            if tally.dossiers:
                sinks.finish()
    finally:
        sinks.discard()
    if tally.files:
        say(f"{summary(tally, rubrics)}\n{watch.told(tally.files)}", quiet=quiet)
    if stopped is not None:
        say("evgrade: interrupted; what was finished is kept")
        return INTERRUPTED
    return _code(tally)


def _grade(
    found: Generator[Row, None, None], sinks: BatchOutputs, tally: Tally, bar: Bar | None, interrupts: Interrupts
) -> None:
    """Take every row, and end the workers however it ends."""
    with closing(found):
        for row in found:
            with interrupts.held():
                tally.add(row)
                tally.shown += sinks.take(row)
                if bar is not None:
                    bar.advance()


def _each_once(names: Sequence[str]) -> list[str]:
    """Return the names of rubrics, each once; the usual one if there is none, all that are shipped for `all`."""
    asked = (one for name in names or [DEFAULT] for one in (shipped_names() if name == "all" else [name]))
    return list(dict.fromkeys(asked))


def _are_few(paths: Sequence[str]) -> bool:
    return sum(1 for _ in islice(discover(paths, Skipped()), _FEW + 1)) <= _FEW


def _code(tally: Tally) -> int:
    """Return the exit code.

    Raises:
        NothingToGradeError: no dossier was found.
    """
    if not tally.dossiers:
        raise NothingToGradeError("no dossier was found", hint="a dossier is a YAML file that begins with `dossier: 1`")
    for name in sorted(tally.unreadable):
        say(f"evgrade: {for_terminal(name)} could not be read")
    if tally.unreadable:
        return FAILED
    return DONE if tally.statuses[Status.GRADED] == tally.dossiers else FINDINGS


@contextmanager
def _progress(
    paths: Sequence[str],
    outputs: Sequence[Output[BatchFormat]],
    *,
    wanted: bool | None,
    quiet: bool,
) -> Iterator[Bar | None]:
    """Show how far it is, on a terminal only, and not while rows go to the same one."""
    rows_on_terminal = sys.stdout is not None and sys.stdout.isatty() and Output(BatchFormat.JSONL, None) in outputs
    is_terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    unwanted = wanted is False or (wanted is None and bool(os.environ.get("CI")))
    if quiet or unwanted or rows_on_terminal or not is_terminal:
        yield None
        return
    from evgrade.render.progress import Bar

    total = sum(1 for _ in discover(paths, Skipped()))
    with Bar(sys.stderr, total, color=terminal_sink(sys.stderr, color=None).color) as bar:
        yield bar
