"""Findings as one line of text, as the tests of this folder expect them."""

from __future__ import annotations

from evgrade.dossier import examine
from evgrade.model import Finding

HEADER = "dossier: 1\ntherapy: {name: LDN}\ncondition: {name: ALS}\n"


def said(finding: Finding) -> str:
    """Return place, what the caret underlines, code, message and hint."""
    assert finding.excerpt is not None
    start = finding.location.column - 1
    token = finding.excerpt.text[start : start + finding.excerpt.length]
    hint = f" [{finding.hint}]" if finding.hint else ""
    place = f"{finding.location.line}:{finding.location.column}"
    return f"{place} ‹{token}› {finding.code}: {finding.message}{hint}"


def findings_of(text: str) -> list[str]:
    """Return all that is said of a dossier."""
    return [said(finding) for finding in examine(text.encode(), "dossier.yaml")[1]]
