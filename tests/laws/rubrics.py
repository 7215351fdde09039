"""Rubrics: the default one, and small ones drawn at random that use all of the language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from hypothesis import reject

from evgrade.model import Finding
from evgrade.rubric.check import check_rubric
from evgrade.rubric.load import load_rubric, shipped_folder
from evgrade.rubric.model import Rubric
from evgrade.yamlio.reader import read

from .dossiers import Choices
from .vocabulary import SHARES, Form, Leaf, form_of

T = TypeVar("T")
Data = dict[str, Any]


def _paths(fields: Mapping[str, str]) -> list[str]:
    """Return the paths of some fields, given by the place they stand at."""
    return [f"{place}.{name}" for place, names in fields.items() for name in names.split()]


DEFAULT_FORM = form_of(
    _paths(
        {
            "mechanism": "relevance",
            "mechanism.evidence": "direction shown_in agent publication",
            "preclinical": "agent recognized_model publication randomized blinded risk_of_bias.overall result",
            "trials": "id agent condition control masking assessor_masked objective_outcome allocation publication "
            "risk_of_bias.worst result powered",
            "cases": "agent condition result",
            "syntheses": "id agent condition design question publication studies consistent risk_of_bias.worst "
            "result contributing",
            "observational": "agent condition design question publication risk_of_bias.worst dramatic_effect result",
            "outcomes": "importance design result certainty.judgement risk_of_bias.judgement inconsistency.judgement "
            "indirectness.judgement imprecision.judgement publication_bias.judgement",
            "therapy": "kind",
            "therapy.regulatory": "status condition",
            "safety": "exposed concern serious.rate serious.attributable_rate died.rate died.attributable_rate "
            "hospitalized.rate hospitalized.counts",
            "safety.boxed_warnings": "therapy_dose agent",
            "safety.adverse_events": "seriousness agent therapy_dose attributable_rate",
            "cost": "annual_usd",
        }
    ),
    likely={
        "agent": "same",
        "condition": "same",
        "control": "placebo",
        "masking": "double",
        "allocation": "randomized",
        "publication": "peer_reviewed",
        "overall": "low",
        "direction": "supports",
        "design": "randomized_trials",
        "kind": "drug",
        "certainty": "moderate",
        "recognized_model": True,
        "randomized": True,
        "blinded": True,
        "powered": True,
        "of": 1000,
        "n": 0,
        "exposed": 1000,
        "counts": "attributed",
    },
)
"""Dossiers with all that the default rubric asks for."""


@cache
def default_rubric() -> tuple[Data, Rubric]:
    """Return the default rubric as it stands in its file, and compiled."""
    path = shipped_folder() / "evgrade-default.yaml"
    data: Data = read(path.read_bytes(), str(path)).data
    return data, load_rubric()


TOPICS = tuple(
    _paths(topic)
    for topic in (
        {
            "trials": "agent result powered participants risk_of_bias.overall completion_rate phase dose.amount cohort",
            "trials.effects": "favours estimate primary",
            "trials.effects.arms": "events",
            "trials.arms": "role participants",
        },
        {"trials": "cohort group sponsor result", "observational": "cohort group funding"},
        {
            "preclinical": "randomized result sample_size setting risk_of_bias.domains.random_housing.judgement",
            "preclinical.effects": "favours estimate",
        },
        {
            "cases": "kind result users controlled",
            "cases.responses": "category n percent",
            "cases.benefits": "validated",
        },
        {"mechanism": "relevance", "mechanism.evidence": "direction shown_in year"},
        {
            "outcomes": "importance design risk_of_bias.judgement large_effect.judgement participants result",
            "outcomes.effect": "estimate ci_low",
        },
        {
            "safety": "exposed concern serious.attributable_rate died.rate any.control.rate",
            "safety.adverse_events": "n of seriousness control.rate",
            "safety.boxed_warnings": "severity",
            "safety.interactions": "therapy_dose",
        },
        {"cost": "annual annual_usd covered currency year"},
        {
            "therapy": "kind dose.amount",
            "therapy.regulatory": "status condition agency",
            "review.conflicts_of_interest": "declared",
            "condition": "name",
            "claims": "standing",
        },
    )
)
"""Fields that drawn rubrics ask about, by section."""


def forms(choose: Choices) -> Form:
    """Draw the form of the dossiers that a small rubric is about."""
    paths: list[str] = []
    for _ in range(choose.pick((1, 2))):
        topic = choose.pick(TOPICS)
        paths += {choose.pick(topic) for _ in range(choose.pick((3, 4, 5)))}
    return form_of(sorted(paths))


def rubrics(choose: Choices, form: Form) -> Data:
    """Draw a rubric about dossiers of a form. It may have rungs that are never reached, and terms that nobody uses."""
    return _Author(choose, form).rubric()


def rules(choose: Choices, form: Form) -> Data:
    """Draw a rubric with nothing in it but one domain."""
    return _Author(choose, form, depth=1, about_lists=3).one_domain()


def conditions(choose: Choices, form: Form) -> Any:
    """Draw a plain condition on dossiers of a form."""
    return _Author(choose, form, depth=1, about_lists=2).condition("", form)


def problems(rubric: Data) -> tuple[Rubric | None, list[Finding]]:
    """Return a rubric compiled, and what is wrong with it."""
    return check_rubric(read(json.dumps(rubric).encode(), "rubric.yaml"))


SUPERFLUOUS = ("rubric-unreachable", "rubric-unused-term")


def without(rubric: Data, findings: list[Finding]) -> Data:
    """Return a copy of a rubric without the rungs and terms that findings call superfluous."""
    rubric = json.loads(json.dumps(rubric))
    for finding in reversed(findings):
        path = finding.location.path
        *outer, last = path if finding.code == "rubric-unused-term" else path[:-1]
        holder: Any = rubric
        for key in outer:
            holder = holder[key]
        del holder[last]
    return rubric


def mended(rubric: Data) -> tuple[Data, Rubric]:
    """Return a drawn rubric without what is superfluous in it, and the same compiled."""
    compiled, findings = problems(rubric)
    while findings:
        assert all(finding.code in SUPERFLUOUS for finding in findings), findings
        rubric = without(rubric, findings)
        compiled, findings = problems(rubric)
        # The rung that went may have been the only one with a label that is asked for.
        if any("has no label" in finding.message for finding in findings):
            reject()
    assert compiled is not None
    return rubric, compiled


def _numbers_to_add(form: Form) -> list[tuple[str, str, Form]]:
    """Return the numbers that can be added up: the path of a list, that of the number in its items, their form."""
    return [
        (path, name, item)
        for path, item in form.lists().items()
        for name, leaf in item.questions().items()
        if leaf.is_number and min(leaf.values) >= 0
    ]


@dataclass
class _Author:
    """Writes one rubric."""

    choose: Choices
    form: Form
    terms: dict[str, tuple[str, Data]] = field(default_factory=dict)
    classify: dict[str, Data] = field(default_factory=dict)
    scales: dict[str, Data] = field(default_factory=dict)
    domains: dict[str, Data] = field(default_factory=dict)
    has_score: bool = False
    is_last: bool = False
    depth: int = 2
    about_lists: int = 1

    def pick(self, options: Sequence[T]) -> T:
        return self.choose.pick(options)

    def some(self, options: Sequence[T], least: int = 1, most: int | None = None) -> list[T]:
        """Draw some of the options, each at most once."""
        left = list(options)
        count = self.pick(range(least, min(most or len(left), len(left)) + 1))
        return [left.pop(self.pick(range(len(left)))) for _ in range(count)]

    def up_to(self, most: int, least: int = 0) -> range:
        return range(self.pick(range(least, most + 1)))

    def chance(self) -> bool:
        return self.pick((False, True))

    def rubric(self) -> Data:
        for number in self.up_to(2):
            self.term(f"term_{number}")
        for number in self.up_to(2):
            self.classifier(f"class_{number}")
        for number in self.up_to(1):
            self.term(f"late_term_{number}")
        for number in self.up_to(2, 1):
            self.scale(f"scale_{number}")
        for number in self.up_to(3, 1):
            self.domains[f"domain_{number}"] = self.domain()
        rubric = self.written()
        if self.pick((False, True, True)):
            rubric["score"] = self.score()
            self.has_score = True
        if self.pick((False, True, True)):
            self.is_last = True
            rubric["recommendation"] = self.recommendation()
        return rubric

    def one_domain(self) -> Data:
        self.scale("scale")
        self.domains["domain"] = self.domain()
        return self.written()

    def written(self) -> Data:
        rubric: Data = {"rubric": 1, "name": "drawn", "title": "t", "version": "1", "status": "own"}
        rubric |= {"description": "t", "source": "t", "scales": self.scales}
        rubric |= {"terms": {name: term for name, (_, term) in self.terms.items()}, "classify": self.classify}
        return rubric | {"domains": self.domains}

    def term(self, name: str) -> None:
        place, form = self.pick(list(self.form.places().items()))
        on = {"on": place} if place else {}
        self.terms[name] = (place, {**on, "means": "t", "when": self.condition(place, form)})

    def classifier(self, name: str) -> None:
        places = [(place, form) for place, form in self.form.places().items() if place]
        if places:
            place, form = self.pick(places)
            ladder = self.ladder("label", ["I", "II", "III"], place, form)
            self.classify[name] = {"on": place, "means": "t", "ladder": ladder}

    # Conditions

    def condition(self, place: str, form: Form, depth: int | None = None) -> Any:
        """Draw a condition on mappings of a form that stand at a place."""
        depth = self.depth if depth is None else depth
        makers: list[Callable[[str, Form, int], Any]] = [self.fields, self.value] if form.questions() else []
        if form.lists():
            makers += [self.quantified, self.counted, self.shared] * self.about_lists
        if _numbers_to_add(form):
            makers += [self.summed] * self.about_lists
        if any(on == place for on, _ in self.terms.values()):
            makers += [self.named]
        if any(classifier["on"] == place for classifier in self.classify.values()):
            makers += [self.labelled] * 2
        if self.is_last and not place:
            makers += [self.graded] * 6 + [self.scored] * 6 * self.has_score
        if depth or not makers:
            makers += [self.joined, self.negated]
        return self.pick(makers)(place, form, depth - 1)

    def fields(self, _: str, form: Form, __: int) -> Any:
        questions = form.questions()
        return {path: self.test(questions[path]) for path in self.some(list(questions), most=2)}

    def test(self, leaf: Leaf) -> Any:
        """Draw a value, allowed values or bounds."""
        if leaf.is_number and self.chance():
            return self.bounds(leaf.values)
        if self.chance():
            return self.pick(leaf.values)
        return self.some(sorted(set(leaf.values), key=str), most=3)

    def bounds(self, numbers: Sequence[Any]) -> Data:
        lower, upper = ["at_least", "above"], ["at_most", "below"]
        if self.pick((False, False, True)):
            low, high = sorted([self.pick(numbers), self.pick(numbers)])
            return {self.pick(lower): low, self.pick(upper): high}
        return {self.pick(lower + upper): self.pick(numbers)}

    def value(self, _: str, form: Form, __: int) -> Any:
        path, leaf = self.pick(list(form.questions().items()))
        test = self.test(leaf)
        if isinstance(test, dict):
            return {"value": path, **test}
        return {"value": path, "in" if isinstance(test, list) else "is": test}

    def named(self, place: str, _: Form, __: int) -> Any:
        return self.pick([name for name, (on, _) in self.terms.items() if on == place])

    def labelled(self, place: str, _: Form, __: int) -> Any:
        name = self.pick([name for name, node in self.classify.items() if node["on"] == place])
        labels = list(dict.fromkeys(rung["label"] for rung in self.classify[name]["ladder"]))
        return {name: self.pick(labels) if self.chance() else self.some(labels)}

    def joined(self, place: str, form: Form, depth: int) -> Any:
        parts = [self.condition(place, form, max(depth, 0)) for _ in self.up_to(3, 1)]
        some = {
            "number_of": parts,
            **self.pick([{"at_least": 1}, {"exactly": 1}, {"at_most": 1}, {"below": len(parts)}]),
        }
        return self.pick([parts, {"all": parts}, {"any": parts}, {"any": parts}, some])

    def negated(self, place: str, form: Form, depth: int) -> Any:
        return {"not": self.condition(place, form, max(depth, 0))}

    def where(self, place: str, path: str, form: Form, depth: int, word: str = "where") -> Data:
        """Draw which items of a list are meant."""
        if not self.pick((True, True, True, False)):
            return {}
        return {word: self.condition(f"{place}.{path}".strip("."), form, max(depth, 0))}

    def quantified(self, place: str, form: Form, depth: int) -> Any:
        path, item = self.pick(list(form.lists().items()))
        return {self.pick(["any", "every", "none"]): path, **self.where(place, path, item, depth)}

    def counted(self, place: str, form: Form, depth: int) -> Any:
        path, item = self.pick(list(form.lists().items()))
        bounds = {"exactly": self.pick([0, 1, 2])} if self.chance() else self.bounds([0, 1, 2, 3])
        texts = [name for name in ("cohort", "group", "sponsor", "funding") if name in item.questions()]
        by = {"by": self.pick([self.pick(texts), self.some(texts)])} if texts and self.chance() else {}
        return {"count": path, **by, **self.where(place, path, item, depth), **bounds}

    def summed(self, place: str, form: Form, depth: int) -> Any:
        path, name, item = self.pick(_numbers_to_add(form))
        bounds = self.bounds([0, 0.3, 1, 2, 10, 51, 150, 2000])
        return {"sum": f"{path}.{name}", **self.where(place, path, item, depth), **bounds}

    def shared(self, place: str, form: Form, depth: int) -> Any:
        path, item = self.pick(list(form.lists().items()))
        parts = self.where(place, path, item, depth) | self.where(place, path, item, depth, "of")
        return {"share": path, **parts, **self.bounds(SHARES)}

    def graded(self, _: str, __: Form, ___: int) -> Any:
        name, domain = self.pick(list(self.domains.items()))
        scale = self.scales[domain["scale"]]
        order = [step["grade"] for step in scale["grades"]]
        grades = order + ([scale["unjudged"]["grade"]] if "unjudged" in scale else [])
        match self.pick(["is", "in", "at_least", "at_most"]):
            case "is":
                return {"grade": name, "is": self.pick(grades)}
            case "in":
                return {"grade": name, "in": self.some(grades)}
            case word:
                return {"grade": name, word: self.pick(order)}

    def scored(self, _: str, __: Form, ___: int) -> Any:
        return {"score": "overall", **self.bounds([0, 10, 25, 50, 75, 100])}

    # Rules

    def ladder(self, key: str, given: Sequence[Any], place: str, form: Form) -> list[Data]:
        rungs = [
            {key: self.pick(given), "name": f"r{number}", "means": "t", "when": self.condition(place, form)}
            for number in self.up_to(4, 1)
        ]
        return [*rungs, {key: self.pick(given), "name": "last", "means": "t", "otherwise": True}]

    def scale(self, name: str) -> None:
        grades = ["A", "B", "C", "D"][: self.pick((2, 3, 4))]
        self.scales[name] = {"grades": [{"grade": grade, "means": "t"} for grade in grades]}
        if self.pick((False, True, True)):
            self.scales[name]["unjudged"] = {"grade": "U", "means": "t"}

    def domain(self) -> Data:
        name, scale = self.pick(list(self.scales.items()))
        grades = [step["grade"] for step in scale["grades"]]
        has_unjudged = "unjudged" in scale
        domain: Data = {"title": "t", "question": "t", "scale": name}
        place, form = "", self.form
        if has_unjudged and form.lists() and self.chance():
            place, form = self.pick(list(self.form.lists().items()))
            domain |= {"each": place, **self.where("", place, form, 1), "combine": self.pick(["best", "worst"])}
        if self.chance():
            return domain | {"ladder": self.ladder("grade", grades + ["U"] * has_unjudged, place, form)}
        return domain | {"points": self.points(grades, has_unjudged, place, form)}

    def points(self, grades: list[str], has_unjudged: bool, place: str, form: Form) -> Data:
        numbers = [-2, -1, -0.2, -0.1, 0, 0.1, 0.3, 0.7, 0.8, 1, 2]
        start = self.ladder("points", numbers, place, form) if self.chance() else self.pick(numbers)
        adjustments = [
            {"points": self.pick(numbers), "name": f"a{number}", "means": "t", "when": self.condition(place, form)}
            for number in self.up_to(4, 1)
        ]
        caps = [
            {"at_most": self.pick(numbers), "name": f"c{number}", "means": "t", "when": self.condition(place, form)}
            for number in self.up_to(2)
        ]
        limits = sorted(self.some(numbers, least=1, most=3), reverse=True)
        bands: list[Data] = [{"grade": self.pick(grades), "at_least": limit} for limit in limits]
        bands.append({"grade": self.pick(grades), "otherwise": True})
        floor, ceiling = self.pick([(-9, 9), (0, 2), (-1, 1), (1, 1)])
        points: Data = {"start": start, "adjustments": adjustments, "caps": caps, "bands": bands}
        if adjustments and self.chance():
            for adjustment in self.some(adjustments, least=1):
                adjustment["group"] = "g"
            points["groups"] = {"g": {"at_most": self.pick([0, *(one for one in numbers if one > 0)]), "means": "t"}}
        points |= {"floor": floor, "ceiling": ceiling}
        return points | ({"judged_when": self.condition(place, form)} if has_unjudged and self.chance() else {})

    def score(self) -> Data:
        names = self.some(list(self.domains))
        weights: dict[int, list[list[float]]] = {
            1: [[100]],
            2: [[50, 50], [30, 70]],
            3: [[20, 30, 50], [33.3, 33.3, 33.4]],
        }
        points = {}
        for name, scale in self.scales.items():
            grades = [step["grade"] for step in scale["grades"]]
            given = sorted((self.pick([0, 10, 25, 50, 100]) for _ in grades), reverse=True)
            points[name] = dict(zip(grades, given, strict=True))
        return {
            "title": "t",
            "weights": dict(zip(names, self.pick(weights[len(names)]), strict=True)),
            "points": points,
            "unjudged": self.pick(["lowest", "left_out"]),
        }

    def recommendation(self) -> Data:
        levels = ["yes", "maybe", "no"]
        return {
            "levels": [{"level": level, "title": "t", "means": "t"} for level in levels],
            "ladder": self.ladder("level", levels, "", self.form),
        }
