"""Outlines: for rows they are as good as the rubrics, and they come back from the cache as they were kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.choice import Choice
from evgrade.batch.columns import columns_of
from evgrade.batch.outline import Outline, decoded, encoded, outlined
from evgrade.batch.recall import known_outlines, recalling
from evgrade.batch.row import Row
from evgrade.batch.task import Grading
from evgrade.discover import Source
from evgrade.render.forms import PageFormat, render
from evgrade.render.pages.ranking import ranking_page
from evgrade.render.rows import CsvLines, JsonLines
from evgrade.render.sink import Sink
from evgrade.rubric.load import RubricText, load_rubric, read_rubric, shipped_names
from evgrade.rubric.model import Rubric

ROOT = Path(__file__).parents[2]
NAMES = shipped_names()
GRADING = Grading(tuple(read_rubric(name) for name in NAMES))
RUBRICS = [load_rubric(name) for name in NAMES]
OUTLINES = outlined(GRADING.rubrics)
ROWS = list(GRADING(Source(str(path), named=True) for path in sorted((ROOT / "examples").rglob("*.yaml"))))


def row_of(number: int, row: Row) -> Row:
    """Return what a row would be under one of the rubrics alone."""
    return Row(row.file, row.status, row.sha256, row.therapy, row.condition, row.verdicts[number : number + 1])


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_what_is_written_under_an_outline_is_what_is_written_under_its_rubric(number: int) -> None:
    def everything(system: Rubric | Outline) -> list[object]:
        rows = [row_of(number, row) for row in ROWS]
        ranked = sorted(rows, key=Choice().order(system))
        columns = columns_of([system])
        return [
            [row.file for row in ranked],
            [(column.name, column.kind, column.means, dict(column.places), dict(column.titles)) for column in columns],
            list(map(JsonLines([system]).line, rows)),
            list(map(CsvLines(columns).line, rows)),
            list(render(ranking_page([ranked], [system], grouped=False), PageFormat.TEXT, Sink(200))),
        ]

    assert everything(OUTLINES[number]) == everything(RUBRICS[number])


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_a_scale_ranks_as_that_of_the_rubric(number: int) -> None:
    for domain, outline in zip(RUBRICS[number].domains, OUTLINES[number].domains, strict=True):
        for grade in (*domain.scale.names(), "none of them"):
            assert outline.scale.rank(grade) == domain.scale.rank(grade)
            assert outline.scale.is_unjudged(grade) == domain.scale.is_unjudged(grade)


def test_they_come_back_as_they_were_kept() -> None:
    assert decoded(encoded(OUTLINES)) == OUTLINES
    assert decoded(encoded(())) == ()


def places(value: Any, here: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Return the places of all parts of nested lists."""
    inside = [place for n, one in enumerate(value) for place in places(one, (*here, n))] if type(value) is list else []
    return [here, *inside]


WHOLE = json.loads(encoded(OUTLINES[:1]))


@pytest.mark.parametrize("place", places(WHOLE))
def test_a_part_of_another_kind_is_noticed(place: tuple[int, ...]) -> None:
    spoilt = json.loads(encoded(OUTLINES[:1]))
    if not place:
        spoilt = {}
    else:
        *above, last = place
        inside = spoilt
        for number in above:
            inside = inside[number]
        inside[last] = 7
    assert decoded(json.dumps(spoilt).encode()) is None


@given(st.binary() | st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
def test_what_is_none_is_never_an_error(content: bytes) -> None:
    found = decoded(content)
    assert found is None or decoded(encoded(found)) == found


def test_a_run_finds_those_of_the_one_before_and_compiles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known_outlines(tmp_path / "cache", GRADING) is None
    assert not (tmp_path / "cache").exists(), "to look is not to make one"
    with recalling(tmp_path / "cache", GRADING, OUTLINES, pytest.fail) as memory:
        assert memory is not None
        assert known_outlines(tmp_path / "cache", GRADING) is None, "there is no row that they would be for"
        memory.keep(ROWS[:1])
    monkeypatch.delattr(RubricText, "compiled")
    assert known_outlines(tmp_path / "cache", GRADING) == OUTLINES
    assert known_outlines(tmp_path / "cache", Grading(GRADING.rubrics[1:])) is None
