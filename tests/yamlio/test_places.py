"""Where things stand: lines, columns, carets, and the way from a path to its place."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.model import Path
from evgrade.yamlio.document import Document, Lines

from .corpus import both_parsers, document


def caret(good: Document, path: Path, *, key: bool = False) -> str:
    """Return what a message about a path underlines."""
    excerpt = good.excerpt(path, key=key)
    column = good.location(path, key=key).column
    underlined = excerpt.text[column - 1 : column - 1 + excerpt.length]
    assert len(underlined) == excerpt.length
    return underlined


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_each_line_end_ends_a_line(end: str) -> None:
    lines = Lines.of(end.join(["a", "", "bc"]))
    assert [lines.line(number) for number in (1, 2, 3)] == ["a", "", "bc"]
    assert lines.place(lines.text.index("c")) == (3, 2)


def test_the_end_of_a_last_line_starts_another() -> None:
    assert Lines.of("a\n").place(2) == (2, 1)
    assert Lines.of("a\n").line(2) == ""


def test_the_end_of_a_text_without_line_end_is_on_its_last_line() -> None:
    assert Lines.of("ab").place(2) == (1, 3)
    assert Lines.of("").place(0) == (1, 1)


def test_columns_count_characters_not_bytes_or_cells() -> None:
    assert Lines.of("é核😀x").place(3) == (1, 4)


@given(st.text("ab\r\n", max_size=20), st.data())
def test_a_place_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    lines = Lines.of(text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = lines.place(offset)
    assert lines.starts[line - 1] + column - 1 == offset
    assert lines.line(line) in text.replace("\r", "\n").split("\n")


@pytest.mark.parametrize(
    ("source", "underlined"),
    [
        ("a: text # comment", "text"),
        ("a: two words", "two words"),
        ("a: one, two [three] {four}", "one, two [three] {four}"),
        ("a: http://example.org/#top", "http://example.org/#top"),
        ("a: one\n  two", "one"),
        ("a: one, two\n  three", "one, two"),
        ("a: 12.5 # mg", "12.5"),
        ("a: 'it''s' # x", "'it''s'"),
        (r'a: "say \"hi\"" # x', r'"say \"hi\""'),
        ('a: "one\n  two"', '"one'),
        ("a: [1, 2] # x", "[1, 2]"),
        ("a: {b: 1}", "{b: 1}"),
        ("a: [[1], 2]", "["),
        ("a: |2-  # x\n    text", "|2-"),
        ("a: &name text # x", "&name text"),
        ("a: !!str 1", "!!str 1"),
        ("a: &name 'x, y' # z", "&name 'x, y'"),
        ('a: !!str "x, y"', '!!str "x, y"'),
        ("a: &list\n  - b", "&list"),
        ("a:\n  - b", "-"),
        ("a:\n  b: 1", "b"),
        ("a: 核黄素 # x", "核黄素"),
        ("{a: b, c: d}", "b"),
        ("{a: b}", "b"),
        ("{a: 'x, y'}", "'x, y'"),
        ("a: 5%", "5%"),
    ],
)
@both_parsers
def test_a_value_is_underlined_as_far_as_its_line_goes(source: str, underlined: str, parser: Any) -> None:
    assert caret(document(source, parser), ("a",)) == underlined


@pytest.mark.parametrize(
    ("source", "key", "underlined"),
    [
        ("a: b", "a", "a"),
        ("two words : b", "two words", "two words"),
        ('"a b": c', "a b", '"a b"'),
        ("'a: b': c", "a: b", "'a: b'"),
        ("{x: 1, a: b}", "a", "a"),
        ('{"a":b}', "a", '"a"'),
        ("{a}", "a", "a"),
        ("a,b[c]: d", "a,b[c]", "a,b[c]"),
        ("a:b: c", "a:b", "a:b"),
        ("? a\n: b", "a", "a"),
        ("a:", "a", "a"),
        ("核: b", "核", "核"),
    ],
)
@both_parsers
def test_a_key_is_underlined_without_its_colon(source: str, key: str, underlined: str, parser: Any) -> None:
    assert caret(document(source, parser), (key,), key=True) == underlined


def test_a_value_that_is_missing_gets_one_caret_after_its_colon() -> None:
    good = document("a:\nb: 1")
    assert (good.location(("a",)).column, good.excerpt(("a",)).length) == (3, 1)


SOURCE = """\
trials:
  - id: a
    arms: [1, 2]
  -  # nothing
  - &shared {n: 3}
again: *shared
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("trials",), (2, 3), (1, 1)),
        (("trials", 0), (2, 5), (2, 5)),
        (("trials", 0, "id"), (2, 9), (2, 5)),
        (("trials", 0, "arms"), (3, 11), (3, 5)),
        (("trials", 0, "arms", 1), (3, 15), (3, 15)),
        (("trials", 1), (4, 4), (4, 4)),
        (("trials", 2), (5, 5), (5, 5)),
        (("trials", 2, "n"), (5, 17), (5, 14)),
        (("again",), (5, 5), (6, 1)),
        (("again", "n"), (5, 17), (5, 14)),
    ],
)
@both_parsers
def test_a_path_leads_to_its_value_and_its_key(
    path: Path, value: tuple[int, int], key: tuple[int, int], parser: Any
) -> None:
    good = document(SOURCE, parser)
    found = good.location(path)
    assert (found.file, found.line, found.column, found.path) == ("a.yaml", *value, path)
    found = good.location(path, key=True)
    assert (found.line, found.column) == key


def test_a_path_to_nothing_leads_to_the_nearest_parent() -> None:
    good = document(SOURCE)
    absent: Path = ("trials", 0, "arms", 7, "x")
    found = good.location(absent, key=True)
    assert (found.line, found.column, found.path) == (3, 11, absent)
    assert good.excerpt(absent).length == len("[1, 2]")
    assert good.location(("trials", 0, "id", "x")).column == 9


def test_a_document_knows_its_digest_and_its_text_without_the_byte_order_mark() -> None:
    good = document(b"\xef\xbb\xbfa: 1\n")
    assert good.text == "a: 1\n"
    assert good.sha256 == hashlib.sha256(b"\xef\xbb\xbfa: 1\n").hexdigest()
    assert good.location(("a",)).column == 4
