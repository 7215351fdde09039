"""The corpus `tests/hostile`: each file in `reading/` is refused as `reading.yaml` says, each in `valid/` is read.

The expectation of `valid/a.yaml` is `valid/a.json`. Files are found by themselves.
"""

from __future__ import annotations

import json
import re
from itertools import count, islice
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import evgrade
from evgrade.model import InvalidError
from evgrade.yamlio.events import FastParser, PythonParser
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import Limits
from tests.bounded import no_blow_up

from .corpus import HOSTILE, both_parsers, document, finding, place

EXPECTED: dict[str, dict[str, str]] = document((HOSTILE / "reading.yaml").read_bytes()).data
SCHEMA = json.loads((Path(evgrade.__file__).parent / "schema" / "dossier.schema.json").read_text(encoding="utf-8"))
LIMITS = Limits()
READ_BY_PYTHON = {"colon-in-braces": {"a": [1]}}
"""What PyYAML's parser in Python reads, as YAML 1.2 has it, and libyaml refuses."""
REFUSED_BY_PYTHON = {"plain-text"}
"""What it refuses and libyaml reads: tabs between words, question marks inside brackets."""


def names(folder: str, suffix: str) -> list[str]:
    return sorted(path.stem for path in (HOSTILE / folder).iterdir() if path.suffix == suffix)


def test_every_hostile_file_has_an_expectation_and_every_expectation_a_file() -> None:
    assert names("reading", ".yaml") == sorted(EXPECTED)


def test_every_valid_file_has_an_expectation_and_every_expectation_a_file() -> None:
    assert names("valid", ".yaml") == names("valid", ".json")


@both_parsers
@pytest.mark.parametrize("name", names("reading", ".yaml"))
def test_a_hostile_file_is_refused_at_its_place(name: str, parser: Any) -> None:
    content = (HOSTILE / "reading" / f"{name}.yaml").read_bytes()
    if parser is PythonParser and name in READ_BY_PYTHON:
        assert document(content, parser).data["x-a"] == READ_BY_PYTHON[name]
        return
    expected = EXPECTED[name]
    with no_blow_up():
        found = finding(content, parser)
    assert (found.code, place(found)) == (expected["code"], expected["place"])
    assert expected["says"] in found.message
    assert [f"{also.line}:{also.column}" for also in found.related] == [
        expected[key] for key in expected if key == "also"
    ]
    assert found.hint


@pytest.mark.parametrize(
    "content", [b"a: \x1b[2J \xff b", b"a: \xff \x1b[2J \x85 b", "a: \x1b[2J \x9b2J \u2028 b".encode()]
)
def test_an_excerpt_shows_nothing_that_steers_a_terminal(content: bytes) -> None:
    excerpt = finding(content).excerpt
    assert excerpt is not None
    assert excerpt.text.startswith("a: \N{REPLACEMENT CHARACTER}")
    assert excerpt.text.endswith(" b")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028]", excerpt.text)


@both_parsers
@pytest.mark.parametrize("name", names("valid", ".yaml"))
def test_a_valid_file_is_read_exactly(name: str, parser: Any) -> None:
    expected = json.loads((HOSTILE / "valid" / f"{name}.json").read_text(encoding="utf-8"))
    content = (HOSTILE / "valid" / f"{name}.yaml").read_bytes()
    if parser is PythonParser and name in REFUSED_BY_PYTHON:
        assert finding(content, parser).code == "yaml-syntax"
        return
    data = document(content, parser).data
    assert repr(data) == repr(expected)  # 1, 1.0 and true are not the same, and the order of keys counts
    jsonschema.Draft202012Validator(SCHEMA).validate(data)


def filled(start: str, part: str, end: str = "") -> bytes:
    """Return a document of just under the largest size; `{}` in its part counts."""
    room = LIMITS.bytes - len(start) - len(end)
    number = room // len(part.encode())
    parts = part * number if "{}" not in part else "".join(islice(map(part.format, count()), number // 2))
    return (start + parts + end).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "code"),
    [
        pytest.param(("", "["), "yaml-depth", id="brackets"),
        pytest.param(("[", "a,"), "yaml-too-large", id="values in one line", marks=pytest.mark.nightly),
        pytest.param(("", "? k{}\n"), "yaml-too-large", id="keys", marks=pytest.mark.nightly),
        pytest.param(("", "- &a{} [[b]]\n"), "yaml-too-large", id="anchors"),
        pytest.param(("- &a [b]\n", "- *a\n"), "yaml-alias", id="aliases"),
        pytest.param(("", "%TAG !{}! x\n"), "yaml-directive", id="directives"),
        pytest.param(
            ("a: b\n...\n", "%TAG !{}! x\n"), "yaml-directive", id="directives at the end", marks=pytest.mark.nightly
        ),
        pytest.param(("", "x", ": y"), "yaml-syntax", id="one long key", marks=pytest.mark.nightly),
        pytest.param(("", "1"), "yaml-number", id="digits"),
        pytest.param(('"', "a\n"), "yaml-syntax", id="open quote", marks=pytest.mark.nightly),
        pytest.param(("'", "''"), "yaml-syntax", id="open single quote", marks=pytest.mark.nightly),
        pytest.param(("", "# x\n"), "yaml-empty", id="comments", marks=pytest.mark.nightly),
        pytest.param(("a: 'b'", " ", "}"), "yaml-syntax", id="spaces"),
        pytest.param(("", "\n", "\0"), "yaml-character", id="lines", marks=pytest.mark.nightly),
        pytest.param(("", "x", "\xff"), "yaml-encoding", id="text"),
    ],
)
def test_the_largest_hostile_file_costs_about_a_second(parts: tuple[str, ...], code: str) -> None:
    content = filled(*parts) if code != "yaml-encoding" else filled(*parts).decode().encode("latin-1")
    with no_blow_up():
        assert finding(content).code == code


@pytest.mark.slow
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(("a: ", "text "), id="plain text", marks=pytest.mark.nightly),
        pytest.param(("a: ", "1", "x"), id="digits that are text", marks=pytest.mark.nightly),
        pytest.param(("a: '", "x''", "'"), id="text in quotes"),
        pytest.param(("a: |\n", "  b\n"), id="a block of lines"),
        pytest.param(("a: b\n", "# x\n"), id="comments", marks=pytest.mark.nightly),
    ],
)
def test_the_largest_text_and_its_places_cost_about_a_second(parts: tuple[str, ...]) -> None:
    content = filled(*parts)
    with no_blow_up():
        assert document(content).location(("a",)).column == 4


def test_a_file_is_bounded_in_bytes() -> None:
    content = b"a: b\n" + b"#" * LIMITS.bytes
    assert document(content[: LIMITS.bytes]).data == {"a": "b"}
    found = finding(content[: LIMITS.bytes + 1])
    assert (found.code, found.message) == ("yaml-too-large", "the file is larger than 8 MiB")


@both_parsers
def test_a_file_is_bounded_in_values(parser: Any) -> None:
    # the mapping, a, the list, b, c, their two ends, and the document's
    assert read(b"{a: [b, c]}", "a.yaml", parser=parser, limits=Limits(values=8)).data == {"a": ["b", "c"]}
    with pytest.raises(InvalidError) as error:
        read(b"{a: [b, c]}", "a.yaml", parser=parser, limits=Limits(values=7))
    assert error.value.findings[0].code == "yaml-too-large"


@pytest.mark.slow
def test_a_real_dossier_of_thousands_of_trials_is_read() -> None:
    trial = "- {id: t%d, statement: Text of some length for a trial, participants: 40, refs: [a, b]}\n"
    many = "trials:\n" + "".join(trial % number for number in range(20_000))
    assert len(read(many.encode(), "a.yaml", parser=FastParser).data["trials"]) == 20_000
