"""What is said of a dossier that breaks the schema: for each keyword the message, its place and a hint."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from referencing.exceptions import Unresolvable

from evgrade.dossier import examine
from evgrade.schema.explain import explain
from evgrade.schema.store import NAMES, schema
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

from .finding import HEADER, findings_of, said

BROKEN = sorted((Path(__file__).parent / "broken").iterdir())
TRIAL = HEADER + "trials:\n  - id: a\n    statement: s\n"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_dossier_is_refused_at_its_place(path: Path) -> None:
    """Each file of `broken/` ends with all that must be said of it, in the form of `said`; a hint may be left out."""
    expected = [
        line.removeprefix("# expect ") for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]
    assert expected, f"{path.name} says nothing of what is expected"
    findings = examine(path.read_bytes(), path.name)[1]
    told = [
        said(finding) if line.endswith("]") else said(replace(finding, hint=None))
        for finding, line in zip(findings, expected, strict=True)
    ]
    assert told == expected


@pytest.mark.parametrize(
    "text", ["- dossier: 1\n", "dossier\n", "therapy: {name: x}\n", "5\n", "x-dossier: 1\n", "[]\n"]
)
def test_what_has_no_header_is_no_dossier(text: str) -> None:
    (finding,) = findings_of(text)
    assert finding.startswith("1:1 ‹")
    assert finding.endswith(
        "no-dossier: this is not a dossier: it has no `dossier:` header "
        "[a dossier begins with the line `dossier: 1`; `evgrade new` creates one]"
    )


def test_a_domain_of_another_tool_has_its_own_place() -> None:
    (finding,) = findings_of(TRIAL + "    risk_of_bias: {tool: Jadad, domains: {withdrawals: {judgement: low}}}\n")
    assert "a domain of another tool goes under `other_domains`" in finding


def test_a_number_of_pubmed_central_lacks_its_letters() -> None:
    (finding,) = findings_of(HEADER + "references:\n  - {id: a, title: T, pmcid: 4992780}\n")
    assert finding.endswith("[a PMCID is PMC followed by its number: write PMC4992780 if this is not a PMID]")


def test_keys_of_ones_own_are_free() -> None:
    text = HEADER + "x-mine: {anything: [at, all]}\ntrials:\n  - {id: a, statement: s, x-note: 5}\n"
    assert findings_of(text) == []


def test_a_key_is_nothing_of_ones_own_by_its_first_letter_alone() -> None:
    assert "unknown key `xmine`" in findings_of(HEADER + "xmine: 1\n")[0]


def test_a_long_value_is_shortened() -> None:
    (finding,) = findings_of(TRIAL + f"    allocation: {'r' * 500}\n")
    assert f'"{"r" * 59}…"' in finding
    assert "r" * 60 not in finding.split("›")[1]


def document(data: Any) -> Document:
    return read(json.dumps(data).encode(), "made-up.json")


@pytest.mark.parametrize(
    ("rules", "data", "expected"),
    [
        ({"properties": {"a": {"minItems": 1}}}, {"a": []}, "`a` has no entries"),
        ({"properties": {"a": {"minItems": 2}}}, {"a": [1]}, "`a` has fewer than 2 entries"),
        ({"properties": {"a": {"maxItems": 1}}}, {"a": [1, 2]}, "`a` has more than 1 entries"),
        ({"properties": {"a": {"minProperties": 1}}}, {"a": {}}, "`a` has no keys"),
        ({"properties": {"a": {"minProperties": 3}}}, {"a": {"b": 1}}, "`a` has fewer than 3 keys"),
        ({"properties": {"a": {"multipleOf": 2}}}, {"a": 3}, "`a` breaks the rule `multipleOf`"),
        ({"items": {"type": "array", "items": {"type": "string"}}}, [[1]], "entry 1 must be text, not 1"),
        ({"properties": {"a": {"type": "null"}}}, {"a": 1}, "`a` must be nothing, not 1"),
        ({"const": "x"}, "y", 'the document is "y"; it must be "x"'),
    ],
)
def test_every_keyword_has_its_words(rules: dict[str, Any], data: Any, expected: str) -> None:
    assert [finding.message for finding in explain(document(data), rules)] == [expected]


def test_a_name_that_is_written_wrong_is_pointed_at() -> None:
    rules = {"properties": {"a": {"propertyNames": {"pattern": "^[a-z]+$"}}}}
    data = document({"a": {"good": 1, "Bad": 2}})
    (finding,) = explain(data, rules)
    assert said(finding) == (
        '1:19 ‹"Bad"› schema-text: a key cannot be "Bad" [use a to z, digits and _, starting with a letter]'
    )


def test_a_dollar_ends_the_text_as_it_does_in_editors() -> None:
    """Python's `$` also stands before a line end, that of ECMA 262 does not."""
    text = HEADER.replace("{name: ALS}", '{name: ALS, codes: {mesh: "D1\\n"}}')
    assert [finding.split(": ")[0] for finding in findings_of(text)] == [r'3:38 ‹"D1\n"› schema-text']


def keywords(node: Any) -> set[str]:
    """Return every keyword of a schema that can be broken."""
    if isinstance(node, list):
        return set().union(*map(keywords, node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        if key in ("properties", "$defs", "patternProperties"):
            found |= set().union(*map(keywords, value.values()))
        else:
            found |= {key} | (keywords(value) if key in ("items", "additionalProperties", "propertyNames") else set())
    return found


@pytest.mark.parametrize("name", ["dossier", "rubric"])
def test_no_keyword_of_our_schemas_goes_unexplained(name: str) -> None:
    explained = {
        *("required", "additionalProperties", "propertyNames", "type", "enum", "const", "pattern", "format"),
        *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minItems", "maxItems", "minProperties", "uniqueItems"),
    }
    silent = {
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "description",
        "title",
        "items",
        "x-aliases",
        "x-found-in",
        "x-groups",
        "x-judged-by",
        "x-judgement",
        "x-key-aliases",
        "x-kind",
        "x-likely",
        "x-likely-keys",
        "x-noun",
        "x-number",
        "x-refers-to",
        "x-says",
        "x-scale",
        "x-sections",
        "x-tools",
        "x-unknown",
        "properties",
    }
    assert keywords(schema(name)) <= explained | silent


def test_no_schema_is_ever_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `$ref` to another host is an error, and not a connection."""
    asked: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        asked.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    doctored = {"properties": {"therapy": {"$ref": "http://example.org/therapy.schema.json"}}}
    with pytest.raises(Unresolvable):
        explain(document({"therapy": {}}), doctored)
    assert asked == []


@pytest.mark.parametrize("name", NAMES)
def test_our_schemas_refer_to_nothing_but_themselves(name: str) -> None:
    text = json.dumps(schema(name))
    refs = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert refs
    assert all(ref.startswith("#/$defs/") for ref in refs)


def test_the_same_mistake_is_said_once() -> None:
    findings = examine((TRIAL + '    funding: ""\n').encode(), "dossier.yaml")[1]
    assert len(findings) == len(set(findings)) == 1
