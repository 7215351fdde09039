"""Where everything stands in plots: laws of their geometry."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.computed.shown import Kind, Origin
from evgrade.render.effects import axis_for, tick_words, ticks_of, weights
from evgrade.report.outcomes import ACROSS, CELL, DOWN, areas, grouped
from evgrade.report.shapes import Box, Path, Text
from evgrade.report.studies import HEIGHT, MARGIN, WIDTH, axis_shapes, mark, row_shapes
from evgrade.stats.normal import Estimate
from tests.examples import examples

RATIO = st.floats(0.01, 100)
DIFFERENCE = st.floats(-1e6, 1e6)


@st.composite
def estimates(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> list[Estimate]:
    found = []
    for _ in range(draw(st.integers(1, 12))):
        low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
        found.append(Estimate(value, low, high))
    return found


@examples(200)
@given(st.sampled_from(["RR", "HR", "MD", "SMD"]), st.data())
def test_everything_stands_on_the_axis_and_in_order(measure: str, data: st.DataObject) -> None:
    shown = data.draw(estimates(RATIO if measure in ("RR", "HR") else DIFFERENCE))
    axis = axis_for(measure, shown)
    assert axis is not None
    assert axis.low < axis.high
    assert axis.null is not None
    for one in shown:
        drawn = mark(axis, one, 1.0)
        assert drawn is not None
        assert MARGIN <= drawn.left <= drawn.x <= drawn.right <= WIDTH - MARGIN
        assert drawn.cut_left == (one.low < axis.low)
        assert drawn.cut_right == (one.high > axis.high)
        assert axis.low <= one.value <= axis.high  # an estimate is never beyond the axis
    assert 0.15 <= axis.share(axis.null) <= 0.85  # both sides of no effect can be named
    labels = [one.area for one in axis_shapes(axis) if isinstance(one, Text)]
    assert 1 <= len(labels) <= 7
    assert all(one.left >= 0 and one.right <= WIDTH for one in labels)
    assert all(one.right < other.left for one, other in pairwise(labels))


def test_the_area_of_a_square_is_its_weight() -> None:
    shown = [Estimate(1.0, 0.9, 1.1), Estimate(1.0, 0.8, 1.25)]
    axis, (first, second) = axis_for("RR", shown), weights("RR", shown)
    assert axis is not None
    one, other = mark(axis, shown[0], first), mark(axis, shown[1], second)
    assert one is not None
    assert other is not None
    assert one.half is not None
    assert other.half is not None
    assert first == 1.0
    assert (one.half / other.half) ** 2 == pytest.approx(first / second, rel=0.01)


def test_an_interval_far_beyond_the_estimates_is_cut_and_says_so() -> None:
    shown = [Estimate(0.9, 0.8, 1.0), Estimate(1.1, 1.0, 1.2), Estimate(1.0, 1e-3, 1e3)]
    axis = axis_for("RR", shown)
    assert axis is not None
    wide = Estimate(1.0, axis.low / 2, axis.high * 2)
    drawn = mark(axis, wide, None)
    assert drawn is not None
    assert (drawn.cut_left, drawn.cut_right, drawn.half) == (True, True, None)


@pytest.mark.parametrize(
    "estimate", [Estimate(0.0, 0.0, 0.0), Estimate(-1.0, -2.0, 1.0), Estimate(math.inf, 1.0, math.inf)]
)
def test_a_ratio_that_cannot_be_drawn_is_not(estimate: Estimate) -> None:
    assert axis_for("RR", [estimate]) is None
    axis = axis_for("RR", [Estimate(1.0, 0.5, 2.0)])
    assert axis is not None
    assert mark(axis, estimate, 1.0) is None


def test_an_open_end_goes_on() -> None:
    shown = Estimate(0.6, 0.4, math.inf)
    axis = axis_for("HR", [shown])
    assert axis is not None
    drawn = mark(axis, shown, 1.0)
    assert drawn is not None
    assert (drawn.cut_left, drawn.cut_right) == (False, True)


@examples(200)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_areas_hold_as_many_people_as_they_should(one: int, other: int) -> None:
    start, end = sorted((one, other))
    found = areas(start, end)
    assert sum(area.width * area.height for area in found) == (end - start) * CELL * CELL
    cells = {
        (x, y)
        for area in found
        for x in range(area.x // CELL, (area.x + area.width) // CELL)
        for y in range(area.y // CELL, (area.y + area.height) // CELL)
    }
    assert cells == {(n % ACROSS, n // ACROSS) for n in range(start, end)}
    assert all(0 <= x < ACROSS and 0 <= y < DOWN for x, y in cells)


def test_groups_fill_the_grid_one_after_the_other() -> None:
    first, second, rest = grouped(("event", 343, "a"), ("spared", 97, "b"), ("rest", 560, "c"))
    assert [first.number, second.number, rest.number] == [343, 97, 560]
    assert (
        sum(area.width * area.height for group in (first, second, rest) for area in group.areas) == 1000 * CELL * CELL
    )


@pytest.mark.parametrize(
    ("measure", "ends", "ticks"),
    [
        ("RR", (0.01, 100), "0.01 0.1 1 10 100"),
        ("RR", (0.1, 10), "0.1 0.2 0.5 1 2 5 10"),
        ("HR", (0.62, 1.1), "0.7 0.8 0.9 1 1.1"),
        ("OR", (1e-8, 1e8), "1e-06 0.001 1 1000 1e+06"),
        ("MD", (-12, 3), "-10 -5 0"),
        ("SMD", (-0.4, 0.3), "-0.4 -0.2 0 0.2"),
    ],
)
def test_ticks_stand_at_round_values(measure: str, ends: tuple[float, float], ticks: str) -> None:
    axis = axis_for(measure, [Estimate(math.sqrt(ends[0] * ends[1]) if ends[0] > 0 else 0.0, *ends)])
    assert axis is not None
    assert " ".join(map(tick_words, ticks_of(axis, 40))) == ticks


def test_one_huge_interval_does_not_squeeze_the_others() -> None:
    narrow = [Estimate(value, value / 1.2, value * 1.2) for value in (0.8, 0.9, 1.0)]
    axis = axis_for("RR", [*narrow, Estimate(1.0, 1e-6, 1e6)])
    assert axis is not None
    assert axis.low > 0.1
    assert axis.high < 10


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_row_has_an_arrow_at_each_end_that_goes_on(*, is_cut: bool) -> None:
    axis = axis_for("RR", [Estimate(1.0, 0.5, 2.0)])
    assert axis is not None
    shown = mark(axis, Estimate(1.0, 1e-9, 1e9) if is_cut else Estimate(1.0, 0.5, 2.0), 1.0)
    shapes = row_shapes(axis, shown, Kind.STUDY, Origin.REPORTED)
    assert sum(isinstance(one, Path) and one.kind == "arrow" for one in shapes) == (2 if is_cut else 0)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("origin", list(Origin))
def test_every_row_stays_inside_of_its_picture(kind: Kind, origin: Origin) -> None:
    axis = axis_for("RR", [Estimate(1.0, 0.5, 2.0)])
    assert axis is not None
    for one in (Estimate(0.5, 0.5, 0.5), Estimate(2.0, 1e-9, 1e9), Estimate(1.0, 1.0, 1.0)):
        for shape in row_shapes(axis, mark(axis, one, 1.0), kind, origin):
            assert 0 <= shape.area.left <= shape.area.right <= WIDTH
            assert 0 <= shape.area.top <= shape.area.bottom <= HEIGHT


def test_a_study_is_a_square_and_a_pooled_effect_a_diamond_whose_tips_are_its_interval() -> None:
    axis = axis_for("RR", [Estimate(1.0, 0.5, 2.0)])
    assert axis is not None
    shown = mark(axis, Estimate(1.0, 0.5, 2.0), None)
    assert shown is not None
    (diamond,) = (one for one in row_shapes(axis, shown, Kind.POOLED, Origin.COMPUTED) if isinstance(one, Path))
    assert (diamond.area.left, diamond.area.right) == (shown.left, shown.right)
    squares = [one for one in row_shapes(axis, shown, Kind.STUDY, Origin.COMPUTED) if isinstance(one, Box)]
    assert len(squares) == 1
    assert squares[0].width == squares[0].height
