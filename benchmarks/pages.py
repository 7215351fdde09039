"""Sites: a folder made into pages, and made again when nothing has changed."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from statistics import median

from benchmarks import generate
from benchmarks.figures import figure
from benchmarks.markdown import table
from benchmarks.process import run, tool

AS_OF = "2026-01-01"


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rounds, count = (1, 5) if quick else (3, 1_000)
    many, editions = folder / "many", folder / "editions"
    generate.write_many(many, count, different=count)
    generate.write(editions, count)
    named = (("a review each", many), ("twenty editions of each review", editions))
    rows = [_row(name, dossiers, folder / "site", rounds) for name, dossiers in named]
    heads = ["folder", "from scratch, seconds", "nothing changed, seconds", "processor seconds from scratch"]
    return f"""\
## Sites

Whole runs of `evgrade site` by two processes on {count:,} generated dossiers. Rounds: {rounds}; medians.
The second folder holds about twenty editions of each review, and each of them is compared with the one before.

{table(heads, rows)}

Target: under 20 seconds for 1,000 dossiers on two cores.
"""


def _row(name: str, dossiers: Path, site: Path, rounds: int) -> list[str]:
    command: list[str | Path] = [tool("evgrade"), "site", dossiers, "--output", site, "--jobs", "2", "--as-of", AS_OF]
    cold, warm = [], []
    for _ in range(rounds):
        rmtree(site, ignore_errors=True)
        cold.append(run(command))
        warm.append(run(command))
    return [
        name,
        figure(median(one.seconds for one in cold)),
        figure(median(one.seconds for one in warm)),
        figure(median(one.cpu for one in cold)),
    ]
