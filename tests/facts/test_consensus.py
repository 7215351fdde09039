"""Agreement of a panel by the classic definitions of RAND/UCLA."""

from __future__ import annotations

import pytest

from evgrade.facts.consensus import Consensus, classic_consensus


@pytest.mark.parametrize(
    ("sizes", "most_outside", "fewest_in_each_extreme"),
    [((8, 9, 10), 2, 3), ((11, 12, 13), 3, 4), ((14, 15, 16), 4, 5)],
)
def test_the_counts_depend_on_the_size_of_the_panel(
    sizes: tuple[int, ...], most_outside: int, fewest_in_each_extreme: int
) -> None:
    """BMC Medical Informatics and Decision Making 2012;12:93, table 7."""
    for size in sizes:
        inside = size - most_outside
        assert classic_consensus([8] * inside + [5] * most_outside) is Consensus.AGREEMENT
        assert classic_consensus([8] * (inside - 1) + [5] * (most_outside + 1)) is Consensus.NEITHER
        others = size - fewest_in_each_extreme
        assert classic_consensus([1] * fewest_in_each_extreme + [9] * others) is Consensus.DISAGREEMENT
        fewer = fewest_in_each_extreme - 1
        assert classic_consensus([1] * fewer + [9] * (size - fewer)) is Consensus.AGREEMENT


def test_a_published_criterion() -> None:
    """BMJ Open 2012;2:e001431, table 1: accepted, since four or fewer of 15 rated outside the region of the median."""
    ratings = [4, 5, 6, *[7] * 5, *[8] * 5, *[9] * 2]
    assert len(ratings) == 15
    assert classic_consensus(ratings) is Consensus.AGREEMENT


def test_a_panel_with_its_median_between_two_thirds_does_not_agree() -> None:
    assert classic_consensus([6, 6, 7, 7, 7, 7, 6, 6]) is Consensus.NEITHER
    assert classic_consensus([6, 6, 6, 6, 6, 7, 7, 7, 7, 7]) is Consensus.NEITHER
    assert classic_consensus([3, 3, 3, 3, 4, 4, 4, 4]) is Consensus.NEITHER


@pytest.mark.parametrize("size", [0, 1, 7, 17])
def test_other_panels_are_not_defined(size: int) -> None:
    assert classic_consensus([5] * size) is None


@pytest.mark.parametrize("rating", [0, 10, -1])
def test_ratings_off_the_scale_are_refused(rating: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 9"):
        classic_consensus([5] * 8 + [rating])
