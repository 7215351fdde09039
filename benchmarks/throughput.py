"""Throughput: many dossiers in one process, one processor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks import generate
from benchmarks.figures import Ratio, figure
from benchmarks.markdown import table
from benchmarks.process import NALTREXONE, SCHEMA, environment, run, tool

WORKER = Path(__file__).with_name("worker.py")


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    blocks, size = (2, 25) if quick else (5, 200)
    validate: list[str | Path] = [tool("check-jsonschema"), "--schemafile", SCHEMA]
    generated, copies = [], []
    _graded_a_second(_block(folder, 0, 2))  # warm-up
    for number in range(1, blocks + 1):
        generated.append(_pair(_block(folder, number, size), validate))
        copies.append(_pair(_copies(folder, number, size // 5), validate))
    heads = ["dossiers", "evgrade, files a second", "check-jsonschema", "ratio: median (min to max)"]
    rows = [_row("generated, about 8 kB", generated), _row("the naltrexone example, 40 kB", copies)]
    return f"""\
## Throughput

{blocks} blocks of {size} generated dossiers and of {size // 5} copies of the naltrexone example. For each block: one
process reads, validates and grades it with evgrade and the default rubric, loaded once; then one `check-jsonschema`,
which only validates, is given all its paths. On neither side do start-up and the first dossier count: evgrade's clock
starts after it, and what check-jsonschema takes for one file is subtracted. Both use one processor. Reasons are derived
only when they are read, so grading here means grades, score and recommendation.

{table(heads, rows)}

Target: at least 25 times as many.
"""


def _pair(paths: list[Path], validate: list[str | Path]) -> tuple[float, float]:
    """Return how many dossiers a second evgrade grades and check-jsonschema validates."""
    ours = _graded_a_second(paths)
    one = run([*validate, paths[0]]).seconds
    return ours, (len(paths) - 1) / (run([*validate, *paths]).seconds - one)


def _row(name: str, pairs: list[tuple[float, float]]) -> list[str]:
    ours, theirs = zip(*pairs, strict=True)
    return [name, figure(median(ours)), figure(median(theirs)), str(Ratio.of(ours, theirs))]


def _copies(folder: Path, number: int, size: int) -> list[Path]:
    block = folder / f"copies-{number}"
    block.mkdir(parents=True)
    paths = [block / f"copy-{copy:03}.dossier.yaml" for copy in range(size)]
    for path in paths:
        path.write_bytes(NALTREXONE.read_bytes())
    return paths


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
