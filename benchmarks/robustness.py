"""Changed versions of one dossier, graded again and again: what changed is judged anew, and nothing is read twice."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import figure, seconds_a_call
from benchmarks.grading import with_trials
from benchmarks.markdown import table
from benchmarks.process import ROOT
from evgrade.checking import load_dossier
from evgrade.dossier import examine
from evgrade.robustness.judgements import steps
from evgrade.robustness.standing import Regrading, edited
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric

VERSIONS = 1_000


def measure(folder: Path, *, quick: bool) -> str:  # noqa: ARG001 - all sections are called alike
    """Return the section of the report."""
    rounds = 3 if quick else 15
    rubric = load_rubric("evgrade-default")
    names = ("low-dose-naltrexone-als", "riluzole-als", "singing-copd")
    data = {name: load_dossier(str(ROOT / "examples" / f"{name}.dossier.yaml")).data for name in names}
    rows = [[name, _seconds(one, rubric, VERSIONS, rounds)] for name, one in data.items()]
    sizes = (10, 100) if quick else (10, 100, 1_000)
    growth = [[f"{size:,}", _seconds(_trials(size), rubric, 10, rounds, per=10 * size / 1e6)] for size in sizes]
    return f"""\
## Robustness

A judgement is moved by one step and the dossier is graded again, {VERSIONS:,} times, under the default rubric; seconds,
medians of {rounds} rounds. Target: below a second.

{table(["dossier", f"{VERSIONS:,} versions, s"], rows)}

One dossier with more and more trials: the time for one trial should not grow.

{table(["trials", "microseconds for one trial and version"], growth)}
"""


def _trials(size: int) -> Any:
    dossier, _ = examine(with_trials(size).encode(), "made-up")
    if dossier is None:
        raise RuntimeError("the generated dossier is not valid")
    return dossier.data


def _seconds(data: Any, rubric: Rubric, versions: int, rounds: int, per: float = 1) -> str:
    chosen = list(islice(cycle(steps(data)), versions))

    def run() -> None:
        regrade = Regrading(rubric)
        regrade(data)
        for step in chosen:
            regrade(edited(data, {step.path: step.moved}))

    return figure(median(seconds_a_call(run) for _ in range(rounds)) / per)
