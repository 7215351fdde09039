"""What an export is made from, and what it is."""

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
    """A dossier, and the name of its file."""

    name: str
    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Graded:
    """A dossier, each grading system with its assessment, and that under GRADE if it has outcomes."""

    dossier: Dossier
    by_system: Sequence[tuple[Rubric, Assessment]]
    by_grade: Assessment | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that a format has no place for, such as `references.version_of`, and the entry that has it."""

    field: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """The text of a format, what it has no place for, and what else was done to what the dossiers state."""

    text: str
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()


def left_out(section: str, entries: Iterable[Data], carried: frozenset[str]) -> Iterator[LeftOut]:
    """Yield the fields of some entries of a section that are not among those that a format carries."""
    for entry in entries:
        for field in entry:
            if field not in carried:
                yield LeftOut(f"{section}.{field}", str(entry.get("id", "")))


def sections_left_out(data: Data, carried: Mapping[str, frozenset[str]]) -> Iterator[LeftOut]:
    """Yield the sections of a dossier that a format has no place for, and the fields of the others."""
    for section, value in data.items():
        if section in carried:
            yield from left_out(section, value if isinstance(value, list) else [value], carried[section])
        elif section != "dossier":
            yield LeftOut(section)


def fields_of(**sections: str) -> Mapping[str, frozenset[str]]:
    """Return the fields of each section that a format carries, written with blanks between them."""
    return {section: frozenset(fields.split()) for section, fields in sections.items()}
