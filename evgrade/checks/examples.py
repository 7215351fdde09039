"""The checks at work: on their examples, as dossiers that people can read, copy and run, and on published numbers.

How often each check was wrong on those was measured (`measured.yaml`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evgrade.checks.run import with_checks
from evgrade.dossier import examine
from evgrade.model import Finding
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

NAME = "example.dossier.yaml"
"""What the file of an example is called where something is said of it."""

_HEADER = {
    "dossier": "dossier: 1",
    "therapy": "therapy: {name: a therapy}",
    "condition": "condition: {name: a condition}",
}


def example_text(part: Document) -> str:
    """Return an example as a whole dossier: the lines of its file, and before them the header that it leaves out.

    It is a mapping in block style, which ends where a line is indented less than its first.
    """
    start = part.location(())
    indent = " " * (start.column - 1)
    lines: list[str] = []
    for line in part.text.splitlines()[start.line - 1 :]:
        if line.strip() and not line.startswith(indent):
            break
        lines.append(line)
    own = textwrap.dedent("\n".join(lines)).strip("\n")
    given = {line.partition(":")[0] for line in own.splitlines()}
    head = [line for key, line in _HEADER.items() if key not in given]
    return "\n".join([*head, own]) + "\n"


def said_of(text: str, code: str) -> list[Finding]:
    """Return what a check says of the text of an example."""
    dossier, findings = examine(text.encode(), NAME)
    wording = findings if dossier is None else with_checks(dossier).findings
    return [finding for finding in wording if finding.code == code]


FILE = Path(__file__).with_name("measured.yaml")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check found on the sample.

    Attributes:
        looked_at: how many effects, arms, tests or dossiers stated what it needs.
        errors: its findings that are errors.
        warnings: those that are warnings.
        notes: those that are notes.
        wrong: how many of the errors and warnings were wrong.
    """

    looked_at: int
    errors: int
    warnings: int
    notes: int
    wrong: int

    def __str__(self) -> str:
        found = f"{self.looked_at:,} looked at: {self.errors} errors, {self.warnings} warnings, {self.notes} notes"
        return f"{found}; {self.wrong} of the errors and warnings were wrong ({100 * self.share:.2g}% of all)"

    @property
    def share(self) -> float:
        """The share of what was looked at of which something wrong was said."""
        return self.wrong / self.looked_at if self.looked_at else 0.0


@cache
def measurements() -> Mapping[str, Measured | str]:
    """Return what was measured of each check by code; in words why nothing was, where that is so."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    found: dict[str, Measured | str] = dict.fromkeys(
        document["not_measurable"]["checks"], document["not_measurable"]["reason"]
    )
    found |= {code: Measured(**numbers) for code, numbers in document["measured"].items()}
    return found


@cache
def sample() -> str:
    """Return what was measured on, and how it was decided what is wrong."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    return str(document["sample"])
