"""Where `evgrade batch` grades: in this process, in worker processes on this machine, or on a Dask cluster."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evgrade.batch.pool import Pool, usable_cores
from evgrade.batch.row import Grading
from evgrade.cli.arguments import refused
from evgrade.cli.options import ExecutorName
from evgrade.discover import is_folder
from evgrade.model import EvgradeError, is_short_of_memory
from evgrade.rubric.load import RubricText

_FEW = 64
"""Up to how many files one process is done before others would have begun."""


@contextmanager
def _short_memory_reported_once() -> Iterator[None]:
    """Leave it to the run to say that there is too little memory: a thread that ends of it prints a traceback."""
    before = threading.excepthook

    def hook(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is None or not is_short_of_memory(ended.exc_value):
            before(ended)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Where the work is done, as the options have it.

    Attributes:
        executor: by processes on this machine, or by a Dask cluster.
        scheduler: the address of the cluster.
        jobs: how many chunks of files are graded at once; None for as many as there are cores, or workers.
        seconds: how long a file may take; None for no limit.
        slow: whether each file takes long, so that a worker gets one at a time.
    """

    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None
    jobs: int | None = None
    seconds: float | None = None
    slow: bool = False

    def check(self) -> None:
        """Make sure that the options go together.

        Raises:
            typer.BadParameter: they do not.
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
        """Return the work, such that relative paths mean the same wherever it is done."""
        return Grading(tuple(rubrics), "" if self.scheduler is None else str(Path.cwd()), self.seconds)

    @contextmanager
    def pool(self, paths: Sequence[str]) -> Iterator[Pool]:
        """Give the pool that does the work.

        Raises:
            EvgradeError: the cluster cannot be used.
        """
        if self.scheduler is None:
            apart = self.seconds is not None
            few = 0 if apart or self.jobs is not None else _FEW
            with _short_memory_reported_once():
                yield self._shared_out(Pool(self.jobs or usable_cores(), apart=apart, few=few))
            return
        from evgrade.batch.dask import Needs, dask_pool

        folders = {Path(path) if is_folder(path) else Path(path).parent for path in paths}
        needs = Needs.of({str(folder.absolute()) for folder in folders})
        with dask_pool(self.scheduler, needs, self.jobs) as pool:
            yield self._shared_out(pool)

    def _shared_out(self, pool: Pool) -> Pool:
        return replace(pool, chunk=1, few=min(pool.few, 1)) if self.slow else pool
