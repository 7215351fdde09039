"""The score and the recommendation of a rubric, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, assert_never

from evgrade.model import Path
from evgrade.rubric.conditions.parsing import Graded, Scope
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Counted, Domain, Level, Recommendation, Score, Unjudged
from evgrade.rubric.rules import Node, RuleCompiler
from evgrade.rubric.scale import NOT_APPLICABLE, Scale
from evgrade.schema.shape import dossier_shape
from evgrade.schema.suggest import did_you_mean, listed


def compile_score(node: Node, domains: Mapping[str, Domain], scales: Mapping[str, Scale], mistakes: Mistakes) -> Score:
    path: Path = ("score",)
    for name in node["weights"]:
        if name not in domains:
            hint = did_you_mean(name, domains) or f"domains: {listed(domains)}"
            mistakes.at_key((*path, "weights", name), "rubric-weights", f"there is no domain `{name}`", hint)
    total = sum(node["weights"].values())
    if abs(total - 100) > 1e-9:
        message = f"the weights add up to {total:g}"
        mistakes.at_key((*path, "weights"), "rubric-weights", message, "they must add up to 100")
    for name in node["points"]:
        if name not in scales:
            mistakes.at_key((*path, "points", name), "rubric-grade", f"there is no scale `{name}`")
    weighed = {name: domains[name].scale for name in node["weights"] if name in domains}
    for scale in {scale.name: scale for scale in weighed.values()}.values():
        _check_points(scale, node["points"].get(scale.name), (*path, "points", scale.name), mistakes)
    return Score(
        title=node["title"],
        weights=node["weights"],
        points=node["points"],
        unjudged=node["unjudged"],
        counted=tuple(_counted(name, scale, node) for name, scale in weighed.items()),
        location=mistakes.document.location(path, key=True),
    )


def _counted(name: str, scale: Scale, node: Node) -> Counted:
    """Return how a domain counts; the grades of a scale whose points are missing, a mistake, have none."""
    stated: Mapping[str, float] = node["points"].get(scale.name, {})
    points: dict[str, float | None] = {**stated, NOT_APPLICABLE: None}
    unjudged = None
    if scale.unjudged is not None:
        unjudged = scale.unjudged.name
        how: Unjudged = node["unjudged"]
        match how:
            case "lowest":
                points[unjudged] = min(stated.values(), default=None)
            case "left_out":
                points[unjudged] = None
            case _:
                assert_never(how)
    return Counted(domain=name, weight=node["weights"][name], points=points, unjudged=unjudged)


def _check_points(scale: Scale, points: Mapping[str, float] | None, path: Path, mistakes: Mistakes) -> None:
    steps = [step.name for step in scale.grades]
    if points is None or set(points) != set(steps):
        message = f"every grade of `{scale.name}` needs its points"
        mistakes.at_key(path, "rubric-grade", message, f"grades: {listed(steps)}")
        return
    for better, worse in pairwise(steps):
        if points[worse] > points[better]:
            mistakes.at_key((*path, worse), "rubric-grade", f"`{worse}` gets more points than `{better}`")


def compile_recommendation(
    node: Node, domains: Mapping[str, Domain], rules: RuleCompiler, mistakes: Mistakes, *, has_score: bool
) -> Recommendation:
    path: Path = ("recommendation", "ladder")
    levels = tuple(Level(name=level["level"], title=level["title"], means=level["means"]) for level in node["levels"])
    names = [level.name for level in levels]
    for number, name in enumerate(names):
        if name in names[:number]:
            place = ("recommendation", "levels", number, "level")
            mistakes.at_value(place, "rubric-name", f"there are two levels `{name}`")
    graded = {name: Graded(domain.title, domain.scale) for name, domain in domains.items()}
    ladder = rules.ladder(node["ladder"], path, Scope(dossier_shape(), graded), "level", tuple(names))
    for number, rung in enumerate(ladder.rungs):
        if rung.gives not in names:
            hint = did_you_mean(rung.gives, names) or f"levels: {listed(names)}"
            mistakes.at_value((*path, number, "level"), "rubric-grade", f"there is no level `{rung.gives}`", hint)
        if not has_score and _asks_for_score(node["ladder"][number]):
            mistakes.at_key((*path, number, "when"), "rubric-condition", "the rubric has no score to ask for")
    return Recommendation(levels=levels, ladder=ladder)


def _asks_for_score(node: Any) -> bool:
    if isinstance(node, dict):
        return "score" in node or any(_asks_for_score(value) for value in node.values())
    return isinstance(node, list) and any(_asks_for_score(value) for value in node)
