"""The SHA-256 of many files: the same ones whichever process reads, and whatever happens to that."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest

from evgrade.batch.digests import Digest, Digests
from evgrade.batch.row import Row, Status
from evgrade.discover import Source
from tests.waiting import soon

AT_ONCE = 4
NUMBER = 22
NONE = [5, 6]
"""The numbers of files that have no SHA-256."""

only_where_processes_are_copied = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is copied")


@pytest.fixture
def files(tmp_path: Path) -> list[Source]:
    """Write many dossiers, and among them a file that is none, and leave out another one."""
    for number in range(NUMBER):
        (tmp_path / f"{number:02}.yaml").write_text(f"dossier: 1\n# {number}\n")
    (tmp_path / "05.yaml").write_text("other: 1\n")
    (tmp_path / "06.yaml").unlink()
    return [Source(str(tmp_path / f"{number:02}.yaml"), named=False) for number in range(NUMBER)]


def in_chunks(files: Sequence[Source]) -> Iterator[Sequence[Source]]:
    return (files[start : start + AT_ONCE] for start in range(0, len(files), AT_ONCE))


def told(digests: Digests, files: Sequence[Source]) -> list[Digest]:
    return list(chain.from_iterable(some for _, some in digests.of(in_chunks(files))))


def test_it_is_the_sha256_of_the_bytes_and_a_row_where_nothing_is_graded(files: list[Source]) -> None:
    here = told(Digests(many=None), files)
    for source, one in zip(files, here, strict=True):
        if isinstance(one, Row):
            assert one.file == source.path
        else:
            assert one == hashlib.sha256(Path(source.path).read_bytes()).digest()
    assert [here.index(one) for one in here if isinstance(one, Row)] == NONE
    assert [one.status for one in here if isinstance(one, Row)] == [Status.SKIPPED, Status.UNREADABLE]


def test_each_chunk_comes_with_its_own(files: list[Source]) -> None:
    chunks = Digests(many=None).of(in_chunks(files))
    assert [list(chunk) for chunk, _ in chunks] == list(map(list, in_chunks(files)))


def test_no_chunk_is_taken_before_it_is_needed(files: list[Source]) -> None:
    taken = []

    def chunks() -> Iterator[Sequence[Source]]:
        for number, chunk in enumerate(in_chunks(files)):
            taken.append(number)
            yield chunk

    for number, _ in enumerate(Digests(many=None).of(chunks())):
        assert taken[-1] == number


def test_for_no_files_there_is_nothing_to_do() -> None:
    assert told(Digests(many=AT_ONCE), []) == []


def test_a_process_with_threads_reads_by_itself(files: list[Source]) -> None:
    """A copy of it may stand still for ever."""
    digests = Digests(many=AT_ONCE)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert told(digests, files) == told(Digests(many=None), files)
        assert digests.process is None
    finally:
        done.set()
        thread.join()


# By another process: in a program, for pytest may have threads

PROGRAM = """
import os, signal, sys, time
from evgrade.batch import digests as module
from evgrade.batch.digests import Digests, digest_of
from tests.batch.test_digests import AT_ONCE, NONE, Source, chain, in_chunks, told

files = [Source(path, False) for path in sys.argv[1:]]
here = told(Digests(many=None), files)
apart = Digests(many=AT_ONCE)
chunks = apart.of(in_chunks(files))
"""


def run(files: Sequence[Source], program: str) -> str:
    """Return what a program prints that knows what the one above does."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + program, *(source.path for source in files)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@only_where_processes_are_copied
def test_another_process_tells_the_same(files: list[Source]) -> None:
    program = """
first = next(chunks)
assert apart.process.is_alive()
assert [one for _, some in chain([first], chunks) for one in some] == here
"""
    assert run(files, program) == ""


SHARED = """
asked, read_here = [], []
ask = Digests._ask
Digests._ask = lambda self, chunk: asked.append(list(chunk)) or ask(self, chunk)
def noted(source):
    read_here.append(source)
    return digest_of(source)
module.digest_of = noted
"""


@only_where_processes_are_copied
def test_one_that_is_never_late_reads_all(files: list[Source]) -> None:
    program = """
Digests._has_answered = lambda self: True
assert [one for _, some in chunks for one in some] == here
assert list(chain.from_iterable(asked)) == files
print([files.index(source) for source in read_here], NONE)
"""
    assert run(files, SHARED + program) == "[5, 6] [5, 6]", "only those that have no SHA-256 are read here too"


@only_where_processes_are_copied
def test_what_comes_while_it_has_enough_is_read_here_and_so_much_waits_at_most(files: list[Source]) -> None:
    program = """
module._ENOUGH, module._MOST = 2, 4
Digests._has_answered = lambda self: False
taken = []
def noted_chunks():
    for chunk in in_chunks(files):
        taken.append(chunk)
        yield chunk
several = apart.of(noted_chunks())
first = next(several)
print(len(taken), len(asked), sum(map(len, taken)) - sum(map(len, asked)) == len(read_here))
assert [one for _, some in chain([first], several) for one in some] == here
"""
    assert run(files, SHARED + program) == "4 2 True"


@only_where_processes_are_copied
def test_for_few_files_no_process_is_started(files: list[Source]) -> None:
    assert run(files[: AT_ONCE - 1], "assert next(chunks)[1] == here; print(apart.process)") == "None"
    assert run(files[:AT_ONCE], "assert next(chunks)[1] == here; print(apart.process.is_alive())") == "True"


@only_where_processes_are_copied
def test_a_process_that_dies_is_not_missed(files: list[Source]) -> None:
    program = """
first = next(chunks)
os.kill(apart.process.pid, signal.SIGKILL)
assert [one for _, some in chain([first], chunks) for one in some] == here
"""
    assert run(files, program) == ""


@only_where_processes_are_copied
def test_nor_is_one_that_dies_before_it_answers(files: list[Source]) -> None:
    program = """
module._serve = lambda *_: time.sleep(60)
def killing(source):
    if apart.process is not None:
        os.kill(apart.process.pid, signal.SIGKILL)
    return digest_of(source)
module.digest_of = killing
assert [one for _, some in chunks for one in some] == here
print(apart.process)
"""
    assert run(files, program) == "None"


@only_where_processes_are_copied
def test_where_no_more_processes_can_be_started_this_one_reads(files: list[Source]) -> None:
    program = """
from multiprocessing.context import ForkProcess
def refused(process):
    raise BlockingIOError(11, "Resource temporarily unavailable")
ForkProcess.start = refused
assert [one for _, some in chunks for one in some] == here
print(apart.process)
"""
    assert run(files, program) == "None"


@only_where_processes_are_copied
def test_an_interrupt_of_the_terminal_does_not_reach_it(files: list[Source]) -> None:
    program = """
first = next(chunks)
os.kill(apart.process.pid, signal.SIGINT)
time.sleep(0.1)
assert [one for _, some in chain([first], chunks) for one in some] == here
print(apart.process.is_alive())
"""
    assert run(files, program) == "True"


@only_where_processes_are_copied
def test_it_ends_when_nobody_asks_any_more(files: list[Source]) -> None:
    program = """
next(chunks)
pid = apart.process.pid
apart.close()
try:
    os.kill(pid, 0)
except ProcessLookupError:
    print("gone")
"""
    assert run(files, program) == "gone"


@only_where_processes_are_copied
def test_it_ends_with_whoever_asked(files: list[Source]) -> None:
    """Even with one that is killed."""
    pid = run(files, "next(chunks); print(apart.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)")
    soon(lambda: not Path(f"/proc/{pid}/cmdline").exists())
