"""The codes of findings: those of `codes.yaml`, and those of the consistency checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from evgrade.checks import Check
from evgrade.checks.model import all_checks
from evgrade.checks.prose import all_prose
from evgrade.model import Severity
from evgrade.yamlio.reader import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of findings, explained.

    Attributes:
        name: the code.
        severity: the usual severity of its findings.
        ignorable: whether users may hide them; findings that make a file unusable are always shown.
        title: a phrase that names the problem.
        why: a sentence on why it matters.
        how: a sentence on what to do about it, or on how it is judged.
    """

    name: str
    severity: Severity
    ignorable: bool
    title: str
    why: str
    how: str


@cache
def known_codes() -> Mapping[str, Code]:
    """Return every code by its name, in the order of the file, those of checks last."""
    path = Path(__file__).with_name("codes.yaml")
    rows = read(path.read_bytes(), path.name).data
    return MappingProxyType({code.name: code for code in (*map(_of_row, rows), *map(_of_check, all_checks()))})


def _of_row(row: Mapping[str, str]) -> Code:
    severity = Severity(row["severity"])
    return Code(
        name=row["code"],
        severity=severity,
        ignorable=severity is not Severity.ERROR,
        title=row["title"],
        why=row["why"],
        how=row["how"],
    )


def _of_check(check: Check) -> Code:
    """Return the code of a check, which can be ignored: a dossier with inconsistent facts can still be graded."""
    prose = all_prose()[check.code]
    return Code(
        name=check.code, severity=check.severity, ignorable=True, title=prose.title, why=prose.why, how=prose.how
    )
