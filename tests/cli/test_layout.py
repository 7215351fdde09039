"""Tables for terminals: what is too long is folded, and nothing of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.render.clean import Sink
from evgrade.render.layout import Cell, folded, table_lines, text_width
from evgrade.render.page import Column, Part, Span, Style, Table, Tone

texts = st.text(st.sampled_from("ab c日é\N{NO-BREAK SPACE}"), max_size=60)
cells = st.builds(Span, texts, st.sampled_from([Style.PLAIN, Style.STRONG]), st.sampled_from([Tone.NONE, Tone.POOR]))


def lines_of(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Part]],
    sink: Sink,
    ahead: Iterable[Sequence[Part]] | None = None,
) -> list[str]:
    def shown(span: Span) -> Cell:
        return Cell(span.text, {Style.STRONG: "1", Style.PLAIN: "32" if span.tone else ""}.get(span.style, ""))

    return "\n".join(table_lines(Table(columns, rows, ahead), sink, shown)).split("\n")


def parted(rows: Sequence[Part]) -> list[list[Part]]:
    """Return rows of which each is one part."""
    return [[row] for row in rows]


@given(texts, st.integers(2, 20))
def test_a_folded_text_fits_and_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = folded(text, width)
    assert max(map(text_width, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("in one line", ["in one line"]),
        ("low dose naltrexone", ["low dose", "naltrexone"]),
        ("two  blanks here", ["two  blanks", "here"]),
        ("pneumonoultramicroscopic", ["pneumonoult", "ramicroscop", "ic"]),
        ("a pneumonoultramicro b", ["a", "pneumonoult", "ramicro b"]),
        ("日本語の薬です", ["日本語の薬", "です"]),
        ("at last 5\N{NO-BREAK SPACE}mg", ["at last", "5\N{NO-BREAK SPACE}mg"]),
    ],
)
def test_it_is_folded_between_words_where_it_can_be(text: str, lines: list[str]) -> None:
    assert [line.rstrip() for line in folded(text, 11)] == lines


@given(st.lists(st.tuples(cells, cells, cells), max_size=4), st.integers(24, 60))
def test_a_table_is_no_wider_than_the_terminal(rows: list[Part], width: int) -> None:
    columns = (Column("First", share=1), Column("Second", most=6), Column("Third", share=2))
    for line in lines_of(columns, parted(rows), Sink(width)):
        assert text_width(line) <= width


@given(st.lists(st.tuples(cells, cells, cells), max_size=4), st.integers(24, 60))
def test_it_makes_no_difference_in_which_parts_the_cells_come(rows: list[Part], width: int) -> None:
    columns = (Column("First", share=1), Column("Second", most=6, optional=True), Column("Third", share=2))
    whole = lines_of(columns, parted(rows), Sink(width))
    assert lines_of(columns, [(row[:1], row[1:2], row[2:]) for row in rows], Sink(width)) == whole
    assert lines_of(columns, [(row[:2], row[2:]) for row in rows], Sink(width)) == whole


def test_columns_stand_below_their_titles_and_cells_at_the_top() -> None:
    columns = (Column("Name", share=1), Column("Of the two", most=3), Column("N", least=2))
    rows = [(Span("a longer name"), Span("B"), Span("1")), (Span("b"), Span("A"), Span("2"))]
    assert lines_of(columns, parted(rows), Sink(17)) == [
        "           Of",
        "           the",
        "Name       two N",
        "─────────────────",
        "a longer   B   1",
        "name",
        "b          A   2",
    ]


def test_colours_are_around_the_texts_of_every_line_and_only_where_they_are_wanted() -> None:
    rows = [(Span("a longer name", Style.STRONG), Span("B", tone=Tone.GOOD))]
    columns = (Column("Name", share=1), Column("G"))
    plain, colored = (lines_of(columns, parted(rows), Sink(10, color)) for color in (False, True))
    assert plain[2:] == ["a longer B", "name"]
    assert colored[2:] == ["\x1b[1ma longer\x1b[0m \x1b[32mB\x1b[0m", "\x1b[1mname\x1b[0m"]
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in colored] == plain


@given(st.lists(st.tuples(cells, cells, cells), max_size=5), st.integers(20, 60))
def test_without_its_colours_a_table_is_the_plain_one_to_the_ends_of_lines(rows: list[Part], width: int) -> None:
    columns = (Column("Name", share=1), Column("G"), Column("Verdict", share=2))
    plain, colored = (lines_of(columns, parted(rows), Sink(width, color)) for color in (False, True))
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in colored] == plain


def test_a_rule_is_in_ascii_where_nothing_else_is_shown() -> None:
    assert lines_of([Column("N")], [], Sink(20, encoding="ascii")) == ["N", "-"]


def test_a_terminal_that_is_too_narrow_gets_longer_lines() -> None:
    columns = (Column("Name", share=1), Column("A column of a fixed width"))
    [*_, line] = lines_of(columns, [[(Span("abc"), Span("x" * 25))]], Sink(20))
    assert line == f"abc   {'x' * 25}"


def test_a_column_that_need_not_be_there_is_left_out_where_it_is_empty() -> None:
    columns = (Column("Name", share=1), Column("Found", optional=True))
    assert lines_of(columns, [[(Span("a"), Span(""))]], Sink(10))[::2] == ["Name", "a"]
    assert lines_of(columns, [[(Span("a"), Span("2"))]], Sink(11))[::2] == ["Name  Found", "a     2"]


def test_rows_that_come_but_once_are_measured_on_others_ahead() -> None:
    columns = (Column("N"), Column("Name", share=1))
    rows = parted([(Span("long"), Span("a")), (Span("b"), Span("c"))])
    assert lines_of(columns, iter(rows), Sink(12), ahead=iter(rows)) == lines_of(columns, rows, Sink(12))
