"""List the first findings of each kind in a file, and count the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from evgrade.model import Finding, Severity

MOST = 100

_Kind = tuple[str, Severity, bool]


def few_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of one file, at most a hundred of each code; the next one counts those that are not listed.

    Errors, warnings and what the reviewers accept are counted separately, even if they share a code.
    """
    found = tuple(findings)
    if len(found) <= MOST:
        return found
    total: Counter[_Kind] = Counter()
    for finding in found:
        total[_kind(finding)] += finding.count
    seen: Counter[_Kind] = Counter()
    few = []
    for finding in found:
        kind = _kind(finding)
        if seen[kind] < MOST or total[kind] == MOST + 1:  # a sentence instead of the last one would save nothing
            few.append(finding)
        elif seen[kind] == MOST:
            few.append(_counting(finding, total[kind] - MOST))
        seen[kind] += 1
    return tuple(few)


def _kind(finding: Finding) -> _Kind:
    return finding.code, finding.severity, finding.waived is not None


def _counting(finding: Finding, count: int) -> Finding:
    is_open = finding.waived is None
    what = f"{finding.code} {finding.severity.value}s" if is_open else f"accepted {finding.code} findings"
    return replace(
        finding,
        message=f"{count:,} more {what} in this file are not listed",
        hint="fix those above, then check again",
        waived=None if is_open else "for the reasons that the waivers give",
        excerpt=None,
        related=(),
        count=count,
    )
