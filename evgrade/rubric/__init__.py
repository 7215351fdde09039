"""Grading systems as data: the rubric language, compiled and type-checked against the dossier schema."""

from evgrade.rubric.load import (
    DEFAULT,
    RubricText,
    UnknownRubricError,
    check_rubric,
    find_rubric,
    load_rubric,
    read_rubric,
    shipped_folder,
    shipped_names,
)
from evgrade.rubric.model import Rubric

__all__ = [
    "DEFAULT",
    "Rubric",
    "RubricText",
    "UnknownRubricError",
    "check_rubric",
    "find_rubric",
    "load_rubric",
    "read_rubric",
    "shipped_folder",
    "shipped_names",
]
