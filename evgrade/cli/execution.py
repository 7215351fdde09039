"""Where `evgrade batch` grades: in this process, in others on this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evgrade.batch.pool import Pool, usable_cores
from evgrade.batch.task import Grading
from evgrade.cli.arguments import refused
from evgrade.cli.options import ExecutorName
from evgrade.discover import is_folder
from evgrade.model import EvgradeError
from evgrade.rubric.load import RubricText

_FEW = 64
"""Up to how many files one process is done before others would have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Where the work is done, as the options have it.

    Attributes:
        executor: by processes on this machine, or by a Dask cluster.
        scheduler: the address of the cluster.
        jobs: how many chunks of files are graded at once; None for as many as there are cores, or workers.
    """

    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None
    jobs: int | None = None

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

    def grading(self, rubrics: Sequence[RubricText]) -> Grading:
        """Return the work, such that relative paths mean the same wherever it is done."""
        return Grading(tuple(rubrics), folder="" if self.scheduler is None else str(Path.cwd()))

    @contextmanager
    def pool(self, paths: Sequence[str], grading: Grading) -> Iterator[Pool]:
        """Give the pool that does the work.

        Raises:
            EvgradeError: the cluster cannot be used.
        """
        if self.scheduler is None:
            few = _FEW if self.jobs is None else 0
            yield Pool(self.jobs or usable_cores(), few=few, prepare=grading.prepare)
            return
        from evgrade.batch.dask import Needs, dask_pool

        folders = {Path(path) if is_folder(path) else Path(path).parent for path in paths}
        needs = Needs.of({str(folder.absolute()) for folder in folders})
        with dask_pool(self.scheduler, needs, self.jobs) as pool:
            yield pool
