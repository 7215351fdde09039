"""evgrade grades the evidence for a therapy: from a dossier and a rubric to an assessment, with every reason.

    >>> import evgrade
    >>> assessment = evgrade.grade("dossier.yaml")  # doctest: +SKIP
    >>> assessment.recommendation.title  # doctest: +SKIP
    'Not recommended at this time'

Names are loaded on first use, so importing evgrade is almost free.
"""

from evgrade.imports import is_run_as_module, leave_out_current_folder

if is_run_as_module():
    leave_out_current_folder()

from importlib import import_module
from typing import TYPE_CHECKING

from evgrade._version import __version__

if TYPE_CHECKING:
    from evgrade.api import grade, grade_many
    from evgrade.checking import load_dossier, validate
    from evgrade.dossier import Dossier
    from evgrade.grading.assessment import Assessment
    from evgrade.model import (
        EvgradeError,
        Finding,
        InvalidDossierError,
        InvalidError,
        InvalidRubricError,
        NothingToGradeError,
        Severity,
        UnreadableError,
    )
    from evgrade.rubric.load import UnknownRubricError, load_rubric
    from evgrade.rubric.model import Rubric

_HOMES = {
    "Assessment": "evgrade.grading.assessment",
    "Dossier": "evgrade.dossier",
    "EvgradeError": "evgrade.model",
    "Finding": "evgrade.model",
    "InvalidDossierError": "evgrade.model",
    "InvalidError": "evgrade.model",
    "InvalidRubricError": "evgrade.model",
    "NothingToGradeError": "evgrade.model",
    "Rubric": "evgrade.rubric.model",
    "Severity": "evgrade.model",
    "UnknownRubricError": "evgrade.rubric.load",
    "UnreadableError": "evgrade.model",
    "grade": "evgrade.api",
    "grade_many": "evgrade.api",
    "load_dossier": "evgrade.checking",
    "load_rubric": "evgrade.rubric.load",
    "validate": "evgrade.checking",
}

__all__ = [
    "Assessment",
    "Dossier",
    "EvgradeError",
    "Finding",
    "InvalidDossierError",
    "InvalidError",
    "InvalidRubricError",
    "NothingToGradeError",
    "Rubric",
    "Severity",
    "UnknownRubricError",
    "UnreadableError",
    "__version__",
    "grade",
    "grade_many",
    "load_dossier",
    "load_rubric",
    "validate",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evgrade' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
