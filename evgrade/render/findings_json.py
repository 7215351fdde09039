"""Findings as versioned JSON and JSON Lines; `evgrade schema findings` and `finding` print the schemas.

This module does not import grading, which checking does not need.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.checked import Checked
from evgrade.model import Finding, Location, Severity

FINDINGS = "evgrade.findings/1"


def dumps(data: Any) -> str:
    """Return JSON in ASCII, so that no control character in a dossier reaches a terminal."""
    return "".join(pieces(data)) + "\n"


def pieces(data: Any, indent: str = "") -> Iterator[str]:
    """Yield JSON in ASCII, piece by piece, formatted as by `json.dumps` with an indent of two."""
    inner, separator = f"{indent}  ", "\n"
    if isinstance(data, dict) and data:
        yield "{"
        for key, value in data.items():
            yield f"{separator}{inner}{_plain(key)}: "
            yield from pieces(value, inner)
            separator = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(data, list | tuple) and data:
        yield "["
        for value in data:
            yield f"{separator}{inner}"
            yield from pieces(value, inner)
            separator = ",\n"
        yield f"\n{indent}]"
    else:
        yield _plain(data)


_plain = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


def location_data(location: Location) -> dict[str, Any]:
    """Return a location as data; lines and columns count from 1."""
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
        "waived": finding.waived,
        "count": finding.count,
    }


def findings_json(files: Sequence[Checked], checks: Sequence[str]) -> str:
    """Return the findings of a run and the status of each file as `evgrade.findings/1`.

    Args:
        files: the files that were checked, in order.
        checks: the codes of the checks that were run.
    """
    listed = sorted((finding for checked in files for finding in checked.findings), key=Finding.sort_key)
    return dumps(
        {
            "schema": FINDINGS,
            "evgrade": __version__,
            "checks": list(checks),
            "files": [
                {"file": one.file, "status": one.status, "not_checked": list(one.unchecked)}
                for one in {checked.file: checked for checked in files}.values()
            ],
            "findings": [finding_data(finding) for finding in listed],
            "counts": _counts(listed),
        }
    )


def _counts(listed: Iterable[Finding]) -> dict[str, int]:
    """Count findings by severity; findings that the reviewers accept count separately as waived."""
    counts = dict.fromkeys([*(severity.value for severity in Severity), "waived"], 0)
    for finding in listed:
        counts[finding.severity.value if finding.waived is None else "waived"] += finding.count
    return counts


FINDING = "evgrade.finding/1"


def findings_jsonl(checked: Checked) -> str:
    """Return one line for a file and one for each of its findings, in ASCII, so that no control reaches a terminal."""
    file = {
        "schema": FINDING,
        "kind": "file",
        "evgrade": __version__,
        "file": checked.file,
        "status": checked.status,
        "reason": checked.reason,
        "not_checked": list(checked.unchecked),
    }
    found = ({"schema": FINDING, "kind": "finding", **finding_data(finding)} for finding in checked.findings)
    return "".join(f"{_plain(data)}\n" for data in (file, *found))
