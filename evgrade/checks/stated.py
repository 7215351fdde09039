"""Grades that a dossier states, which a rubric can work out from what is next to them: the schema says which."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from evgrade.checks.walk import found_in
from evgrade.dossier import Dossier
from evgrade.schema.store import schema


@cache
def _judged_by() -> Mapping[str, Mapping[str, str]]:
    """Return the keys of each schema definition that state a grade, with the rubric that works it out."""
    found: dict[str, dict[str, str]] = {}
    for name, definition in schema("dossier")["$defs"].items():
        for key, node in definition.get("properties", {}).items():
            if "x-judged-by" in node:
                found.setdefault(name, {})[key] = node["x-judged-by"]
    return found


def rubrics_of_stated_grades(dossier: Dossier) -> tuple[str, ...]:
    """Return the names of the rubrics by which the grades that a dossier states can be worked out, each once."""
    judged_by = _judged_by()
    return tuple(
        dict.fromkeys(
            rubric
            for definition, _, data in found_in(dossier.data, frozenset(judged_by))
            for key, rubric in judged_by[definition].items()
            if key in data
        )
    )
