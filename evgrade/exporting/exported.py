"""The input and the result of an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evgrade.dossier import Dossier

if TYPE_CHECKING:  # exports of references and tables need no grading
    from evgrade.grading.assessment import Assessment
    from evgrade.rubric.model import Rubric

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A dossier and the name of its file."""

    name: str
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Graded:
    """A dossier, its assessment by each grading system, and by GRADE if it has outcomes."""

    dossier: Dossier
    by_system: Sequence[tuple[Rubric, Assessment]]
    by_grade: Assessment | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that a format has no place for, such as `references.version_of`, and its entry."""

    field: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """The exported text, the fields it has no place for, and remarks on other changes to stated values."""

    text: str
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()


def left_out(section: str, entries: Iterable[Data], carried: frozenset[str]) -> Iterator[LeftOut]:
    """Yield the fields in entries of a section that a format does not carry."""
    for entry in entries:
        for field in entry:
            if field not in carried:
                yield LeftOut(f"{section}.{field}", str(entry.get("id", "")))


def sections_left_out(data: Data, carried: Mapping[str, frozenset[str]]) -> Iterator[LeftOut]:
    """Yield the sections of a dossier that a format does not carry, and such fields of the other sections."""
    for section, value in data.items():
        if section in carried:
            yield from left_out(section, value if isinstance(value, list) else [value], carried[section])
        elif section != "dossier":
            yield LeftOut(section)


def fields_of(**sections: str) -> Mapping[str, frozenset[str]]:
    """Return the fields of each section that a format carries, given as texts with spaces between fields."""
    return {section: frozenset(fields.split()) for section, fields in sections.items()}
