"""Small dossiers for the tests of checks."""

from __future__ import annotations

import json
from typing import Any

from evgrade.checks import with_checks
from evgrade.dossier import Dossier, examine, examine_document
from evgrade.model import Finding
from evgrade.yamlio.document import Document


def dossier(**sections: Any) -> Dossier:
    """Return a dossier from some of its sections."""
    return read(json.dumps(sections, indent=1))


def read(sections: str, therapy: str = "{name: a therapy}") -> Dossier:
    """Return a dossier from the YAML of its sections; numbers keep the form in which they are written."""
    head = f"dossier: 1\ntherapy: {therapy}\ncondition: {{name: a condition}}\n"
    body = sections.strip()
    if body.startswith("{"):  # JSON, which is YAML too
        body = body[1:-1].strip()
        head, body = "{" + '"dossier": 1, "therapy": {"name": "a"}, "condition": {"name": "b"},\n', body + "\n}"
    loaded, findings = examine((head + body + "\n").encode(), "dossier.yaml")
    assert loaded is not None, findings
    return loaded


def found(code: str, **sections: Any) -> list[Finding]:
    """Return what a check finds in a dossier made of some sections."""
    return found_in(code, dossier(**sections))


def found_in(code: str, checked: Dossier) -> list[Finding]:
    """Return what a check finds in a dossier."""
    return [finding for finding in with_checks(checked).findings if finding.code == code]


def codes_of_effects(checked: Dossier) -> list[str]:
    """Return the codes of all that is found in the effects of a dossier."""
    return [finding.code for finding in with_checks(checked).findings if finding.code.startswith("effect-")]


def of(document: Document) -> Dossier:
    """Return the dossier that a document is; it must be valid."""
    loaded, findings = examine_document(document)
    assert loaded is not None, findings
    return loaded


def of_effect(code: str, effect: str) -> list[Finding]:
    """Return what a check finds in a trial with one effect, given as its YAML without an outcome."""
    text = f"trials: [{{id: trial, statement: It was done., effects: [{{outcome: score, {effect}}}]}}]"
    return found_in(code, read(text))
