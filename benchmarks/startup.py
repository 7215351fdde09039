"""Start-up: one valid dossier, whole process, from the shell's point of view."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from benchmarks import damage, generate
from benchmarks.figures import Ratio, milliseconds
from benchmarks.markdown import table
from benchmarks.process import NALTREXONE, SCHEMA, Usage, run, tool

OURS = "`evgrade validate FILE`"
CHECK_JSONSCHEMA = "`check-jsonschema --schemafile dossier.schema.json FILE`"
YAMLLINT = "`yamllint -d relaxed FILE`"
SPOILT = "`evgrade validate` of a file with one mistake"
SCORE = "`evgrade score FILE`"
PYTHON = "`python -c pass`"


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    [path] = generate.write(folder, 1)
    rounds = 5 if quick else 40
    spoilt = folder / "spoilt.yaml"
    spoilt.write_text(damage.with_unknown_key(path.read_text(encoding="utf-8")), encoding="utf-8")
    evgrade = tool("evgrade")
    beside: dict[str, tuple[list[str | Path], int]] = {
        SPOILT: ([evgrade, "validate", spoilt], 1),
        SCORE: ([evgrade, "score", path], 0),
        PYTHON: ([sys.executable, "-c", "pass"], 0),
    }
    generated = _rounds(_validators(path) | beside, rounds)
    naltrexone = _rounds(_validators(NALTREXONE), rounds)
    heads = ["command", "median, ms", "processor, ms", "evgrade's time ÷ its time: median (min to max)"]
    return f"""\
## Start-up

One valid dossier, whole process, {rounds} rounds after a warm-up. In each round every command runs once, one after the
other; a ratio is of two runs of the same round. Wanted: at most 0.35 of check-jsonschema's time, and no more than
yamllint's.

A generated dossier of {path.stat().st_size:,} bytes:

{table(heads, _rows(generated))}

The naltrexone example, {NALTREXONE.stat().st_size:,} bytes:

{table(heads, _rows(naltrexone))}
"""


def _validators(path: Path) -> dict[str, tuple[list[str | Path], int]]:
    """Return the commands that check one valid file, each with the exit code that is expected."""
    return {
        OURS: ([tool("evgrade"), "validate", path], 0),
        CHECK_JSONSCHEMA: ([tool("check-jsonschema"), "--schemafile", SCHEMA, path], 0),
        YAMLLINT: ([tool("yamllint"), "-d", "relaxed", path], 0),
    }


def _rounds(commands: dict[str, tuple[list[str | Path], int]], rounds: int) -> dict[str, list[Usage]]:
    used: dict[str, list[Usage]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, (command, code) in commands.items():
            usage = run(command, code)
            if number:  # the first round warms up: it writes .pyc files and fills the disk cache
                used[name].append(usage)
    return used


def _rows(used: dict[str, list[Usage]]) -> list[list[str]]:
    seconds = {name: [usage.seconds for usage in usages] for name, usages in used.items()}
    rows = []
    for name, usages in used.items():
        compared = str(Ratio.of(seconds[OURS], seconds[name])) if name in (CHECK_JSONSCHEMA, YAMLLINT) else ""
        cpu = f"{median(usage.cpu for usage in usages) * 1000:.0f}"
        rows.append([name, milliseconds(seconds[name]), cpu, compared])
    return rows
