"""Dossiers with as many entries of one kind as a test asks for, most of them with something wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Data = dict[str, Any]
Growing = Callable[[int], Data]

REFERENCE: Data = {"id": "r", "title": "A title"}
WRONG: Data = {"participants": 10, "completed": 11}
OUTSIDE: Data = {"outcome": "pain", "measure": "RR", "estimate": 3, "ci_low": 0.5, "ci_high": 1.5}
HARMED: Data = {"n": 12, "of": 10}


def trials(number: int, **fields: Any) -> list[Data]:
    return [{"id": f"t{n}", "statement": "s", "refs": ["r"], **fields} for n in range(number)]


def one_trial(**fields: Any) -> Data:
    return {"trials": [{"id": "t", "statement": "s", "refs": ["r"], **fields}]}


def outcome(**fields: Any) -> Data:
    return {"trials": trials(1), "outcomes": [{"id": "o", "name": "pain", "contributing": ["t0"], **fields}]}


def references(number: int, **fields: Any) -> Data:
    return {"references": [{"id": f"x{n}", "title": f"Title {n}", **fields} for n in range(number)]}


def unknown_references(number: int) -> Data:
    known = [{"id": f"{'reference' * 6}{n}", "title": "t"} for n in range(number)]
    cited = [{"id": f"i{n}", "statement": "s", "refs": [f"{'reference' * 6}{n}x"]} for n in range(number)]
    return {"trials": cited, "references": known}


def renamed_references(number: int) -> Data:
    known = [{"id": f"smith-{n}-a", "title": "t"} for n in range(number)]
    return {
        "trials": [{"id": f"i{n}", "statement": "s", "refs": [f"smith-{n}"]} for n in range(number)],
        "references": known,
    }


GROWING: Mapping[str, Growing] = {
    # Items with a finding each
    "trials": lambda n: {"trials": trials(n, **WRONG)},
    "observational": lambda n: {"observational": trials(n, **WRONG)},
    "cases": lambda n: {"cases": [{"id": f"c{i}", "statement": "s", "users": 5, "evaluated": 6} for i in range(n)]},
    "preclinical": lambda n: {"preclinical": trials(n, effects=[OUTSIDE])},
    "syntheses": lambda n: {"syntheses": trials(n, effects=[OUTSIDE])},
    "mechanism": lambda n: {"mechanism": [{"id": f"m{i}", "statement": "s", "evidence": []} for i in range(n)]},
    "claims": lambda n: {"claims": [{"id": f"c{i}", "statement": "s"} for i in range(n)]},
    "outcomes": lambda n: {"outcomes": [{"id": f"o{i}", "name": "pain", "effect": OUTSIDE} for i in range(n)]},
    "verdicts": lambda n: {"verdicts": [{"id": f"v{i}", "by": "us"} for i in range(n)]},
    # Lists inside an item
    "effects of a trial": lambda n: one_trial(effects=[{**OUTSIDE, "time_point": f"week {i}"} for i in range(n)]),
    "the same effect": lambda n: one_trial(effects=[OUTSIDE] * n),
    "effects that differ": lambda n: one_trial(effects=[{**OUTSIDE, "estimate": 2 + i / n} for i in range(n)]),
    "effects with ids": lambda n: one_trial(effects=[{**OUTSIDE, "id": f"e{i}"} for i in range(n)]),
    "effects of trials": lambda n: {"trials": trials(n, effects=[OUTSIDE])},
    "arms of an effect": lambda n: one_trial(
        effects=[{"outcome": "pain", "arms": [{"name": f"a{i}", "participants": 3, "events": 4} for i in range(n)]}]
    ),
    "arms of a trial": lambda n: one_trial(
        participants=10, arms=[{"name": f"a{i}", "participants": 3, "completed": 4} for i in range(n)]
    ),
    "study effects": lambda n: outcome(effect=OUTSIDE, i_squared=3, study_effects=[OUTSIDE] * n),
    "contributing": lambda n: {
        "trials": trials(n),
        "outcomes": [{"id": "o", "name": "pain", "studies": 1, "contributing": [f"t{i}" for i in range(n)]}],
    },
    "responses": lambda n: {
        "cases": [
            {"id": "c", "statement": "s", "evaluated": 2, "responses": [{"label": f"l{i}", "n": 3} for i in range(n)]}
        ]
    },
    "benefits": lambda n: {
        "cases": [{"id": "c", "statement": "s", "users": 2, "benefits": [{"description": "d", "n": 3}] * n}]
    },
    "evidence of a mechanism": lambda n: {
        "mechanism": [{"id": "m", "statement": "s", "evidence": [{"id": f"e{i}", "statement": "s"} for i in range(n)]}]
    },
    "adverse events": lambda n: {
        "safety": {"exposed": 5, "adverse_events": [{"id": f"a{i}", "name": "rash", **HARMED} for i in range(n)]}
    },
    "adverse events of an item": lambda n: {
        **one_trial(participants=5),
        "safety": {"adverse_events": [{"id": f"a{i}", "name": "rash", "item": "t", **HARMED} for i in range(n)]},
    },
    "warnings": lambda n: {"safety": {"boxed_warnings": [{"id": f"w{i}", "statement": "s"} for i in range(n)]}},
    "regulatory": lambda n: {"therapy": {"name": "T", "regulatory": [{"agency": "a", "status": "approved"}] * n}},
    "raters": lambda n: {
        "panel": [
            {"id": f"p{i}", "system": "evgrade-default", "grades": [{"domain": f"saftey{i}", "grade": "Z"}]}
            for i in range(n)
        ]
    },
    "grades of a rater": lambda n: {
        "panel": [{"id": "p", "grades": [{"domain": f"saftey{i}", "grade": "Z"} for i in range(n)]}]
    },
    "overrides": lambda n: {"overrides": [{"domain": f"saftey{i}", "grade": "Z", "reason": "r"} for i in range(n)]},
    "published grades": lambda n: {
        "verdicts": [{"id": "v", "by": "us", "grades": [{"domain": f"d{i}", "grade": "Z"} for i in range(n)]}]
    },
    # References
    "references": references,
    "the same DOI": lambda n: references(n, doi="10.1000/xyz"),
    "the same title": lambda n: references(n, title="Some title that all of them share"),
    "retracted references": lambda n: {
        **references(n, retraction="retracted"),
        "trials": [{"id": f"t{i}", "statement": "s", "refs": [f"x{i}"]} for i in range(n)],
    },
    "unknown references": unknown_references,
    "renamed references": renamed_references,
    "references of one item": lambda n: {
        "trials": [{"id": "t", "statement": "s", "refs": [f"q{i}" for i in range(n)]}]
    },
    "the same id": lambda n: {"trials": [{"id": "t", "statement": "s", "refs": ["r"]}] * n},
    "the same registry": lambda n: {"trials": trials(n, registry=["NCT00000001"])},
    # Waivers
    "waivers of items": lambda n: {
        "trials": trials(n, **WRONG),
        "waivers": [{"check": "count-completed", "item": f"t{i}", "reason": "so"} for i in range(n)],
    },
    "waivers of references": lambda n: {
        **references(n),
        "waivers": [{"check": "reference-unused", "reference": f"x{i}", "reason": "so"} for i in range(n)],
    },
    "waivers of nothing": lambda n: {
        "trials": trials(n, **WRONG),
        "waivers": [{"check": "count-completed", "item": f"u{i}", "reason": "so"} for i in range(n)],
    },
    "expired waivers": lambda n: {
        "review": {"as_of": "2024"},
        "waivers": [{"check": "count-completed", "reason": "so", "until": "2020-01-01"}] * n,
    },
    # What does not follow the schema
    "unknown keys": lambda n: {"trials": trials(n, alocation="randomized")},
    "unknown keys of one item": lambda n: one_trial(**{f"alocation{i}": 1 for i in range(n)}),
    "wrong values": lambda n: {"trials": trials(n, allocation="random")},
    "wrong types": lambda n: {"trials": trials(n, participants="ten", year="old")},
    "missing keys": lambda n: {"trials": [{}] * n},
    "empty items": lambda n: {"trials": [None] * n},
    # What can be repaired
    "repairs of values": lambda n: {"trials": trials(n, allocation="Randomized")},
    "repairs of identifiers": lambda n: {
        "references": [{"id": f"x{i}", "title": "t", "doi": f"doi:10.1000/x{i}"} for i in range(n)]
    },
}


def written(data: Data) -> str:
    """Return a dossier with these sections, one value a line."""
    whole = {"dossier": 1, "therapy": {"name": "T"}, "condition": {"name": "C"}, "references": [REFERENCE], **data}
    return json.dumps(whole, indent=1)


def in_one_line(data: Data) -> str:
    """Return the same in a single line."""
    return json.dumps(json.loads(written(data)))
