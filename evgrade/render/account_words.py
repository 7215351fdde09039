"""Evidence, harms and verdicts in a line each, alike in every report for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evgrade.grading.account import (
    Direction,
    Evidence,
    EvidenceItem,
    Harm,
    HarmKind,
    Harms,
    OtherVerdict,
    Source,
    Unread,
)
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.later import Series
from evgrade.model import Path, dotted
from evgrade.rubric.phrases import listing, number

MOST_A_SIDE = 3
"""How many items of one side are shown at the most, unless more decide."""
MOST_DECIDING = 30
"""How many items are shown at the most, however many decide."""
MOST_HARMS = 12
LONGEST = 160
"""How long a text of the dossier may be in a line, unless more is asked for."""
WHOLE = sys.maxsize
"""As long as it is."""
_SHORT = 60

_TITLES = {Direction.FOR: "For", Direction.AGAINST: "Against", Direction.UNCLEAR: "Unclear or mixed"}


class Side(NamedTuple):
    """One side of the evidence in a domain: its title with a count, and its items."""

    title: str
    items: Series[EvidenceItem]


def sides(domain: DomainGrade) -> Iterator[Side]:
    """Yield the sides of the evidence that a domain reads: for and against always, unclear where there is any."""
    for direction, title in _TITLES.items():
        items = domain.weighed.where(lambda place, wanted=direction: place.direction is wanted)  # type: ignore[misc]
        if items:
            yield Side(f"{title} ({len(items)})", items)
        elif direction is not Direction.UNCLEAR:
            yield Side(f"{title}: none in this dossier", items)


def first_of(items: Series[EvidenceItem], most: int = MOST_A_SIDE) -> Sequence[EvidenceItem]:
    """Return the items to show where there are many: those that decide, and others up to a number of all."""
    deciding = len(deciding_of(items))
    return items[: max(most, min(deciding, MOST_DECIDING))]


def deciding_of(items: Series[EvidenceItem]) -> Series[EvidenceItem]:
    """Return the items that a grade rests on."""
    return items.where(lambda place: bool(place.decides))


def item_told(item: EvidenceItem, most: int = LONGEST) -> str:
    """Return what there is to know of an item after its name: result, size, design, risk of bias, effect or finding."""
    pieces = [item.result, item.size, ", ".join(item.design), item.risk_of_bias or ""]
    pieces.append(item.effects[0] if item.effects else shortened(item.evidence.statement or "", most))
    return "; ".join(piece for piece in pieces if piece)


def shortened(text: str, most: int = LONGEST) -> str:
    """Return a text, cut where it is longer than two lines."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cited_by(citations: Iterable[str]) -> str:
    """Return the citations of something, each once, as they stand between brackets."""
    return "; ".join(dict.fromkeys(citations))


def fields_of(assessment: Assessment, domain: DomainGrade) -> list[Evidence]:
    """Return what decides a grade and is told nowhere else: fields of the dossier, such as a price."""
    listed = {place.path for place in domain.weighed.keys}
    listed.update(harm.evidence.path for harm in (assessment.harms.entries if assessment.harms else ()))
    return list(domain.evidence.where(lambda place: listed.isdisjoint(_ways_to(place.path))))


def harms_deciding(assessment: Assessment) -> frozenset[Path]:
    """Return the paths of the harms that a grade rests on."""
    harms = {harm.evidence.path for harm in (assessment.harms.entries if assessment.harms else ())}
    places = (place for domain in assessment.domains for place in domain.evidence.keys)
    return frozenset(way for place in places for way in _ways_to(place.path) if way in harms)


def _ways_to(path: Path) -> Iterator[Path]:
    """Yield a path and those of all that it leads through."""
    return (path[:end] for end in range(1, len(path) + 1))


def repeats(domain: DomainGrade, before: Iterable[DomainGrade]) -> DomainGrade | None:
    """Return an earlier domain that reads the same evidence, so that it need not be listed twice."""
    paths = {place.path for place in domain.weighed.keys}
    same = (one for one in before if {place.path for place in one.weighed.keys} == paths)
    return next(same, None) if paths else None


def name_of(evidence: Evidence) -> str:
    """Return what an item is called: its id, or its place in the dossier."""
    return evidence.id or dotted(evidence.path)


def harms_head(given: Harms, most: int = LONGEST) -> str:
    """Return how many people were followed for harm, and how concerned the reviewers are, as far as it is stated."""
    followed = "" if given.exposed is None else f"{number(given.exposed)} people were followed for harm."
    if given.concern is None:
        return followed or "How many people were followed for harm is not recorded."
    reason = f" ({shortened(given.concern_reason.rstrip('.'), most)})" if given.concern_reason else ""
    return f"{followed} The reviewers' concern: {given.concern}{reason}.".strip()


_BAD = {"died": "fatal", "hospitalized": "needing hospital care"}


def harm_told(harm: Harm) -> str:
    """Return what there is to know of a harm after its name: its kind, how bad it is, how many had it, the dose."""
    kind = "" if harm.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT) else harm.kind.words
    bad = "" if harm.kind is HarmKind.COUNT else harm.seriousness or ""
    told = (kind, _BAD.get(bad, bad.replace("_", " ")), harm.numbers, *harm.about)
    return "; ".join(piece for piece in told if piece)


def more_harms(harms: Sequence[Harm]) -> str:
    """Return the names of harms for which there is no room: none is left out without its name."""
    return f"and {len(harms)} more: {'; '.join(harm_name(harm, _SHORT) for harm in harms)}"


def harm_name(harm: Harm, most: int = LONGEST) -> str:
    """Return the name of a harm, or what is warned of, as part of a line."""
    return shortened(harm.name, most).rstrip(".")


def unread_told(unread: Unread) -> str:
    """Return how much of a section is not read, and which systems read it."""
    by = f"read by {listing(unread.read_by)}" if unread.read_by else "read by none of the shipped rubrics"
    return f"{unread.told}, from line {unread.location.line}; {by}"


def verdict_head(given: OtherVerdict) -> str:
    """Return whose verdict it is, of when, and what it comes to."""
    who = {
        Source.GROUP: f"the review group ({given.by})",
        Source.PUBLISHED: given.by,
        Source.RATER: f"the rater {given.by}",
    }[given.source]
    when = "" if given.date is None else f", {given.date}"
    says = "" if given.says is None else f": {given.says}"
    return f"{who[:1].upper()}{who[1:]}{when}{says}"


def verdict_told(given: OtherVerdict, most: int = LONGEST) -> str:
    """Return what the verdict says after its head: the grades that came with it, and its words."""
    grades = ", ".join(f"{domain} {grade}" for domain, grade in given.grades)
    system = given.system or ("" if not grades else "grades")
    told = f" ({system}{': ' if system and grades else ''}{grades})" if system or grades else ""
    return told + (f". {shortened(given.statement, most)}" if given.statement else "")
