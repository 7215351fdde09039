"""The certainty of each outcome, as the shipped rubric for GRADE adds it up."""

from __future__ import annotations

from collections.abc import Mapping

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.retracted import assess_with_retractions
from evgrade.rubric.load import load_rubrics

GRADE = "grade"
"""The rubric."""
_DOMAIN = "outcomes"


def by_grade(dossier: Dossier) -> Assessment | None:
    """Return the assessment under GRADE, which rates the certainty of each outcome; None without outcomes."""
    if not dossier.data.get("outcomes"):
        return None
    (rubric,) = load_rubrics([GRADE])
    return assess_with_retractions(dossier, rubric)


def certainties(graded: Assessment | None) -> Mapping[int, tuple[str, tuple[str, ...]]]:
    """Return the certainty of outcomes by their number, and all that are possible while facts are missing."""
    domain = None if graded is None else next((it for it in graded.domains if it.name == _DOMAIN), None)
    if domain is None:
        return {}
    return {int(item.evidence.path[1]): (item.grade, item.possible) for item in domain.items}
