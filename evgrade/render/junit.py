"""Files as test cases in JUnit's XML, in the form that Ant writes and most CI servers read.

A valid file passes, an invalid one fails, one that is not a dossier is skipped and one that cannot be read is an
error. The form wants a time, a duration and a host; they are always the same, so that the same files give the same
bytes: 1970-01-01T00:00:00, 0 and localhost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from evgrade.checked import Checked, Outcome
from evgrade.model import Finding, Severity
from evgrade.render.clean import for_xml
from evgrade.render.findings import head_text

_TIMESTAMP, _TIME, _HOST = "1970-01-01T00:00:00", "0", "localhost"


def findings_junit(files: Sequence[Checked], name: str) -> str:
    """Return a test suite of a run called `name`: a test case a file, warnings and notes in its output."""
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
    """Return what became of a file; nothing if it is valid."""
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
