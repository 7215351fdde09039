"""Values that are worked out when they are read."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

import evgrade
from evgrade.later import Later, Series

NALTREXONE = "examples/low-dose-naltrexone-als.dossier.yaml"


def test_the_work_is_done_when_it_is_asked_for_and_once() -> None:
    work = iter([1, 2])
    later = Later(lambda: next(work))
    assert (later.value, later.value) == (1, 1)
    assert next(work) == 2


def test_it_compares_hashes_prints_and_changes_as_its_value() -> None:
    assert Later(lambda: (1, 2)) == Later(lambda: (1, 2))
    assert Later(lambda: 1) != Later(lambda: 2)
    assert Later(lambda: 1) != 1
    assert hash(Later(lambda: "a")) == hash("a")
    assert repr(Later(lambda: "a")) == "'a'"
    assert Later(lambda: 1).map(str).value == "1"


def test_an_assessment_travels_to_another_process_with_its_reasons() -> None:
    assessment = evgrade.grade(NALTREXONE)
    travelled = pickle.loads(pickle.dumps(assessment))  # noqa: S301 - our own bytes
    assert travelled == assessment
    assert travelled.domain("trials").evidence[0].id == "plm-cohort"
    assert travelled.missing == assessment.missing != ()


def test_two_gradings_of_the_same_are_equal() -> None:
    assert evgrade.grade(NALTREXONE) == evgrade.grade(NALTREXONE)


def test_a_series_works_out_as_much_as_is_read() -> None:
    made: list[int] = []

    def keys() -> Iterator[int]:
        for number in count():
            made.append(number)
            yield number

    series = Series(lambda key: key * 10, keys())
    assert series
    assert series[:2] == (0, 10)
    assert series[2] == 20
    assert list(zip(series, range(4), strict=False)) == [(0, 0), (10, 1), (20, 2), (30, 3)]
    assert made == [0, 1, 2, 3, 4]


def test_a_series_keeps_no_entry() -> None:
    series = Series(lambda key: [key], (1, 2))
    assert series[0] == series[0]
    assert series[0] is not series[0]


def test_a_series_compares_hashes_prints_and_changes_as_the_tuple_of_its_entries() -> None:
    series = Series(str, iter((1, 2, 3)))
    entries = ("1", "2", "3")
    assert (len(series), tuple(series), series[-1], series[1:], series[-2:]) == (
        3,
        entries,
        "3",
        ("2", "3"),
        ("2", "3"),
    )
    assert series == entries == series == Series(str, (1, 2, 3))
    assert series != ("1",)
    assert hash(series) == hash(entries)
    assert repr(series) == repr(entries)
    assert series.map(len) == (1, 1, 1)
    assert not Series(str, ())
    assert pickle.loads(pickle.dumps(series)) == entries  # noqa: S301 - our own bytes
    with pytest.raises(IndexError):
        _ = series[3]


def test_two_threads_read_the_same_series() -> None:
    def keys() -> Iterator[int]:
        for number in range(200):
            time.sleep(0.0001)
            yield number

    series = Series(str, keys())
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(lambda _: tuple(series), range(8)))
    assert read == [tuple(map(str, range(200)))] * 8
