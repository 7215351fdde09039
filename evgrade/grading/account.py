"""What an assessment lists beside grades: evidence for and against, harms, unread evidence, and verdicts of others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evgrade.model import Location, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An item or a field of the dossier that a rule rests on.

    `references` are ids, `citations` the same sources in short for readers.
    """

    path: Path
    id: str | None
    statement: str | None
    location: Location
    references: tuple[str, ...]
    citations: tuple[str, ...]


class Direction(StrEnum):
    """Whether an item of evidence speaks for or against the therapy."""

    FOR = "for"
    AGAINST = "against"
    UNCLEAR = "unclear"
    """Neither: mixed, pending, unclear, or not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One item of a section that a domain reads, with what a reader needs to weigh it.

    Attributes:
        evidence: the item, its place and its sources.
        section: the section that it is listed in.
        direction: whether it speaks for or against the therapy.
        decides: whether the grade rests on it.
        result: what it showed, in words.
        studies: how many studies it pools; None for a single study or if not stated.
        people: how many people or animals were studied or evaluated; None if not stated.
        size: both in words; empty if neither is stated.
        design: its design in words, as far as stated.
        risk_of_bias: the judgement in words; None if there is none.
        effects: the effect estimates, the primary outcome first.
    """

    evidence: Evidence
    section: str
    direction: Direction
    decides: bool
    result: str
    studies: int | None
    people: int | None
    size: str
    design: tuple[str, ...]
    risk_of_bias: str | None
    effects: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The path of the item in the dossier."""
        return self.evidence.path


class HarmKind(StrEnum):
    """The kind of entry, in the order in which equally grave harms are reported."""

    COUNT = "count"
    BOXED_WARNING = "boxed_warning"
    CONTRAINDICATION = "contraindication"
    INTERACTION = "interaction"
    ADVERSE_EVENT = "adverse_event"
    THEORETICAL_HARM = "theoretical_harm"

    @property
    def words(self) -> str:
        """The kind in words."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """A harm, a count of harms, or a warning.

    Attributes:
        kind: the kind of entry.
        evidence: the entry, its place and its sources.
        name: the harm, or the subject of the warning.
        seriousness: as the dossier states it; None if not stated.
        n, of, percent: events, denominator and percentage; None if not stated.
        numbers: the same in words, with the control group; empty if nothing is stated.
        about: in words, the dose, the agent and whatever else limits how far it applies to this therapy.
        grave: whether it is fatal, life-threatening, or the subject of a boxed warning.
    """

    kind: HarmKind
    evidence: Evidence
    name: str
    seriousness: str | None
    n: int | None
    of: int | None
    percent: float | None
    numbers: str
    about: tuple[str, ...]
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Harms:
    """The harms that a dossier records, the gravest first, with the number exposed and the reviewers' concern."""

    exposed: int | None
    concern: str | None
    concern_reason: str | None
    entries: tuple[Harm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Evidence in the dossier that the rubric does not read.

    Attributes:
        section: the section of the dossier.
        wording: its amount in words: «1 systematic review (28 studies, 2,733 people)».
        entries: how many entries it has; 1 for a section that is not a list.
        studies, people: totals over the entries; None if no entry states them.
        read_by: the shipped rubrics that read it.
        location: the place of the section.
    """

    section: str
    wording: str
    entries: int
    studies: int | None
    people: int | None
    read_by: tuple[str, ...]
    location: Location


class Source(StrEnum):
    """Who came to a verdict."""

    GROUP = "group"
    """The authors of the review."""
    PUBLISHED = "published"
    """Others, in a publication."""
    RATER = "rater"
    """One member of the panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVerdict:
    """A verdict that people reached, shown beside evgrade's and never graded.

    Attributes:
        source: who reached it.
        by: their name.
        says: the verdict in words; None if only a statement is given.
        statement: the verdict, or the reason for it, in their words.
        date: its date.
        system: the grading system that they used.
        grades: the grades that they gave, by domain, in their own terms.
        location, references, citations: its place and its sources.
    """

    source: Source
    by: str
    says: str | None
    statement: str | None
    date: str | None
    system: str | None
    grades: tuple[tuple[str, str], ...]
    location: Location
    references: tuple[str, ...]
    citations: tuple[str, ...]


def text_or_none(value: Any) -> str | None:
    """Return a value as text: YAML reads 2010 as a number."""
    return None if value is None else str(value)
