"""Start-up: one valid dossier, whole process, from the shell's point of view."""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from benchmarks import damage, generate
from benchmarks.figures import Ratio, milliseconds
from benchmarks.markdown import table
from benchmarks.process import NALTREXONE, SCHEMA, Usage, in_rounds, tool

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
    beside: dict[str, list[str | Path]] = {
        SPOILT: [evgrade, "validate", spoilt],
        SCORE: [evgrade, "score", path],
        PYTHON: [sys.executable, "-c", "pass"],
    }
    commands, codes = _validators(path) | beside, {SPOILT: 1}
    in_rounds(commands, 1, codes)  # warms up: it writes .pyc files and fills the disk cache
    generated = in_rounds(commands, rounds, codes)
    naltrexone = in_rounds(_validators(NALTREXONE), rounds)
    heads = ["command", "median, ms", "processor, ms", "evgrade's time ÷ its time: median (min to max)"]
    return f"""\
## Start-up

One valid dossier, whole process, {rounds} rounds after a warm-up. In each round every command runs once, one after the
other; a ratio is of two runs of the same round. Target: at most 0.35 of check-jsonschema's time, and no more than
yamllint's.

A generated dossier of {path.stat().st_size:,} bytes:

{table(heads, _rows(generated))}

The naltrexone example, {NALTREXONE.stat().st_size:,} bytes:

{table(heads, _rows(naltrexone))}
"""


def _validators(path: Path) -> dict[str, list[str | Path]]:
    """Return the commands that check one valid file."""
    return {
        OURS: [tool("evgrade"), "validate", path],
        CHECK_JSONSCHEMA: [tool("check-jsonschema"), "--schemafile", SCHEMA, path],
        YAMLLINT: [tool("yamllint"), "-d", "relaxed", path],
    }


def _rows(used: dict[str, list[Usage]]) -> list[list[str]]:
    seconds = {name: [usage.seconds for usage in usages] for name, usages in used.items()}
    rows = []
    for name, usages in used.items():
        compared = str(Ratio.of(seconds[OURS], seconds[name])) if name in (CHECK_JSONSCHEMA, YAMLLINT) else ""
        cpu = f"{median(usage.cpu for usage in usages) * 1000:.0f}"
        rows.append([name, milliseconds(seconds[name]), cpu, compared])
    return rows
