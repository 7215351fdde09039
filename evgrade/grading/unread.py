"""Evidence in the dossier that a rubric does not read, with the systems that do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.account import Unread
from evgrade.grading.sides import how_many, people_of
from evgrade.model import EvgradeError
from evgrade.rubric.load import load_rubric, shipped_names
from evgrade.rubric.model import Rubric
from evgrade.rubric.phrases import plural
from evgrade.rubric.sections import EVIDENCE_SECTIONS, RECORDED, sections_read
from evgrade.schema.shape import dossier_shape

_INSIDE = ("adverse_events", "boxed_warnings", "contraindications", "interactions", "theoretical_harms")


def unread_in(dossier: Dossier, rubric: Rubric) -> tuple[Unread, ...]:
    """Return the sections of evidence that hold something and that no rule of a rubric reads."""
    read = reads(rubric)
    return tuple(
        _unread(dossier, section)
        for section in RECORDED
        if section in EVIDENCE_SECTIONS and section not in read and dossier.data.get(section)
    )


def reads(rubric: Rubric) -> frozenset[str]:
    """Return the sections that the rules of a rubric read, those of its recommendation too."""
    found = {section for domain in rubric.domains for section in domain.sections}
    if rubric.recommendation is not None:
        found.update(sections_read(rung.rule.condition for rung in rubric.recommendation.ladder.rungs))
    return frozenset(found)


def _unread(dossier: Dossier, section: str) -> Unread:
    held = dossier.data[section]
    entries = held if isinstance(held, list) else [held]
    studies = _sum(entry.get("studies") for entry in entries)
    people = _sum(people_of(entry, section) for entry in entries)
    return Unread(
        section=section,
        wording=_describe(section, held, studies, people),
        entries=len(entries),
        studies=studies,
        people=people,
        read_by=tuple(_readers(section)),
        location=dossier.document.location((section,)),
    )


def _readers(section: str) -> Iterator[str]:
    for name in shipped_names():
        try:
            if section in reads(load_rubric(name)):
                yield name
        except EvgradeError:  # a rubric that someone broke is reported when it is used
            continue


def _sum(numbers: Iterator[Any]) -> int | None:
    stated = [value for value in numbers if isinstance(value, int)]
    return sum(stated) if stated else None


def _describe(section: str, held: Any, studies: int | None, people: int | None) -> str:
    shape = dossier_shape().key(section)
    if isinstance(held, Mapping):
        parts = [_counted(key, held[key]) for key in _INSIDE if held.get(key)] if section == "safety" else []
        return ", ".join(parts) or section.replace("_", " ")
    noun = "entry" if shape is None else shape.item.noun
    size = [] if studies is None else [how_many(studies, "study", "studies")]
    if people is not None:
        animals = ("animal or sample", "animals or samples") if section == "preclinical" else ("person", "people")
        size.append(how_many(people, *animals))
    return how_many(len(held), noun, plural(noun)) + (f" ({', '.join(size)})" if size else "")


def _counted(key: str, entries: list[Any]) -> str:
    nouns = key.replace("_", " ")
    return how_many(len(entries), nouns.removesuffix("s"), nouns)
