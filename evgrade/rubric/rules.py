"""Compile the rules, ladders, terms and labels of a rubric."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from evgrade.model import Path
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.conditions.logic import Term
from evgrade.rubric.conditions.parsing import Mistakes, Scope
from evgrade.rubric.conditions.values import Labels
from evgrade.rubric.fields import PathError, resolve_list
from evgrade.rubric.language import OPERATORS, ConditionParser
from evgrade.rubric.model import Adjustment, Cap, Classifier, Group, Ladder, Rule, Rung, TermDefinition
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.schema.suggest import did_you_mean, listed

Node = Mapping[str, Any]


class RuleCompiler:
    """Compiles rules; a rule without a status or source takes those of the rubric."""

    def __init__(self, data: Node, parser: ConditionParser, mistakes: Mistakes) -> None:
        self.status: str = data["status"]
        self.source: str = data["source"]
        self.parser = parser
        self.mistakes = mistakes

    def ladder(
        self,
        nodes: list[Node],
        path: Path,
        scope: Scope,
        key: str,
        severity: tuple[str, ...] = (),
        unjudged: str | None = None,
    ) -> Ladder:
        """Return a ladder.

        Args:
            nodes: the YAML of its rungs.
            path: the path of that YAML.
            scope: the subject of its conditions.
            key: the key of the results of its rungs: grade, label, level or judgement.
            severity: the results from the least to the most severe for the therapy; by default in the order of rungs.
            unjudged: the unjudged grade of the scale.
        """
        rules = self._rules(nodes, path, scope)
        self.check_ends(nodes, path)
        return Ladder(tuple(Rung(gives=node[key], rule=rule) for node, rule in rules), severity, unjudged)

    def adjustments(
        self, nodes: list[Node], path: Path, scope: Scope, groups: Mapping[str, Group] = MappingProxyType({})
    ) -> tuple[Adjustment, ...]:
        """Return adjustments of points, or the starts of points, which have no groups."""
        for number, node in enumerate(nodes):
            if "group" in node and node["group"] not in groups:
                hint = did_you_mean(node["group"], groups) or "the groups of points are those under `groups`"
                message = f"there is no group `{node['group']}`"
                self.mistakes.at_value((*path, number, "group"), "rubric-value", message, hint)
        return tuple(
            Adjustment(node["points"], rule, groups.get(node.get("group", "")))
            for node, rule in self._rules(nodes, path, scope)
        )

    def caps(self, nodes: list[Node], path: Path, scope: Scope) -> tuple[Cap, ...]:
        return tuple(Cap(at_most=node["at_most"], rule=rule) for node, rule in self._rules(nodes, path, scope))

    def start(self, points: float, path: Path) -> Adjustment:
        """Return the start of points that is the same for every dossier."""
        rule = Rule(
            name="start",
            means="Points start here.",
            status=self.status,
            source=self.source,
            why=None,
            condition=Always(),
            location=self.mistakes.document.location(path),
        )
        return Adjustment(points=points, rule=rule)

    def check_ends(self, nodes: list[Node], path: Path, what: str = "rung") -> None:
        """Report a ladder that has no last rung for all cases, or has one too early."""
        for number, node in enumerate(nodes[:-1]):
            if "otherwise" in node:
                hint = f"only the last {what} is otherwise: true"
                place = (*path, number, "otherwise")
                self.mistakes.at_key(place, "rubric-unreachable", f"nothing below this {what} can be reached", hint)
        if "otherwise" not in nodes[-1]:
            message = f"the last {what} must hold whatever the dossier says"
            hint = "end with otherwise: true"
            self.mistakes.at_key((*path, len(nodes) - 1), "rubric-condition", message, hint)

    def _rules(self, nodes: list[Node], path: Path, scope: Scope) -> list[tuple[Node, Rule]]:
        rules = [(node, self._rule(node, (*path, number), scope)) for number, node in enumerate(nodes)]
        first: dict[str, int] = {}
        for number, (_, rule) in enumerate(rules):
            if first.setdefault(rule.name, number) != number:
                message = f"there are two rules `{rule.name}` here"
                self.mistakes.at_value((*path, number, "name"), "rubric-name", message, "every rule needs its own name")
        return rules

    def _rule(self, node: Node, path: Path, scope: Scope) -> Rule:
        if ("when" in node) == ("otherwise" in node):
            message = f"`{node['name']}` needs either `when` or `otherwise: true`"
            self.mistakes.at_key(path, "rubric-condition", message)
        condition = self.parser.parse(node["when"], (*path, "when"), scope) if "when" in node else Always()
        return Rule(
            name=node["name"],
            means=node["means"],
            status=node.get("status", self.status),
            source=node.get("source", self.source),
            why=node.get("why"),
            condition=condition,
            location=self.mistakes.document.location(path),
        )


# Terms and labels


class Vocabulary:
    """Terms and labels of one rubric, compiled on first use; a use of one that is being compiled is a circle."""

    def __init__(self, data: Mapping[str, Any], mistakes: Mistakes) -> None:
        self.parser = ConditionParser(mistakes, self.find_term, self.find_label)
        self.rules = RuleCompiler(data, self.parser, mistakes)
        self.used_terms: set[str] = set()
        self._mistakes = mistakes
        self._term_nodes: Mapping[str, Any] = data.get("terms", {})
        self._label_nodes: Mapping[str, Any] = data.get("classify", {})
        self._terms: dict[str, TermDefinition | None] = {}
        self._labels: dict[str, Classifier | None] = {}
        self._open: set[str] = set()

    def terms(self) -> tuple[TermDefinition, ...]:
        return tuple(term for name in self._term_nodes if (term := self._term(name)))

    def classifiers(self) -> tuple[Classifier, ...]:
        return tuple(label for name in self._label_nodes if (label := self._label(name)))

    def find_term(self, name: str, scope: Scope, path: Path) -> Term | None:
        """Return a term for use in a condition of some scope; None, with a mistake reported, if it cannot be used."""
        self.used_terms.add(name)
        if name not in self._term_nodes:
            known = self._term_nodes
            hint = did_you_mean(name, known) or (f"terms: {listed(known)}" if known else None)
            self._mistakes.at_value(path, "rubric-term", f"there is no term `{name}`", hint)
            return None
        term = self._term(name)
        if term is None:
            return None
        if term.definition != scope.shape.definition:
            message = f"the term `{name}` is about {_about(term.noun)}, and this is {_about(_noun(scope.shape))}"
            self._mistakes.at_value(path, "rubric-term", message)
            return None
        return Term(name, term.phrase, term.condition)

    def find_label(self, name: str, scope: Scope, path: Path) -> Labels | None:
        """Return the ladder of a label; None if there is no such label, and an empty one if it cannot be used here."""
        if name not in self._label_nodes or scope.shape.key(name) is not None:
            return None
        label = self._label(name)
        if label is None:
            return ()
        if label.definition != scope.shape.definition:
            place = self._label_nodes[name]["on"]
            message = f"the label `{name}` is on `{place}`, and this is {_about(_noun(scope.shape))}"
            self._mistakes.at_key(path, "rubric-term", message)
            return ()
        return tuple((rung.gives, rung.rule.condition) for rung in label.ladder.rungs)

    def _term(self, name: str) -> TermDefinition | None:
        path: Path = ("terms", name)
        if name in self._terms:
            return self._terms[name]
        if self._is_open(path, "term"):
            return None
        node = self._term_nodes[name]
        scope = self._scope(node, path)
        if scope is None:
            self._terms[name] = None
            return None
        if name in OPERATORS or scope.shape.key(name) is not None:
            message = f"`{name}` is the name of something else"
            self._mistakes.at_key(path, "rubric-term", message, "choose another word")
        self._terms[name] = TermDefinition(
            name=name,
            means=node["means"],
            phrase=node.get("phrase", name.replace("_", " ")),
            definition=scope.shape.definition,
            noun=_noun(scope.shape),
            condition=self.parser.parse(node["when"], (*path, "when"), scope),
            location=self._mistakes.document.location(path, key=True),
        )
        return self._terms[name]

    def _label(self, name: str) -> Classifier | None:
        path: Path = ("classify", name)
        if name in self._labels:
            return self._labels[name]
        if self._is_open(path, "label"):
            return None
        node = self._label_nodes[name]
        scope = self._scope(node, path)
        if scope is None:
            self._labels[name] = None
            return None
        if name in OPERATORS or scope.shape.key(name) is not None:
            message = f"`{name}` is the name of something else"
            self._mistakes.at_key(path, "rubric-term", message, "choose another word")
        self._labels[name] = Classifier(
            name=name,
            definition=scope.shape.definition or "",
            ladder=self.rules.ladder(node["ladder"], (*path, "ladder"), scope, "label"),
        )
        return self._labels[name]

    def _is_open(self, path: Path, what: str) -> bool:
        """Whether a name is being compiled already, which is reported as a circle; otherwise mark it."""
        name = ".".join(str(step) for step in path)
        if name in self._open:
            message = f"the {what} `{path[-1]}` is defined in terms of itself"
            self._mistakes.at_key(path, "rubric-cycle", message, "definitions must not be circular")
            return True
        self._open.add(name)
        return False

    def _scope(self, node: Mapping[str, Any], path: Path) -> Scope | None:
        """Return the scope of the items that a term or label is `on`, or of the dossier without `on`."""
        shape = dossier_shape()
        if "on" in node:
            try:
                for step in _lists(shape, node["on"]):
                    shape = resolve_list(shape, step)[1]
            except PathError as error:
                self._mistakes.at_value((*path, "on"), "rubric-field", str(error), error.hint)
                return None
        return Scope(shape)


def _noun(shape: Shape) -> str:
    return shape.noun if shape.definition else "dossier"


def _about(noun: str) -> str:
    return "the dossier" if noun == "dossier" else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _lists(shape: Shape, text: str) -> list[str]:
    """Split a dotted path after each list: `mechanism.evidence` is the list `evidence` of each mechanism."""
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
