"""A folder of dossiers as its user meets it: whole processes, on one core and on two, beside what only validates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks import generate, peers
from benchmarks.figures import Ratio, figure, mebibytes
from benchmarks.markdown import table
from benchmarks.process import Usage, in_rounds, tool

ONE, TWO = "`evgrade batch --jobs 1 --format jsonl`", "`evgrade batch --jobs 2 --format jsonl`"
RANKED = "`evgrade batch --jobs 2`, a ranked table"
SLOW = (ONE, peers.CHECK_JSONSCHEMA, peers.CSAFELOADER)
BATCH = ("batch", "--quiet", "--no-cache")
"""How evgrade grades a folder here: all of it, from the beginning, and without a word."""


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rounds, count, more = (1, 5, 10) if quick else (3, 2_000, 10_000)
    missing = peers.why_no_npm()
    few, some, many = (generate.write(folder / str(size), size) for size in (20, count, more))
    if not quick:
        in_rounds(_commands(few, with_npm=missing is None), 1)  # warms up: .pyc files are written, programs are read
    used = in_rounds(_commands(some, with_npm=missing is None), rounds)
    quickest = {
        name: command for name, command in _commands(many, with_npm=missing is None).items() if name not in SLOW
    }
    used_on_many = in_rounds(quickest, rounds)
    scaling = Ratio.of(_seconds(used[ONE]), _seconds(used[TWO]))
    return f"""\
## Batch

Generated dossiers of about 8 kB, whole processes, medians of {rounds} rounds after a warm-up. In each round every
command runs once, one after the other; a ratio is of two runs of the same round, its median (min to max). evgrade
reads, validates, checks and grades every file, without a cache; the others validate. All dossiers are valid, because
ajv-cli and the C++ validator stop at a file that is not YAML, and the latter at the first invalid one. The peak is
that of the largest process. From npm come
{", ".join(f"{name} {version}" for name, version in peers.versions().items())}.

{count:,} dossiers:

{_table(used, count, missing)}

{more:,} dossiers, without the slow ones:

{_table(used_on_many, more, missing)}

Two processes are {scaling} times as fast as one on {count:,}.

Target: on two cores at least 45 times check-jsonschema, ahead of ajv-cli, and no slower than the C++ validator.
"""


def _commands(paths: Sequence[Path], *, with_npm: bool) -> dict[str, Sequence[str | Path]]:
    batch: list[str | Path] = [tool("evgrade"), *BATCH, paths[0].parent]
    return {
        TWO: [*batch, "--jobs", "2", "--format", "jsonl"],
        ONE: [*batch, "--jobs", "1", "--format", "jsonl"],
        RANKED: [*batch, "--jobs", "2"],
        **peers.commands(paths, with_npm=with_npm),
    }


def _table(used: Mapping[str, Sequence[Usage]], count: int, missing: str | None) -> str:
    heads = ["command", "seconds", "files a second", "peak, MiB", "evgrade's files a second on two cores ÷ its"]
    rows = [_row(name, usages, used[TWO], count) for name, usages in used.items()]
    rows += [[name, missing, "", "", ""] for name in (peers.AJV, peers.CPP) if missing is not None]
    return table(heads, rows)


def _row(name: str, usages: Sequence[Usage], ours: Sequence[Usage], count: int) -> list[str]:
    seconds = _seconds(usages)
    return [
        name,
        figure(median(seconds)),
        figure(count / median(seconds)),
        mebibytes(max(usage.peak for usage in usages)),
        "" if usages is ours else str(Ratio.of(seconds, _seconds(ours))),
    ]


def _seconds(usages: Sequence[Usage]) -> list[float]:
    return [usage.seconds for usage in usages]
