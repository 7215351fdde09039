"""Findings for code hosts and CI servers: JUnit XML, GitHub workflow commands, and SARIF."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, assert_never

from evgrade._version import __version__
from evgrade.checked import Checked, Outcome
from evgrade.codes import Code, known_codes
from evgrade.model import Finding, Location, Severity
from evgrade.render.clean import Sink, for_command, for_command_property, for_sarif, for_uri, for_xml
from evgrade.render.findings import head_text
from evgrade.render.findings_json import dumps

# JUnit XML, as written by Ant and read by most CI servers
#
# A valid file passes, an invalid file fails, a file that is not a dossier is skipped, an unreadable file is an error.
# The required time, duration and host are constants, so that the same files give the same bytes.

_TIMESTAMP, _TIME, _HOST = "1970-01-01T00:00:00", "0", "localhost"


def findings_junit(files: Sequence[Checked], name: str) -> str:
    """Return a test suite for the run `name`, one test case per file, with warnings and notes as its output."""
    statuses = [checked.status for checked in files]
    others = [finding for checked in files for finding in checked.findings if not _fails(finding)]
    attributes = {
        "name": name,
        "package": "evgrade",
        "id": "0",
        "timestamp": _TIMESTAMP,
        "hostname": _HOST,
        "tests": str(len(files)),
        "failures": str(statuses.count(Outcome.INVALID)),
        "errors": str(statuses.count(Outcome.UNREADABLE)),
        "skipped": str(statuses.count(Outcome.SKIPPED)),
        "time": _TIME,
    }
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites>",
        f"  <testsuite{_written(attributes)}>",
        "    <properties/>",
        *(_case(checked, name) for checked in files),
        f"    <system-out>{_lines(others)}</system-out>",
        "    <system-err/>",
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(checked: Checked, name: str) -> str:
    opening = f"    <testcase{_written({'name': checked.file, 'classname': f'evgrade.{name}', 'time': _TIME})}"
    outcome = _outcome(checked)
    return f"{opening}>{outcome}</testcase>" if outcome else f"{opening}/>"


def _outcome(checked: Checked) -> str:
    """Return the outcome of a file; nothing if it is valid."""
    reason = {"message": checked.reason or ""}
    match checked.status:
        case Outcome.VALID:
            return ""
        case Outcome.SKIPPED:
            return f"<skipped{_written(reason)}/>"
        case Outcome.UNREADABLE | Outcome.FAILED:
            return f"<error{_written({**reason, 'type': checked.status.value})}/>"
        case Outcome.INVALID:
            return _failure([finding for finding in checked.findings if _fails(finding)])
        case _:
            assert_never(checked.status)


def _failure(errors: Sequence[Finding]) -> str:
    count = sum(error.count for error in errors)
    more = f" (and {count - 1} more)" if count > 1 else ""
    first = {"message": f"{errors[0].message}{more}", "type": errors[0].code}
    return f"<failure{_written(first)}>{_lines(errors)}</failure>"


def _fails(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.waived is None


def _lines(findings: Sequence[Finding]) -> str:
    return "\n".join(for_xml(head_text(finding)) for finding in findings)


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {key}="{for_xml(value)}"' for key, value in attributes.items())


# Workflow commands, which GitHub Actions shows next to the changed lines

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def findings_github(checked: Checked, sink: Sink) -> str:
    """Return one command per finding, and one for a file that cannot be read."""
    commands = [_finding(finding) for finding in checked.findings]
    if checked.status is Outcome.UNREADABLE:
        commands.append(
            _command("error", {"file": checked.file, "title": "unreadable"}, checked.reason or checked.file)
        )
    return sink.encodable("".join(f"{command}\n" for command in commands))


def _finding(finding: Finding) -> str:
    place = finding.location
    # For GitHub, the end column is inclusive.
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
    properties["file"] = str(properties["file"]).replace(os.sep, "/")  # GitHub uses slashes, even for Windows
    written = ",".join(f"{key}={for_command_property(str(value))}" for key, value in properties.items())
    return f"::{name} {written}::{for_command(message)}"


# SARIF 2.1.0, which code hosts and editors read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ABOUT = "urn:evgrade:tool"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "evgrade/v1"


def findings_sarif(files: Sequence[Checked], name: str, root: str) -> str:
    """Return a log with one run.

    Args:
        files: the files that were checked, in order.
        name: the command, `validate` or `rubric`; results under different names do not replace each other.
        root: the absolute path of the folder to which file names are relative.
    """
    rules = {finding.code: rule_of(finding) for checked in files for finding in checked.findings}
    order = {code: number for number, code in enumerate(sorted(rules))}
    unreadable = [_notification(checked, root) for checked in files if checked.status is Outcome.UNREADABLE]
    run = {
        "tool": {
            "driver": {
                "name": "evgrade",
                "version": __version__,
                "informationUri": _ABOUT,
                "rules": [_rule(rules[code]) for code in order],
            }
        },
        "automationDetails": {"id": f"evgrade/{name}/"},
        "invocations": [{"executionSuccessful": not unreadable, "toolExecutionNotifications": unreadable}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that evgrade was run in."}}},
        "columnKind": "unicodeCodePoints",
        "results": [result for checked in files for result in _results(checked, order, root)],
    }
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Code) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": for_sarif(rule.title)},
        "fullDescription": {"text": for_sarif(f"{rule.title}. {rule.why}")},
        "help": {"text": for_sarif(rule.how)},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _results(checked: Checked, order: Mapping[str, int], root: str) -> Iterator[dict[str, Any]]:
    """Yield the findings of a file; a running number tells equal fingerprints apart."""
    seen: Counter[str] = Counter()
    for finding in checked.findings:
        hashed = _fingerprint(finding)
        seen[hashed] += 1
        message = f"{finding.message} ({finding.hint})" if finding.hint else finding.message
        yield {
            "ruleId": finding.code,
            "ruleIndex": order[finding.code],
            "level": finding.severity.value,
            "message": {"text": for_sarif(message)},
            "locations": [
                {"physicalLocation": {"artifactLocation": _artifact(checked.file, root), "region": _region(finding)}}
            ],
            "relatedLocations": [_related(number, place, root) for number, place in enumerate(finding.related)],
            "partialFingerprints": {_FINGERPRINT: f"{hashed}:{seen[hashed]}"},
            "suppressions": [] if finding.waived is None else [{"kind": "inSource", "justification": finding.waived}],
            **({} if finding.count == 1 else {"properties": {"count": finding.count}}),
        }


def _fingerprint(finding: Finding) -> str:
    """Hash what stays the same when lines move or items are inserted: the code, the keys and the message.

    Indexes of lists, and line and column numbers in the message, are left out.
    """
    keys = [step for step in finding.location.path if isinstance(step, str)]
    said = re.sub(r"\b(line|column) \d+", r"\1", finding.message) if finding.count == 1 else "more"
    text = "\0".join((finding.code, *keys, said))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _region(finding: Finding) -> dict[str, Any]:
    start = finding.location.column
    region: dict[str, Any] = {"startLine": finding.location.line, "startColumn": start}
    if finding.excerpt is not None:
        end = start + finding.excerpt.length
        region["endColumn"] = end  # exclusive
        region["snippet"] = {"text": finding.excerpt.text[start - 1 : end - 1]}
    return region


def _related(number: int, place: Location, root: str) -> dict[str, Any]:
    return {
        "id": number,
        "physicalLocation": {
            "artifactLocation": _artifact(place.file, root),
            "region": {"startLine": place.line, "startColumn": place.column},
        },
    }


def _artifact(file: str, root: str) -> dict[str, Any]:
    """Return the URI of a file, relative to the root if it is below it."""
    path = _plain(Path(root) / file)
    if path.is_relative_to(root):
        return {"uri": for_uri(path.relative_to(root).as_posix()), "uriBaseId": _ROOT}
    return {"uri": _file_uri(path)}


def _file_uri(path: PurePath) -> str:
    """Return the URI of a file (RFC 8089); a Windows drive becomes a folder, and a network share has a host."""
    if path.drive.startswith("\\\\"):
        return f"file:{for_uri(path.as_posix())}"
    return f"file:///{for_uri(path.as_posix().lstrip('/'))}"


def _plain(path: Path) -> Path:
    """Resolve `..` lexically, without reading the file system."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return Path(*parts)


def _notification(checked: Checked, root: str) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": for_sarif(checked.reason or checked.file)},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(checked.file, root)}}],
    }


def rule_of(finding: Finding) -> Code:
    """Return the description of a finding's code, or one made from the finding if the code has none."""
    known = known_codes().get(finding.code)
    if known is not None:
        return known
    return Code(
        name=finding.code,
        severity=finding.severity,
        ignorable=False,
        title=finding.code,
        why=finding.message,
        how=finding.hint or finding.message,
    )
