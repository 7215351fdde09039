"""How a run over many files is carried out: workers, cache, interruptions, time.

The work is done in this process, in worker processes on this machine, or on a Dask cluster.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from evgrade.batch.pool import Pool, usable_cores
from evgrade.batch.row import Grading
from evgrade.cli.destinations import refused
from evgrade.cli.options import ExecutorName
from evgrade.cli.streams import say
from evgrade.discover import is_folder
from evgrade.model import EvgradeError, is_short_of_memory
from evgrade.render.clean import prose
from evgrade.rubric.load import RubricText

if TYPE_CHECKING:
    from evgrade.batch.cache import RowCache

_FEW = 64
"""Up to this many files, one process finishes before others would have started."""


@contextmanager
def _short_memory_reported_once() -> Iterator[None]:
    """Let no thread that runs out of memory print a traceback; the run itself reports it."""
    before = threading.excepthook

    def hook(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is None or not is_short_of_memory(ended.exc_value):
            before(ended)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


def local_pool(jobs: int | None, *, apart: bool = False) -> Pool:
    """Return a pool of processes on this machine; a few files need only the current one.

    Args:
        jobs: the number of processes; None for one per core.
        apart: whether to always use other processes, because one that hangs has to be ended.
    """
    return Pool(jobs or usable_cores(), apart=apart, few=0 if apart or jobs is not None else _FEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The options for where the work is done.

    Attributes:
        executor: processes on this machine, or a Dask cluster.
        scheduler: the address of the cluster.
        jobs: the number of chunks of files graded at once; None for one per core, or per worker.
        seconds: the time limit for a file; None for no limit.
        slow: whether each file takes long, so that a worker gets one at a time.
    """

    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None
    jobs: int | None = None
    seconds: float | None = None
    slow: bool = False

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises:
            typer.BadParameter: some do not.
        """
        if self.executor is ExecutorName.DASK and self.scheduler is None:
            error = EvgradeError("dask needs --scheduler", hint="such as --scheduler tcp://192.0.2.1:8786")
            raise refused(error, "--executor")
        if self.executor is not ExecutorName.DASK and self.scheduler is not None:
            raise refused(EvgradeError("only --executor dask has a scheduler"), "--scheduler")
        if self.executor is ExecutorName.DASK and self.seconds is not None:
            error = EvgradeError("the workers of a cluster may do other work, and cannot be ended for a file")
            raise refused(error, "--timeout")

    def grading(self, rubrics: Sequence[RubricText]) -> Grading:
        """Return the work, with relative paths that mean the same wherever it is done."""
        return Grading(tuple(rubrics), "" if self.scheduler is None else str(Path.cwd()), self.seconds)

    @contextmanager
    def pool(self, paths: Sequence[str]) -> Iterator[Pool]:
        """Provide the pool that does the work.

        Raises:
            EvgradeError: the cluster cannot be used.
        """
        if self.scheduler is None:
            with _short_memory_reported_once():
                yield self._shared_out(local_pool(self.jobs, apart=self.seconds is not None))
            return
        from evgrade.batch.dask import Needs, dask_pool

        folders = {Path(path) if is_folder(path) else Path(path).parent for path in paths}
        needs = Needs.of({str(folder.absolute()) for folder in folders})
        with dask_pool(self.scheduler, needs, self.jobs) as pool:
            yield self._shared_out(pool)

    def _shared_out(self, pool: Pool) -> Pool:
        return replace(pool, chunk=1, few=min(pool.few, 1)) if self.slow else pool


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    """The options for the cache.

    Attributes:
        wanted: whether to use one.
        folder: where it is; None for where the system keeps caches.
    """

    wanted: bool = True
    folder: str | None = None

    @property
    def _place(self) -> Path | None:
        return None if self.folder is None else Path(self.folder)

    @contextmanager
    def opened(self, grading: Grading, *, quiet: bool) -> Iterator[RowCache | None]:
        """Open the cache. If it cannot be used, a message says so and the run does without it."""

        def tell(line: str) -> None:
            say(f"evgrade: {prose(line)}", quiet=quiet)

        if not self.wanted:
            yield None
            return
        try:
            from evgrade.batch.cache import row_cache
        except ImportError as error:  # some Pythons are built without SQLite
            tell(f"no cache: {error}")
            yield None
            return
        with row_cache(self._place, grading, tell) as cache:
            yield cache


class Interrupts:
    """Raises KeyboardInterrupt at a request to end: at once, or in a `held` block after it or at the second request."""

    def __init__(self) -> None:
        self._is_held = False
        self._is_requested = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Treat SIGTERM like SIGINT. A process that ignored SIGINT still ignores it."""
        numbers = [signal.SIGTERM]
        if sys.platform == "win32":
            numbers.append(
                signal.SIGBREAK
            )  # Ctrl+Break, also sent to end a job: on Windows other programs cannot send SIGTERM
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            numbers.append(signal.SIGINT)
        before = {number: signal.signal(number, self._asked) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def held(self) -> Interrupts:
        """Put off an interruption until the end of the block."""
        return self

    def __enter__(self) -> Interrupts:
        self._is_held = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_held = False
        if kind is None and self._is_requested:
            raise KeyboardInterrupt

    def _asked(self, _number: int, _frame: object) -> None:
        if self._is_held and not self._is_requested:
            self._is_requested = True
        else:
            raise KeyboardInterrupt


class Stopwatch:
    """Measures a run from its start."""

    def __init__(self) -> None:
        self._start = monotonic()

    def summary(self, files: int) -> str:
        """Return how long the run has taken, and how many files that is a second."""
        seconds = monotonic() - self._start
        rate = files / max(seconds, 1)
        rate_words = f", {rate:.{0 if rate >= 10 else 1}f} a second" if seconds >= 1 else ""
        return f"{seconds:.1f} s{rate_words}"
