"""Rules and ladders of a rubric, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from evgrade.model import Path
from evgrade.rubric.conditions.base import Always
from evgrade.rubric.conditions.parsing import Scope
from evgrade.rubric.language import ConditionParser
from evgrade.rubric.mistakes import Mistakes
from evgrade.rubric.model import Adjustment, Cap, Group, Ladder, Rule, Rung
from evgrade.schema.suggest import did_you_mean

Node = Mapping[str, Any]


class RuleCompiler:
    """Compiles rules; what a rule does not say of its origin, the rubric says for all."""

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
            nodes: its rungs as they are written.
            path: where they are written.
            scope: what its conditions are about.
            key: what its rungs give: grade, label or level.
            severity: what they can give, from the least to the most severe for the therapy; else in their order.
            unjudged: the grade that says that nothing could be judged.
        """
        rules = self._rules(nodes, path, scope)
        self.check_ends(nodes, path)
        return Ladder(tuple(Rung(gives=node[key], rule=rule) for node, rule in rules), severity, unjudged)

    def adjustments(
        self, nodes: list[Node], path: Path, scope: Scope, groups: Mapping[str, Group] = MappingProxyType({})
    ) -> tuple[Adjustment, ...]:
        """Return adjustments of points, or a ladder of starts, which has no groups."""
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
        """Return the start of points that always start the same."""
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
        """Report a ladder that does not end, or ends before its last rung."""
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
