"""Agreement between raters, against published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.facts.agreement import NoAgreementError, krippendorff_alpha, weighted_kappa

SAS = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
"""The table of an example in the manual of SAS, PROC FREQ: rows are the first rater, columns the second."""

THREE_RATERS = [
    [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3],
    [1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None],
    [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4],
]
"""Fifteen units and three raters with gaps, as in the encyclopedia's article on Krippendorff's alpha."""


def pairs(table: list[list[int]]) -> list[tuple[int, int]]:
    return [(row, column) for row, counts in enumerate(table) for column, n in enumerate(counts) for _ in range(n)]


@pytest.mark.parametrize(("power", "kappa"), [(0, 0.4842), (1, 0.4701), (2, 0.4502)])
def test_kappa_is_that_of_the_manual(power: int, kappa: float) -> None:
    assert weighted_kappa(pairs(SAS), power) == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.691358), ("ordinal", 0.806721), ("interval", 0.810845)])
def test_alpha_is_what_was_published(level: str, alpha: float) -> None:
    assert krippendorff_alpha(THREE_RATERS, level) == pytest.approx(alpha, abs=1e-6)


@pytest.mark.parametrize("ratings", [[], [[1, 2, 3]], [[1, None], [None, 2]], [[2, 2], [2, 2]], [[], []]], ids=str)
def test_agreement_that_cannot_be_told_is_no_number(ratings: list[list[int | None]]) -> None:
    with pytest.raises(NoAgreementError):
        krippendorff_alpha(ratings)


@pytest.mark.parametrize("rated", [[], [(1, 1), (1, 1)]], ids=str)
def test_neither_is_that_of_two(rated: list[tuple[int, int]]) -> None:
    with pytest.raises(NoAgreementError):
        weighted_kappa(rated)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no level 'ratio'"):
        krippendorff_alpha([[1, 2], [1, 2]], "ratio")
    with pytest.raises(ValueError, match="shorter"):
        krippendorff_alpha([[1, 2], [1]])


RANKS = st.integers(0, 4)


@given(st.lists(RANKS, min_size=2), st.integers(2, 4))
def test_raters_who_agree_fully_have_an_alpha_of_one(ranks: list[int], raters: int) -> None:
    if len(set(ranks)) > 1:
        assert krippendorff_alpha([ranks] * raters) == pytest.approx(1)
        assert weighted_kappa([(rank, rank) for rank in ranks]) == pytest.approx(1)


@given(st.lists(st.tuples(RANKS, RANKS, RANKS), min_size=2))
def test_the_order_of_raters_and_units_does_not_matter(units: list[tuple[int, ...]]) -> None:
    rows = [list(row) for row in zip(*units, strict=True)]
    try:
        alpha = krippendorff_alpha(rows)
    except NoAgreementError:
        return
    assert krippendorff_alpha([row[::-1] for row in rows[::-1]]) == pytest.approx(alpha)
    assert alpha <= 1
