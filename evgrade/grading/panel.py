"""Grades of independent raters beside the rubric's: median, range, agreement, and overrides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.agreement import NoAgreementError, krippendorff_alpha, weighted_kappa
from evgrade.rubric.model import Domain, Rubric

KAPPA = "Cohen's kappa, linear weights"
ALPHA = "Krippendorff's alpha, ordinal"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelGrade:
    """The grades that raters gave one domain.

    Attributes:
        given: the raters' ids and their grades.
        median: the middle grade, or the two middle grades of an even number. Raters who could not judge are left
            out, unless none could.
        best: the best grade given.
        worst: the worst grade given.
        differs: whether the rubric's grade is not the median.
    """

    domain: str
    title: str
    grade: str
    given: tuple[tuple[str, str], ...]
    median: tuple[str, ...]
    best: str
    worst: str
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A grade that a reviewer puts beside the rubric's, with the reason; it never replaces it."""

    domain: str
    title: str
    grade: str
    instead_of: str
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSummary:
    """The grades of raters and reviewers under a rubric.

    Attributes:
        raters: how many raters graded a domain.
        statistic: the measure of agreement; None with fewer than two raters.
        agreement: 1 is full agreement, 0 is chance; None if it cannot be computed, and `untold` is the reason.
        left_out: ratings that fit no domain or scale of the rubric, in words.
    """

    raters: int
    grades: tuple[PanelGrade, ...]
    statistic: str | None
    agreement: float | None
    untold: str | None
    overrides: tuple[Override, ...]
    left_out: tuple[str, ...]


def panel_of(dossier: Dossier, rubric: Rubric, derived: Mapping[str, str]) -> PanelSummary | None:
    """Return the raters' grades under a rubric, beside the `derived` grades; None if there are none.

    Raters and overrides that name another system do not count.
    """
    raters = [rater for rater in dossier.data.get("panel", []) if is_meant(rater, rubric)]
    overrides = [one for one in dossier.data.get("overrides", []) if is_meant(one, rubric)]
    left_out: list[str] = []
    rated = {
        rater["id"]: _usable(rater.get("grades", []), rubric, f"the rater {rater['id']}", left_out) for rater in raters
    }
    rated = {rater: grades for rater, grades in rated.items() if grades}
    changed = [one for one in overrides if _usable([one], rubric, "an override", left_out)]
    if not rated and not changed and not left_out:
        return None
    statistic, agreement, untold = _agreement(rubric, list(rated.values()))
    return PanelSummary(
        raters=len(rated),
        grades=tuple(_panel_grades(rubric, rated, derived)),
        statistic=statistic,
        agreement=agreement,
        untold=untold,
        overrides=tuple(_override(rubric, one, derived) for one in changed),
        left_out=tuple(left_out),
    )


def is_meant(entry: Mapping[str, Any], rubric: Rubric) -> bool:
    """Whether a rating or an override is for this rubric: it names no other system."""
    return entry.get("system", rubric.name) in (rubric.name, rubric.title)


def is_recommendation(domain: str) -> bool:
    """Whether the recommendation is graded, not a domain; that is a verdict of people beside evgrade's."""
    return domain.casefold() == "recommendation"


def _usable(grades: Iterable[Mapping[str, Any]], rubric: Rubric, whose: str, left_out: list[str]) -> dict[str, str]:
    """Return grades by domain; report in `left_out` what fits no domain or scale."""
    names = {key: domain for domain in rubric.domains for key in (domain.name, domain.title)}
    usable: dict[str, str] = {}
    for given in grades:
        domain = names.get(given["domain"])
        if domain is None and is_recommendation(given["domain"]):
            continue
        if domain is None:
            left_out.append(f"{whose} grades `{given['domain']}`, which {rubric.name} does not judge")
        elif given["grade"] not in domain.scale.names():
            left_out.append(f"{whose} gives {domain.title} `{given['grade']}`, which is not on its scale")
        else:
            usable[domain.name] = given["grade"]
    return usable


def _panel_grades(
    rubric: Rubric, rated: Mapping[str, Mapping[str, str]], derived: Mapping[str, str]
) -> Iterable[PanelGrade]:
    for domain in rubric.domains:
        given = tuple((rater, grades[domain.name]) for rater, grades in rated.items() if domain.name in grades)
        if given:
            judged = [grade for _, grade in given if not domain.scale.is_unjudged(grade)]
            ordered = sorted(judged or [grade for _, grade in given], key=domain.scale.rank)
            middle = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
            grade = derived[domain.name]
            yield PanelGrade(
                domain=domain.name,
                title=domain.title,
                grade=grade,
                given=given,
                median=tuple(dict.fromkeys(middle)),
                best=ordered[0],
                worst=ordered[-1],
                differs=grade not in middle,
            )


def _agreement(rubric: Rubric, rated: Sequence[Mapping[str, str]]) -> tuple[str | None, float | None, str | None]:
    """Return the statistic, its value, and why it has none; the units are the domains."""
    if len(rated) < 2:
        return None, None, None
    rows = [[_rank(domain, grades.get(domain.name)) for domain in rubric.domains] for grades in rated]
    statistic = KAPPA if len(rows) == 2 else ALPHA
    try:
        if len(rows) == 2:
            both = [(one, other) for one, other in zip(*rows, strict=True) if one is not None and other is not None]
            return statistic, weighted_kappa(both), None
        return statistic, krippendorff_alpha(rows), None
    except NoAgreementError as error:
        return statistic, None, str(error)


def _rank(domain: Domain, grade: str | None) -> int | None:
    """Return a grade's place on its scale; None for the unjudged grade."""
    return None if grade is None or domain.scale.is_unjudged(grade) else domain.scale.rank(grade)


def _override(rubric: Rubric, given: Mapping[str, Any], derived: Mapping[str, str]) -> Override:
    domain = next(domain for domain in rubric.domains if given["domain"] in (domain.name, domain.title))
    return Override(
        domain=domain.name,
        title=domain.title,
        grade=given["grade"],
        instead_of=derived[domain.name],
        reason=given["reason"],
        by=given.get("by"),
    )
