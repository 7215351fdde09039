"""Compile a rubric document, and report every mistake with its place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, assert_never

from evgrade.model import Path
from evgrade.rubric.cases import Expectable, check_cases
from evgrade.rubric.conditions.base import Always, everything_in, sections_read
from evgrade.rubric.conditions.dossier import InQuestion
from evgrade.rubric.conditions.parsing import Graded, Mistakes, Scope
from evgrade.rubric.fields import Field, FieldPath, PathError, resolve_field, resolve_list
from evgrade.rubric.model import (
    Band,
    Counted,
    Domain,
    Each,
    Group,
    Ladder,
    Method,
    Points,
    Recommendation,
    Rubric,
    Score,
    Suggestion,
    Unjudged,
)
from evgrade.rubric.outline import NOT_APPLICABLE, Grade, Level, Scale
from evgrade.rubric.rules import Node, RuleCompiler, Vocabulary
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.schema.suggest import did_you_mean, listed
from evgrade.yamlio.document import Document

UNUSED_TERM = "rubric-unused-term"


def compile_rubric(document: Document) -> tuple[Rubric, Mistakes]:
    """Return the rubric in a document that follows the schema, and all mistakes in it.

    A rubric with mistakes is not fit for use.
    """
    data: dict[str, Any] = document.data
    mistakes = Mistakes(document)
    vocabulary = Vocabulary(data, mistakes)
    terms, classifiers = vocabulary.terms(), vocabulary.classifiers()
    suggested = (
        _compile_suggestion(name, node, vocabulary, mistakes) for name, node in data.get("suggest", {}).items()
    )
    suggestions = tuple(one for one in suggested if one is not None)
    scales = _compile_scales(data, mistakes)
    compiler = _DomainCompiler(scales, vocabulary, mistakes)
    domains = {name: compiler.compile(name, node) for name, node in data["domains"].items()}
    score = _compile_score(data["score"], domains, scales, mistakes) if "score" in data else None
    recommendation = None
    if "recommendation" in data:
        node = data["recommendation"]
        has_score = score is not None
        recommendation = _compile_recommendation(node, domains, vocabulary.rules, mistakes, has_score=has_score)
    check_cases(data.get("cases", []), Expectable.of(domains, suggestions, recommendation), mistakes)
    rubric = Rubric(
        name=data["name"],
        title=data["title"],
        version=data["version"],
        status=data["status"],
        description=data["description"],
        source=data["source"],
        file=document.name,
        sha256=document.sha256,
        terms=terms,
        classifiers=classifiers,
        suggestions=suggestions,
        domains=tuple(domains.values()),
        score=score,
        recommendation=recommendation,
        document=document,
        parsed=tuple(vocabulary.parser.written),
    )
    if not mistakes.findings:
        for term in terms:
            if term.name not in vocabulary.used_terms:
                message = f"no rule uses the term `{term.name}`"
                mistakes.at_key(("terms", term.name), UNUSED_TERM, message, "use it in a rule, or remove it")
    return rubric, mistakes


# Scales and domains


def _compile_scales(data: Mapping[str, Any], mistakes: Mistakes) -> dict[str, Scale]:
    scales = {}
    for name, node in data["scales"].items():
        unjudged = node.get("unjudged")
        scales[name] = Scale(
            name=name,
            grades=tuple(Grade(name=step["grade"], means=step["means"]) for step in node["grades"]),
            unjudged=Grade(name=unjudged["grade"], means=unjudged["means"]) if unjudged else None,
        )
        names = scales[name].names()
        for number, step in enumerate(names):
            if step in names[:number]:
                is_last = unjudged is not None and number == len(names) - 1
                path: Path = ("unjudged", "grade") if is_last else ("grades", number, "grade")
                message = f"the grade `{step}` appears twice on the scale"
                mistakes.at_value(("scales", name, *path), "rubric-grade", message)
    return scales


class _DomainCompiler:
    """Compiles the domains of one rubric."""

    def __init__(self, scales: Mapping[str, Scale], vocabulary: Vocabulary, mistakes: Mistakes) -> None:
        self._scales = scales
        self._parser = vocabulary.parser
        self._rules = vocabulary.rules
        self._mistakes = mistakes

    def compile(self, name: str, node: Node) -> Domain:
        path: Path = ("domains", name)
        scale = self._scale(node, path)
        each, scope = self._each(node, path, scale)
        if ("ladder" in node) == ("points" in node):
            self._mistakes.at_key(path, "rubric-condition", f"`{name}` needs either a ladder or points")
        method: Method = Ladder(())
        if scope is None:
            pass  # without its items its rules cannot be checked
        elif "ladder" in node:
            method = self._rules.ladder(
                node["ladder"], (*path, "ladder"), scope, "grade", _severity(scale), scale.nothing or None
            )
            self._check_grades([rung.gives for rung in method.rungs], (*path, "ladder"), scale)
        elif "points" in node:
            method = self._points(node["points"], (*path, "points"), scope, scale)
        applies = None
        if "applies_when" in node:
            applies = self._parser.parse(node["applies_when"], (*path, "applies_when"), Scope(dossier_shape()))
        return Domain(
            name=name,
            title=node["title"],
            question=node["question"],
            about=node.get("about"),
            scale=scale,
            method=method,
            each=each,
            applies=applies,
            sections=_sections(method, each),
            by_comparison=each is not None
            and any(isinstance(it, InQuestion) for it in everything_in(each.where, set())),
            location=self._mistakes.document.location(path, key=True),
        )

    def _scale(self, node: Node, path: Path) -> Scale:
        scale = self._scales.get(node["scale"])
        if scale is not None:
            return scale
        hint = did_you_mean(node["scale"], self._scales) or f"scales: {listed(self._scales)}"
        self._mistakes.at_value((*path, "scale"), "rubric-grade", f"there is no scale `{node['scale']}`", hint)
        return next(iter(self._scales.values()))

    def _each(self, node: Node, path: Path, scale: Scale) -> tuple[Each | None, Scope | None]:
        """Return how the items are judged, and the scope of the rules, None if it is not known."""
        dossier = dossier_shape()
        if "each" not in node:
            for key in ("where", "combine", "stated"):
                if key in node:
                    self._mistakes.at_key((*path, key), "rubric-condition", f"`{key}` needs `each`")
            return None, Scope(dossier)
        if scale.unjudged is None:
            message = f"the scale `{scale.name}` needs an unjudged grade, for a list with nothing in it"
            self._mistakes.at_key((*path, "each"), "rubric-grade", message)
        try:
            entries, shape = resolve_list(dossier, node["each"])
        except PathError as error:
            self._mistakes.at_value((*path, "each"), "rubric-field", str(error), error.hint)
            return None, None
        scope = Scope(shape)
        if "combine" not in node:
            self._mistakes.at_key((*path, "each"), "rubric-condition", "`each` needs `combine`", "best or worst")
        where = self._parser.parse(node["where"], (*path, "where"), scope) if "where" in node else Always()
        stated = self._stated(node["stated"], (*path, "stated"), shape, scale) if "stated" in node else None
        return Each(entries=entries, where=where, combine=node.get("combine", "worst"), stated=stated), scope

    def _stated(self, text: str, path: Path, shape: Shape, scale: Scale) -> FieldPath | None:
        """Return the field in which an item states its grade; its values must be grades of the scale."""
        try:
            field = resolve_field(shape, text)
        except PathError as error:
            self._mistakes.at_value(path, "rubric-field", str(error), error.hint)
            return None
        choices = () if field.shape is None else field.shape.choices
        if not choices or any(choice not in scale.names() for choice in choices):
            message = f"the values of `{text}` are not the grades of the scale `{scale.name}`"
            self._mistakes.at_value(path, "rubric-grade", message, f"its grades: {listed(scale.names())}")
        return field.path

    def _check_grades(self, grades: list[str], path: Path, scale: Scale) -> None:
        for number, grade in enumerate(grades):
            if grade not in scale.names():
                place = (*path, number, "grade")
                hint = f"its grades: {listed(scale.names())}"
                self._mistakes.at_value(place, "rubric-grade", f"`{grade}` is not on the scale `{scale.name}`", hint)

    def _points(self, node: Node, path: Path, scope: Scope, scale: Scale) -> Points:
        if isinstance(node["start"], list):
            start = self._rules.adjustments(node["start"], (*path, "start"), scope)
            self._rules.check_ends(node["start"], (*path, "start"))
        else:
            start = (self._rules.start(node["start"], (*path, "start")),)
        if node["floor"] > node["ceiling"]:
            self._mistakes.at_value((*path, "floor"), "rubric-value", "the floor is above the ceiling")
        judged = node.get("judged_when")
        if judged is not None and scale.unjudged is None:
            message = f"the scale `{scale.name}` has no unjudged grade"
            self._mistakes.at_key((*path, "judged_when"), "rubric-grade", message)
        return Points(
            start=start,
            adjustments=self._rules.adjustments(
                node.get("adjustments", []), (*path, "adjustments"), scope, self._groups(node, path)
            ),
            caps=self._rules.caps(node.get("caps", []), (*path, "caps"), scope),
            floor=node["floor"],
            ceiling=node["ceiling"],
            bands=self._bands(node["bands"], (*path, "bands"), scale),
            judged=None if judged is None else self._parser.parse(judged, (*path, "judged_when"), scope),
        )

    def _groups(self, node: Node, path: Path) -> dict[str, Group]:
        used = {adjustment.get("group") for adjustment in node.get("adjustments", [])}
        for name in node.get("groups", {}):
            if name not in used:
                self._mistakes.at_key(
                    (*path, "groups", name), "rubric-value", f"no adjustment is in the group `{name}`"
                )
        return {name: Group(name, group["at_most"], group["means"]) for name, group in node.get("groups", {}).items()}

    def _bands(self, nodes: list[Node], path: Path, scale: Scale) -> tuple[Band, ...]:
        self._check_grades([node["grade"] for node in nodes], path, scale)
        self._rules.check_ends(nodes, path, "band")
        for number, node in enumerate(nodes):
            if ("at_least" in node) == ("otherwise" in node):
                message = f"the band `{node['grade']}` needs either `at_least` or `otherwise: true`"
                self._mistakes.at_key((*path, number), "rubric-bands", message)
        limits = [node.get("at_least", float("-inf")) for node in nodes]
        for number in range(1, len(nodes)):
            if limits[number] >= limits[number - 1] > float("-inf"):
                message = f"the band `{nodes[number]['grade']}` overlaps the one above it"
                hint = "bands go from the most points to the fewest"
                self._mistakes.at_value((*path, number, "at_least"), "rubric-bands", message, hint)
        return tuple(Band(grade=node["grade"], at_least=limit) for node, limit in zip(nodes, limits, strict=True))


def _severity(scale: Scale) -> tuple[str, ...]:
    """Return the grades of a scale from the least to the most severe; the unjudged one is the least severe."""
    return (*((scale.nothing,) if scale.unjudged else ()), *(step.name for step in scale.grades))


def _sections(method: Method, each: Each | None) -> tuple[str, ...]:
    """Return the recorded sections that the rules of a domain read."""
    if each is not None:
        return each.entries.keys[:1]
    judged = (method.judged,) if isinstance(method, Points) and method.judged else ()
    return sections_read((*(rule.condition for rule in method.rules), *judged))


# The score and the recommendation


def _compile_score(node: Node, domains: Mapping[str, Domain], scales: Mapping[str, Scale], mistakes: Mistakes) -> Score:
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
    """Return how a domain counts; grades whose points are missing, which is a mistake, have none."""
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


def _compile_recommendation(
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
            mistakes.at_key((*path, number, "when"), "rubric-condition", "the rubric has no score")
    return Recommendation(levels=levels, ladder=ladder)


def _asks_for_score(node: Any) -> bool:
    if isinstance(node, dict):
        return "score" in node or any(_asks_for_score(value) for value in node.values())
    return isinstance(node, list) and any(_asks_for_score(value) for value in node)


# Suggested judgements


def _compile_suggestion(name: str, node: Node, vocabulary: Vocabulary, mistakes: Mistakes) -> Suggestion | None:
    """Return a suggestion on the items of a list; None, with a mistake reported, if there is no such list or field."""
    path: Path = ("suggest", name)
    try:
        entries, shape = resolve_list(dossier_shape(), node["on"])
    except PathError as error:
        mistakes.at_value((*path, "on"), "rubric-field", str(error), error.hint)
        return None
    field = _field(shape, node["field"], (*path, "field"), mistakes)
    scope = Scope(shape)
    where = vocabulary.parser.parse(node["where"], (*path, "where"), scope) if "where" in node else Always()
    ladder = vocabulary.rules.ladder(node["ladder"], (*path, "ladder"), scope, "judgement")
    if field is None or field.shape is None:
        return None
    _check_judgements(ladder, node["field"], field.shape, (*path, "ladder"), mistakes)
    return Suggestion(
        name=name,
        title=node["title"],
        why=node.get("why"),
        entries=entries,
        where=where,
        field=FieldPath(field.path.keys),
        ladder=ladder,
    )


def _field(shape: Shape, text: str, path: Path, mistakes: Mistakes) -> Field | None:
    """Return the field that is judged, which must have values to choose from."""
    try:
        field = resolve_field(shape, text)
    except PathError as error:
        mistakes.at_value(path, "rubric-field", str(error), error.hint)
        return None
    if field.shape is not None and field.shape.choices != (None,):
        return field
    mistakes.at_value(path, "rubric-field", f"`{text}` has no values to choose from, so none can be suggested")
    return None


def _check_judgements(ladder: Ladder, name: str, shape: Shape, path: Path, mistakes: Mistakes) -> None:
    for number, rung in enumerate(ladder.rungs):
        if rung.gives not in shape.choices:
            hint = did_you_mean(rung.gives, shape.choices) or f"it can be: {listed(map(str, shape.choices))}"
            place = (*path, number, "judgement")
            mistakes.at_value(place, "rubric-value", f"`{name}` is never {rung.gives}", hint)
