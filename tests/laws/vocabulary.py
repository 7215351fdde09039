"""What dossiers can say and rubrics can ask, read from the dossier schema and cut down to a few paths.

A whole dossier has hundreds of fields. A law is tried on dossiers that have just those its rubric asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evgrade.schema.store import schema

UNKNOWN = ("unclear", "not_reported")

DERIVED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("proportion", "rate"): ("n", "of"),
    ("harmed", "rate"): ("n", "of"),
    ("harmed", "attributable_rate"): ("n", "of", "counts", "control.n", "control.of"),
    ("adverse_event", "attributable_rate"): ("n", "of", "control.n", "control.of"),
    ("risk_of_bias", "worst"): ("overall",),
    ("trial", "completion_rate"): ("completed", "participants"),
    ("cost", "annual"): ("low", "high", "per"),
    ("cost", "annual_usd"): ("low", "high", "per", "currency", "usd_per_unit"),
}
"""The facts that each derived value is made of, by definition and name."""

# Numbers are few, so that a dossier and a rubric often have the same ones, and tenths, which floats cannot hold.
SHARES = (0.0, 0.01, 0.02, 0.1, 0.3333333333, 0.5, 0.75, 1.0)
PRICES = (0, 1, 7, 10, 99.9, 500, 2000, 9000)
_ANNUAL_PRICES = (0, 365.25, 1200, 6000, 25000, 100000)
_YEARS = (1990, 2000, 2010, 2020)
_COUNTS = (0, 1, 2, 3, 10, 20, 30, 100, 1000)
_AMOUNTS = (0, 0.1, 0.2, 0.3, 1, 2.5, 10, 100)
_SIGNED = (-2, -0.5, 0, 0.5, 1, 2)


IDS = ((), ("trials-0",), ("trials-0", "trials-1"))
"""Some of the trials of a dossier, by id."""


TEXTS = ("one", "two", "none")
"""What people write; that it is none means that it is nobody's."""


@dataclass(frozen=True)
class Leaf:
    """A field: what it can be when it is known, and the words by which it can say that it is not."""

    values: tuple[Any, ...]
    unknown: tuple[str, ...] = ()
    is_number: bool = False


@dataclass(frozen=True)
class Form:
    """A mapping: the form of the dossier, of a part of it, or of an item."""

    fields: dict[str, Leaf | Form | Entries]
    required: frozenset[str]
    derived: dict[str, Leaf] = field(default_factory=dict)

    def questions(self) -> dict[str, Leaf]:
        """Return all that can be asked of such a mapping without entering a list, by dotted path."""
        found = dict(self.derived)
        for key, child in self.fields.items():
            # A price is between `low` and `high`: what becomes better known are not they, but what it is.
            if isinstance(child, Leaf) and key not in ("id", "dossier", "low", "high"):
                found[key] = child
            elif isinstance(child, Form):
                found |= {f"{key}.{path}": leaf for path, leaf in child.questions().items()}
        return found

    def places(self) -> dict[str, Form]:
        """Return all that conditions can be about: "" for such a mapping itself, and every list in it, at any depth."""
        found = {"": self}
        queue = [("", self)]
        for path, form in queue:
            for name, item in form.lists().items():
                queue.append((f"{path}.{name}".strip("."), item))
                found[queue[-1][0]] = item
        return found

    def lists(self) -> dict[str, Form]:
        """Return the lists of such a mapping, by dotted path, with the form of their entries."""
        found: dict[str, Form] = {}
        for key, child in self.fields.items():
            if isinstance(child, Entries):
                found[key] = child.item
            elif isinstance(child, Form):
                found |= {f"{key}.{path}": form for path, form in child.lists().items()}
        return found


@dataclass(frozen=True)
class Entries:
    """A list of mappings."""

    item: Form


def form_of(paths: Iterable[str], likely: Mapping[str, Any] | None = None) -> Form:
    """Return the form of dossiers that state what is at some paths, and whatever the schema requires.

    `likely` gives, by field name, a value to be drawn more often than others.
    """
    wanted: dict[str, Any] = {}
    for path in paths:
        _put(wanted, path.split("."))
    return _form(schema("dossier"), None, wanted, likely or {})


def whole_form() -> Form:
    """Return the form of dossiers that state all that the schema knows."""
    root = schema("dossier")
    return _form(root, None, _all_below(root, None), {})


def _all_below(node: Mapping[str, Any], definition: str | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: {} for owner, name in DERIVED if owner == definition}
    for key, child in node.get("properties", {}).items():
        below, name = _resolved(child)
        if below.get("type") == "array":
            below, name = _resolved(below["items"])
            # A list of texts holds nothing that could be asked for.
            if below.get("type") != "object":
                continue
        wanted[key] = _all_below(below, name)
    return wanted


def _put(tree: dict[str, Any], keys: list[str]) -> None:
    for key in keys:
        tree = tree.setdefault(key, {})


def _resolved(node: Mapping[str, Any]) -> tuple[Mapping[str, Any], str | None]:
    definition = None
    while "$ref" in node:
        definition = node["$ref"].rsplit("/", 1)[1]
        node = schema("dossier")["$defs"][definition]
    return node, definition


def _form(node: Mapping[str, Any], definition: str | None, wanted: dict[str, Any], likely: Mapping[str, Any]) -> Form:
    derived = {}
    for name in [name for owner, name in DERIVED if owner == definition and name in wanted]:
        del wanted[name]
        derived[name] = Leaf(_ANNUAL_PRICES if "annual" in name else SHARES, is_number=True)
        for path in DERIVED[str(definition), name]:
            _put(wanted, path.split("."))
    required = frozenset(node.get("required", ()))
    fields: dict[str, Leaf | Form | Entries] = {}
    for key in sorted({*wanted, *required}):
        child, child_definition = _resolved(node["properties"][key])
        if child.get("type") == "object":
            fields[key] = _form(child, child_definition, wanted.get(key, {}), likely)
        elif child.get("type") == "array" and _resolved(child["items"])[0].get("type") != "object":
            fields[key] = Leaf(IDS)
        elif child.get("type") == "array":
            fields[key] = Entries(_form(*_resolved(child["items"]), wanted.get(key, {}), likely))
        else:
            fields[key] = _leaf(key, child, likely)
    return Form(fields, required, derived)


def _leaf(name: str, node: Mapping[str, Any], likely: Mapping[str, Any]) -> Leaf:
    if node.get("type") in ("integer", "number") or "x-number" in node:
        return Leaf(_often(tuple(_numbers(name, node)), likely.get(name)), is_number=True)
    if node.get("type") == "boolean":
        return Leaf((True, False))
    if "const" in node:
        return Leaf((node["const"],))
    values = node.get("enum", ("USD", "EUR") if name == "currency" else TEXTS)
    unknown = tuple(word for word in UNKNOWN if word in values)
    return Leaf(_often(tuple(value for value in values if value not in UNKNOWN), likely.get(name)), unknown)


def _often(values: tuple[Any, ...], likely: Any) -> tuple[Any, ...]:
    return (likely,) * 3 * len(values) + values if likely in values else values


def _numbers(name: str, node: Mapping[str, Any]) -> Iterator[float]:
    if name in ("low", "high"):
        pool: tuple[float, ...] = PRICES
    elif node.get("minimum", 0) >= 1800:
        pool = _YEARS
    elif node.get("type") == "integer":
        pool = _COUNTS
    else:
        pool = _AMOUNTS if "minimum" in node or "exclusiveMinimum" in node else _SIGNED
    # A share of no participants is not a number, so a dossier with it could never be complete.
    lowest = 1 if name == "participants" else node.get("minimum", float("-inf"))
    above = node.get("exclusiveMinimum", float("-inf"))
    return (number for number in pool if number >= lowest and number > above)
