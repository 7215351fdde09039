"""Grading: a dossier and a rubric make an assessment. Who needs only grades imports `decide`, and no reasons."""
