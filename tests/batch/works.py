"""Works for the tests of the pool. Workers import them, so they stand in a module of their own."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evgrade.batch.row import Grading, Row
from evgrade.discover import Source

Told = tuple[str, int | str]


@dataclass(frozen=True)
class Name:
    """Gives the names of files and the process that looked at them; a name may ask for more."""

    notes: str = ""

    def __call__(self, sources: Iterable[Source]) -> Iterator[Told]:
        """Yield what is told of each."""
        return map(self.told, sources)

    def told(self, source: Source) -> Told:
        """Die where the name begins with `kill`, so often where it is `dies-NUMBER`; raise or wait where it says so."""
        name = Path(source.path).name
        if name.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("dies"):
            times = len(list(Path(self.notes).glob(f"{name}.*")))
            if times < int(name.removeprefix("dies-")):
                Path(self.notes, f"{name}.{times}").touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("raise"):
            raise ValueError(name)
        if name.startswith("slow"):
            time.sleep(0.3)
        if name.startswith("stuck"):
            Path(self.notes, name).touch()
            time.sleep(600)
        return source.path, os.getpid()

    def prepare(self) -> None:
        """Nothing is needed."""

    def lost(self, source: Source, reason: str) -> Told:
        """Return the reason beside the path."""
        return source.path, reason


@dataclass(frozen=True)
class Hanging(Grading):
    """Grades, but for files with a name that tells it to hang: `python` in Python, `native` in C, deaf to signals."""

    def _graded(self, files: Sequence[tuple[Source, bytes | Row]]) -> list[Row]:
        names = [Path(source.path).name for source, _ in files]
        while any(name.startswith("python") for name in names):
            time.sleep(0.001)  # a loop in Python that leaves the processor to others
        if any(name.startswith("native") for name in names):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            ctypes.PyDLL(None).sleep(600)  # with the lock of the interpreter held
        return super()._graded(files)
