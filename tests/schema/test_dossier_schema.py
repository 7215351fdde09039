"""What holds of the dossier schema as a whole: it is what editors show and what the documentation is made of."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from evgrade.facts.registry import REGISTRY
from evgrade.model import UNKNOWN_WORDS
from evgrade.rubric.language import OPERATORS
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.store import NAMES, _ecma, schema, schema_text
from tests.bounded import no_blow_up

WRITTEN_BY_PEOPLE = ["dossier", "rubric"]


def nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema inside a schema, with where it stands."""
    yield path, node
    for key in ("properties", "$defs", "patternProperties"):
        for name, child in node.get(key, {}).items():
            yield from nodes(child, f"{path}/{key}/{name}")
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(key), dict):
            yield from nodes(node[key], f"{path}/{key}")


def all_nodes(name: str) -> list[tuple[str, dict[str, Any]]]:
    return list(nodes(schema(name)))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_itself(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    assert schema(name)["$id"] == f"urn:evgrade:schema:{name}:1"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_text_that_reads_as_the_same_data(name: str) -> None:
    assert json.loads(schema_text(name)) == schema(name)
    assert schema(name) is schema(name)


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_everything_that_can_be_written_is_described(name: str) -> None:
    for path, node in all_nodes(name):
        if path.rsplit("/", 2)[-2:-1] in (["properties"], ["$defs"], ["patternProperties"]):
            assert re.fullmatch(r"[A-Z`tn].*\.", node.get("description", "")), path


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_every_mapping_is_closed_and_has_room_for_keys_of_ones_own(name: str) -> None:
    """But for a condition, whose keys are checked by the type check, and mappings that are keyed by names."""
    for path, node in all_nodes(name):
        if "properties" in node and not path.endswith("$defs/condition"):
            assert node["additionalProperties"] is False, path
            assert list(node["patternProperties"]) == ["^x-"], path


def test_variants_are_never_told_apart_by_one_of() -> None:
    """Its messages are unreadable."""
    for name in WRITTEN_BY_PEOPLE:
        for path, node in all_nodes(name):
            assert not {"oneOf", "anyOf", "allOf", "not", "if"} & set(node), path


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_every_definition_is_used(name: str) -> None:
    used = {node["$ref"] for _, node in all_nodes(name) if "$ref" in node}
    assert used == {f"#/$defs/{definition}" for definition in schema(name)["$defs"]}


def test_the_smallest_dossier_needs_a_header_a_therapy_and_a_condition() -> None:
    assert schema("dossier")["required"] == ["dossier", "therapy", "condition"]


def test_every_section_of_the_design_is_there() -> None:
    evidence = "claims mechanism preclinical cases trials outcomes safety cost"
    sections = f"therapy condition review {evidence} panel references waivers"
    assert set(sections.split()) <= set(schema("dossier")["properties"])


def test_unknown_is_said_in_two_words_only() -> None:
    """Any other word for it would be a value like others, and an answer where there is none."""
    other_words = {
        "unknown",
        "not_known",
        "unstated",
        "not_stated",
        "uncertain",
        "unspecified",
        "missing",
        "n/a",
        "",
        None,
    }
    for path, node in all_nodes("dossier"):
        values = node.get("enum", [])
        assert not other_words & set(values), path
        assert (values[-2:] == ["unclear", "not_reported"]) == bool(UNKNOWN_WORDS & set(values)), path
    assert {"unclear", "not_reported"} == UNKNOWN_WORDS


def test_groups_name_every_field_once_and_say_what_it_is_for() -> None:
    """Long definitions are read in parts. A field that nobody can put into one of them has no use yet."""
    grouped = {path: node for path, node in all_nodes("dossier") if "x-groups" in node}
    assert {path.rsplit("/", 1)[-1] for path in grouped} >= {"trial", "effect", "effect_arm", "outcome"}
    for path, node in grouped.items():
        listed = [name for group in node["x-groups"] for name in group["fields"]]
        assert sorted(listed) == sorted(node["properties"]), path
    for path, node in all_nodes("dossier"):
        assert len(node.get("properties", ())) <= 40 or path == "#" or "x-groups" in node, path


def test_a_number_may_be_a_word_only_where_the_schema_says_so() -> None:
    for path, node in all_nodes("dossier"):
        if node.get("type") == ["number", "string"] and not path.endswith("/p"):
            assert node["x-number"] is True, path
            assert node["pattern"], path


def test_a_judgement_has_a_place_for_its_reason() -> None:
    for path, node in all_nodes("dossier"):
        properties = node.get("properties", {})
        if "judgement" in properties:
            assert "reason" in properties, path
        for name in properties:
            if name.endswith("_reason"):
                assert name.removesuffix("_reason") in properties, path


def scopes(shape: Shape, path: str = "") -> Iterator[tuple[str, Shape]]:
    """Yield the mappings that conditions are about: the dossier, and the items of every list."""
    yield path, shape
    yield from _lists(shape, path)


def _lists(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    for name in shape.keys:
        below = shape.key(name)
        assert below is not None
        if below.kind is Kind.MAPPING:
            yield from _lists(below, f"{path}.{name}")
        elif below.kind is Kind.LIST and below.item.kind is Kind.MAPPING:
            yield from scopes(below.item, f"{path}.{name}")


def test_a_field_named_like_an_operator_is_a_known_exception() -> None:
    """In a condition such a key is the field of the item; a new one would take an operator away from its list."""
    clashes = {(path, name) for path, shape in scopes(dossier_shape()) for name in shape.keys if name in OPERATORS}
    assert clashes == {(".verdicts.grades", "grade"), (".panel.grades", "grade"), (".overrides", "grade")}


def test_items_of_every_list_have_a_definition_and_a_noun() -> None:
    """Terms and labels are about items of one definition; the noun is what reasons call an item."""
    for path, shape in scopes(dossier_shape()):
        if path:
            assert shape.definition is not None, path
            assert shape.noun != "entry", path
            assert re.fullmatch("[a-z ]+", shape.noun), path


def test_what_has_an_id_is_in_a_list_and_needs_its_id() -> None:
    for path, node in all_nodes("dossier"):
        if "id" in node.get("properties", {}) and not path.endswith("$defs/effect"):
            assert "id" in node["required"], path


def test_every_derived_value_belongs_to_a_definition() -> None:
    for derived in REGISTRY:
        assert derived.definition in schema("dossier")["$defs"]
        assert derived.name not in schema("dossier")["$defs"][derived.definition]["properties"]


# Patterns


def patterns(name: str) -> set[str]:
    return {node["pattern"] for _, node in all_nodes(name) if "pattern" in node}


ALL_PATTERNS = sorted(patterns("dossier") | patterns("rubric"))

HOSTILE = [
    "a" * 100_000,
    "1" * 100_000,
    "a-" * 50_000,
    "2010-" * 20_000,
    " " * 100_000,
    "10." + "1" * 100_000,
    "10.1000/" + " " * 100_000,
    "http://" + "a" * 100_000 + " ",
    "<" + " " * 100_000,
    "<0." + "0" * 100_000 + "x",
    "PMC" + "1" * 100_000 + "x",
    "en" + "-a" * 50_000 + "-",
    "0 -" * 33_000,
    "\n" * 100_000,
    "é" * 100_000,
]


@pytest.mark.parametrize("pattern", ALL_PATTERNS)
def test_a_pattern_takes_no_time_on_hostile_text(pattern: str) -> None:
    fast = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    slow = _ecma(pattern)
    for text in HOSTILE:
        with no_blow_up():
            assert fast.is_valid(text) == (slow.search(text) is not None), text[:20]


@pytest.mark.parametrize("pattern", ALL_PATTERNS)
def test_both_validators_read_a_pattern_alike(pattern: str) -> None:
    """Blanks, controls and digits are where Python, Rust and ECMA 262 differ."""
    fast = jsonschema_rs.Draft202012Validator({"pattern": pattern})
    odd = [
        chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Nd")
    ]
    for character in odd:
        for text in ("{}", "a{}", "2010{}", "10.1000/{}", "1234-567{}", "{}\n"):
            written = text.format(character)
            assert fast.is_valid(written) == bool(_ecma(pattern).search(written)), ascii(written)


@pytest.mark.parametrize("pattern", ALL_PATTERNS)
def test_a_pattern_covers_the_whole_text_or_asks_for_something_in_it(pattern: str) -> None:
    assert pattern == r"\S" or (pattern.startswith("^") and pattern.endswith("$"))


def test_texts_are_bounded() -> None:
    """Whatever people write has a longest length, so that a file of one megabyte of title is an error."""
    for path, node in all_nodes("dossier"):
        declared = node.get("type")
        if "string" in (declared if isinstance(declared, list) else [declared]):
            assert "maxLength" in node or node["pattern"] == "^[A-Z]{3}$", path


def test_numbers_of_people_are_bounded() -> None:
    for path, node in all_nodes("dossier"):
        if node.get("type") == "integer":
            assert {"minimum", "maximum"} <= set(node), path


@pytest.mark.parametrize(
    ("definition", "good", "bad"),
    [
        ("id", ["a", "A-1_x.y", "2010"], ["", "-a", "a b", "é", "a" * 65]),
        ("date", ["2010", "2010-12", "2010-12-21", 2010], ["2010-1", "2010-13", "10-12-2010", "2010-12-21T00:00", 999]),
        ("url", ["https://a.org/x?y#z", "ftp://a.org"], ["a.org", "javascript:alert(1)", "https://a b", "https://<a>"]),
    ],
)
def test_what_a_definition_lets_through(definition: str, good: list[Any], bad: list[Any]) -> None:
    rules = {"$ref": f"#/$defs/{definition}", "$defs": schema("dossier")["$defs"]}
    validator = jsonschema_rs.Draft202012Validator(rules)
    assert all(validator.is_valid(value) for value in good)
    assert not any(validator.is_valid(value) for value in bad)


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("doi", ["10.1000/x", "10.3109/17482968.2010.544386"], ["doi:10.1000/x", "10.1/x", "10.1000/", "10.1000/a b"]),
        ("pmid", [20942590, "20942590"], ["0", "PMID 1", "1" * 10, 0]),
        ("pmcid", ["PMC3516431"], ["3516431", "PMC"]),
        ("issn", ["1748-2968", "1471-180X"], ["17482968", "1748-296x"]),
        ("isbn", ["978-0-306-40615-7", "0-306-40615-2"], ["978", "x"]),
        ("language", ["en", "pt-BR", "zh-Hant-TW"], ["english!", "e", "en-"]),
    ],
)
def test_what_a_field_of_a_reference_lets_through(field: str, good: list[Any], bad: list[Any]) -> None:
    reference = schema("dossier")["$defs"]["reference"]["properties"][field]
    validator = jsonschema_rs.Draft202012Validator({**reference, "$defs": schema("dossier")["$defs"]})
    assert all(validator.is_valid(value) for value in good)
    assert not any(validator.is_valid(value) for value in bad)
