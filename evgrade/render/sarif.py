"""Findings as SARIF 2.1.0, which code hosts and editors read.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from evgrade._version import __version__
from evgrade.checked import Checked, Outcome
from evgrade.codes import Code
from evgrade.model import Finding, Location
from evgrade.render.clean import for_sarif, for_uri
from evgrade.render.findings_json import dumps
from evgrade.render.rule_texts import rule_of

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ABOUT = "urn:evgrade:tool"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "evgrade/v1"


def findings_sarif(files: Sequence[Checked], name: str, root: str) -> str:
    """Return a log with one run.

    Args:
        files: what was checked, in order.
        name: what checked it, `validate` or `rubric`: results of different names do not replace each other.
        root: the folder that relative names start from, absolute; names of files below it come relative to it.
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
    """Yield the findings of a file; equal fingerprints are told apart by their order in it."""
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
            "suppressions": _suppressions(finding),
            **({} if finding.count == 1 else {"properties": {"count": finding.count}}),
        }


def _suppressions(finding: Finding) -> list[dict[str, Any]]:
    """Return the waiver that accepts a finding, if there is one."""
    return [] if finding.waived is None else [{"kind": "inSource", "justification": finding.waived}]


def _fingerprint(finding: Finding) -> str:
    """Return what stays the same when lines move or items are inserted: code, keys and message, without numbers.

    Left out are indexes of lists, and the lines and columns that a message names.
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
        region["endColumn"] = end  # the first column that is not part of it
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
    """Return where a file is: relative to the root, or the whole of it if it lies elsewhere."""
    path = _plain(Path(root) / file)
    if path.is_relative_to(root):
        return {"uri": for_uri(path.relative_to(root).as_posix()), "uriBaseId": _ROOT}
    return {"uri": _file_uri(path)}


def _file_uri(path: PurePath) -> str:
    """Return the URI of a file (RFC 8089); a drive of Windows is a folder in it, and a share has a host."""
    if path.drive.startswith("\\\\"):
        return f"file:{for_uri(path.as_posix())}"
    return f"file:///{for_uri(path.as_posix().lstrip('/'))}"


def _plain(path: Path) -> Path:
    """Return a path without `..`, by its words alone: nothing is looked up."""
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
