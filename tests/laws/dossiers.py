"""Dossiers that state every fact, and the same dossiers with facts taken out of them.

A dossier with gaps and a way to fill them is drawn back to front: first the filled one, then the gaps.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from evgrade.dossier import Dossier, examine

from .vocabulary import PRICES, Entries, Form, Leaf

T = TypeVar("T")
Data = dict[str, Any]


def to_dossier(data: Data) -> Dossier:
    """Return the dossier that some data are."""
    dossier, findings = examine(json.dumps(data).encode(), "dossier.yaml")
    assert dossier is not None, findings
    return dossier


class Choices:
    """Choices that hypothesis makes: one for each of some bytes, and the first option when they run out.

    Drawing a block of bytes is many times faster than drawing one choice after the other, and hypothesis makes the
    bytes of a failing example smaller one by one: the first option should be the simplest.
    """

    def __init__(self, block: bytes) -> None:
        self._bytes = iter(block)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of some options."""
        return options[next(self._bytes, 0) % len(options)]


def choices(count: int) -> st.SearchStrategy[Choices]:
    """Draw a number of choices."""
    return st.binary(min_size=count, max_size=count).map(Choices)


def complete(choose: Choices, form: Form, path: tuple[str, ...] = ()) -> Data:
    """Draw a mapping that states all its form has; its lists have up to three entries."""
    data: Data = {}
    for key, child in form.fields.items():
        if isinstance(child, Form):
            data[key] = complete(choose, child, (*path, key))
        elif isinstance(child, Entries):
            count = choose.pick((0, 1, 2, 2, 3))
            data[key] = [complete(choose, child.item, (*path, key, str(number))) for number in range(count)]
        else:
            data[key] = "-".join(path) if key == "id" else choose.pick(child.values)
    for review in data.get("syntheses", ()) if not path else ():
        ids = {trial["id"] for trial in data.get("trials", ())}
        if "contributing" in review:
            review["contributing"] = [one for one in review["contributing"] if one in ids]
    if "n" in data and "of" in data:
        data["n"] = min(data["n"], data["of"])
        # A percentage stands in for its counts, so it says the same.
        if "percent" in data and data["of"]:
            data["percent"] = round(100 * data["n"] / data["of"], 1)
    if "low" in data and "high" in data:
        data["high"] = data["low"]
    return data


def erased(choose: Choices, form: Form, data: Data) -> Data:
    """Draw a copy of a mapping from which facts are missing: one in ten, one in three, or two in three."""
    return _erased(choose, form, data, choose.pick((1, 4, 20)), top=True)


def _erased(choose: Choices, form: Form, data: Data, keep: int, *, top: bool = False) -> Data:
    left: Data = {}
    for key, value in data.items():
        child = form.fields[key]
        # Sections of the dossier are closed, so no entry of theirs can be missing from it.
        optional = key not in form.required and not (top and isinstance(child, Entries))
        if isinstance(child, Leaf):
            fate = choose.pick(["keep"] * keep + ["drop"] * optional + list(child.unknown)) if key != "id" else "keep"
            if fate != "drop":
                left[key] = fate if fate in child.unknown else value
        elif not (optional and choose.pick([False] * keep + [True])):
            if isinstance(child, Form):
                left[key] = _erased(choose, child, value, keep)
            else:
                left[key] = [_erased(choose, child.item, entry, keep) for entry in value]
    # A price that is less well known has wider bounds.
    if "low" in left:
        left["low"] = choose.pick([left["low"]] * 2 + [price for price in PRICES if price < left["low"]])
    if "high" in left:
        left["high"] = choose.pick([left["high"]] * 2 + [price for price in PRICES if price > left["high"]])
    return left
