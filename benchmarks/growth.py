"""Growth: one dossier with more and more items, all the way from its bytes to its grades."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from benchmarks.figures import Ratio, figure, milliseconds, seconds_a_call
from benchmarks.grading import with_trials
from benchmarks.markdown import table
from evgrade.batch.row import Grading
from evgrade.checked import Outcome
from evgrade.discover import Source
from evgrade.rubric.load import DEFAULT, read_rubric
from evgrade.schema.store import schema

FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    sizes = (1, 10, 100) if quick else (1, 10, 100, 1_000, 10_000)
    folder.mkdir()
    rounds = 2 if quick else 3
    heads = [
        "trials",
        "bytes",
        "evgrade, ms",
        "microseconds for one trial",
        "time ÷ that of the peers: median (min to max)",
    ]
    return f"""\
## Growth

One dossier with nothing but more and more trials, in one process, medians of {rounds} rounds after a
warm-up. evgrade reads, validates, checks and grades it, from its bytes to the row of a table; the peers are PyYAML's
CSafeLoader, which reads it, and jsonschema, which validates it with a validator made before, round by round.

{table(heads, [_row(folder, items, rounds) for items in sizes])}

Target: from a hundred trials on, the same time for each, however many there are.
"""


def _row(folder: Path, items: int, rounds: int) -> list[str]:
    path = folder / f"{items}.yaml"
    path.write_text(with_trials(items), encoding="utf-8")
    grading, sources = Grading((read_rubric(DEFAULT),)), [Source(str(path), named=True)]
    validator = Draft202012Validator(schema("dossier"))
    if next(grading(sources)).status is not Outcome.VALID:  # which warms up as well
        raise RuntimeError(f"the dossier of {items} trials was not graded")
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(seconds_a_call(lambda: list(grading(sources))))
        theirs.append(seconds_a_call(lambda: validator.is_valid(yaml.load(path.read_bytes(), FastLoader))))  # noqa: S506
    return [
        f"{items:,}",
        f"{path.stat().st_size:,}",
        milliseconds(ours),
        figure(median(ours) / items * 1e6),
        str(Ratio.of(ours, theirs)),
    ]
