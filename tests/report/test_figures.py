"""Plots that stand alone: no words overlap and nothing is outside, whatever a dossier holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.computed.pooled import Linking, Pooling
from evgrade.computed.shown import Kind, Origin, Shown, ShownRow
from evgrade.report.bias import Bias, Judgements, Light
from evgrade.report.figures.harms import harms_figure
from evgrade.report.figures.judgements import bias_figure, grades_figure
from evgrade.report.figures.studies import FEWEST, forest_figure, funnel_figure, of_funnel
from evgrade.report.references import Numbering
from evgrade.report.safety import HarmRow, Safety, Share, TrialHarm
from evgrade.report.shapes import Dot, Figure, Line, Path, Text, text_width, wrapped
from evgrade.report.studies import Forest, forest_of
from evgrade.report.verdict import Graded, Step, Verdict
from evgrade.stats.normal import Estimate
from evgrade.stats.proportion import wilson
from tests.examples import examples

WORDS = st.text(max_size=90) | st.sampled_from(
    ["", "W" * 200, "Bensimon 1994", "مرحبا", "a b " * 40, "\u202e\x00", "e\u0301" * 60]
)
NUMBERING = Numbering({}, frozenset())
KINDS = ("low", "some", "high", "critical", "unknown", "unjudged")


def is_laid_out(figure: Figure) -> None:
    """Assert that no two words overlap and that all of a figure is inside of it."""
    for shape in figure.shapes:
        area = shape.area
        assert -0.01 <= area.left <= area.right <= figure.width + 0.01, shape
        assert -0.01 <= area.top <= area.bottom <= figure.height + 0.01, shape
    texts = [shape for shape in figure.shapes if isinstance(shape, Text) and shape.words]
    for one, other in combinations(texts, 2):
        assert not one.area.overlaps(other.area), (one, other)


@st.composite
def plots(draw: st.DrawFn, least: int = 1) -> Forest:
    measure = draw(st.sampled_from(["RR", "OR", "MD", "SMD", "RD"]))
    numbers = st.floats(1e-3, 1e3) if measure in ("RR", "OR") else st.floats(-1e5, 1e5)
    rows = []
    for _ in range(draw(st.integers(least, least + 4))):
        low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
        rows.append(_row(draw, Kind.STUDY, Estimate(value, low, high)))
    if draw(st.booleans()):
        rows.append(_row(draw, Kind.POOLED, rows[0].estimate))
        rows.append(_row(draw, Kind.PREDICTION, rows[0].estimate))
    if draw(st.booleans()):
        rows.append(_row(draw, Kind.STUDY, None))
    better = draw(st.sampled_from([None, True, False]))
    shown = Shown(outcome=draw(WORDS), measure=measure, unit=draw(WORDS), rows=tuple(rows), more_is_better=better)
    if draw(st.booleans()):
        refused = Pooling(
            origin=Linking.LINKED, measure=measure, studies=(), left_out=(), effect=None, reason=draw(WORDS)
        )
        shown = replace(shown, pooling=refused)
    found = forest_of(shown, NUMBERING)
    assert found is not None
    return found


def _row(draw: st.DrawFn, kind: Kind, estimate: Estimate | None) -> ShownRow:
    return ShownRow(
        kind=kind,
        name=draw(WORDS),
        data=draw(WORDS),
        words=draw(WORDS),
        origin=draw(st.sampled_from(list(Origin))),
        note=draw(WORDS),
        estimate=estimate,
    )


@examples(100)
@given(WORDS, st.lists(plots(), min_size=1, max_size=2))
def test_no_words_of_a_forest_plot_overlap(about: str, shown: list[Forest]) -> None:
    is_laid_out(forest_figure(about, shown))


@examples(50)
@given(WORDS, plots(least=10))
def test_no_words_of_a_funnel_plot_overlap(about: str, shown: Forest) -> None:
    if len(of_funnel(shown)) >= FEWEST:
        is_laid_out(funnel_figure(about, [shown]))


JUDGED = st.sampled_from(["low", "some concerns", "moderate", "very high", "no information", "not judged"])
LIGHTS = st.builds(Light, st.sampled_from(["+", "−", "×", "!", "?", ""]), st.sampled_from(KINDS), JUDGED)


@st.composite
def judged(draw: st.DrawFn) -> Bias:
    domains = draw(st.lists(WORDS, max_size=9))
    studies = tuple(
        Judgements(
            name=draw(WORDS),
            lights=tuple(draw(st.lists(LIGHTS, min_size=len(domains), max_size=len(domains)))),
            overall=draw(LIGHTS),
            reason="",
            cited=(),
        )
        for _ in range(draw(st.integers(1, 4)))
    )
    summary = tuple((name, ((draw(LIGHTS), len(studies)),)) for name in domains)
    return Bias(tool=draw(WORDS), outcome=draw(WORDS), domains=tuple(domains), studies=studies, summary=summary)


@examples(60)
@given(WORDS, st.lists(judged(), min_size=1, max_size=2))
def test_no_words_of_a_plot_of_bias_overlap(about: str, shown: list[Bias]) -> None:
    is_laid_out(bias_figure(about, shown))


@st.composite
def shares(draw: st.DrawFn) -> Share:
    of = draw(st.integers(1, 10**9))
    n = draw(st.integers(0, of))
    return Share(draw(WORDS), n, of, wilson(n, of), draw(st.booleans()))


@st.composite
def harms(draw: st.DrawFn) -> Safety:
    counted = tuple(
        HarmRow(
            name=draw(WORDS),
            seriousness=draw(WORDS),
            share=draw(shares()),
            control=draw(st.none() | shares()),
            counted="",
            about=draw(WORDS),
            note="",
            plain="",
            cited=(),
        )
        for _ in range(draw(st.integers(1, 4)))
    )
    trials = tuple(
        TrialHarm(trial=draw(WORDS), name=draw(WORDS), arms=(draw(shares()), draw(shares())), cited=())
        for _ in range(draw(st.integers(0, 3)))
    )
    return Safety(recorded=True, summary="", concern="", counted=counted, named=(), warnings=(), trial_harms=trials)


@examples(60)
@given(WORDS, harms())
def test_no_words_of_a_plot_of_harms_overlap(about: str, shown: Safety) -> None:
    is_laid_out(harms_figure(about, shown))


STEPS = st.builds(Step, WORDS, st.sampled_from(["given", "possible", "excluded"]))
GRADED = st.builds(
    Graded,
    title=WORDS,
    question=WORDS,
    grade=WORDS,
    means=WORDS,
    reason=WORDS,
    steps=st.lists(STEPS, max_size=12).map(tuple),
    better=WORDS,
    missing=st.just(()),
)
VERDICTS = st.builds(
    Verdict,
    system=WORDS,
    title=WORDS,
    means=WORDS,
    reason=WORDS,
    because=st.just(()),
    levels=st.just(()),
    settles=st.just(()),
    provisional=st.booleans(),
    score=WORDS,
    domains=st.lists(GRADED, max_size=4).map(tuple),
    better=st.none(),
    unread=st.just(()),
)


@examples(60)
@given(WORDS, st.lists(VERDICTS, min_size=1, max_size=2))
def test_no_words_of_a_plot_of_grades_overlap(about: str, shown: list[Verdict]) -> None:
    is_laid_out(grades_figure(about, shown))


@examples(100)
@given(st.text(), st.floats(20, 400), st.floats(6, 20), st.booleans())
def test_wrapped_words_are_no_wider_than_their_room(words: str, room: float, size: float, bold: bool) -> None:
    lines = wrapped(words, room, size, is_bold=bold, most=3)
    assert len(lines) <= 3
    assert all(text_width(line, size, is_bold=bold) <= max(room, 3 * size) + 0.01 for line in lines)


def test_words_that_are_shortened_say_so_and_keep_the_whole() -> None:
    assert wrapped("one two three four", 45, 10, most=9) == ["one two", "three", "four"]
    assert wrapped("one two three four", 45, 10, most=2) == ["one two", "three…"]
    row = ShownRow(name="W" * 300, words="1", origin=Origin.REPORTED, estimate=Estimate(1, 0.5, 2))
    plot = forest_of(Shown(outcome="x", measure="RR", rows=(row,)), NUMBERING)
    assert plot is not None
    (short,) = (one for one in forest_figure("about", [plot]).shapes if isinstance(one, Text) and "…" in one.words)
    assert short.whole == "W" * 300


@pytest.mark.parametrize(("letter", "least"), [("i", 0.27), ("W", 0.98), ("0", 0.63), ("中", 1.0), ("😀", 1.25)])
def test_a_letter_is_thought_as_wide_as_in_common_fonts(letter: str, least: float) -> None:
    assert text_width(letter, 1) >= least
    assert text_width(letter, 1, is_bold=True) >= text_width(letter, 1)


def test_a_funnel_stands_with_its_tip_at_the_mean_and_large_studies_on_top() -> None:
    rows = [
        ShownRow(
            name=f"s{n}", words="", origin=Origin.REPORTED, estimate=Estimate(float(n), n - 1.96 * n, n + 1.96 * n)
        )
        for n in range(1, 11)
    ]
    plot = forest_of(Shown(outcome="x", measure="MD", rows=tuple(rows)), NUMBERING)
    assert plot is not None
    figure = funnel_figure("about", [plot])
    dots = [one for one in figure.shapes if isinstance(one, Dot)]
    assert [one.y for one in dots] == sorted(one.y for one in dots)  # the standard error grows downwards
    (limits,) = (one for one in figure.shapes if isinstance(one, Path) and one.kind == "limits")
    (left, low), (tip, top), (right, _) = limits.points
    assert tip - left == pytest.approx(right - tip, abs=0.1)
    assert top < low
    (mean,) = (one for one in figure.shapes if isinstance(one, Line) and one.kind == "interval")
    assert mean.x1 == tip
    weights = [1 / n**2 for n in range(1, 11)]
    expected = sum(n * weight for n, weight in zip(range(1, 11), weights, strict=True)) / sum(weights)
    assert dots[0].x < tip < dots[1].x
    assert (tip - dots[0].x) / (dots[1].x - dots[0].x) == pytest.approx(expected - 1, abs=0.01)


def test_harms_are_drawn_to_one_scale_and_none_seen_has_a_bound() -> None:
    arms = (Share("T", 100, 1000, wilson(100, 1000)), Share("C", 50, 1000, wilson(50, 1000), is_control=True))
    safety = Safety(
        recorded=True,
        summary="",
        concern="",
        counted=(),
        named=(),
        warnings=(),
        trial_harms=(
            TrialHarm(trial="t", name="rash", arms=arms, cited=()),
            TrialHarm(trial="t", name="death", arms=(Share("T", 0, 919, wilson(0, 919)),), cited=()),
        ),
    )
    figure = harms_figure("about", safety)
    said = [one.words for one in figure.shapes if isinstance(one, Text)]
    assert "100 (83 to 120)" in said
    assert "0, up to 4.2" in said
    assert "t: C: 50 per 1,000 (38 to 65)" in figure.description
    ticks = {one.words: one.x for one in figure.shapes if isinstance(one, Text) and one.kind == "tick"}
    (control,) = (one for one in figure.shapes if isinstance(one, Dot))
    assert control.x == pytest.approx((ticks["0"] + ticks["100"]) / 2)
