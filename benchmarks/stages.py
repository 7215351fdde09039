"""Where the time of one dossier goes, stage by stage, beside the libraries that people would use instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from benchmarks import generate
from benchmarks.figures import Ratio, figure, milliseconds, seconds_a_call
from benchmarks.markdown import table
from benchmarks.process import ROOT
from evgrade.checking import load_dossier
from evgrade.checks import with_checks
from evgrade.dossier import Dossier, check_links
from evgrade.grading.assess import assess
from evgrade.rubric.load import load_rubric
from evgrade.rubric.model import Rubric
from evgrade.schema.store import schema
from evgrade.schema.validate import validate
from evgrade.yamlio.reader import read

FastLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
STAGES = ("read", "validate", "links", "checks", "grade", "reasons")
PEERS = ("CSafeLoader", "jsonschema")


def measure(folder: Path, *, quick: bool) -> str:
    """Return the section of the report."""
    rounds = 3 if quick else 15
    rubric = load_rubric()
    [generated] = generate.write(folder / "one", 1)
    examples = sorted((ROOT / "examples").glob("*.yaml"))
    rows = [_row(path, _timed(path, rubric, rounds)) for path in (generated, *examples)]
    sizes = (8, 80) if quick else (8, 80, 800)
    growth = [_growth(folder, items, rubric, rounds) for items in sizes]
    heads = ["dossier", "bytes", *STAGES, "together", *PEERS, "read ÷ CSafeLoader", "validate ÷ jsonschema"]
    return f"""\
## Stages

Milliseconds for one dossier, in one process, medians of {rounds} rounds; ratios are medians (min to max), taken
round by round. *Read* is bytes to data with positions, *validate* the schema, *links* that ids are unique and
references exist, *checks* that what is stated fits together, *grade* the default rubric: grades, score and
recommendation; *reasons* the evidence of each with its place, what would be better, and what is missing. `yaml.load`
with CSafeLoader gives data without positions and keeps the last of two equal keys; jsonschema is `is_valid` of a
validator that was made before.

{table(heads, rows)}

The same for generated dossiers with more and more items, in microseconds for one item: every stage should cost the
same for each item, however many there are.

{table(["items", "bytes", *STAGES], growth)}
"""


def _timed(path: Path, rubric: Rubric, rounds: int) -> Mapping[str, list[float]]:
    """Return the seconds of every stage and peer, round by round."""
    content = path.read_bytes()
    document = load_dossier(str(path)).document
    validator = Draft202012Validator(schema("dossier"))
    actions: dict[str, Callable[[], object]] = {
        "read": lambda: read(content, path.name),
        "CSafeLoader": lambda: yaml.load(content, FastLoader),  # noqa: S506 - a safe loader
        "validate": lambda: validate(document, "dossier"),
        "jsonschema": lambda: validator.is_valid(document.data),
        "links": lambda: check_links(document),
        "checks": lambda: with_checks(Dossier(replace(document))),
        "grade": lambda: assess(Dossier(document), rubric),
        # Of a new document each time: the one graded before has already found out where everything stands.
        "reasons": lambda: hash(assess(Dossier(replace(document)), rubric)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(rounds + 1):
        for name, action in actions.items():
            took = seconds_a_call(action)
            if number:  # the first round warms up
                seconds[name].append(took - seconds["grade"][-1] if name == "reasons" else took)
    return seconds


def _row(path: Path, seconds: Mapping[str, list[float]]) -> list[str]:
    together = [sum(parts) for parts in zip(*(seconds[stage] for stage in STAGES), strict=True)]
    return [
        path.name.removesuffix(".yaml").removesuffix(".dossier"),
        f"{path.stat().st_size:,}",
        *(milliseconds(seconds[stage]) for stage in STAGES),
        milliseconds(together),
        *(milliseconds(seconds[peer]) for peer in PEERS),
        str(Ratio.of(seconds["read"], seconds["CSafeLoader"])),
        str(Ratio.of(seconds["validate"], seconds["jsonschema"])),
    ]


def _growth(folder: Path, items: int, rubric: Rubric, rounds: int) -> list[str]:
    [path] = generate.write(folder / f"items-{items}", 1, items=items)
    seconds = _timed(path, rubric, min(rounds, 5))
    times = (figure(median(seconds[stage]) / items * 1e6) for stage in STAGES)
    return [f"{items:,}", f"{path.stat().st_size:,}", *times]
