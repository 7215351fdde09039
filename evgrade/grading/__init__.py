"""Grading: a dossier and a rubric make an assessment."""

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment, DomainGrade, Evidence, MissingFact

__all__ = ["Assessment", "DomainGrade", "Evidence", "MissingFact", "assess"]
