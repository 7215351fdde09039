"""The examples of the checks as dossiers that people can read, copy and run."""

from __future__ import annotations

import textwrap

from evgrade.checks.run import with_checks
from evgrade.dossier import examine
from evgrade.model import Finding
from evgrade.yamlio.document import Document

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
