"""A dossier with what grading systems make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True)
class Graded:
    """A dossier, each grading system with its assessment, and that under GRADE if it has outcomes."""

    dossier: Dossier
    by_system: Sequence[tuple[Rubric, Assessment]]
    by_grade: Assessment | None
