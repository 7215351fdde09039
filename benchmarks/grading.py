"""Grading alone: dossier and rubric loaded, for the examples and for more and more trials in one dossier."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from benchmarks.figures import figure, milliseconds, seconds_a_call
from benchmarks.markdown import table
from benchmarks.process import ROOT
from evgrade.dossier import Dossier, examine
from evgrade.grading.assess import assess
from evgrade.rubric.load import load_rubric, shipped_names
from evgrade.rubric.model import Rubric

TRIAL = """\
  - id: t{number}
    statement: A made-up trial.
    agent: same
    condition: same
    allocation: {allocation}
    masking: double
    control: placebo
    participants: {participants}
    risk_of_bias: {{overall: {bias}}}
    result: {result}
    publication: peer_reviewed
"""
RESULTS = ("benefit", "no_benefit", "benefit", "mixed", "pending")
BIASES = ("low", "some_concerns", "high", "unclear")


def measure(folder: Path, *, quick: bool) -> str:  # noqa: ARG001 - all sections are called alike
    """Return the section of the report."""
    rounds = 3 if quick else 15
    examples = sorted((ROOT / "examples").rglob("*.dossier.yaml"))[:8]
    rubrics = [load_rubric(name) for name in shipped_names()]
    rows = [
        [
            path.name.removesuffix(".dossier.yaml"),
            *(milliseconds(_timed(_load(path), rubric, rounds)) for rubric in rubrics),
        ]
        for path in examples
    ]
    sizes = (10, 100, 1_000) if quick else (10, 100, 1_000, 10_000)
    growth = [[f"{size:,}", *_growth(size, rounds)] for size in sizes]
    return f"""\
## Grading

Milliseconds for the grades, the score and the recommendation of one dossier, dossier and rubric loaded before; medians
of {rounds} rounds. Target: well under a millisecond.

{table(["dossier", *(rubric.name for rubric in rubrics)], rows)}

One dossier with more and more trials under the default rubric: the time for one trial should not grow.

{table(["trials", "grading, ms", "microseconds for one trial"], growth)}
"""


def _load(path: Path) -> Dossier:
    dossier, _ = examine(path.read_bytes(), path.name)
    if dossier is None:
        raise RuntimeError(f"{path} is not a valid dossier")
    return dossier


def _timed(dossier: Dossier, rubric: Rubric, rounds: int) -> list[float]:
    return [seconds_a_call(lambda: assess(dossier, rubric)) for _ in range(rounds)]


def _growth(size: int, rounds: int) -> list[str]:
    dossier, _ = examine(with_trials(size).encode(), f"{size} trials")
    if dossier is None:
        raise RuntimeError("the generated dossier is not valid")
    seconds = _timed(dossier, load_rubric(), min(rounds, 7))
    return [milliseconds(seconds), figure(median(seconds) / size * 1e6)]


def with_trials(size: int) -> str:
    """Return a dossier with nothing but so many trials."""
    trials = "".join(
        TRIAL.format(
            number=number,
            allocation="randomized" if number % 3 else "non_randomized",
            participants=20 + number % 500,
            bias=BIASES[number % len(BIASES)],
            result=RESULTS[number % len(RESULTS)],
        )
        for number in range(size)
    )
    return f"dossier: 1\ntherapy: {{name: made up}}\ncondition: {{name: made up}}\ntrials:\n{trials}"
