"""Grading for the command line and for Python users."""

from __future__ import annotations

import os

from evgrade.checking import load_dossier
from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.retracted import assess_with_retractions
from evgrade.rubric.load import DEFAULT, load_rubric
from evgrade.rubric.model import Rubric


def grade(dossier: str | os.PathLike[str] | Dossier, rubric: str | os.PathLike[str] | Rubric = DEFAULT) -> Assessment:
    """Grade a dossier under a rubric; each is given as a path, a rubric also by name, or already loaded.

    Example:
        >>> import evgrade
        >>> assessment = evgrade.grade("examples/low-dose-naltrexone-als.dossier.yaml")
        >>> assessment.recommendation.title
        'Not recommended at this time'
        >>> [(domain.name, domain.grade) for domain in assessment.domains]
        [('mechanism', 'D'), ('preclinical', 'D'), ('trials', 'D'), ('safety', 'C'), ('cost', 'A')]

    Raises:
        UnreadableError: a file cannot be read.
        InvalidDossierError: the dossier is not valid; `findings` say why.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: the rubric is not valid; `findings` say why.
    """
    loaded = dossier if isinstance(dossier, Dossier) else load_dossier(os.fspath(dossier))
    system = rubric if isinstance(rubric, Rubric) else load_rubric(os.fspath(rubric))
    return assess_with_retractions(loaded, system)
