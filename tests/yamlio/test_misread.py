"""What libyaml reads in another way than YAML 1.2 has it is read right or refused, by every reader."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from evgrade.model import Finding
from evgrade.yamlio.events import PythonParser
from evgrade.yamlio.fast import fast
from tests.bounded import no_blow_up

from .corpus import both_parsers, document, finding, outcome, place

BEGINS = "inside brackets, text cannot start with a question mark"
NAMED = "the name of an anchor or alias cannot contain {}"


@both_parsers
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("{ ?foo: bar }", "1:3"),
        ("[?x]", "1:2"),
        ("[ ?x ]", "1:3"),
        ("{?foo}", "1:2"),
        ("[a,?x]", "1:4"),
        ("a: [b,\n ?x: y]", "2:2"),
        ("a: {b: c, ?x: y}", "1:11"),
        ("- [[?x]]", "1:5"),
        ('{?"foo": bar}', "1:2"),
        ("{?'foo': bar}", "1:2"),
        ("{?!!str foo: bar}", "1:2"),
        ("{?&a foo: bar}", "1:2"),
        ("[?[a]]", "1:2"),
        ("{??x: y}", "1:2"),
        ("[?#c\n x]", "1:2"),
        ("a: 'http://a?b'\nb: [?c]", "2:5"),
    ],
)
def test_a_question_mark_that_begins_a_text_in_brackets_is_refused(text: str, at: str, parser: Any) -> None:
    found = finding(text, parser)
    assert (found.message, place(found)) == (BEGINS, at)
    assert fast(f"a: {text}\n") is None


@both_parsers
@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("[http://a?b, c?, d ?, 'x ?y', \"?z\"]", ["http://a?b", "c?", "d ?", "x ?y", "?z"]),
        ("{? foo: bar}", {"foo": "bar"}),
        ("{?\tfoo: bar}", {"foo": "bar"}),
        ("{?\n foo: bar}", {"foo": "bar"}),
        ("?x: [y]", {"?x": ["y"]}),
        ("a: ?x [y]", {"a": "?x [y]"}),
        ("- ?x\n- [y]", ["?x", ["y"]]),
        ("a: | # [\n  [ ?x ]\nb: [c] # ?x", {"a": "[ ?x ]\n", "b": ["c"]}),
        ("a: [b # ?x\n ]", {"a": ["b"]}),
        ("? a\n: [b ?c]", {"a": ["b ?c"]}),
    ],
)
def test_any_other_question_mark_is_read_or_refused_by_the_parser_in_python(
    text: str, data: object, parser: Any
) -> None:
    found = outcome(text, parser)
    if parser is PythonParser and isinstance(found, Finding):
        assert found.code == "yaml-syntax"
    else:
        assert document(text, parser).data == data


@both_parsers
@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("&a: key: &a value\nfoo:\n  *a:\n", ":"),  # in the YAML test suite, 2SXE
        ("x: &a:b", ":"),
        ("x: &a:b c", ":"),
        ("x: [&a:b, c]", ":"),
        ("- &a: b", ":"),
        ("x: &a?b", "?"),
        ("x: &a b\ny: *a:", ":"),
        ("x: ! &a:b", ":"),
        ("x: &a b\ny: [*a:]", ":"),
    ],
)
def test_a_name_of_an_anchor_that_goes_on_is_refused(text: str, sign: str, parser: Any) -> None:
    assert finding(text, parser).message in (NAMED.format(sign), "a key must be text")


@both_parsers
def test_no_anchor_is_read_with_a_part_of_its_name_as_its_value(parser: Any) -> None:
    for text in ("x: &a:b", "x: &a:b c", "x: &a?b", "x: ! &a:b"):
        assert finding(text, parser).message == NAMED.format(text[text.index("&a") + 2])


@both_parsers
@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("- |+\n   ", ["\n"]),  # in the YAML test suite, JEF9
        ("foo: |\n  x\n   ", {"foo": "x\n \n"}),  # and L24T
        ("foo: |\n  x\n  ", {"foo": "x\n"}),
        ("foo: |+\n  x\n  ", {"foo": "x\n\n"}),
        ("foo: |+\r\n  x\r\n ", {"foo": "x\n\n"}),
        ("foo: |-\n  x\n   ", {"foo": "x\n "}),
        ("foo: >\n  x\n   ", {"foo": "x\n \n"}),
        ("foo: >+\n  x\n\n ", {"foo": "x\n\n\n"}),
        ("foo: |\n  x\n  \t", {"foo": "x\n\t\n"}),
        ("foo: |\n  ", {"foo": ""}),
        ("foo: |\n  x", {"foo": "x"}),
        ("foo: bar\n  ", {"foo": "bar"}),
        ("foo: [bar]\n  ", {"foo": ["bar"]}),
    ],
)
def test_a_last_line_of_blanks_ends_as_any_other(text: str, data: object, parser: Any) -> None:
    assert document(text, parser).data == data
    ended = document(text + "\n", parser).data if text[-1].isspace() else data
    assert ended == data


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "x ?y, " * 50_000 + "z]",
        "[ ?" * 100_000,
        "{a: " * 100_000 + " ?",
        "? " * 50_000 + "[ ?x]",
        "a: '" + " ?[" * 200_000,
    ],
    ids=["texts", "brackets", "braces", "keys", "quote"],
)
def test_looking_for_them_takes_no_longer_than_reading(text: str) -> None:
    with no_blow_up(), suppress(Exception):  # whether it can be read is another matter
        document(text)


def test_many_anchors_are_looked_at_once() -> None:
    text = "".join(f"- &a{number} x\n" for number in range(50_000))
    with no_blow_up():
        assert len(document(text).data) == 50_000
