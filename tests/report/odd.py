"""A dossier of oddities for plots: zero events, huge intervals, long and right-to-left names, every judgement."""

from __future__ import annotations

import json
from typing import Any

NAMES = (
    "O'Brien-Fitzgerald-Montgomery of the Multinational Consortium for the Study of Very Long Study Names",
    "محمد بن عبد الله",
    "שרה כהן",
    "W" * 70,
    "Zoë Müller & <b>Sons</b>",
    "Ivan Петров",
    "A\u202eB",
    "Ng",
    "Ñáñez-Ibáñez",
    "Li",
    "Ø",
)
_EVENTS = ((0, 50, 4, 50), (1, 20, 1, 21), (30, 400, 60, 410), (0, 10, 3, 9), (2, 30, 0, 31), (12, 100, 15, 99))
_JUDGED = ("low", "moderate", "serious", "critical", "no_information", "unclear")


def odd() -> str:
    """Return the dossier as YAML."""
    data = {
        "dossier": 1,
        "therapy": {"name": "A therapy"},
        "condition": {"name": "A condition"},
        "trials": [_trial(number, name) for number, name in enumerate(NAMES)],
        "outcomes": [
            {
                "id": "death",
                "name": "Death from any cause within a time that is described by so very many words that no line of "
                "any sheet could ever hold this heading whole",
                "more_is_better": False,
                "design": "randomized",
            },
            {
                "id": "score",
                "name": "Score",
                "effect": {
                    "outcome": "Score",
                    "measure": "MD",
                    "estimate": -1.5,
                    "ci_low": -900,
                    "ci_high": 4.5,
                    "unit": "points",
                },
            },
            {"id": "function", "name": "Function", "more_is_better": True},
            {
                "id": "one",
                "name": "One study",
                "study_effects": [
                    {
                        "outcome": "One study",
                        "measure": "RR",
                        "estimate": 0.5,
                        "ci_low": 0.0001,
                        "ci_high": 1200,
                        "refs": ["r1"],
                    }
                ],
            },
        ],
        "safety": {
            "adverse_events": [
                {"id": "none", "name": "none", "n": 0, "of": 3},
                {"id": "acid", "name": "pH change", "percent": 12},
                {"id": "all", "name": "every one", "n": 1000, "of": 1000, "control": {"n": 0, "of": 90}},
            ]
        },
        "references": [
            {"id": f"r{number}", "type": "article-journal", "author": [name], "title": f"Paper {number}"}
            for number, name in enumerate(NAMES)
        ],
    }
    return json.dumps(data, indent=1)


def _trial(number: int, name: str) -> dict[str, Any]:
    events = _EVENTS[number % len(_EVENTS)]
    judged = _JUDGED[number % len(_JUDGED)]
    return {
        "id": f"t{number}",
        "title": name,
        "statement": "It was done.",
        "status": "completed",
        "allocation": "randomized",
        "participants": 1000,
        "effects": [
            {"outcome": "Death", "answers": "death", "measure": "OR", "arms": _arms(*events)},
            {"outcome": "Score", "answers": "score", "measure": "MD", "arms": _means(10 + number, 5 + 8 * number)},
            {"outcome": "Function", "answers": "function", "measure": "SMD", "arms": _means(10 + 2 * number, 5)},
        ],
        "harms": [
            {
                "name": "rash",
                "arms": [
                    {"name": "Therapy", "role": "intervention", "n": events[0], "of": events[1]},
                    {"name": "Placebo", "role": "control", "n": 0, "of": events[3]},
                ],
            }
        ],
        "risk_of_bias": {
            "tool": "ROBINS-I",
            "overall": judged,
            "domains": {
                "confounding": {"judgement": judged},
                "missing_data": {"judgement": _JUDGED[-1 - number % len(_JUDGED)]},
                "outcome_measurement": {"judgement": "low"},
            },
            "by_outcome": [{"answers": "death", "overall": "serious"}] if number < 3 else [],
        },
        "result": "mixed",
        "refs": [f"r{number}"],
    }


def _arms(events: int, people: int, others: int, control: int) -> list[dict[str, Any]]:
    return [
        {"name": "Therapy", "role": "intervention", "events": events, "participants": people},
        {"name": "Placebo", "role": "control", "events": others, "participants": control},
    ]


def _means(mean: float, sd: float) -> list[dict[str, Any]]:
    return [
        {"name": "Therapy", "role": "intervention", "mean": mean, "sd": sd, "participants": 40},
        {"name": "Placebo", "role": "control", "mean": 12, "sd": 6, "participants": 40},
    ]
