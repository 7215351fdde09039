"""Small dossiers for the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from evgrade.computed.numbers import Numbers, OutcomeNumbers, numbers_of
from evgrade.computed.pooled import Pooling
from evgrade.dossier import Dossier, examine
from evgrade.model import Path

Data = dict[str, Any]


def dossier(**sections: Any) -> Dossier:
    """Return a valid dossier from some of its sections."""
    data = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}, **sections}
    found, findings = examine(json.dumps(data).encode(), "a.dossier.yaml")
    assert found is not None, findings
    return found


def numbers(retracted: Collection[Path] = (), **sections: Any) -> Numbers:
    return numbers_of(dossier(**sections), retracted)


def counts(a: int, n1: int, c: int, n2: int, **more: Any) -> Data:
    """Return an effect from the events and people of the therapy and of the control."""
    arms = [
        {"name": "therapy", "role": "intervention", "events": a, "participants": n1},
        {"name": "control", "role": "control", "events": c, "participants": n2},
    ]
    return {"outcome": "death", "arms": arms, **more}


def means(one: Data, other: Data, **more: Any) -> Data:
    """Return an effect from what two arms state."""
    arms = [{"name": "therapy", "role": "intervention", **one}, {"name": "control", "role": "control", **other}]
    return {"outcome": "pain", "arms": arms, **more}


def trial(name: str, *effects: Data, **more: Any) -> Data:
    return {"id": name, "statement": "It was done.", "allocation": "randomized", "effects": list(effects), **more}


def trials(*effects: Data, **more: Any) -> list[Data]:
    """Return trials a, b, c … with an effect each, all of which answer the outcome `death`."""
    return [trial(chr(97 + place), {"answers": "death", **effect}, **more) for place, effect in enumerate(effects)]


def outcome(**more: Any) -> Data:
    return {"id": "death", "name": "Death", **more}


def of_outcome(retracted: Collection[Path] = (), **sections: Any) -> OutcomeNumbers:
    """Return the numbers of the one outcome of a dossier."""
    (found,) = numbers(retracted, **{"outcomes": [outcome()], **sections}).outcomes
    return found


def pooled(*effects: Data, **more: Any) -> Pooling:
    """Return the pooling of trials that answer an outcome."""
    (one,) = of_outcome(trials=trials(*effects), outcomes=[outcome(**more)]).pooled
    return one.pooling
