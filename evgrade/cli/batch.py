"""`evgrade batch`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evgrade.batch.columns import Choice, ColumnError, Extra, about, chosen_sort, columns_of, condition, extras_named
from evgrade.batch.row import Grading, Row, Tally, rows
from evgrade.batch.work import NO_CACHE, WorkersError
from evgrade.checked import Outcome
from evgrade.cli.batch_outputs import BatchOutputs, Sinks, Weighing
from evgrade.cli.destinations import BatchFormat, Output, refused
from evgrade.cli.execution import CacheOptions, Execution, Interrupts, Stopwatch
from evgrade.cli.exits import DONE, FAILED, FINDINGS, INTERRUPTED
from evgrade.cli.streams import say, terminal_sink
from evgrade.discover import Skipped, check_listable, discover
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.render.clean import for_terminal
from evgrade.render.summary import summary
from evgrade.rubric.load import read_rubric, requested_names
from evgrade.rubric.outline import Outline
from evgrade.yamlio.source import STDIN, shown_name

if TYPE_CHECKING:
    from evgrade.batch.cache import RowCache
    from evgrade.render.progress import Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOptions:
    """The options for which rows are shown and how."""

    sort: str | None = None
    where: Sequence[str] = ()
    condition: str | None = None
    min_score: float | None = None
    grouped: bool = False
    limit: int | None = None
    robust: bool = False

    def choice(self, rubrics: Sequence[Outline]) -> Choice:
        """Return the choice of rows.

        Raises:
            typer.BadParameter: there is no such column, or a value does not fit it.
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

    def extras(self) -> frozenset[Extra]:
        """Return what to work out beside the grades."""
        return frozenset(Extra) if self.robust else extras_named(self.sort, self.where)


def run_batch(
    paths: Sequence[str],
    rubric_names: Sequence[str],
    outputs: Sequence[Output[BatchFormat]],
    options: RowOptions,
    execution: Execution,
    cache_options: CacheOptions,
    *,
    progress: bool | None,
    quiet: bool,
    color: bool | None,
) -> int:
    """Grade all dossiers in files and folders, print them ranked and a summary, and return the exit code.

    Args:
        paths: files and folders.
        rubric_names: the grading systems.
        outputs: formats and files of the rows.
        options: which rows are shown and how.
        execution: where the work is done.
        cache_options: whether and where rows are kept for the next run.
        progress: whether to show a progress bar; None for unless CI is set.
        quiet: whether to leave out progress and summary.
        color: whether the table has colours; None to decide by the terminal.

    Raises:
        EvgradeError: a folder, a rubric, an output or a cluster cannot be used.
        NothingToGradeError: no dossier was found.
    """
    extras = options.extras()
    grading = replace(checked_grading(paths, rubric_names, execution), firmness=Extra.FIRMNESS in extras)
    with cache_options.opened(grading, quiet=quiet) as cache:
        rubrics = outlines_of(grading, cache)
        sinks: Sinks = BatchOutputs(outputs, options.choice(rubrics), rubrics, extras, color=color)
        if Extra.WEIGHTINGS in extras:
            sinks = Weighing(sinks, [text.compiled() for text in grading.rubrics])
        streams = Output(BatchFormat.JSONL, None) in outputs
        return grade_into(
            sinks, paths, grading, rubrics, execution, cache, streams=streams, progress=progress, quiet=quiet
        )


def checked_grading(paths: Sequence[str], rubric_names: Sequence[str], execution: Execution) -> Grading:
    """Check paths, options and rubrics, and return the work.

    Raises:
        EvgradeError: a folder cannot be listed, or a rubric cannot be read.
    """
    if STDIN in paths:
        raise EvgradeError("standard input is one dossier, not many", hint="evgrade score - grades it")
    for path in paths:
        check_listable(path)
    execution.check()
    return execution.grading([read_rubric(name) for name in requested_names(rubric_names)])


def outlines_of(grading: Grading, cache: RowCache | None) -> Sequence[Outline]:
    """Return the outlines of the rubrics, without compiling them if the cache has them.

    Raises:
        EvgradeError: a rubric cannot be used, or two have the same name.
    """
    if cache is not None:
        outlines = cache.outlines(grading.rubrics)
    else:
        outlines = [text.compiled().outline for text in grading.rubrics]
    columns_of(outlines)
    return outlines


def grade_into(
    sinks: Sinks,
    paths: Sequence[str],
    grading: Grading,
    rubrics: Sequence[Outline],
    execution: Execution,
    cache: RowCache | None,
    *,
    streams: bool,
    progress: bool | None,
    quiet: bool,
) -> int:
    """Grade all dossiers in files and folders, pass their rows on, and return the exit code.

    `streams` says that rows go to standard output as they come.

    Raises:
        EvgradeError: an output or a cluster cannot be used.
        NothingToGradeError: no dossier was found.
    """
    watch = Stopwatch()
    gc.freeze()  # imported objects stay, so the collector need not look at them again and again
    tally = Tally(named=frozenset(map(shown_name, paths)))
    stopped: BaseException | None = None
    interrupts = Interrupts()
    try:
        with execution.pool(paths) as pool, interrupts.caught():
            try:
                with _progress(paths, streams=streams, wanted=progress, quiet=quiet) as bar:
                    _grade(rows(paths, grading, pool, cache or NO_CACHE), sinks, tally, bar, interrupts)
                tally.recalled = 0 if cache is None else cache.found  # not in a run that ends early
            except (KeyboardInterrupt, WorkersError) as reason:
                stopped = reason
            if tally.dossiers:
                tally.shown += sinks.finish()
    finally:
        sinks.discard()
    if tally.files:
        lines = (summary(tally, rubrics), *(f"  {line}" for line in sinks.summary_lines()), watch.summary(tally.files))
        say("\n".join(lines), quiet=quiet)
    if isinstance(stopped, WorkersError):
        raise EvgradeError(f"{stopped.message}; finished results are kept", hint=stopped.hint)
    if stopped is not None:
        say("evgrade: interrupted; finished results are kept")
        return INTERRUPTED
    return _code(tally)


def _grade(
    found: Generator[Sequence[Row], None, None],
    sinks: Sinks,
    tally: Tally,
    bar: Bar | None,
    interrupts: Interrupts,
) -> None:
    """Take every row, and end the workers in any case."""
    with closing(found):
        for some in found:
            with interrupts.held():
                tally.add(some)
                tally.shown += sinks.take(some)
                if bar is not None:
                    bar.advance(len(some))


def _code(tally: Tally) -> int:
    """Return the exit code.

    Raises:
        NothingToGradeError: no dossier was found.
    """
    if not tally.dossiers:
        raise NothingToGradeError
    for name in sorted(tally.unreadable):
        say(f"evgrade: {for_terminal(name)} could not be read")
    if tally.unreadable:
        return FAILED
    return DONE if tally.statuses[Outcome.VALID] == tally.dossiers else FINDINGS


@contextmanager
def _progress(
    paths: Sequence[str],
    *,
    streams: bool,
    wanted: bool | None,
    quiet: bool,
) -> Iterator[Bar | None]:
    """Show a progress bar, only on a terminal, and not while rows go there too."""
    rows_on_terminal = streams and sys.stdout is not None and sys.stdout.isatty()
    is_terminal = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    unwanted = wanted is False or (wanted is None and bool(os.environ.get("CI")))
    if quiet or unwanted or rows_on_terminal or not is_terminal:
        yield None
        return
    from evgrade.render.progress import Bar

    total = sum(1 for _ in discover(paths, Skipped()))
    with Bar(sys.stderr, total, color=terminal_sink(sys.stderr, color=None).color) as bar:
        yield bar
