"""Every syntax error has a message for people; the parsers' own words are translated by one table."""

from __future__ import annotations

import re
from functools import cache

import pytest
import yaml
from yaml.error import Mark

from evgrade.model import Finding
from evgrade.yamlio.document import Lines
from evgrade.yamlio.messages import ROWS, Row, explain

from .corpus import HOSTILE, PARSERS, both_parsers, finding, outcome


@cache
def said() -> set[tuple[str, str]]:
    """Return the messages and hints of all files in `reading/`."""
    files = sorted((HOSTILE / "reading").glob("*.yaml"))
    found = [outcome(path.read_bytes(), parser) for path in files for parser in PARSERS.values()]
    return {(one.message, one.hint or "") for one in found if isinstance(one, Finding)}


def pattern(template: str) -> str:
    """Return a pattern for what a template of the table becomes."""
    return re.sub(r"\\\{(here|start)\\\}", ".+", re.escape(template)).replace(r"\{\{", r"\{").replace(r"\}\}", r"\}")


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.message[:50])
def test_every_row_of_the_table_is_met_by_a_file(row: Row) -> None:
    message, hint = pattern(row.message), pattern(row.hint)
    assert any(re.fullmatch(message, one) and re.fullmatch(hint, other) for one, other in said())


@both_parsers
def test_the_message_names_the_sign_that_stands_there(parser: type) -> None:
    found = finding("a: @b", parser)
    assert (found.message, found.hint) == ("a value cannot start with @", "put text that starts with @ in quotes")


@both_parsers
def test_an_open_bracket_is_named_and_related(parser: type) -> None:
    found = finding("a: [1, 2\nb: 3\n", parser)
    assert found.message == "a comma or ] is missing in the list that starts at line 1, column 4"
    assert [(also.line, also.column) for also in found.related] == [(1, 4)]


def error(
    problem: str, mark: int | None, *, context: str | None = None, start: int | None = None
) -> yaml.MarkedYAMLError:
    marks = [None if index is None else Mark("a", index, 0, index, None, 0) for index in (start, mark)]
    return yaml.MarkedYAMLError(context, marks[0], problem, marks[1])


def test_what_no_row_fits_keeps_the_words_of_the_parser() -> None:
    found = explain(error("found something new", 2), Lines.of("a: b"))
    assert (found.code, found.message, found.offset, found.related) == ("yaml-syntax", "found something new", 2, None)
    assert "check the indentation" in found.hint


def test_a_problem_without_a_place_is_at_the_end() -> None:
    assert explain(error("found something new", None), Lines.of("a: b")).offset == 4


def test_a_problem_beyond_the_end_is_at_the_end() -> None:
    found = explain(error("found unexpected end of stream", 9, context="while scanning", start=8), Lines.of("a: b"))
    assert (found.message, found.offset) == ("this quote is never closed", 4)
