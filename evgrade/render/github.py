"""Findings as workflow commands of GitHub Actions, which shows them next to the lines of a change."""

from __future__ import annotations

import os

from evgrade.checked import Checked, Outcome
from evgrade.model import Finding, Severity
from evgrade.render.clean import for_command, for_command_property
from evgrade.render.sink import Sink

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def findings_github(checked: Checked, sink: Sink) -> str:
    """Return a command for each finding of a file, and one for a file that could not be read."""
    commands = [_finding(finding) for finding in checked.findings]
    if checked.status is Outcome.UNREADABLE:
        commands.append(
            _command("error", {"file": checked.file, "title": "unreadable"}, checked.reason or checked.file)
        )
    return sink.encodable("".join(f"{command}\n" for command in commands))


def _finding(finding: Finding) -> str:
    place = finding.location
    # GitHub's last column belongs to what is marked.
    last = place.column + (finding.excerpt.length if finding.excerpt else 1) - 1
    properties: dict[str, str | int] = {
        "file": place.file,
        "line": place.line,
        "endLine": place.line,
        "col": place.column,
        "endColumn": last,
        "title": finding.code,
    }
    if finding.waived is not None:
        return _command("notice", properties, f"{finding.message} (accepted: {finding.waived})")
    message = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
    return _command(_COMMANDS[finding.severity], properties, message)


def _command(name: str, properties: dict[str, str | int], message: str) -> str:
    properties["file"] = str(properties["file"]).replace(os.sep, "/")  # as GitHub names it, on Windows too
    written = ",".join(f"{key}={for_command_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{for_command(message)}"
