"""The pool: results in order, whatever --jobs is and whatever a file does to its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

from evgrade.batch.pool import Pool, usable_cores
from evgrade.batch.work import WorkersError
from evgrade.batch.workers import TWICE, Fresh, local_executor
from evgrade.discover import Source
from tests.crossed import first_of

from .works import Name

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def sources(*names: str) -> list[Source]:
    return [Source(name, named=True) for name in names]


def many(number: int) -> list[Source]:
    return sources(*(f"file-{n}" for n in range(number)))


def alive(pid: int | str) -> bool:
    """Whether a process runs; one that has ended and is not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(holds: Any, seconds: float = 20) -> bool:
    """Whether something comes to hold."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


# Order and place


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_files(jobs: int) -> None:
    given = [*sources("slow"), *many(50)]
    assert [path for path, _ in Pool(jobs, chunk=4).run(Name(), given)] == [source.path for source in given]


def test_one_job_is_this_process() -> None:
    assert {pid for _, pid in Pool(1).run(Name(), many(5))} == {os.getpid()}


def test_several_jobs_are_that_many_other_processes() -> None:
    pids = {pid for _, pid in Pool(2, chunk=1).run(Name(), [*sources("slow", "slow"), *many(20)])}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert soon(lambda: not any(alive(pid) for pid in pids)), "the workers end with the run"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is never copied")
def test_a_process_with_threads_is_never_copied() -> None:
    """Threads that Python does not know of are seen too."""
    program = """
import _thread, time
from evgrade.batch.workers import local_executor
with local_executor(1) as executor:
    print(type(executor).__name__)
_thread.start_new_thread(time.sleep, (60,))
with local_executor(1) as executor:
    print(type(executor).__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Copies", "Fresh"]


def test_no_file_is_no_result() -> None:
    assert list(Pool(2).run(Name(), [])) == []


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1


# Memory


@pytest.mark.parametrize("number", [100, 1000])
def test_few_files_are_taken_before_their_time(number: int) -> None:
    taken = 0

    def files() -> Iterator[Source]:
        nonlocal taken
        for source in many(number):
            taken += 1
            yield source

    pool = Pool(2, start=ThreadPoolExecutor, chunk=5, ahead=2)
    for done, _ in enumerate(pool.run(Name(), files())):
        assert taken - done <= 2 * 2 * 5


@dataclass(frozen=True)
class Together:
    """Tells of each file how many it came with."""

    def __call__(self, sources: Iterable[Source]) -> Iterator[int]:
        files = list(sources)
        return repeat(len(files), len(files))

    def prepare(self) -> None:
        raise AssertionError("no process is started")

    def lost(self, source: Source, reason: str) -> int:
        raise AssertionError(source, reason)


@pytest.mark.parametrize(("jobs", "most"), [(1, 64), (2, 64), (16, 27)])
def test_no_worker_has_much_left_to_do_when_the_others_have_nothing(jobs: int, most: int) -> None:
    """So the first chunks are small, for nobody knows yet how many files there are, and the last are not too large."""
    start = None if jobs == 1 else ThreadPoolExecutor
    sizes = list(Pool(jobs, start=start).run(Together(), many(5000)))
    assert sizes[0] <= 8
    assert max(sizes) == most
    for done, size in enumerate(sizes):
        assert size <= max(8, 8 + done / (16 * jobs))


# Any executor


class Elsewhere(Executor):
    """An executor of somebody else, that does the work when it is sent."""

    def __init__(self, _jobs: int) -> None:
        self.ended = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def test_the_work_can_be_done_by_any_executor() -> None:
    here = [path for path, _ in Pool(2, start=Elsewhere, chunk=3).run(Name(), many(10))]
    assert here == [source.path for source in many(10)]


class Gone(Elsewhere):
    """An executor that is lost after the first chunk."""

    sent = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the first."""
        self.sent += 1
        future = super().submit(fn, *args, **kwargs) if self.sent == 1 else Future()
        if self.sent > 1:
            future.set_exception(WorkersError("gone"))
        return future


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_executor_that_is_lost_ends_the_run_and_no_file_is_to_blame(jobs: int) -> None:
    run = Pool(jobs, start=Gone, chunk=3).run(Name(), many(10))
    assert [next(run)[0] for _ in range(3)] == ["file-0", "file-1", "file-2"]
    with pytest.raises(WorkersError, match="gone"):
        next(run)


def test_work_that_raises_is_lost_and_the_rest_is_not() -> None:
    results = list(Pool(2, start=Elsewhere, chunk=3).run(Name(), sources("a", "raise", "b", "c")))
    assert results[1] == ("raise", "internal error: ValueError: raise")
    assert [path for path, _ in results] == ["a", "raise", "b", "c"]


# Workers that die


@pytest.mark.parametrize("at", first_of([7, 0, 19]))
def test_a_file_that_kills_its_worker_is_lost_alone(at: int) -> None:
    given = many(20)
    given[at] = Source("kill", named=True)
    results = list(Pool(2, chunk=4).run(Name(), given))
    assert [path for path, _ in results] == [source.path for source in given]
    assert [(path, told) for path, told in results if isinstance(told, str)] == [("kill", TWICE)]


@pytest.mark.nightly
def test_every_file_that_kills_its_worker_is_found() -> None:
    given = sources("a", "kill-1", "kill-2", "b", "c", "d", "e", "kill-3", "f")
    results = list(Pool(2, chunk=2).run(Name(), given))
    assert [path for path, told in results if told == TWICE] == ["kill-1", "kill-2", "kill-3"]
    assert [path for path, _ in results] == [source.path for source in given]


@pytest.mark.parametrize("times", first_of([2, 1]))
def test_a_file_whose_worker_died_is_tried_again_and_then_in_a_process_of_its_own(tmp_path: Path, times: int) -> None:
    given = sources("a", "b", f"dies-{times}", "c", "d", "e")
    results = list(Pool(2, chunk=2).run(Name(str(tmp_path)), given))
    assert [path for path, _ in results] == [source.path for source in given]
    assert all(isinstance(told, int) for _, told in results)
    assert len(list(tmp_path.iterdir())) == times


def test_a_file_whose_worker_died_three_times_is_given_up(tmp_path: Path) -> None:
    results = list(Pool(2, chunk=2).run(Name(str(tmp_path)), sources("a", "dies-9", "b")))
    assert [told == TWICE for _, told in results] == [False, True, False]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_worker_that_is_killed_from_outside_costs_no_file() -> None:
    run = Pool(2, chunk=1, ahead=2).run(Name(), [*many(8), *sources("slow", "slow", "slow"), *many(20)])
    results = [next(run)]
    assert isinstance(results[0][1], int)
    os.kill(results[0][1], signal.SIGKILL)
    results += run
    assert len(results) == 31
    assert all(isinstance(told, int) for _, told in results)


class Dead(Executor):
    """An executor whose workers cannot live here at all."""

    def __init__(self, _jobs: int) -> None:
        self.ended = False

    def submit(self, _fn: Any, /, *_args: Any, **_kwargs: Any) -> Future[Any]:
        """Fail."""
        raise BrokenExecutor


def test_workers_that_cannot_live_at_all_are_no_fault_of_the_files() -> None:
    with pytest.raises(WorkersError, match="die before they have a file"):
        list(Pool(2, start=Dead, chunk=1).run(Name(), many(1000)))


# The end


def test_who_stops_early_ends_the_workers(tmp_path: Path) -> None:
    run = Pool(2, chunk=1).run(Name(str(tmp_path)), [*many(2), *sources("stuck"), *many(100)])
    pids = {next(run)[1], next(run)[1]}
    assert soon((tmp_path / "stuck").exists)
    begin = time.monotonic()
    run.close()
    assert time.monotonic() - begin < 10
    assert soon(lambda: not any(alive(pid) for pid in pids))


ABANDONED = """
import time
from concurrent.futures import process
from evgrade.batch.workers import Copies

def late(self):
    if not self._closed:
        time.sleep(0.1)
        self._writer.send_bytes(b"")

executor = Copies(1)
executor.submit(time.sleep, 60)
time.sleep(0.1)
process._ThreadWakeup.wakeup = late
executor.abandon()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process is never copied")
def test_python_ends_without_a_word_after_the_workers_were_abandoned() -> None:
    """It wakes the thread of an executor, by a pipe that this thread must not be closing meanwhile."""
    done = subprocess.run([sys.executable, "-c", ABANDONED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


PARENT = """
import sys
from evgrade.batch.pool import Pool
from tests.batch.test_pool import many, sources
from tests.batch.works import Name

if __name__ == "__main__":
    for path, pid in Pool(2, chunk=1).run(Name(sys.argv[1]), [*many(4), *sources("stuck", "stuck"), *many(100)]):
        print(pid, flush=True)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_workers_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    with subprocess.Popen(
        [sys.executable, script, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as parent:
        assert parent.stdout is not None
        pids = {int(parent.stdout.readline()) for _ in range(4)}
        assert soon((tmp_path / "stuck").exists)
        parent.kill()
    assert soon(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are blocked otherwise")
def test_an_interrupt_does_not_reach_a_worker() -> None:
    executor = local_executor(1)
    pid = executor.submit(os.getpid).result()
    os.kill(pid, signal.SIGINT)
    assert executor.submit(os.getpid).result() == pid
    blocked = executor.submit(signal.pthread_sigmask, signal.SIG_BLOCK, set()).result()
    executor.shutdown()
    assert signal.SIGINT in blocked, "from its first moment, before it could ask for anything"
    assert not {signal.SIGINT, signal.SIGTERM} & signal.pthread_sigmask(signal.SIG_BLOCK, set())


EARLY = """
import os, signal, sys
from evgrade.batch import workers

def interrupted(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, interrupted)
signal.signal(signal.SIGINT, interrupted)
executor = {"copies": workers.Copies, "fresh": workers.Fresh}[sys.argv[1]](1)
if sys.argv[1] == "copies":
    started = os.fork
    def fork():
        pid = started()
        if pid == 0:
            os.kill(os.getpid(), int(sys.argv[2]))
        return pid
    os.fork = fork
else:
    started = workers.subprocess.Popen
    def popen(*args, **kwargs):
        process = started(*args, **kwargs)
        process.send_signal(int(sys.argv[2]))
        return process
    workers.subprocess.Popen = popen
error = executor.submit(os.getpid).exception()
print(type(error).__name__)
"""


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="signals are blocked otherwise")
@pytest.mark.parametrize("kind", ["copies", "fresh"])
@pytest.mark.parametrize(
    ("number", "outcome"), [(signal.SIGTERM, "BrokenProcessPool"), (signal.SIGINT, "NoneType")], ids=["TERM", "INT"]
)
def test_a_signal_that_comes_early_ends_a_worker_without_a_word_or_not_at_all(
    kind: str, number: signal.Signals, outcome: str
) -> None:
    command = [sys.executable, "-c", EARLY, kind, str(int(number))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{outcome}\n", "")


# Processes that are no copies


class OddError(Exception):
    """An error that cannot be made again from what it was made with."""

    def __init__(self, number: int, place: str) -> None:
        super().__init__(f"{number} at {place}")


def odd() -> None:
    raise OddError(1, "a place")


def chatty() -> str:
    os.write(1, b"something")
    print("something else")  # noqa: T201
    return "done"


def test_a_fresh_process_tells_what_went_wrong_and_goes_on() -> None:
    with Fresh(1) as executor:
        with pytest.raises(RuntimeError, match="OddError: 1 at a place"):
            executor.submit(odd).result()
        with pytest.raises(ValueError, match="invalid literal"):
            executor.submit(int, "x").result()
        with pytest.raises(Exception, match="<lambda>"):  # each Python says otherwise that it cannot be sent
            executor.submit(lambda: 1).result()
        assert executor.submit(chatty).result() == "done"


def test_where_one_dies_all_that_is_under_way_is_broken_and_nothing_waits_for_ever() -> None:
    with Fresh(2) as executor:
        waits = (executor.submit(time.sleep, 600) for _ in range(2))
        futures: list[Future[Any]] = [next(waits), executor.submit(os._exit, 1), next(waits)]
        assert [type(future.exception(timeout=60)) for future in futures] == [BrokenProcessPool] * 3
        with pytest.raises(BrokenProcessPool):
            executor.submit(os.getpid)


def test_where_none_can_be_started_the_pool_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with Fresh(1) as executor, pytest.raises(BrokenProcessPool):
        executor.submit(os.getpid)
    with pytest.raises(WorkersError, match="die before they have a file"):
        list(Pool(2, start=Fresh).run(Name(), many(100)))
