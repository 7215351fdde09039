"""How often each check is wrong, as it was measured on published numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evgrade.yamlio.reader import read

FILE = Path(__file__).with_name("measured.yaml")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a check found on the sample.

    Attributes:
        looked_at: how many effects, arms, tests or dossiers stated what it needs.
        errors: its findings that are errors.
        warnings: those that are warnings.
        notes: those that are notes.
        wrong: how many of the errors and warnings were wrong.
    """

    looked_at: int
    errors: int
    warnings: int
    notes: int
    wrong: int

    def __str__(self) -> str:
        found = f"{self.looked_at:,} looked at: {self.errors} errors, {self.warnings} warnings, {self.notes} notes"
        return f"{found}; {self.wrong} of the errors and warnings were wrong ({100 * self.share:.2g}% of all)"

    @property
    def share(self) -> float:
        """The share of what was looked at of which something wrong was said."""
        return self.wrong / self.looked_at if self.looked_at else 0.0


@cache
def measurements() -> Mapping[str, Measured | str]:
    """Return what was measured of each check by code; in words why nothing was, where that is so."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    found: dict[str, Measured | str] = dict.fromkeys(
        document["not_measurable"]["checks"], document["not_measurable"]["reason"]
    )
    found |= {code: Measured(**numbers) for code, numbers in document["measured"].items()}
    return found


@cache
def sample() -> str:
    """Return what was measured on, and how it was decided what is wrong."""
    document: Any = read(FILE.read_bytes(), FILE.name).data
    return str(document["sample"])
