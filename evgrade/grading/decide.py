"""What a rubric makes of a dossier, before anybody asks why: grades, score, level. Pure, and quick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from evgrade.checks.waivers import accepted
from evgrade.dossier import Dossier
from evgrade.grading.judge import Data, Decision, ItemJudged, Judged, climb, judge
from evgrade.grading.score import Scored, score
from evgrade.model import Finding, Path, Severity
from evgrade.rubric.language import Memory, Standing
from evgrade.rubric.model import Each, Rubric
from evgrade.rubric.phrases import either


class Decided(NamedTuple):
    """What a rubric makes of a dossier.

    Attributes:
        grades: by domain, in the order of the rubric.
        items: by domain, the grades of its items where it is judged item by item.
        scored: the score; None where the rubric has none.
        standing: what the recommendation could ask for.
        level: what the ladder of the recommendation gives; None where the rubric recommends nothing.
    """

    grades: Mapping[str, Judged]
    items: Mapping[str, tuple[ItemJudged, ...]]
    scored: Scored | None
    standing: Standing
    level: Decision | None


def decide(data: Data, rubric: Rubric) -> Decided:
    """Judge what a valid dossier states."""
    remembering = Standing({}, memory=Memory({}, {}, {}))
    judged = {domain.name: judge(domain, data, remembering) for domain in rubric.domains}
    grades = {name: verdict for name, (verdict, _) in judged.items()}
    scored = None if rubric.score is None else score(rubric.score, grades)
    standing = standing_of(grades, scored)
    level = None if rubric.recommendation is None else climb(rubric.recommendation.ladder, data, standing)
    return Decided(grades, {name: items for name, (_, items) in judged.items()}, scored, standing, level)


def standing_of(grades: Mapping[str, Judged], scored: Scored | None) -> Standing:
    """Return what the recommendation may ask for: possible grades, and the score's range."""
    possible = {name: verdict.possible for name, verdict in grades.items()}
    return Standing(possible) if scored is None else Standing(possible, scored.quantity(), scored.exists)


def findings_of(dossier: Dossier, rubric: Rubric, decided: Decided) -> tuple[Finding, ...]:
    """Return a dossier's findings and those about its stated grades, sorted."""
    found = {*dossier.findings, *mismatches(dossier, rubric, decided)}
    return tuple(sorted(found, key=Finding.sort_key))


def stated_by(dossier: Dossier, each: Each, item: ItemJudged) -> str | None:
    """Return the grade that an item states of itself."""
    stated = each.stated and each.stated.read((each.entries.read(dossier.data) or [])[item.number])
    return None if stated is None else str(stated)


def mismatches(dossier: Dossier, rubric: Rubric, decided: Decided) -> Iterator[Finding]:
    """Yield a finding for every grade that an item states and that cannot follow from what it says."""
    for domain in rubric.domains:
        if domain.each is None or domain.each.stated is None:
            continue
        for item in decided.items[domain.name]:
            stated = stated_by(dossier, domain.each, item)
            if stated is not None and stated not in item.judged.possible:
                path: Path = (*domain.each.entries.keys, item.number, *domain.each.stated.keys)
                follows = either(domain.scale.in_order(item.judged.possible))
                finding = Finding(
                    code="stated-grade",
                    severity=Severity.WARNING,
                    message=f"`{stated}` is stated; by {rubric.name} what the item says makes it {follows}",
                    location=dossier.document.location(path),
                    excerpt=dossier.document.excerpt(path),
                    hint="state the judgement that moves it, with its reason, or correct one of the two",
                )
                yield accepted(dossier, finding)
