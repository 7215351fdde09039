"""Memory: it must not grow with the number of files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import generate
from benchmarks.figures import figure, mebibytes
from benchmarks.markdown import table
from benchmarks.process import run

INSIDE = Path(__file__).with_name("inside.py")
BATCH = ("batch", "--quiet", "--no-cache", "--jobs", "2")
COMMANDS = {
    "`evgrade validate`": ("validate",),
    "`evgrade batch --format jsonl`": (*BATCH, "--format", "jsonl"),
    "`evgrade batch`, a ranked table": BATCH,
}


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rows: list[list[str]] = []
    done = 0
    for count in (20, 100) if quick else (1_000, 10_000, 100_000):
        generate.write_many(folder / "dossiers", count - done, first=done)
        done = count
        rows += _rows(folder, count)
    heads = ["command", "dossiers", "peak, MiB", "largest worker, MiB", "seconds", "files a second"]
    return f"""\
## Memory

Peak resident memory of evgrade on a folder of dossiers of about 8 kB, without a cache: of the process that was started,
and of the largest of the two that grade for `batch`. What is ranked is kept in memory up to ten thousand rows; more of
them wait in a temporary file.

{table(heads, rows)}

Target: a million dossiers need no more than ten thousand: the peak no longer grows.
"""


def _rows(folder: Path, count: int) -> Iterator[list[str]]:
    peaks = folder / "peaks.json"
    for name, arguments in COMMANDS.items():
        used = run([sys.executable, INSIDE, peaks, *arguments, folder / "dossiers"])
        own, largest = json.loads(peaks.read_text(encoding="utf-8"))
        worker = mebibytes(largest) if largest else ""
        seconds = [figure(used.seconds), figure(count / used.seconds)]
        yield [name, f"{count:,}", mebibytes(own), worker, *seconds]
