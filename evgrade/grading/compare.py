"""Compare the grades of several systems for one dossier, and explain the differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.rubric.phrases import listing

SUBJECTS = ("mechanism", "preclinical", "reports", "benefit", "harms", "cost")
"""The subjects that systems judge, as rubrics name them in `about`."""

_MOST = 4
"""The most items that are named."""

_APART = 0.2
"""Grades disagree if their strengths, from 0 to 1, are further apart than this; scales differ in length."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The grade that one system gave one subject, and the items that it rests on."""

    rubric: str
    domain: DomainGrade
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A subject, the opinions of the systems that judge it, and why they differ; None if they agree."""

    subject: str
    opinions: tuple[Opinion, ...]
    because: str | None


def compare(assessments: Sequence[Assessment]) -> tuple[Compared, ...]:
    """Return the subjects that the assessments of one dossier judge, each with all opinions."""
    compared = []
    for subject in SUBJECTS:
        opinions = tuple(
            Opinion(assessment.rubric, domain, tuple(_items(domain)))
            for assessment in assessments
            for domain in assessment.domains
            if domain.about == subject
        )
        if opinions:
            compared.append(Compared(subject, opinions, _because(opinions) if _differ(opinions) else None))
    return tuple(compared)


def _items(domain: DomainGrade) -> Iterator[str]:
    """Yield the ids of the items that a grade rests on, or the names of fields."""
    for evidence in domain.evidence:
        yield evidence.id or ".".join(str(part) for part in evidence.path if isinstance(part, str))


def _differ(opinions: Sequence[Opinion]) -> bool:
    strengths = [one.domain.strength for one in opinions if one.domain.strength is not None]
    if len(strengths) < len(opinions):
        return bool(strengths)  # some systems could judge it, and some could not
    return max(strengths) - min(strengths) > _APART


def _because(opinions: Sequence[Opinion]) -> str:
    """Return which evidence one system counts and another does not, or that the rules differ."""
    shared = set.intersection(*(set(one.counts) for one in opinions))
    if all(set(one.counts) == shared for one in opinions):
        return "they count the same evidence but judge it by different rules"
    counting: dict[tuple[str, ...], list[str]] = {}
    for one in opinions:
        own = tuple(item for item in dict.fromkeys(one.counts) if item not in shared)
        counting.setdefault(own, []).append(one.rubric)
    also, nothing = ("also ", "nothing else") if shared else ("", "nothing")
    return "; ".join(
        f"{listing(rubrics)} {also if own else ''}{'counts' if len(rubrics) == 1 else 'count'} "
        f"{listing(own, _MOST) if own else nothing}"
        for own, rubrics in sorted(counting.items(), key=lambda entry: not entry[0])
    )
