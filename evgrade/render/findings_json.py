"""Findings as versioned JSON, with a schema that `evgrade schema findings` prints.

It knows nothing of grading, so that checking does not pay for importing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from evgrade._version import __version__
from evgrade.model import Finding, Location, Severity

FINDINGS = "evgrade.findings/1"


def dumps(data: Any) -> str:
    """Return JSON in ASCII: whatever a dossier holds, no control character of it reaches a terminal."""
    return json.dumps(data, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def location_data(location: Location) -> dict[str, Any]:
    """Return a place as data; line and column from 1."""
    return {"file": location.file, "line": location.line, "column": location.column}


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as data."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "path": list(finding.location.path),
        "location": location_data(finding.location),
        "related": [location_data(related) for related in finding.related],
    }


def findings_json(findings: Iterable[Finding], files: Mapping[str, str]) -> str:
    """Return the findings of a run and what became of each file, following `evgrade.findings/1`."""
    listed = [finding_data(finding) for finding in findings]
    return dumps(
        {
            "schema": FINDINGS,
            "evgrade": __version__,
            "files": [{"file": file, "status": status} for file, status in files.items()],
            "findings": listed,
            "counts": {
                severity.value: sum(finding["severity"] == severity.value for finding in listed)
                for severity in Severity
            },
        }
    )
