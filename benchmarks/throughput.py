"""Throughput: many dossiers in one process, one processor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import generate
from benchmarks.figures import Ratio, figure
from benchmarks.markdown import table
from benchmarks.process import SCHEMA, environment, run, tool

WORKER = Path(__file__).with_name("worker.py")


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    blocks, size = (2, 25) if quick else (5, 200)
    validate: list[str | Path] = [tool("check-jsonschema"), "--schemafile", SCHEMA]
    ours, theirs = [], []
    _graded_a_second(_block(folder, 0, 2))  # warm-up
    for number in range(1, blocks + 1):
        paths = _block(folder, number, size)
        ours.append(_graded_a_second(paths))
        one = run([*validate, paths[0]]).seconds
        theirs.append((size - 1) / (run([*validate, *paths]).seconds - one))
    rows = [
        ["evgrade: read, validate, grade", figure(median(ours)), str(Ratio.of(ours, theirs))],
        ["check-jsonschema: read, validate", figure(median(theirs)), ""],
    ]
    return f"""\
## Throughput

{blocks * size:,} dossiers of about 8 kB in {blocks} blocks of {size}. For each block: one process reads, validates and
grades it with evgrade and the default rubric, loaded once; then one `check-jsonschema` is given all its paths. On
neither side do start-up and the first dossier count: evgrade's clock starts after it, and what check-jsonschema takes
for one file is subtracted. Both use one processor.

{table(["one process", "files a second, median", "evgrade's rate ÷ its rate: median (min to max)"], rows)}

Wanted: at least 25 times as many.
"""


def _block(folder: Path, number: int, size: int) -> list[Path]:
    return generate.write(folder / f"block-{number}", size, first_seed=1 + number * size)


def _graded_a_second(paths: list[Path]) -> float:
    """Return how many dossiers of a folder a fresh process grades in a second, after the first.

    Raises:
        RuntimeError: it did not grade all of them, so its time would mean nothing.
    """
    command = [sys.executable, str(WORKER), str(paths[0].parent)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    graded, seconds = done.stdout.split()
    if int(graded) != len(paths) - 1:
        raise RuntimeError(f"{graded} of {len(paths) - 1} dossiers were graded")
    return int(graded) / float(seconds)
