"""`evgrade validate`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from evgrade.checking import NothingToGradeError, check
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.streams import say, terminal_sink, write_payload
from evgrade.discover import is_folder
from evgrade.model import Finding, Severity
from evgrade.render.clean import for_terminal
from evgrade.schema import many


def run_validate(paths: list[str], form: str, output: str | None, *, quiet: bool) -> int:
    """Check dossiers, in the order of their names, print every finding and a summary, and return the exit code.

    Text is printed file by file as it comes, so that memory does not grow with the number of files.

    Raises:
        NothingToGradeError: no dossier was found.
        UnreadableError: a path does not exist.
    """
    findings: list[Finding] = []
    files: dict[str, str] = {}
    statuses: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    streaming = form == "text" and output in (None, "-")
    sink = terminal_sink(sys.stdout, color=False)
    in_order: list[str] = sorted(paths, key=_place)
    for checked in check(in_order):
        statuses[checked.status] += 1
        severities.update(finding.severity for finding in checked.findings if finding.waived is None)
        statuses["waived"] += sum(finding.waived is not None for finding in checked.findings)
        if checked.status == "unreadable":
            say(f"evgrade: {for_terminal(checked.reason or checked.file)}")
        elif checked.reason is not None:
            say(f"{for_terminal(checked.file)}: {checked.status}: {for_terminal(checked.reason)}", quiet=quiet)
        if streaming and checked.findings:
            from evgrade.render.findings import findings_text

            write_payload(findings_text(checked.findings, sink), None)
        elif not streaming:
            findings.extend(checked.findings)
            files[checked.file] = checked.status
    findings.sort(key=Finding.sort_key)
    if form == "json":
        from evgrade.render.machine import findings_json

        write_payload(findings_json(findings, files), output)
    elif not streaming:
        from evgrade.render.findings import findings_text

        write_payload(findings_text(findings), output)
    if statuses:
        say(_summary(statuses, severities), quiet=quiet)
    if statuses["unreadable"]:
        return FAILED
    if not statuses["valid"] + statuses["invalid"]:
        raise NothingToGradeError("no dossier was found", hint="a dossier is a YAML file that begins with `dossier: 1`")
    return FINDINGS if statuses["invalid"] else DONE


def _place(path: str) -> str:
    """Return what to sort a path by, so that files come in the order of their names, those of folders too."""
    name = str(Path(path))
    return f"{name}/" if is_folder(path) else name


def _summary(statuses: Counter[str], severities: Counter[Severity]) -> str:
    files = statuses["valid"] + statuses["invalid"]
    parts = [f"{many(files, 'dossier')} checked: {statuses['valid']} valid, {statuses['invalid']} invalid"]
    found = [many(severities[severity], severity.value) for severity in Severity if severities[severity]]
    if found:
        parts.append(", ".join(found))
    if statuses["waived"]:
        parts.append(f"{statuses['waived']} waived")
    left_out = [f"{statuses[status]} {status}" for status in ("skipped", "unreadable") if statuses[status]]
    if left_out:
        parts.append(", ".join(left_out))
    return "; ".join(parts)
