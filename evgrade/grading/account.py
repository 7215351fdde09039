"""Account for all evidence: for and against, harms, what the rubric does not read, and the verdicts of others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evgrade.model import Location, Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An item, or a field, of the dossier that a rule rests on.

    `references` are ids, `citations` the same in short for people.
    """

    path: Path
    id: str | None
    statement: str | None
    location: Location
    references: tuple[str, ...]
    citations: tuple[str, ...]


class Direction(StrEnum):
    """Which side an item of evidence speaks for."""

    FOR = "for"
    AGAINST = "against"
    UNCLEAR = "unclear"
    """For neither: mixed, pending, not clear, or not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One item of a section that a domain reads, with what a reader needs to weigh it.

    Attributes:
        evidence: the item, its place and its sources.
        section: the section that it is listed in.
        direction: the side that it speaks for.
        decides: whether the grade rests on it.
        result: what it showed, in words.
        studies: how many studies it pools; None for a single one, or where that is not stated.
        people: how many people, or animals, were studied or evaluated; None where that is not stated.
        size: both in words; empty where neither is stated.
        design: how it was done, in words, as far as it is stated.
        risk_of_bias: the judgement in words; None where nobody judged it, or where there is none to judge.
        effects: the effects in numbers, the primary outcome first.
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
        """Where the item is in the dossier."""
        return self.evidence.path


class HarmKind(StrEnum):
    """What sort of entry a harm is, in the order in which equally grave ones are reported."""

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
        kind: what sort of entry it is.
        evidence: the entry, its place and its sources.
        name: the harm, or what is warned of.
        seriousness: how bad it is, as the dossier has it; None where it does not say.
        n, of, percent: how many people had it, of how many; None where that is not stated.
        numbers: the same in words, with those of the control group; empty where nothing is stated.
        about: the dose, the agent and whatever else limits what it says of this therapy, in words.
        grave: whether it is death, danger to life, or comes with a boxed warning.
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
    """The harms that a dossier records, the gravest first, with who was followed and the reviewers' concern."""

    exposed: int | None
    concern: str | None
    concern_reason: str | None
    entries: tuple[Harm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Evidence in the dossier that the rubric does not read.

    Attributes:
        section: the section of the dossier.
        wording: how much it is, in words: «1 systematic review (28 studies, 2,733 people)».
        entries: how many entries it has; 1 for a section that is not a list.
        studies, people: how many they add up to; None where no entry says.
        read_by: the shipped rubrics that do read it.
        location: where the section is.
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
    """Those who made the review."""
    PUBLISHED = "published"
    """Someone else, elsewhere."""
    RATER = "rater"
    """One member of the panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVerdict:
    """A verdict that people came to, kept beside evgrade's and never graded.

    Attributes:
        source: who came to it.
        by: their name.
        says: what it comes to, in words; None where only a statement is given.
        statement: the verdict, or the reason for it, in their words.
        date: when.
        system: the grading system that they used.
        grades: the grades that they gave, by domain, as they call it.
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
