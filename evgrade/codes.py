"""The codes of findings: those of `codes.yaml`, and those of the consistency checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from evgrade.checks import Check
from evgrade.checks.prose import all_prose
from evgrade.checks.registry import all_checks
from evgrade.model import Severity
from evgrade.yamlio.reader import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What is known of all findings with one code.

    Attributes:
        name: the code.
        severity: what they usually have.
        ignorable: whether people may choose not to see them; what makes a file unusable they must see.
        title: what it is, in a phrase.
        why: why it matters, in a sentence.
        how: what to do about it, or how it is judged, in a sentence.
    """

    name: str
    severity: Severity
    ignorable: bool
    title: str
    why: str
    how: str


@cache
def known_codes() -> Mapping[str, Code]:
    """Return every known code by its name, in the order of the file; those of checks come last."""
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
    """Return the code of a check; a dossier whose facts do not fit together can be read and graded all the same."""
    prose = all_prose()[check.code]
    return Code(
        name=check.code, severity=check.severity, ignorable=True, title=prose.title, why=prose.why, how=prose.how
    )
