"""The codes that findings can have, from `codes.yaml`: each with its title, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from evgrade.model import Severity
from evgrade.yamlio import read


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of all findings with one code.

    Attributes:
        name: the code.
        severity: what they usually have; an error makes a file unusable.
        title: what it is, in a phrase.
        why: why it matters, in a sentence.
        how: what to do about it, in a sentence.
    """

    name: str
    severity: Severity
    title: str
    why: str
    how: str


@cache
def known_codes() -> Mapping[str, Code]:
    """Return every known code by its name, in the order of the file."""
    path = Path(__file__).with_name("codes.yaml")
    rows = read(path.read_bytes(), path.name).data
    return MappingProxyType(
        {
            row["code"]: Code(row["code"], Severity(row["severity"]), row["title"], row["why"], row["how"])
            for row in rows
        }
    )
