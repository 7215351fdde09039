"""A rubric document turned into a rubric, with every mistake reported at its place."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from evgrade.model import Finding, Path, Severity
from evgrade.rubric.conditions import OPERATORS, ConditionParser, Scope
from evgrade.rubric.language import Always, Condition, Term
from evgrade.rubric.model import (
    Adjustment,
    Band,
    Cap,
    Case,
    Classifier,
    Domain,
    Each,
    Grade,
    Ladder,
    Level,
    Points,
    Recommendation,
    Rubric,
    Rule,
    Rung,
    Scale,
    Score,
    TermDefinition,
)
from evgrade.rubric.paths import PathError, resolve_list
from evgrade.schema import Shape, did_you_mean, dossier_shape, listed
from evgrade.yamlio import Document
from evgrade.yamlio.part import part

_CASE_HEADER = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}}
_EMPTY_LADDER = Ladder(rungs=())


class Compiler:
    """Compiles one rubric document that the schema has accepted; `findings` collects what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[str, Any] = document.data
        self.findings: list[Finding] = []
        self.used_terms: set[str] = set()
        self._terms: dict[str, TermDefinition | None] = {}
        self._ladders: dict[str, tuple[str, Ladder] | None] = {}
        self._dossier = Scope(dossier_shape())
        self._parser = ConditionParser(self.report, self._find_term, self._find_label)

    def report(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        """Add an error at a path of the rubric: at its key, if the mistake is in the key."""
        key = isinstance(path[-1], str) if path else False
        self.findings.append(
            Finding(
                code=code,
                severity=Severity.ERROR,
                message=message,
                location=self.document.location(path, key=key),
                excerpt=self.document.excerpt(path, key=key),
                hint=hint,
            )
        )

    def compile(self) -> Rubric:
        """Return the rubric; it is only fit for use if `findings` stays empty."""
        data = self.data
        terms = tuple(term for name in data.get("terms", {}) if (term := self._term(name)))
        classifiers = tuple(
            Classifier(name=name, definition=found[0], ladder=found[1])
            for name in data.get("classify", {})
            if (found := self._classifier(name))
        )
        scales = {name: self._scale(name) for name in data["scales"]}
        domains = {name: self._domain(name, scales) for name in data["domains"]}
        score = self._score(domains, scales) if "score" in data else None
        recommendation = (
            self._recommendation(domains, has_score=score is not None) if "recommendation" in data else None
        )
        return Rubric(
            name=data["name"],
            title=data["title"],
            version=data["version"],
            status=data["status"],
            description=data["description"],
            source=data["source"],
            file=self.document.name,
            sha256=self.document.sha256,
            terms=terms,
            classifiers=classifiers,
            domains=tuple(domains.values()),
            score=score,
            recommendation=recommendation,
            cases=tuple(self._case(number, domains, recommendation) for number in range(len(data.get("cases", [])))),
        )

    # Vocabulary

    def _term(self, name: str) -> TermDefinition | None:
        """Compile a term when it is first asked for; a term that is being compiled asks for itself."""
        path: Path = ("terms", name)
        if name in self._terms:
            term = self._terms[name]
            if term is None:
                self.report(
                    path, "rubric-cycle", f"the term `{name}` is defined by itself", "terms must not go in a circle"
                )
            return term
        if name not in self.data.get("terms", {}):
            return None
        self._terms[name] = None
        node = self.data["terms"][name]
        scope = self._item_scope(node, path)
        term = TermDefinition(
            name=name,
            means=node["means"],
            phrase=node.get("phrase", name.replace("_", " ")),
            definition=scope.shape.definition,
            condition=self._parser.parse(node["when"], (*path, "when"), scope),
            location=self.document.location(path, key=True),
        )
        self._terms[name] = term
        if name in OPERATORS or scope.shape.key(name) is not None:
            self.report(path, "rubric-term", f"`{name}` is the name of something else", "choose another word")
        return term

    def _find_term(self, name: str, scope: Scope, path: Path) -> Term | None:
        self.used_terms.add(name)
        in_cycle = name in self._terms and self._terms[name] is None
        term = self._term(name)
        if term is None:
            if not in_cycle:
                known = self.data.get("terms", {})
                hint = did_you_mean(name, known) or (f"terms: {listed(known)}" if known else None)
                self._report_value(path, "rubric-term", f"there is no term `{name}`", hint)
            return None
        if term.definition != scope.shape.definition:
            about = f"a {term.definition}" if term.definition else "the dossier"
            here = f"a {scope.shape.definition}" if scope.shape.definition else "the dossier"
            self._report_value(path, "rubric-term", f"the term `{name}` is about {about}, and this is {here}", None)
            return None
        return Term(name, term.phrase, term.condition)

    def _report_value(self, path: Path, code: str, message: str, hint: str | None) -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=Severity.ERROR,
                message=message,
                location=self.document.location(path),
                excerpt=self.document.excerpt(path),
                hint=hint,
            )
        )

    def _item_scope(self, node: dict[str, Any], path: Path) -> Scope:
        """Return the scope of the items that a term or label is `on`; the dossier when it is on none."""
        if "on" not in node:
            return self._dossier
        shape = self._dossier.shape
        try:
            for step in _lists(shape, node["on"]):
                shape = resolve_list(shape, step)[1]
        except PathError as error:
            self.report((*path, "on"), "rubric-field", str(error), error.hint)
            return self._dossier
        return Scope(shape)

    def _classifier(self, name: str) -> tuple[str, Ladder] | None:
        path: Path = ("classify", name)
        if name in self._ladders:
            if self._ladders[name] is None:
                self.report(path, "rubric-cycle", f"the label `{name}` is defined by itself", None)
            return self._ladders[name]
        self._ladders[name] = None
        node = self.data["classify"][name]
        scope = self._item_scope(node, path)
        if scope.shape.key(name) is not None:
            self.report(path, "rubric-term", f"`{name}` is the name of a field", "choose another word")
        ladder = self._ladder(node["ladder"], (*path, "ladder"), scope, "label")
        self._ladders[name] = (scope.shape.definition or "", ladder)
        return self._ladders[name]

    def _find_label(self, name: str, scope: Scope) -> tuple[tuple[str, Condition], ...] | None:
        if name not in self.data.get("classify", {}):
            return None
        found = self._classifier(name)
        if found is None or found[0] != scope.shape.definition:
            return None
        return tuple((rung.gives, rung.rule.condition) for rung in found[1].rungs)

    # Rules

    def _rule(self, node: dict[str, Any], path: Path, scope: Scope) -> Rule:
        if ("when" in node) == ("otherwise" in node):
            self.report(path, "rubric-condition", f"`{node['name']}` needs either `when` or `otherwise: true`", None)
        condition = self._parser.parse(node["when"], (*path, "when"), scope) if "when" in node else Always()
        return Rule(
            name=node["name"],
            means=node["means"],
            status=node.get("status", self.data["status"]),
            source=node.get("source", self.data["source"]),
            why=node.get("why"),
            condition=condition,
            location=self.document.location(path),
        )

    def _rules(self, nodes: list[dict[str, Any]], path: Path, scope: Scope) -> list[tuple[dict[str, Any], Rule]]:
        rules = [(node, self._rule(node, (*path, number), scope)) for number, node in enumerate(nodes)]
        first: dict[str, int] = {}
        for number, (_, rule) in enumerate(rules):
            if first.setdefault(rule.name, number) != number:
                self.report((*path, number, "name"), "rubric-name", f"there are two rules `{rule.name}` here", None)
        return rules

    def _ladder(self, nodes: list[dict[str, Any]], path: Path, scope: Scope, key: str) -> Ladder:
        rules = self._rules(nodes, path, scope)
        self._check_ends(nodes, path)
        return Ladder(rungs=tuple(Rung(gives=node[key], rule=rule) for node, rule in rules))

    def _check_ends(self, nodes: list[dict[str, Any]], path: Path) -> None:
        for number, node in enumerate(nodes[:-1]):
            if "otherwise" in node:
                message = "nothing below this rung can be reached"
                self.report(
                    (*path, number, "otherwise"), "rubric-unreachable", message, "only the last rung is otherwise: true"
                )
        if "otherwise" not in nodes[-1]:
            message = "the last rung must hold whatever the dossier says"
            self.report((*path, len(nodes) - 1), "rubric-condition", message, "end the ladder with otherwise: true")

    # Domains

    def _scale(self, name: str) -> Scale:
        node, path = self.data["scales"][name], ("scales", name)
        steps = tuple(Grade(name=step["grade"], means=step["means"]) for step in node["grades"])
        unjudged = node.get("unjudged")
        scale = Scale(
            name=name,
            grades=steps,
            unjudged=Grade(name=unjudged["grade"], means=unjudged["means"]) if unjudged else None,
        )
        names = scale.names()
        for number, step in enumerate(names):
            if step in names[:number]:
                self.report(path, "rubric-grade", f"the grade `{step}` stands twice on the scale", None)
        return scale

    def _domain(self, name: str, scales: Mapping[str, Scale]) -> Domain:
        node, path = self.data["domains"][name], ("domains", name)
        scale = scales.get(node["scale"])
        if scale is None:
            hint = did_you_mean(node["scale"], scales) or f"scales: {listed(scales)}"
            self._report_value((*path, "scale"), "rubric-grade", f"there is no scale `{node['scale']}`", hint)
            scale = next(iter(scales.values()))
        each, scope = self._each(node, path)
        if each is not None and scale.unjudged is None:
            message = f"the scale `{scale.name}` needs an unjudged grade, for a list with nothing in it"
            self.report((*path, "each"), "rubric-grade", message, None)
        if ("ladder" in node) == ("points" in node):
            self.report(path, "rubric-condition", f"`{name}` needs either a ladder or points", None)
        method: Ladder | Points = _EMPTY_LADDER
        if "ladder" in node:
            method = self._ladder(node["ladder"], (*path, "ladder"), scope, "grade")
            self._check_grades([rung.gives for rung in method.rungs], (*path, "ladder"), scale)
        elif "points" in node:
            method = self._points(node["points"], (*path, "points"), scope, scale)
        return Domain(
            name=name,
            title=node["title"],
            question=node["question"],
            scale=scale,
            method=method,
            each=each,
            location=self.document.location(path, key=True),
        )

    def _each(self, node: dict[str, Any], path: Path) -> tuple[Each | None, Scope]:
        if "each" not in node:
            for key in ("where", "combine"):
                if key in node:
                    self.report((*path, key), "rubric-condition", f"`{key}` needs `each`", None)
            return None, self._dossier
        try:
            entries, shape = resolve_list(self._dossier.shape, node["each"])
        except PathError as error:
            self.report((*path, "each"), "rubric-field", str(error), error.hint)
            return None, self._dossier
        scope = Scope(shape)
        if "combine" not in node:
            self.report(path, "rubric-condition", "`each` needs `combine`", "combine: best or worst")
        where = self._parser.parse(node["where"], (*path, "where"), scope) if "where" in node else Always()
        return Each(entries=entries, where=where, combine=node.get("combine", "worst")), scope

    def _check_grades(self, grades: list[str], path: Path, scale: Scale) -> None:
        for number, grade in enumerate(grades):
            if grade not in scale.names():
                place = (*path, number, "grade")
                hint = f"its grades: {listed(scale.names())}"
                self._report_value(place, "rubric-grade", f"`{grade}` is not on the scale `{scale.name}`", hint)

    def _points(self, node: dict[str, Any], path: Path, scope: Scope, scale: Scale) -> Points:
        if isinstance(node["start"], list):
            start = self._adjustments(node["start"], (*path, "start"), scope)
            self._check_ends(node["start"], (*path, "start"))
        else:
            start = (Adjustment(points=node["start"], rule=self._start_rule(path)),)
        caps = self._rules(node.get("caps", []), (*path, "caps"), scope)
        if node["floor"] > node["ceiling"]:
            self.report((*path, "floor"), "rubric-value", "the floor is above the ceiling", None)
        judged = node.get("judged_when")
        if judged is not None and scale.unjudged is None:
            self.report((*path, "judged_when"), "rubric-grade", f"the scale `{scale.name}` has no unjudged grade", None)
        return Points(
            start=start,
            adjustments=self._adjustments(node.get("adjustments", []), (*path, "adjustments"), scope),
            caps=tuple(Cap(at_most=cap["at_most"], rule=rule) for cap, rule in caps),
            floor=node["floor"],
            ceiling=node["ceiling"],
            bands=self._bands(node["bands"], (*path, "bands"), scale),
            judged=None if judged is None else self._parser.parse(judged, (*path, "judged_when"), scope),
        )

    def _start_rule(self, path: Path) -> Rule:
        return Rule(
            name="start",
            means="Points start here.",
            status=self.data["status"],
            source=self.data["source"],
            why=None,
            condition=Always(),
            location=self.document.location((*path, "start")),
        )

    def _adjustments(self, nodes: list[dict[str, Any]], path: Path, scope: Scope) -> tuple[Adjustment, ...]:
        return tuple(Adjustment(points=node["points"], rule=rule) for node, rule in self._rules(nodes, path, scope))

    def _bands(self, nodes: list[dict[str, Any]], path: Path, scale: Scale) -> tuple[Band, ...]:
        self._check_grades([node["grade"] for node in nodes], path, scale)
        self._check_ends(nodes, path)
        for number, node in enumerate(nodes[:-1]):
            if "at_least" not in node:
                self.report((*path, number), "rubric-bands", f"the band `{node['grade']}` needs `at_least`", None)
        limits = [node.get("at_least", float("-inf")) for node in nodes]
        for number in range(1, len(nodes)):
            if limits[number] >= limits[number - 1]:
                message = f"the band `{nodes[number]['grade']}` overlaps the one above it"
                self.report((*path, number), "rubric-bands", message, "bands go from the most points to the fewest")
        return tuple(Band(grade=node["grade"], at_least=limit) for node, limit in zip(nodes, limits, strict=True))

    # Score, recommendation, cases

    def _score(self, domains: Mapping[str, Domain], scales: Mapping[str, Scale]) -> Score:
        node, path = self.data["score"], ("score",)
        for name in node["weights"]:
            if name not in domains:
                hint = did_you_mean(name, domains) or f"domains: {listed(domains)}"
                self.report((*path, "weights", name), "rubric-weights", f"there is no domain `{name}`", hint)
        total = sum(node["weights"].values())
        if abs(total - 100) > 1e-9:
            message = f"the weights add up to {total:g}"
            self.report((*path, "weights"), "rubric-weights", message, "they must add up to 100")
        for name in node["points"]:
            if name not in scales:
                self.report((*path, "points", name), "rubric-grade", f"there is no scale `{name}`", None)
        weighed = {domains[name].scale.name: domains[name].scale for name in node["weights"] if name in domains}
        for scale in weighed.values():
            self._check_points(scale, node["points"].get(scale.name), (*path, "points", scale.name))
        return Score(
            title=node["title"],
            weights=node["weights"],
            points=node["points"],
            unjudged=node["unjudged"],
            location=self.document.location(path, key=True),
        )

    def _check_points(self, scale: Scale, points: Mapping[str, float] | None, path: Path) -> None:
        steps = [step.name for step in scale.grades]
        if points is None or set(points) != set(steps):
            self.report(
                path, "rubric-grade", f"every grade of `{scale.name}` needs its points", f"grades: {listed(steps)}"
            )
            return
        for better, worse in pairwise(steps):
            if points[worse] > points[better]:
                self.report((*path, worse), "rubric-grade", f"`{worse}` gets more points than `{better}`", None)

    def _recommendation(self, domains: Mapping[str, Domain], *, has_score: bool) -> Recommendation:
        node, path = self.data["recommendation"], ("recommendation",)
        levels = tuple(
            Level(name=level["level"], title=level["title"], means=level["means"]) for level in node["levels"]
        )
        names = [level.name for level in levels]
        ladder = self._ladder(node["ladder"], (*path, "ladder"), Scope(self._dossier.shape, domains), "level")
        for number, rung in enumerate(ladder.rungs):
            if rung.gives not in names:
                place = (*path, "ladder", number, "level")
                hint = did_you_mean(rung.gives, names) or f"levels: {listed(names)}"
                self._report_value(place, "rubric-grade", f"there is no level `{rung.gives}`", hint)
        if not has_score and _asks_for_score(node["ladder"]):
            self.report((*path, "ladder"), "rubric-condition", "the rubric has no score to ask for", None)
        return Recommendation(levels=levels, ladder=ladder)

    def _case(self, number: int, domains: Mapping[str, Domain], recommendation: Recommendation | None) -> Case:
        node, path = self.data["cases"][number], ("cases", number)
        if ("dossier" in node) == ("path" in node):
            self.report(path, "rubric-case", "a worked case needs either a dossier or a path", None)
        grades: dict[str, tuple[str, ...]] = {name: domain.scale.names() for name, domain in domains.items()}
        if recommendation is not None:
            grades["recommendation"] = tuple(level.name for level in recommendation.levels)
        for key in ("expect", "possible"):
            for name, wanted in node.get(key, {}).items():
                self._check_expected(name, wanted, (*path, key, name), grades)
        expected = dict(node["expect"])
        return Case(
            name=node["name"],
            why=node.get("why", ""),
            source=node.get("source"),
            dossier=part(self.document, (*path, "dossier"), _CASE_HEADER) if "dossier" in node else None,
            path=node.get("path"),
            recommendation=expected.pop("recommendation", None),
            grades=expected,
            possible={name: tuple(wanted) for name, wanted in node.get("possible", {}).items()},
            score=tuple(node["score"]) if "score" in node else None,
            location=self.document.location(path),
        )

    def _check_expected(self, name: str, wanted: Any, path: Path, grades: Mapping[str, tuple[str, ...]]) -> None:
        if name not in grades:
            self.report(path, "rubric-case", f"there is no domain `{name}`", did_you_mean(name, grades))
            return
        for grade in wanted if isinstance(wanted, list) else [wanted]:
            if grade not in grades[name]:
                self._report_value(
                    path, "rubric-case", f"`{name}` never gets {grade}", f"it can get: {listed(grades[name])}"
                )


def _lists(shape: Shape, text: str) -> list[str]:
    """Cut a dotted path after every list on its way: mechanism.evidence is the list evidence of each mechanism."""
    steps: list[str] = []
    rest = text.split(".")
    while rest:
        for length in range(1, len(rest) + 1):
            try:
                below = resolve_list(shape, ".".join(rest[:length]))[1]
            except PathError:
                continue
            steps.append(".".join(rest[:length]))
            shape, rest = below, rest[length:]
            break
        else:
            return [*steps, ".".join(rest)]
    return steps


def _asks_for_score(node: Any) -> bool:
    if isinstance(node, dict):
        return "score" in node or any(_asks_for_score(value) for value in node.values())
    return isinstance(node, list) and any(_asks_for_score(value) for value in node)
