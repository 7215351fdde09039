"""GRIM, GRIMMER and DEBIT, against published cases and against data that exist."""

from __future__ import annotations

import statistics
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evgrade.facts.granularity import debit, grim, grim_percentage, grimmer
from evgrade.facts.reported import Reported

parse = Reported.parse
ROUNDINGS = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN])


def rounded(value: Decimal, places: int, rounding: str) -> Reported:
    return parse(str(value.quantize(Decimal(1).scaleb(-places), rounding)))


def decimal_of(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


def test_which_means_28_people_can_have() -> None:
    """From the tests of the R package scrutiny: test-grim.R."""
    means = [f"5.{hundredths}" for hundredths in range(19, 31)]
    possible = [mean for mean in means if grim(parse(mean), 28)]
    assert possible == ["5.21", "5.25", "5.29"]


def test_which_percentages_of_50_people_there_are() -> None:
    """From the same file."""
    possible = [percent for percent in range(6, 17) if grim_percentage(parse(str(percent)), 50)]
    assert possible == [6, 8, 10, 12, 14, 16]


def test_trailing_zeros_and_items_count() -> None:
    assert grim(parse("5.2"), 28)
    assert not grim(parse("5.20"), 28)
    assert grim(parse("5.20"), 28, items=5)


@pytest.mark.parametrize(
    ("mean", "people", "items", "told"),
    [("5.20", 99, 1, True), ("5.20", 100, 1, False), ("5.20", 20, 5, False), ("5", 1, 1, False), ("5.2", 9, 1, True)],
)
def test_grim_is_silent_where_there_are_more_numbers_than_means(mean: str, people: int, items: int, told: bool) -> None:
    unit = 2 * parse(mean).half
    means = [parse(str(Decimal(mean) + step * unit)) for step in range(100)]
    assert told is not all(grim(other, people, items) for other in means)


@pytest.mark.parametrize("percent", ["-2", "101", "102"])
def test_nobody_is_counted_twice(percent: str) -> None:
    assert not grim_percentage(parse(percent), 50)


@pytest.mark.parametrize(
    ("mean", "sd", "people", "possible"),
    [
        # The source comments of scrutiny's R/grimmer.R.
        ("1.03", "0.41", 40, False),
        # Those that scrutiny 0.6.1 lists for its issue 80; it rejects the first one, which 25 people can have.
        ("8.9", "2.81", 25, True),
        ("2.6", "2.05", 25, False),
        ("7.2", "2.89", 25, True),
        ("3.6", "3.11", 25, True),
        ("9.2", "7.13", 25, True),
        ("10.4", "2.53", 25, True),
        ("7.3", "3.14", 25, True),
        # A mean that GRIM rejects.
        ("5.19", "1.00", 28, False),
        # Five ones among ten people deviate by 0.53 at least; 0.24 has a sum of squares that is odd, as the sum is.
        ("0.5", "0.24", 10, False),
        ("0.5", "0.53", 10, True),
        ("3.00", "0.00", 10, True),
    ],
)
def test_grimmer(mean: str, sd: str, people: int, possible: bool) -> None:
    assert grimmer(parse(mean), parse(sd), people) is possible


def test_25_people_with_mean_8_9_and_deviation_2_81_exist() -> None:
    """Why the first of these cases is possible: here they are."""
    data = [4, *[6] * 5, 7, 7, *[8] * 4, *[9] * 4, 10, 10, 10, 11, 12, 12, 12, 14, 16]
    assert len(data) == 25
    assert f"{statistics.mean(data):.1f}" == "8.9"
    assert f"{statistics.stdev(data):.2f}" == "2.81"


@pytest.mark.parametrize(
    ("share", "sd", "people", "possible"),
    [
        ("0.35", "0.18", 20, False),  # the vignette of scrutiny
        ("0.35", "0.49", 20, True),
        ("0.36", "0.11", 20, False),  # the manual of scrutiny
        ("0.00", "0.00", 20, True),
        ("1.00", "0.00", 20, True),
        ("1.10", "0.00", 20, False),
        ("0.5", "0.7", 2, True),
    ],
)
def test_debit(share: str, sd: str, people: int, possible: bool) -> None:
    assert debit(parse(share), parse(sd), people) is possible


DATA = st.lists(st.integers(-20, 20), min_size=2, max_size=60)


@given(DATA, st.integers(0, 4), st.integers(0, 4), ROUNDINGS)
def test_whole_numbers_that_exist_are_possible(data: list[int], places: int, sd_places: int, rounding: str) -> None:
    mean = rounded(decimal_of(Fraction(sum(data), len(data))), places, rounding)
    sd = rounded(decimal_of(Fraction(statistics.variance(map(Fraction, data)))).sqrt(), sd_places, rounding)
    assert grim(mean, len(data))
    assert grimmer(mean, sd, len(data))


@given(st.lists(st.tuples(*[st.integers(1, 7)] * 3), min_size=2, max_size=20), st.integers(1, 3), ROUNDINGS)
def test_so_are_means_of_several_items(answers: list[tuple[int, int, int]], places: int, rounding: str) -> None:
    scores = [Fraction(sum(answer), 3) for answer in answers]
    mean = rounded(decimal_of(Fraction(sum(scores)) / len(scores)), places, rounding)
    sd = rounded(decimal_of(Fraction(statistics.variance(scores))).sqrt(), places, rounding)
    assert grim(mean, len(scores), items=3)
    assert grimmer(mean, sd, len(scores), items=3)


@given(st.lists(st.booleans(), min_size=2, max_size=200), st.integers(0, 4), ROUNDINGS)
def test_so_are_shares(data: list[bool], places: int, rounding: str) -> None:
    ones = [int(one) for one in data]
    share = Fraction(sum(ones), len(ones))
    sd = decimal_of(Fraction(statistics.variance(map(Fraction, ones)))).sqrt()
    assert grim_percentage(rounded(decimal_of(100 * share), places, rounding), len(ones))
    assert debit(rounded(decimal_of(share), places, rounding), rounded(sd, places, rounding), len(ones))


@given(st.decimals(-50, 50, places=2), st.integers(1, 40))
def test_grim_is_what_trying_every_sum_would_say(mean: Decimal, people: int) -> None:
    totals = range(-51 * people, 51 * people)
    tried = any(abs(Fraction(total, people) - Fraction(mean)) <= Fraction(1, 200) for total in totals)
    assert grim(parse(str(mean)), people) is tried


@given(st.decimals(0, 6, places=1), st.decimals(0, 4, places=2), st.integers(2, 3))
def test_what_grimmer_rejects_nobody_has(mean: Decimal, sd: Decimal, people: int) -> None:
    """Every few whole numbers with so small a deviation are tried."""
    assume(not grimmer(parse(str(mean)), parse(str(sd)), people))
    near = range(-9, 16)

    def combinations(size: int, least: int) -> list[list[int]]:
        return [[]] if not size else [[n, *rest] for n in near if n >= least for rest in combinations(size - 1, n)]

    assert not any(
        abs(Fraction(sum(data), people) - Fraction(mean)) <= Fraction(1, 20)
        and abs(statistics.stdev(data) - float(sd)) <= 0.004999
        for data in combinations(people, -9)
    )


@pytest.mark.parametrize(("people", "items"), [(0, 1), (-1, 1), (5, 0)])
def test_nobody_has_no_mean(people: int, items: int) -> None:
    with pytest.raises(ValueError, match="a mean needs"):
        grim(parse("1.0"), people, items)


@pytest.mark.parametrize(("sd", "people", "why"), [("1.0", 1, "needs at least 2 people"), ("-1.0", 9, "at least 0")])
def test_no_deviation_no_test(sd: str, people: int, why: str) -> None:
    for test in (grimmer, debit):
        with pytest.raises(ValueError, match=why):
            test(parse("1.0"), parse(sd), people)


def test_a_hostile_number_of_people_costs_no_time() -> None:
    many = 10**18
    assert grim(parse("1.0"), many)
    assert grimmer(parse("1.0"), parse("0.0"), many, many)
    assert debit(parse("0.5"), parse("0.1"), many)
