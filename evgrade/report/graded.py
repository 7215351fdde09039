"""From a dossier and the systems that grade it to all that its report shows."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.certainty import GRADE, by_grade
from evgrade.grading.retracted import assess_with_retractions
from evgrade.report.csl import CitationStyle
from evgrade.report.firm import firm_of
from evgrade.report.references import Numbering
from evgrade.report.view import View, view_of
from evgrade.rubric.model import Rubric

Graded = Sequence[tuple[Rubric, Assessment]]
"""Each grading system with its assessment, the one whose verdict comes first in front."""


def graded_view(
    dossier: Dossier, rubrics: Sequence[Rubric], style: CitationStyle | None = None, *, in_brief: bool = False
) -> View:
    """Grade a dossier by each system and return what its report shows.

    Args:
        dossier: a dossier without errors.
        rubrics: at least one system; the first gives the verdict that comes first.
        style: how references look, and in which order they come; ours where there is none.
        in_brief: whether to leave out what takes longest: thresholds, and the next study.
    """
    graded, by_grade = graded_by(dossier, rubrics)
    numbering = Numbering(dossier.references, dossier.retracted)
    firm = tuple(firm_of(dossier, graded, in_brief=in_brief))
    view = view_of(dossier, graded, by_grade, numbering, firm=firm)
    if style is None:
        return view
    styled = style.cited(dossier.references, numbering.clusters, numbering.names())
    again = Numbering(dossier.references, dossier.retracted, styled.order)
    return view_of(dossier, graded, by_grade, again, styled.lines, firm)


def graded_by(dossier: Dossier, rubrics: Sequence[Rubric]) -> tuple[Graded, Assessment | None]:
    """Return what each system makes of a dossier, and its assessment under GRADE; None for that without outcomes."""
    graded = [(rubric, assess_with_retractions(dossier, rubric)) for rubric in rubrics]
    return graded, next((one for rubric, one in graded if rubric.name == GRADE), None) or by_grade(dossier)
