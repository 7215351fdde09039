"""The dossier schema as types: what a path leads to, and how messages name things."""

from __future__ import annotations

import re
from typing import Any

import pytest

from evgrade.rubric.fields import PathError, resolve_field, resolve_list, resolve_list_field
from evgrade.schema.shape import Kind, Shape, _follow, dossier_shape
from evgrade.schema.store import schema
from evgrade.schema.suggest import did_you_mean, listed, shown


def at(path: str) -> Shape:
    """Return the shape at a dotted path; a list on the way stands for its entries."""
    shape = dossier_shape()
    for name in path.split("."):
        below = shape.key(name)
        assert below is not None
        shape = below.item if below.kind is Kind.LIST else below
    return shape


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("safety", Kind.MAPPING),
        ("trials", Kind.MAPPING),
        ("trials.risk_of_bias", Kind.MAPPING),
        ("safety.concern", Kind.CHOICE),
        ("dossier", Kind.CHOICE),
        ("trials.powered", Kind.CHOICE),
        ("trials.effects.primary", Kind.CHOICE),
        ("trials.participants", Kind.NUMBER),
        ("cost.low", Kind.NUMBER),
        ("therapy.name", Kind.TEXT),
        ("therapy.other_names", Kind.TEXT),
        ("references.doi", Kind.TEXT),
    ],
)
def test_a_value_has_a_kind(path: str, kind: Kind) -> None:
    assert at(path).kind is kind


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("safety.concern", ("none", "minor", "moderate", "serious")),
        ("trials.powered", (True, False)),
        ("trials.effects.primary", (True, False)),
        ("dossier", (1,)),
        ("cost.per", ("day", "week", "month", "year", "course")),
    ],
)
def test_a_choice_is_among_what_says_something(path: str, choices: tuple[object, ...]) -> None:
    assert at(path).choices == choices


def test_a_reference_is_followed_and_keeps_the_description_of_its_use() -> None:
    exposed = at("safety.exposed")
    assert exposed.definition == "count"
    assert exposed.node is schema("dossier")["$defs"]["count"]
    assert exposed.described == "How many people exposed to the therapy were followed for harm."


def test_a_reference_to_a_reference_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    definitions = {"one": {"$ref": "#/$defs/two"}, "two": {"type": "integer"}}
    monkeypatch.setattr("evgrade.schema.shape.schema", lambda _: {"$defs": definitions})
    shape = _follow({"$ref": "#/$defs/one", "description": "Used."})
    assert (shape.definition, shape.kind, shape.described) == ("two", Kind.NUMBER, "Used.")


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("trials", "trial"),
        ("preclinical", "preclinical study"),
        ("cases", "case report"),
        ("mechanism.evidence", "finding"),
        ("safety.boxed_warnings", "warning"),
        ("therapy.regulatory", "regulatory status"),
    ],
)
def test_an_entry_is_called_by_its_noun(path: str, noun: str) -> None:
    assert at(path).noun == noun


def test_the_same_definition_is_the_same_shape() -> None:
    assert at("safety.boxed_warnings").definition == at("safety.interactions").definition == "warning"


def test_there_is_no_shape_where_there_is_no_key() -> None:
    assert dossier_shape().key("nothing") is None
    assert at("therapy.name").key("nothing") is None


# Paths of a rubric, resolved


def test_a_field_is_resolved_to_its_keys() -> None:
    field = resolve_field(dossier_shape(), "safety.concern")
    assert (field.path.keys, field.path.derived, field.kind) == (("safety", "concern"), None, Kind.CHOICE)
    assert field.path.names == ("safety", "concern")


def test_a_derived_value_is_a_number() -> None:
    field = resolve_field(dossier_shape(), "safety.any.control.rate")
    assert field.shape is None
    assert field.kind is Kind.NUMBER
    assert field.path.keys == ("safety", "any", "control")
    assert field.path.names == ("safety", "any", "control", "rate")


def test_nothing_is_below_a_derived_value() -> None:
    with pytest.raises(PathError, match="the dossier has no field `rate` here"):
        resolve_field(dossier_shape(), "safety.any.rate.low")


def test_a_list_is_resolved_and_only_a_section_is_closed() -> None:
    section, _ = resolve_list(dossier_shape(), "trials")
    assert (section.keys, section.closed, section.noun) == (("trials",), True, "trial")
    below, shape = resolve_list(dossier_shape(), "safety.adverse_events")
    assert (below.keys, below.closed) == (("safety", "adverse_events"), False)
    inner, _ = resolve_list(resolve_list(dossier_shape(), "trials")[1], "effects")
    assert (inner.keys, inner.closed) == (("effects",), False)
    assert shape.definition == "adverse_event"


def test_a_number_of_a_list_is_resolved() -> None:
    entries, shape, field = resolve_list_field(dossier_shape(), "trials.dose.amount")
    assert entries.keys == ("trials",)
    assert shape.definition == "trial"
    assert field.path.keys == ("dose", "amount")


# Words for messages


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("trails", ["trials", "cases"], "did you mean `trials`?"),
        ("Risk-Of Bias", ["risk_of_bias"], "did you mean `risk_of_bias`?"),
        ("xyz", ["trials"], None),
        ("true", [True, "trials"], None),
        ("a", [], None),
        ("a" * 1_000_000, ["a" * 80], "did you mean `" + "a" * 80 + "`?"),
    ],
)
def test_the_nearest_name_is_suggested(word: str, known: list[object], expected: str | None) -> None:
    assert did_you_mean(word, known) == expected


def test_names_are_listed() -> None:
    assert listed(["a", 1, True]) == "a, 1, True"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", '"x"'),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("x" * 61, '"' + "x" * 59 + '…"'),
        (True, "true"),
        (5, "5"),
        (0.5, "0.5"),
        (None, "nothing"),
        ([1], "a list"),
        ({"a": 1}, "a mapping"),
    ],
)
def test_a_value_is_shown_in_short(value: object, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("safety", "exposed"), 4000, "people followed for harm: 4000"),
        (("safety", "serious"), {"n": 16, "of": 919, "counts": "all_causes"}, "serious harm: 16 of 919 (all causes)"),
        (("safety", "serious"), {"of": 919, "source": "label"}, "serious harm: of 919"),
        (("safety", "serious"), {"source": "label"}, None),
        (("cost",), {"low": 25, "high": 49, "currency": "USD", "per": "month"}, "25 to 49 USD per month"),
        (("cost",), {"low": 49, "high": 49, "currency": "USD", "year": 2001}, "49 USD in 2001"),
        (("cost", "covered"), False, "no"),
        (("therapy", "kind"), "gene", "gene"),
        (("review",), {"group": "g"}, None),
    ],
)
def test_a_value_is_put_in_words_as_the_schema_has_it(keys: tuple[str, ...], value: Any, words: str | None) -> None:
    shape: Shape | None = dossier_shape()
    for key in keys:
        assert shape is not None
        shape = shape.key(key)
    assert shape is not None
    assert (shape.says(value) or None) == words


def test_words_of_a_value_use_keys_that_its_mapping_has() -> None:
    """A misspelt key in `x-says` would leave its piece out for ever."""
    for name, node in schema("dossier")["$defs"].items():
        used = {key for piece in node.get("x-says", ()) for key in re.findall(r"\{(\w+)\}", piece)}
        assert used <= node.get("properties", {}).keys(), name
