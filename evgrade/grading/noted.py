"""Findings from rubrics: stated grades that do not follow, missing facts, and evidence that they do not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evgrade.checks.waivers import accepted
from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, MissingFact
from evgrade.grading.decide import decide, mismatches
from evgrade.model import Finding, Severity
from evgrade.rubric.model import Rubric
from evgrade.rubric.phrases import either, listing


def remarks(dossier: Dossier, rubrics: Iterable[Rubric]) -> tuple[Finding, ...]:
    """Return the findings of rubrics about a dossier, beyond those of its checks, sorted and each once."""
    chosen = tuple(rubrics)
    found: dict[Finding, None] = dict.fromkeys(stated_grades(dossier, chosen))
    for rubric in chosen:
        assessment = assess(dossier, rubric)
        noted = (*_missing(dossier, assessment), *_unread(dossier, assessment))
        found |= dict.fromkeys(accepted(dossier, noted))
    return tuple(sorted(found, key=Finding.sort_key))


def stated_grades(dossier: Dossier, rubrics: Iterable[Rubric]) -> tuple[Finding, ...]:
    """Return the findings about grades that items state and that do not follow from their facts."""
    return tuple(one for rubric in rubrics for one in mismatches(dossier, rubric, decide(dossier.data, rubric)))


def _missing(dossier: Dossier, assessment: Assessment) -> Iterator[Finding]:
    for fact in assessment.missing:
        yield Finding(
            code="missing-fact",
            severity=Severity.NOTE,
            message=f"{_named(fact)} is not stated, and keeps {listing(_open(assessment, fact))} open",
            location=fact.location,
            excerpt=dossier.document.excerpt(fact.path),
            hint=f"{fact.place}, if the sources say: {fact.means}",
        )


def _unread(dossier: Dossier, assessment: Assessment) -> Iterator[Finding]:
    for unread in assessment.unread:
        readers = (
            f"grade it with {either(unread.read_by, most=5)} too" if unread.read_by else "no shipped rubric uses it"
        )
        yield Finding(
            code="unread-evidence",
            severity=Severity.NOTE,
            message=f"{assessment.rubric} does not use `{unread.section}`: {unread.wording}",
            location=unread.location,
            excerpt=dossier.document.excerpt((unread.section,)),
            hint=readers,
        )


def _named(fact: MissingFact) -> str:
    return f"`{fact.field}` of {fact.item}" if fact.item else f"`{fact.field}`"


def _open(assessment: Assessment, fact: MissingFact) -> Iterator[str]:
    """Yield the domains that a fact keeps open, each with its grade and the other possible grades."""
    for domain in assessment.domains:
        if domain.title in fact.domains:
            others = " ".join(grade for grade in domain.possible if grade != domain.grade)
            yield f"{domain.title} ({assessment.rubric}: {domain.grade}, possible {others})"
