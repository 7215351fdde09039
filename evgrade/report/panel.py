"""Grades by independent raters: the raters, their agreement, and their disagreements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.panel import PanelGrade, PanelSummary, is_meant, is_recommendation
from evgrade.render.page import spaced
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """A rater.

    Attributes:
        name: their name on the page.
        about: when they rated, and what they declared.
        verdict: the recommendation that they would give; empty for none.
        comments: their reasons, as far as stated.
    """

    name: str
    about: tuple[str, ...]
    verdict: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """The grades of one question."""

    title: str
    given: tuple[tuple[str, str], ...]
    median: str
    by_rule: str
    differs: bool
    unanimous: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """The ratings under one system.

    Attributes:
        system: the system.
        raters: the raters.
        agreement: a sentence on their agreement.
        disagreements: a sentence for each question on which they disagree or their median grade is not the rule's.
        grades: the grades, question by question.
        overrides: a sentence for each grade that the reviewers set beside the rule's.
        left_out: a sentence for each rating that fits no question or scale of the system.
    """

    system: str
    raters: tuple[Rater, ...]
    agreement: str
    disagreements: tuple[str, ...]
    grades: tuple[Rated, ...]
    overrides: tuple[str, ...]
    left_out: tuple[str, ...]


def consensus_of(dossier: Dossier, rubric: Rubric, one: Assessment) -> Consensus | None:
    """Return the ratings of a dossier under a system; None if there are none."""
    panel = one.panel
    people = [rater for rater in dossier.data.get("panel", ()) if is_meant(rater, rubric)]
    if panel is None and not people:
        return None
    names = {rater["id"]: str(rater.get("name", rater["id"])) for rater in people}
    grades = tuple(_rated(grade, names) for grade in panel.grades) if panel else ()
    return Consensus(
        system=rubric.title,
        raters=tuple(map(_rater, people)),
        agreement=_agreement(panel, grades),
        disagreements=tuple(_disagreements(panel.grades if panel else ())),
        grades=grades,
        overrides=tuple(
            f"{it.title}: {it.by or 'the reviewers'} would give {spaced(it.grade)} instead of {spaced(it.instead_of)}"
            f" ({it.reason.rstrip('.')})."
            for it in (panel.overrides if panel else ())
        ),
        left_out=tuple(f"Left out: {wording}." for wording in (panel.left_out if panel else ())),
    )


def _rater(rater: Mapping[str, Any]) -> Rater:
    dated = [f"rated {rater['date']}"] if "date" in rater else []
    declared = rater.get("conflicts_of_interest")
    graded = [one for one in rater.get("grades", ()) if is_recommendation(one["domain"])]
    verdict = rater.get("recommendation") or (graded[0]["grade"] if graded else "")
    comments = [
        f"{one['domain']}, {spaced(one['grade'])}: {one['comment']}"
        for one in rater.get("grades", ())
        if "comment" in one
    ]
    return Rater(
        name=str(rater.get("name", rater["id"])),
        about=(*dated, f"declared: {declared}" if declared else "no declaration of interest is recorded"),
        verdict=spaced(verdict),
        comments=(*comments, *([str(rater["comment"])] if "comment" in rater else [])),
    )


def _rated(grade: PanelGrade, names: Mapping[str, str]) -> Rated:
    return Rated(
        title=grade.title,
        given=tuple((names.get(rater, rater), spaced(given)) for rater, given in grade.given),
        median=" or ".join(map(spaced, grade.median)),
        by_rule=spaced(grade.grade),
        differs=grade.differs,
        unanimous=len({given for _, given in grade.given}) == 1,
    )


def _agreement(panel: PanelSummary | None, grades: Sequence[Rated]) -> str:
    if panel is None or not panel.raters:
        return "No rater graded a question of this system."
    if panel.raters == 1:
        return "One rater alone cannot agree or disagree."
    same = sum(grade.unanimous for grade in grades)
    wording = f"They agree on {same} of {len(grades)} questions"
    if panel.agreement is None:
        return f"{wording}; how far this exceeds chance cannot be computed: {panel.untold}."
    scale = "1 is full agreement, 0 is chance"
    return f"{wording}; agreement beyond chance is {panel.agreement:.2f} ({panel.statistic}; {scale})."


def _disagreements(grades: Sequence[PanelGrade]) -> list[str]:
    wording = []
    for grade in grades:
        apart = f"grades from {spaced(grade.best)} to {spaced(grade.worst)}" if grade.best != grade.worst else ""
        rule = (
            f"the median grade is {' or '.join(map(spaced, grade.median))} and the rule gives {spaced(grade.grade)}"
            if grade.differs
            else ""
        )
        if apart or rule:
            wording.append(f"{grade.title}: {'; '.join(part for part in (apart, rule) if part)}.")
    return wording
