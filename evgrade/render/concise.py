"""Findings, one per line: `file:line:col: severity: message [code]`."""

from __future__ import annotations

from collections.abc import Iterable

from evgrade.model import Finding
from evgrade.render.findings import head_text
from evgrade.render.sink import Sink


def findings_concise(findings: Iterable[Finding], sink: Sink) -> str:
    """Return findings as editors and `grep` take them, in characters that the sink can show."""
    return sink.encodable("".join(f"{head_text(finding)}\n" for finding in findings))
