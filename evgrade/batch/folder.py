"""All dossiers below some folders, as rows."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING

from evgrade.batch.memory import FORGETFUL, Memory
from evgrade.batch.pool import Pool
from evgrade.batch.row import Problem, Row, Status
from evgrade.discover import Skipped, discover

if TYPE_CHECKING:
    from evgrade.batch.task import Grading


def rows(
    paths: Iterable[str], grading: Grading, pool: Pool, memory: Memory[Row] = FORGETFUL
) -> Generator[Sequence[Row], None, None]:
    """Yield a row for each file that is named or found, in order, then for what was left out on the way.

    Those that are there at the same time come together.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    skipped = Skipped()
    yield from pool.together(grading, discover(paths, skipped), memory)
    for path, reason in skipped.reasons:
        yield [Row(path, Status.SKIPPED, problem=Problem(reason))]
    for path, reason in skipped.unreadable:
        yield [Row(path, Status.UNREADABLE, problem=Problem(reason))]
