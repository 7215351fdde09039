"""A limit of time: whatever a file makes a process hang in, that ends, and the other files are graded."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import pytest

from evgrade.batch.installation import identity
from evgrade.batch.pool import Pool
from evgrade.batch.row import Grading, TookTooLong, at_most
from evgrade.batch.workers import TWICE, Copies, Fresh
from evgrade.checked import Outcome
from evgrade.discover import Source
from evgrade.rubric.load import read_rubric

from .works import Hanging

ROOT = Path(__file__).parents[2]
LIMIT = 0.8
TOO_LONG = f"it took longer than {LIMIT} s"


def sources(folder: Path, *names: str) -> list[Source]:
    for name in names:
        shutil.copy(ROOT / "examples" / "smallest.dossier.yaml", folder / name)
    return [Source(str(folder / name), named=True) for name in names]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "jobs"),
    [
        pytest.param(Copies, 1, marks=pytest.mark.nightly),
        (Copies, 2),
        pytest.param(Fresh, 2, marks=pytest.mark.nightly),
    ],
)
def test_what_hangs_is_reported_and_the_others_are_graded(
    start: Callable[[int], Executor], jobs: int, tmp_path: Path
) -> None:
    names = ("a", "python", "b", "native", "c")
    work = Hanging((read_rubric("aan-2004"),), seconds=LIMIT)
    rows = list(Pool(jobs, start=start, chunk=2).run(work, sources(tmp_path, *names)))
    assert [row.status for row in rows] == [Outcome.FAILED if "n" in name else Outcome.VALID for name in names]
    problems = [row.problem.message for row in rows if row.problem]
    assert problems == [TOO_LONG, f"{TOO_LONG}, or {TWICE}"]
    assert all(row.sha256 is None for row in rows if row.status is Outcome.FAILED), "such a row would be remembered"


def test_no_limit_decides_a_row() -> None:
    rubrics = (read_rubric("aan-2004"),)
    assert identity(Grading(rubrics, seconds=1)) == identity(Grading(rubrics))


def test_no_handler_of_errors_stops_the_alarm() -> None:
    def stubborn() -> None:
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # noqa: S112 - as code does that must not fail
                continue

    with pytest.raises(TookTooLong), at_most(0.05):
        stubborn()


def test_afterwards_nothing_rings_and_the_signal_is_as_before() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with at_most(60):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before
