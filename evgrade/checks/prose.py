"""Explanations of the checks, with examples, and how often each check was wrong on published numbers."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evgrade.model import Finding
from evgrade.yamlio.document import Document, part
from evgrade.yamlio.reader import read

_FOLDER = Path(__file__).parent / "prose"
_HEADER = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}}


@dataclass(frozen=True, slots=True)
class Prose:
    """The explanation of a check.

    Attributes:
        title: what is wrong if it finds something.
        why: why that matters.
        how: how the check decides.
        source: where the method comes from.
        fails: a dossier with a finding.
        passes: a dossier without one.
    """

    code: str
    title: str
    why: str
    how: str
    source: str
    fails: Document
    passes: Document


@cache
def all_prose() -> Mapping[str, Prose]:
    """Return the explanations of all checks by code, in the order of the files."""
    found: dict[str, Prose] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        document = read(file.read_bytes(), file.name)
        for number, node in enumerate(document.data):
            found[node["code"]] = _prose(document, number, node)
    return found


def _prose(document: Document, number: int, node: Mapping[str, Any]) -> Prose:
    texts = {key: str(node[key]) for key in ("code", "title", "why", "how", "source")}
    return Prose(
        **texts,
        fails=part(document, (number, "fails"), _HEADER),
        passes=part(document, (number, "passes"), _HEADER),
    )


NAME = "example.dossier.yaml"
"""The file name of an example in findings."""

_HEADER_LINES = {
    "dossier": "dossier: 1",
    "therapy": "therapy: {name: a therapy}",
    "condition": "condition: {name: a condition}",
}


def example_text(part: Document) -> str:
    """Return an example as a whole dossier: its lines, below the header that it omits.

    An example is a mapping in block style, which ends before the first line with less indentation.
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
    head = [line for key, line in _HEADER_LINES.items() if key not in given]
    return "\n".join([*head, own]) + "\n"


def said_of(text: str, code: str) -> list[Finding]:
    """Return what a check finds in the text of an example."""
    from evgrade.checks.run import with_checks  # noqa: PLC0415 - explanations alone need neither
    from evgrade.dossier import examine  # noqa: PLC0415

    dossier, findings = examine(text.encode(), NAME)
    wording = findings if dossier is None else with_checks(dossier).findings
    return [finding for finding in wording if finding.code == code]


FILE = Path(__file__).with_name("measured.yaml")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check found in the sample.

    Attributes:
        looked_at: how many effects, arms, tests or dossiers had the keys that it needs.
        errors: the findings with severity error.
        warnings: those with severity warning.
        notes: those with severity note.
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
        """The share of checked items with a wrong error or warning."""
        return self.wrong / self.looked_at if self.looked_at else 0.0


@cache
def measurements() -> Mapping[str, Measured | str]:
    """Return what was measured for each check by code, or the reason why nothing was."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    found: dict[str, Measured | str] = dict.fromkeys(
        document["not_measurable"]["checks"], document["not_measurable"]["reason"]
    )
    found |= {code: Measured(**numbers) for code, numbers in document["measured"].items()}
    return found


@cache
def sample() -> str:
    """Return what the sample was, and how findings were judged wrong."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    return str(document["sample"])
