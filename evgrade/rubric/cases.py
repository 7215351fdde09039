"""The worked cases of a rubric, compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.model import Path
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import OPEN, Case, Domain, Recommendation, Suggestion
from evgrade.rubric.rules import Node
from evgrade.schema import did_you_mean, listed
from evgrade.yamlio.part import part

_HEADER = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}}


@dataclass(frozen=True, slots=True)
class Expectable:
    """What a worked case can expect something of."""

    domains: Mapping[str, Domain]
    suggestions: Sequence[Suggestion]
    recommendation: Recommendation | None

    def grades(self) -> dict[str, tuple[str, ...]]:
        """Return the grades of each domain, and the levels of the recommendation."""
        grades = {name: domain.scale.names() for name, domain in self.domains.items()}
        if self.recommendation is not None:
            grades["recommendation"] = tuple(level.name for level in self.recommendation.levels)
        return grades

    def judgements(self) -> dict[str, tuple[str, ...]]:
        """Return the judgements that each suggestion can give."""
        return {one.name: (*(rung.gives for rung in one.ladder.rungs), OPEN) for one in self.suggestions}


def compile_case(node: Node, path: Path, expectable: Expectable, mistakes: Mistakes) -> Case:
    """Return a worked case."""
    if ("dossier" in node) == ("path" in node):
        mistakes.at_key(path, "rubric-case", "a worked case needs either a dossier or a path")
    for key, known in (
        ("expect", expectable.grades()),
        ("possible", expectable.grades()),
        ("suggests", expectable.judgements()),
    ):
        for name, wanted in node.get(key, {}).items():
            _check_expected(name, wanted, (*path, key, name), known, mistakes)
    expected = dict(node["expect"])
    inline = part(mistakes.document, (*path, "dossier"), _HEADER) if "dossier" in node else None
    return Case(
        name=node["name"],
        why=node.get("why", ""),
        source=node.get("source"),
        dossier=inline,
        path=node.get("path"),
        recommendation=expected.pop("recommendation", None),
        grades=expected,
        possible={name: tuple(wanted) for name, wanted in node.get("possible", {}).items()},
        suggests=node.get("suggests", {}),
        score=tuple(node["score"]) if "score" in node else None,
        location=mistakes.document.location(path),
    )


def _check_expected(
    name: str, wanted: Any, path: Path, known: Mapping[str, tuple[str, ...]], mistakes: Mistakes
) -> None:
    if name not in known:
        hint = did_you_mean(name, known) or f"known: {listed(known)}"
        what = "suggestion" if path[-2] == "suggests" else "domain"
        mistakes.at_key(path, "rubric-case", f"there is no {what} `{name}`", hint)
        return
    for number, grade in enumerate(wanted if isinstance(wanted, list) else [wanted]):
        if grade not in known[name]:
            hint = f"it can get: {listed(known[name])}"
            place = (*path, number) if isinstance(wanted, list) else path
            mistakes.at_value(place, "rubric-case", f"`{name}` never gets {grade}", hint)
