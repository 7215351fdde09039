"""Findings as text: `file:line:col: severity: message [code]`, the source line, a caret, and the hint."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from evgrade.model import Excerpt, Finding, Location, Severity
from evgrade.render.clean import Sink, for_terminal, prose

_WIDTH = 100
_LEAD = 30
_UNICODE = Sink()


def findings_text(findings: Iterable[Finding], sink: Sink = _UNICODE) -> str:
    """Return findings for people, one block each, in characters that the sink can show."""
    return "".join(f"{finding_text(finding, sink)}\n" for finding in few_of_each(findings))


def findings_concise(findings: Iterable[Finding], sink: Sink) -> str:
    """Return findings for editors and `grep`, one line each, in characters that the sink can show."""
    return sink.encodable("".join(f"{head_text(finding)}\n" for finding in findings))


def finding_text(finding: Finding, sink: Sink) -> str:
    """Return one finding: its head line, the excerpt with a caret, the hint and the related locations."""
    lines = [head_text(finding)]
    margin = " " * len(str(finding.location.line))
    if finding.excerpt is not None:
        source, caret = _pointed(finding.excerpt, finding.location.column, sink)
        lines += [f" {finding.location.line} | {source}", f" {margin} | {caret}"]
    if wording := what_to_do(finding):
        lines.append(f" {margin} = {prose(wording)}")
    lines += [f" {margin} = see {location_text(related)}" for related in finding.related]
    return sink.encodable("\n".join(lines))


def severity_word(finding: Finding) -> str:
    """Return the severity of a finding, with `waived` if the reviewers accept it."""
    return finding.severity.value if finding.waived is None else f"waived {finding.severity.value}"


def what_to_do(finding: Finding) -> str:
    """Return the hint, or why the reviewers accept the finding; empty if not stated."""
    return finding.hint or "" if finding.waived is None else f"accepted: {finding.waived}"


def finding_line(finding: Finding) -> str:
    """Return a finding for a report on one dossier: with its line number but without file name and excerpt."""
    wording = what_to_do(finding)
    text = f"{severity_word(finding)} line {finding.location.line}: {prose(finding.message)} [{finding.code}]"
    return f"{text}: {prose(wording)}" if wording else text


def head_text(finding: Finding) -> str:
    """Return a finding in one line: its location, severity, message and code."""
    place = location_text(finding.location)
    return f"{place}: {severity_word(finding)}: {prose(finding.message)} [{finding.code}]"


def location_text(location: Location) -> str:
    """Return a location in the form that editors and terminals can jump to."""
    return f"{for_terminal(location.file)}:{location.line}:{location.column}"


def _pointed(excerpt: Excerpt, column: int, sink: Sink) -> tuple[str, str]:
    """Return the source line, shortened around the column, and the carets below it."""
    begin = column - 1
    start = max(0, begin - _LEAD) if len(excerpt.text) > _WIDTH else 0
    before, token, after = (
        _shown(excerpt.text[start:begin], sink),
        _shown(excerpt.text[begin : begin + excerpt.length], sink),
        _shown(excerpt.text[begin + excerpt.length : start + _WIDTH], sink),
    )
    token = token[:_WIDTH]
    lead = sink.encodable("…") if start else ""
    tail = "…" if len(excerpt.text) > start + _WIDTH else ""
    carets = " " * (len(lead) + columns(before)) + "^" * max(1, columns(token))
    return f"{lead}{before}{token}{after}{tail}".rstrip(), carets


def _shown(text: str, sink: Sink) -> str:
    """Clean part of a source line for the sink, keeping blanks."""
    return sink.encodable("".join(" " if character in " \t" else for_terminal(character) for character in text))


def columns(text: str) -> int:
    """Return the terminal width of a text."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


# If a file has many findings, the first of each kind

MOST = 100

_Kind = tuple[str, Severity, bool]


def few_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings of one file, at most a hundred per code, then a finding that counts the rest.

    Errors, warnings and waived findings count separately, even if they share a code.
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
        if seen[kind] < MOST or total[kind] == MOST + 1:  # replacing a single finding by a sentence saves nothing
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
        waived=None if is_open else "for the reasons given in the waivers",
        excerpt=None,
        related=(),
        count=count,
    )
