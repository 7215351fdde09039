"""The cache: a folder that did not change, graded again."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from statistics import median

from benchmarks import generate
from benchmarks.figures import Ratio, figure
from benchmarks.markdown import table
from benchmarks.process import run, tool

FORMATS = ("table", "jsonl", "json", "csv", "markdown")


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rounds, count = (1, 500) if quick else (3, 10_000)
    dossiers = folder / "dossiers"
    generate.write(dossiers, count)
    rows = [_row(form, [_round(dossiers, folder, form) for _ in range(rounds)]) for form in FORMATS]
    heads = ["format", "without, seconds", "cold, seconds", "warm, seconds", "cold for warm: median (min to max)"]
    return f"""\
## Cache

Whole runs of `evgrade batch` by two processes on {count:,} generated dossiers: without a cache, with one that is empty,
and with one that holds all of them. The three write the same bytes; that is checked. Rounds for each format: {rounds}.

{table(heads, rows)}

Target: warm at least 10 times as fast as cold, and cold about as fast as without.
"""


def _round(dossiers: Path, folder: Path, form: str) -> tuple[float, float, float]:
    """Return the seconds of a run without a cache, with an empty one, and with a full one.

    Raises:
        RuntimeError: they did not write the same, so their times would mean nothing.
    """
    cache = folder / "cache"
    rmtree(cache, ignore_errors=True)
    seconds, outputs = [], set()
    for options in (["--no-cache"], ["--cache", cache], ["--cache", cache]):
        target = folder / "rows"
        target.unlink(missing_ok=True)  # to replace a file is work of the file system
        command: list[str | Path] = [tool("evgrade"), "batch", dossiers, "--jobs", "2", "--format", form]
        seconds.append(run([*command, "--output", target, *options]).seconds)
        outputs.add(target.read_bytes())
    if len(outputs) > 1:
        raise RuntimeError(f"the cache changed what is written as {form}")
    without, cold, warm = seconds
    return without, cold, warm


def _row(form: str, rounds: list[tuple[float, float, float]]) -> list[str]:
    columns = list(zip(*rounds, strict=True))
    _, cold, warm = columns
    return [form, *(figure(median(column)) for column in columns), str(Ratio.of(cold, warm))]
