"""The worked cases of a rubric: checked with it, but built only on request, since grading does not need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evgrade.model import Path
from evgrade.rubric.conditions.parsing import Mistakes
from evgrade.rubric.model import NOTHING_RECORDED, OPEN, Case, Domain, Recommendation, Rubric, Suggestion
from evgrade.rubric.outline import NOT_APPLICABLE
from evgrade.rubric.rules import Node
from evgrade.schema.suggest import did_you_mean, listed
from evgrade.yamlio.document import Document, part

_HEADER = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}}


Known = Mapping[str, tuple[str, ...]]


class Expectable(NamedTuple):
    """The results that a worked case can expect: grades by domain, levels of recommendation, and judgements."""

    grades: Known
    judgements: Known

    @classmethod
    def of(
        cls, domains: Mapping[str, Domain], suggestions: Sequence[Suggestion], recommendation: Recommendation | None
    ) -> Expectable:
        """Return the results that a rubric can give."""
        grades = {
            name: (*domain.scale.names(), *((NOT_APPLICABLE,) if domain.applies else ()))
            for name, domain in domains.items()
        }
        if recommendation is not None:
            grades["recommendation"] = (*(level.name for level in recommendation.levels), NOTHING_RECORDED)
        judgements = {one.name: (*(rung.gives for rung in one.ladder.rungs), OPEN) for one in suggestions}
        return cls(grades, judgements)


def check_cases(nodes: Sequence[Node], expectable: Expectable, mistakes: Mistakes) -> None:
    """Report every mistake in worked cases."""
    for number, node in enumerate(nodes):
        path: Path = ("cases", number)
        if ("dossier" in node) == ("path" in node):
            mistakes.at_key(path, "rubric-case", "a worked case needs either a dossier or a path")
        for key, known in (
            ("expect", expectable.grades),
            ("possible", expectable.grades),
            ("suggests", expectable.judgements),
        ):
            for name, wanted in node.get(key, {}).items():
                _check_expected(name, wanted, (*path, key, name), known, mistakes)


def cases_of(rubric: Rubric) -> tuple[Case, ...]:
    """Return the worked cases of a rubric without mistakes."""
    nodes = rubric.document.data.get("cases", [])
    return tuple(_case(rubric.document, node, ("cases", number)) for number, node in enumerate(nodes))


def _case(document: Document, node: Node, path: Path) -> Case:
    expected = dict(node["expect"])
    return Case(
        name=node["name"],
        why=node.get("why", ""),
        source=node.get("source"),
        dossier=part(document, (*path, "dossier"), _HEADER) if "dossier" in node else None,
        path=node.get("path"),
        recommendation=expected.pop("recommendation", None),
        grades=expected,
        possible={name: tuple(wanted) for name, wanted in node.get("possible", {}).items()},
        suggests=node.get("suggests", {}),
        score=tuple(node["score"]) if "score" in node else None,
        location=document.location(path),
    )


def _check_expected(name: str, wanted: Any, path: Path, known: Known, mistakes: Mistakes) -> None:
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
