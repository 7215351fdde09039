"""Where PyYAML's parser in Python reads what libyaml reads, it reads it alike; nothing makes either crash."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evgrade.model import Finding, InvalidError
from evgrade.yamlio.events import FastParser, PythonParser
from tests.examples import examples

from .corpus import document, outcome

ROOT = Path(__file__).parents[2]
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
MISSING = re.compile(r":\s*[],}]")


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
def test_what_both_parsers_read_they_read_alike(text: str) -> None:
    """One of them may refuse it; neither may take it for something else. A value that is missing has no exact place."""
    fast, python = outcome(text, FastParser), outcome(text, PythonParser)
    if not isinstance(fast, Finding) and not isinstance(python, Finding):
        assert fast[0] == python[0]
        assert fast[1] == python[1] or MISSING.search(text)


@examples(1000)
@given(yamlish | brackets, st.sampled_from([FastParser, PythonParser]))
def test_no_message_is_in_the_words_of_a_parser(text: str, parser: Any) -> None:
    found = outcome(text, parser)
    if isinstance(found, Finding):
        assert not JARGON.search(found.message)
        assert found.hint


@examples(500)
@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode) | yamlish.map(str.encode), st.data())
def test_any_bytes_are_read_or_refused_with_one_finding_inside_the_file(content: bytes, data: st.DataObject) -> None:
    parser = data.draw(st.sampled_from([FastParser, PythonParser]))
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


@pytest.mark.parametrize("escape", [r"\ud800", r"\U00110000", r"\UFFFFFFFF", r"a\\\udfff"])
def test_an_escape_that_is_not_a_character_is_refused_by_both_at_its_place(escape: str) -> None:
    for parser in (FastParser, PythonParser):
        found = outcome(f'a: "{escape}"', parser)
        assert isinstance(found, Finding)
        assert found.message == "this escape is not a valid character"


def test_without_libyaml_the_parser_in_python_is_used() -> None:
    program = """
import yaml
if hasattr(yaml, "CSafeLoader"):
    del yaml.CSafeLoader
from evgrade.yamlio import events
assert events.FastParser is events.PythonParser
from evgrade.checking import validate
assert validate("examples/smallest.dossier.yaml") == []
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
