"""libyaml's parser and the one in Python read one language, and nothing makes them crash."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from evgrade.model import Finding, InvalidError
from evgrade.yamlio.events import FastParser, fastest_parser
from evgrade.yamlio.pure import PurePythonParser
from tests.examples import examples

from .corpus import document, outcome

FRAGMENTS = (
    *("a", "b", "key", "1", "null", "é", "😀", "http://a?b", "long text ", "~", "=", "<<", "a:b", "-1", "\\", "/"),
    *(": ", ":", "- ", "-", "? ", "?", ",", ", ", "[", "]", "{", "}", "#", " # c", "\n", "\n  ", "\n    ", " ", "\t"),
    *("\r", "\r\n", "'", '"', "'x'", '"y"', "''", '""', "|", ">", "|-", ">+", "|2", "|0", "x: |\n  t\n", "a: 'q\n"),
    *("&a ", "*a", "*a ", "&b", "!", "!!str ", "!x ", "!<x> ", "%", "%YAML 1.2\n", "---", "\n---\n", "...", "\n...\n"),
    *("@", "`", "\\n", "\\x", "\\u12", "\\ud800", "\\U00110000", "\\U0001F600", "k: v\n", "- i\n", "a: ", "\n- "),
)
yamlish = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)
brackets = st.lists(st.sampled_from([*"[]{},:?ab1 \n\t'\"!-", ": ", ", ", "'x'", "? "]), max_size=14).map("".join)
JARGON = re.compile(
    "expected|did not|could not|found|block end|simple key|context|stream|indicator|scalar|block mapping|sequence|node"
)
NOTICED_LATER = re.compile(r"!|\\[uU]|[\[{,]\s*\?")


@examples(1500)
@given(yamlish | brackets)
@example("a:\tb\t# c")
@example("a: b\t")
@example("[http://a?b]")
@example("[a:,b]")
@example("a: |# c\n  b")
@example("a: |\t# c\n  b")
@example("a: |\n  \tb")
@example("{a: }")
@example("[a: ]")
@example("!\ta")
@example("[!, a]")
@example("a:\n[b")
@example("%FOO\n---\na")
@example("%YAML 1.3\n---\na")
def test_both_parsers_give_the_same_data_and_places_or_both_refuse(text: str) -> None:
    fast, pure = outcome(text, FastParser), outcome(text, PurePythonParser)
    if isinstance(fast, Finding) or isinstance(pure, Finding):
        assert isinstance(fast, Finding) == isinstance(pure, Finding)
    else:
        assert fast == pure


def same_error(text: str) -> bool:
    """Say whether both parsers refuse a text with the same finding."""
    return outcome(text, FastParser) == outcome(text, PurePythonParser)


@examples(1000)
@given(yamlish | brackets)
@example("- i\n|2\n\ta")
@example("]??[")
def test_both_parsers_refuse_with_the_same_words_at_the_same_place(text: str) -> None:
    """But for malformed tags and escapes without characters, which they notice at different times.

    So they do with an empty key in brackets, which is refused in either case.
    """
    if not NOTICED_LATER.search(text):
        assert same_error(text)


@examples(1000)
@given(yamlish | brackets, st.sampled_from([FastParser, PurePythonParser]))
def test_no_message_is_in_the_words_of_a_parser(text: str, parser: Any) -> None:
    found = outcome(text, parser)
    if isinstance(found, Finding):
        assert not JARGON.search(found.message)
        assert found.hint


@examples(500)
@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode) | yamlish.map(str.encode), st.data())
def test_any_bytes_are_read_or_refused_with_one_finding_inside_the_file(content: bytes, data: st.DataObject) -> None:
    parser = data.draw(st.sampled_from([FastParser, PurePythonParser]))
    try:
        good = document(content, parser)
    except InvalidError as error:
        (found,) = error.findings
        assert 1 <= found.location.line <= len(content) + 1
        assert found.excerpt is not None
        assert 1 <= found.location.column <= len(found.excerpt.text) + 1
        assert found.excerpt.length >= 1
    else:
        assert good.location(()).line >= 1


def test_without_libyaml_the_parser_in_python_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert fastest_parser() is PurePythonParser
