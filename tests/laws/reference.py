"""The rubric language a second time: two-valued, exact, and too simple to be wrong.

It was written from the design and the schemas, without a look at the engine. It reads a rubric as it stands in the
file and only grades dossiers that state every fact the rubric asks for; at the first one missing it raises a
`KeyError`. Numbers are fractions: a share of one in ten is one in ten, and not 0.09999999999999998.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Map = Mapping[str, Any]

PERIODS_PER_YEAR = {
    "day": Fraction(36525, 100),
    "week": Fraction(36525, 700),
    "month": Fraction(12),
    "year": Fraction(1),
    "course": Fraction(1),
}
OPERATORS = (
    *("all", "not", "unless", "any", "every", "none", "count", "sum", "share", "number_of", "value", "grade", "score"),
    *("in_dossier", "in_question", "listed_in"),
)
NOT_APPLICABLE = "n/a"
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
    "exactly": operator.eq,
    "is": operator.eq,
    "in": lambda value, allowed: value in allowed,
}


@dataclass(frozen=True)
class Verdict:
    """What a complete dossier comes to."""

    grades: dict[str, str]
    score: Fraction | None
    level: str | None


def judge(rubric: Map, dossier: Map) -> Verdict:
    """Return the grades, the score and the recommendation of a complete dossier."""
    reader = _Reader(rubric, dossier)
    for name, domain in rubric["domains"].items():
        reader.grades[name] = reader.domain(domain)
    if "score" in rubric:
        reader.score = reader.mean(rubric["score"])
    level = reader.first(rubric["recommendation"]["ladder"], dossier)["level"] if "recommendation" in rubric else None
    return Verdict(reader.grades, reader.score, level)


def exact(value: Any) -> Any:
    """Return a number as the fraction that is written; anything else as it is."""
    if isinstance(value, list):
        return [exact(entry) for entry in value]
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def keeps(value: Any, bounds: Map) -> bool:
    """Whether a value keeps every bound among the keys of a condition."""
    return all(TESTS[name](exact(value), exact(bound)) for name, bound in bounds.items() if name in TESTS)


# What is derived from the facts


def _rate(holder: Map) -> Fraction:
    return Fraction(holder["n"], holder["of"])


def _attributable_rate(holder: Map) -> Fraction:
    """The rate itself where the harm is attributed; else, as of every listed event, the excess over control."""
    if holder.get("counts", "all_causes") == "attributed":
        return _rate(holder)
    return max(Fraction(0), _rate(holder) - _rate(holder["control"]))


LEVELS_OF_BIAS = (
    ("low",),
    ("some_concerns", "moderate", "unclear_risk", "no_information"),
    ("high", "very_high", "serious", "critical"),
)


def _worst(risk_of_bias: Map) -> Fraction:
    judged = [risk_of_bias["overall"], *(one["judgement"] for one in risk_of_bias.get("other_domains", ()))]
    return Fraction(max(next(n for n, words in enumerate(LEVELS_OF_BIAS) if one in words) for one in judged))


def _completion_rate(trial: Map) -> Fraction:
    return Fraction(trial["completed"], trial["participants"])


def _annual(cost: Map) -> Fraction:
    if cost["low"] != cost["high"]:
        raise KeyError("the price is only known within bounds")
    price: Fraction = exact(cost["low"]) * PERIODS_PER_YEAR[cost["per"]]
    return price


def _annual_usd(cost: Map) -> Fraction:
    dollars: Fraction = Fraction(1) if cost["currency"] == "USD" else exact(cost["usd_per_unit"])
    return _annual(cost) * dollars


DERIVED: dict[str, Callable[[Map], Fraction]] = {
    "rate": _rate,
    "attributable_rate": _attributable_rate,
    "worst": _worst,
    "completion_rate": _completion_rate,
    "annual": _annual,
    "annual_usd": _annual_usd,
}


def fact(holder: Map, path: str) -> Any:
    """Return what stands, or can be derived, at a dotted path."""
    *outer, name = path.split(".")
    for key in outer:
        holder = holder[key]
    return DERIVED[name](holder) if name in DERIVED else holder[name]


class _Reader:
    """One rubric applied to one dossier."""

    def __init__(self, rubric: Map, dossier: Map) -> None:
        self.rubric = rubric
        self.dossier = dossier
        self.grades: dict[str, str] = {}
        self.score: Fraction | None = None

    # Conditions

    def holds(self, condition: Any, scope: Map) -> bool:
        """Whether a condition holds of the dossier or of an item."""
        if isinstance(condition, str):
            return self.holds(self.rubric["terms"][condition]["when"], scope)
        if isinstance(condition, list):
            return all(self.holds(part, scope) for part in condition)
        for name in OPERATORS:
            if name in condition:
                test: Callable[[Any, Map, Map], bool] = getattr(self, f"_{name}")
                return test(condition[name], condition, scope)
        return all(self._field(path, wanted, scope) for path, wanted in condition.items())

    def _all(self, parts: list[Any], _: Map, scope: Map) -> bool:
        return all(self.holds(part, scope) for part in parts)

    def _not(self, part: Any, _: Map, scope: Map) -> bool:
        return not self.holds(part, scope)

    def _any(self, what: Any, condition: Map, scope: Map) -> bool:
        if isinstance(what, list):
            return any(self.holds(part, scope) for part in what)
        return len(self.matching(what, condition, scope)) > 0

    def _unless(self, excuse: Any, _: Map, scope: Map) -> bool:
        return not self.holds(excuse, scope)

    def _in_dossier(self, part: Any, _: Map, __: Map) -> bool:
        return self.holds(part, self.dossier)

    def _in_question(self, _: Any, __: Map, scope: Map) -> bool:
        listed = self.dossier.get("comparisons", [])
        return len(listed) < 2 or scope["comparison_id"] == listed[0]["id"]

    def _listed_in(self, path: str, condition: Map, scope: Map) -> bool:
        section, key = path.split(".")
        return any(scope["id"] in entry[key] for entry in self.matching(section, condition, self.dossier))

    def _number_of(self, parts: list[Any], condition: Map, scope: Map) -> bool:
        return keeps(sum(self.holds(part, scope) for part in parts), condition)

    def _every(self, path: str, condition: Map, scope: Map) -> bool:
        return len(self.matching(path, condition, scope)) == len(self.entries(path, scope))

    def _none(self, path: str, condition: Map, scope: Map) -> bool:
        return len(self.matching(path, condition, scope)) == 0

    def _count(self, path: str, condition: Map, scope: Map) -> bool:
        if "by" in condition:
            return keeps(self._strands(path, condition, scope), condition)
        return keeps(len(self.matching(path, condition, scope)), condition)

    def _strands(self, path: str, condition: Map, scope: Map) -> int:
        """Entries with a text in common are one strand; counted is each strand with an entry that matches."""
        fields = [condition["by"]] if isinstance(condition["by"], str) else condition["by"]
        parts: list[tuple[set[Any], bool]] = []
        for entry in self.entries(path, scope):
            texts = {(name, fact(entry, name)) for name in fields if fact(entry, name) != "none"}
            matches = self.holds(condition.get("where", []), entry)
            for part in [part for part in parts if part[0] & texts]:
                parts.remove(part)
                texts, matches = texts | part[0], matches or part[1]
            parts.append((texts, matches))
        return sum(matches for _, matches in parts)

    def _sum(self, path: str, condition: Map, scope: Map) -> bool:
        """`trials.participants`: the list is the first one on the way, the number is the rest of the path."""
        keys = path.split(".")
        for cut in range(1, len(keys)):
            entries = self.entries(".".join(keys[:cut]), scope)
            if isinstance(entries, list):
                matching = [entry for entry in entries if self.holds(condition.get("where", []), entry)]
                return keeps(sum(exact(fact(entry, ".".join(keys[cut:]))) for entry in matching), condition)
        raise KeyError(path)

    def _share(self, path: str, condition: Map, scope: Map) -> bool:
        whole = [entry for entry in self.entries(path, scope) if self.holds(condition.get("of", []), entry)]
        part = [entry for entry in whole if self.holds(condition.get("where", []), entry)]
        return bool(whole) and keeps(Fraction(len(part), len(whole)), condition)

    def _value(self, path: str, condition: Map, scope: Map) -> bool:
        return keeps(fact(scope, path), condition)

    def _grade(self, name: str, condition: Map, _: Map) -> bool:
        order = self.order(self.rubric["domains"][name]["scale"])
        grade = self.grades[name]
        if "is" in condition or "in" in condition:
            return keeps(grade, condition)
        best = order.index(condition["at_least"]) if "at_least" in condition else len(order)
        worst = order.index(condition["at_most"]) if "at_most" in condition else 0
        return grade in order and worst <= order.index(grade) <= best

    def _score(self, _: str, condition: Map, __: Map) -> bool:
        return self.score is not None and keeps(self.score, condition)

    def _field(self, path: str, wanted: Any, scope: Map) -> bool:
        labelled = path in self.rubric.get("classify", {})
        value = self.first(self.rubric["classify"][path]["ladder"], scope)["label"] if labelled else fact(scope, path)
        if isinstance(wanted, dict):
            return keeps(value, wanted)
        return keeps(value, {"in" if isinstance(wanted, list) else "is": wanted})

    # Lists

    def entries(self, path: str, scope: Map) -> Any:
        """Return what stands at a path; a whole section that is absent is empty."""
        if scope is self.dossier and "." not in path:
            return scope.get(path, [])
        return fact(scope, path)

    def matching(self, path: str, condition: Map, scope: Map) -> list[Map]:
        """Return the entries of a list that match the `where` of a condition."""
        return [entry for entry in self.entries(path, scope) if self.holds(condition.get("where", []), entry)]

    # Grades

    def first(self, ladder: Sequence[Map], scope: Map) -> Map:
        """Return the first rung of a ladder that holds."""
        return next(rung for rung in ladder if "otherwise" in rung or self.holds(rung["when"], scope))

    def order(self, scale: str) -> list[str]:
        """Return the grades of a scale, best first, without the unjudged one."""
        return [step["grade"] for step in self.rubric["scales"][scale]["grades"]]

    def unjudged(self, domain: Map) -> Any:
        """Return the unjudged grade of a domain's scale, if it has one."""
        return self.rubric["scales"][domain["scale"]].get("unjudged", {}).get("grade")

    def domain(self, domain: Map) -> str:
        """Return the grade of a domain."""
        if "applies_when" in domain and not self.holds(domain["applies_when"], self.dossier):
            return NOT_APPLICABLE
        if "each" not in domain:
            return self.one(domain, self.dossier)
        items = self.matching(domain["each"], domain, self.dossier)
        judged = [grade for item in items if (grade := self.one(domain, item)) != self.unjudged(domain)]
        if not judged:
            return str(self.unjudged(domain))
        pick: Callable[..., str] = min if domain["combine"] == "best" else max
        return pick(judged, key=self.order(domain["scale"]).index)

    def one(self, domain: Map, scope: Map) -> str:
        """Return the grade of the dossier, or of one item, under the rules of a domain."""
        if "ladder" in domain:
            return str(self.first(domain["ladder"], scope)["grade"])
        rules = domain["points"]
        if "judged_when" in rules and not self.holds(rules["judged_when"], scope):
            return str(self.unjudged(domain))
        start = rules["start"]
        points = exact(self.first(start, scope)["points"] if isinstance(start, list) else start)
        groups: dict[str, Fraction] = {}
        for adjustment in rules.get("adjustments", []):
            if self.holds(adjustment["when"], scope):
                group = adjustment.get("group", "")
                groups[group] = groups.get(group, Fraction(0)) + exact(adjustment["points"])
        points += groups.pop("", Fraction(0))
        points += sum(min(given, exact(rules["groups"][name]["at_most"])) for name, given in groups.items())
        for cap in rules.get("caps", []):
            if self.holds(cap["when"], scope):
                points = min(points, exact(cap["at_most"]))
        points = min(max(points, exact(rules["floor"])), exact(rules["ceiling"]))
        return str(next(band["grade"] for band in rules["bands"] if "otherwise" in band or keeps(points, band)))

    def mean(self, score: Map) -> Fraction | None:
        """Return the weighted mean of the points of the grades; None if nothing is left to take it of."""
        total = weights = Fraction(0)
        for name, weight in score["weights"].items():
            domain = self.rubric["domains"][name]
            if self.grades[name] == NOT_APPLICABLE:
                continue
            points = score["points"][domain["scale"]]
            if self.grades[name] != self.unjudged(domain):
                counted = exact(points[self.grades[name]])
            elif score["unjudged"] == "lowest":
                counted = min(exact(given) for given in points.values())
            else:
                continue
            total += exact(weight) * counted
            weights += exact(weight)
        return total / weights if weights else None
