"""Rows as bytes and back: nothing is lost, and what is no row is taken for none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.cache import decoded, encoded
from evgrade.batch.row import Counts, Given, Grading, Hangs, Problem, Row, Verdict, line_row, row_line
from evgrade.checked import Outcome
from evgrade.discover import Source
from evgrade.robustness.summary import Places, Weighted
from evgrade.rubric.load import read_rubric, shipped_names

ROOT = Path(__file__).parents[2]
SHA256 = "0" * 64

texts = st.text()
any_texts = st.text(st.characters())  # halves of surrogate pairs too, as names of files may have
wholes = st.integers(min_value=0, max_value=2**40)
numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
grades = st.builds(Given, texts, texts, st.lists(texts, max_size=3).map(tuple))
shares = st.floats(0, 1)
places = st.builds(
    Places, shares, shares, shares, wholes, wholes, st.lists(shares, max_size=3).map(tuple), shares, shares
)
verdicts = st.builds(
    Verdict,
    texts,
    st.lists(grades, max_size=3).map(tuple),
    numbers,
    numbers,
    numbers,
    st.none() | texts,
    st.none() | wholes,
    st.lists(texts, max_size=3).map(tuple),
    st.none() | texts,
    st.none() | st.builds(Hangs, texts, st.lists(texts, max_size=3).map(tuple), texts),
    st.none() | st.builds(Weighted, wholes, wholes, wholes, places, places),
)
rows = st.builds(
    Row,
    st.just("a.yaml"),
    st.sampled_from([Outcome.VALID, Outcome.INVALID]),
    st.just(SHA256),
    st.none() | texts,
    st.none() | texts,
    st.lists(verdicts, max_size=2).map(tuple),
    st.builds(Counts, wholes, wholes, wholes, wholes),
    st.none() | st.builds(Problem, texts, st.none() | wholes, st.none() | wholes, st.none() | texts),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inside: st.lists(inside, max_size=8) | st.dictionaries(texts, inside, max_size=3),
    max_leaves=20,
)


def kinds(value: object) -> object:
    """Return a value with the type of each part, for 1, 1.0 and True are equal."""
    return (type(value), [kinds(one) for one in value]) if isinstance(value, tuple) else (type(value), repr(value))


@pytest.mark.slow
@given(rows)
def test_a_row_comes_back_as_it_was(row: Row) -> None:
    again = decoded(encoded(row), row.file, SHA256)
    assert again is not None
    assert again == row
    assert kinds(again) == kinds(row)


@given(rows, any_texts, st.none() | st.just(SHA256), st.sampled_from(Outcome))
def test_any_row_comes_back_from_its_line(row: Row, file: str, sha256: str | None, status: Outcome) -> None:
    given_row = row._replace(file=file, sha256=sha256, status=status, problem=Problem(f"{file} cannot be read"))
    line = row_line(given_row)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert kinds(line_row(line)) == kinds(given_row)


@pytest.mark.slow
def test_rows_of_real_dossiers_come_back_as_they_were() -> None:
    grading = Grading(tuple(read_rubric(name) for name in shipped_names()))
    given_rows = list(grading(Source(str(path), named=True) for path in sorted((ROOT / "examples").rglob("*.yaml"))))
    assert given_rows
    for row in given_rows:
        assert decoded(encoded(row), row.file, row.sha256 or "") == row


@pytest.mark.parametrize("status", [Outcome.UNREADABLE, Outcome.SKIPPED, Outcome.FAILED])
def test_what_does_not_follow_from_the_bytes_is_not_stored(status: Outcome) -> None:
    with pytest.raises(ValueError, match="is not stored"):
        encoded(Row("a.yaml", status, SHA256))


def test_a_number_that_is_none_is_not_stored() -> None:
    verdict = Verdict("r", (), float("nan"), None, None, None, None, ())
    with pytest.raises(ValueError, match="is not stored"):
        encoded(Row("a.yaml", Outcome.VALID, SHA256, verdicts=(verdict,)))


@given(st.binary() | json_values.map(json.dumps).map(str.encode))
def test_what_is_no_row_is_none_and_never_an_error(content: bytes) -> None:
    row = decoded(content, "a.yaml", SHA256)
    assert row is None or decoded(encoded(row), "a.yaml", SHA256) == row


VERDICT = ["r", [["d", "A", ["A"]]], 1.5, 1.0, 2.0, "l", 1, ["l"], None, None, None]
GOOD = ["", "valid", None, "t", "c", [VERDICT], [0, 0, 0, 0], ["m", 1, 2, "code"]]


def stored(values: object = GOOD) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode()


def row(place: int, value: object) -> bytes:
    return stored([*GOOD[:place], value, *GOOD[place + 1 :]])


def verdict(place: int, value: object) -> bytes:
    return row(5, [[*VERDICT[:place], value, *VERDICT[place + 1 :]]])


def test_the_rows_that_the_next_test_spoils_are_good() -> None:
    assert decoded(stored(), "a.yaml", SHA256) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        stored() + b"\n",
        stored()[:-1],
        stored().replace(b",", b", "),
        stored({}),
        stored("tc"),
        stored(GOOD[:-1]),
        stored([*GOOD, 0]),
        row(1, "skipped"),
        row(1, "perfect"),
        row(1, ["valid"]),
        row(3, 5),
        row(5, {}),
        row(5, ""),
        row(5, [[]]),
        row(6, [0, 0, 0]),
        row(6, [0, 0, 0, True]),
        row(6, [0, 0, 0, 0.0]),
        row(7, "m"),
        row(7, [None, 1, 2, "code"]),
        verdict(1, ""),
        verdict(1, ["dA"]),
        verdict(1, [["d", "A", "A"]]),
        verdict(2, "1.5"),
        verdict(2, 1),
        verdict(2, True),
        verdict(2, float("nan")),
        verdict(3, float("inf")),
        verdict(4, 7).replace(b",7,", b",1e999,"),
        verdict(6, 1.0),
        verdict(7, None),
    ],
)
def test_a_row_that_is_almost_one_is_none(content: bytes) -> None:
    assert decoded(content, "a.yaml", SHA256) is None


def test_the_name_of_the_file_is_not_stored() -> None:
    row = Row("a.yaml", Outcome.INVALID, SHA256, problem=Problem("m", 1, 1, "c"))
    assert encoded(row) == encoded(row._replace(file="b.yaml"))
    assert decoded(encoded(row), "b.yaml", SHA256) == row._replace(file="b.yaml")
