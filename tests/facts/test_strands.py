"""How many strands there are, by counting them in every completion of what is not known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.facts.known import bounds_of
from evgrade.facts.strands import NOBODY, Shared, linked, number_of_strands, shared
from evgrade.logic import Truth
from tests.examples import examples

TEXTS = ("x", "y", "z", NOBODY)
"""What a text that is not known can be: one that is stated elsewhere, one that only such texts have, or nobody."""
MOST_UNKNOWN = 5

World = tuple[tuple[Truth, Shared], ...]


def completions(world: World) -> Iterator[int]:
    """Yield the number of strands in every completion of a world, counted without cleverness."""
    missing = [
        (number, key) for number, (_, texts) in enumerate(world) for key, text in enumerate(texts) if text is None
    ]
    open_ones = [number for number, (truth, _) in enumerate(world) if truth is None]
    for texts in itertools.product(TEXTS, repeat=len(missing)):
        stated = [list(one) for _, one in world]
        for (number, key), text in zip(missing, texts, strict=True):
            stated[number][key] = text
        parts = components(stated)
        for truths in itertools.product((True, False), repeat=len(open_ones)):
            counts = [truth for truth, _ in world]
            for number, truth in zip(open_ones, truths, strict=True):
                counts[number] = truth
            yield sum(any(counts[one] for one in part) for part in parts)


def components(stated: Sequence[Sequence[str | None]]) -> list[set[int]]:
    """Return what is linked, by joining any two sets with a text in common until none is left."""
    parts = [{number} for number in range(len(stated))]
    while True:
        pair = next(
            (
                (one, other)
                for one, other in itertools.combinations(parts, 2)
                if any(a and a == b for i in one for j in other for a, b in zip(stated[i], stated[j], strict=True))
            ),
            None,
        )
        if pair is None:
            return parts
        parts = [part for part in parts if part not in pair] + [pair[0] | pair[1]]


def same(world: World) -> None:
    found = list(completions(world))
    assert bounds_of(number_of_strands([truth for truth, _ in world], [texts for _, texts in world])) == (
        min(found),
        max(found),
    ), world


ONE_KEY = [(truth, (text,)) for truth in (True, False, None) for text in ("x", "y", NOBODY, None)]
TWO_KEYS = [(truth, texts) for truth in (True, False) for texts in itertools.product(("x", NOBODY, None), repeat=2)]


@pytest.mark.slow
@pytest.mark.parametrize(("entries", "most"), [(ONE_KEY, 3), (TWO_KEYS, 3)])
def test_every_small_world_has_as_many_strands_as_its_completions(
    entries: list[tuple[Truth, Shared]], most: int
) -> None:
    """The least and the most are reached, and nothing lies outside of them."""
    tried = 0
    for number in range(most + 1):
        for world in itertools.combinations_with_replacement(entries, number):
            if sum(text is None for _, texts in world for text in texts) <= 4:
                same(world)
                tried += 1
    assert tried > 400


@examples(200)
@given(st.data())
def test_a_larger_world_has_as_many_strands_as_its_completions(data: st.DataObject) -> None:
    keys = data.draw(st.integers(1, 3))
    texts = st.tuples(*[st.sampled_from(("x", None, NOBODY, "y"))] * keys)
    entry = st.tuples(st.sampled_from((True, False, None)), texts)
    world = tuple(data.draw(st.lists(entry, max_size=5)))
    while sum(text is None for _, texts in world for text in texts) > MOST_UNKNOWN:
        world = world[:-1]
    same(world)


def test_what_a_third_links_is_one_strand_whether_that_counts_or_not() -> None:
    by: list[Shared] = [("a", NOBODY), ("a", "b"), (NOBODY, "b")]
    assert number_of_strands([True, True, True], by) == 1
    assert number_of_strands([True, False, True], by) == 1
    assert number_of_strands([True, False, True], [("a", NOBODY), ("c", "b"), (NOBODY, "b")]) == 2


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("Lab A", " lab  a ", True),
        ("Lab A", "Lab B", False),
        ("none", "None", False),
        ("no funding", "no funding", False),
        (2010, "2010", True),
    ],
)
def test_texts_that_differ_in_capitals_and_spaces_are_the_same_and_nobody_is_shared_with_nobody(
    one: object, other: object, together: bool
) -> None:
    assert number_of_strands([True, True], [(shared(one),), (shared(other),)]) == (1 if together else 2)


@pytest.mark.parametrize("silent", [None, "unclear", "not_reported", "not reported", " "])
def test_what_is_not_stated_may_be_the_same_or_not(silent: object) -> None:
    assert bounds_of(number_of_strands([True, True], [("a",), (shared(silent),)])) == (1, 2)


def test_ten_thousand_links_are_followed() -> None:
    chain = [[number, number + 1] for number in range(10_000)]
    assert set(linked(chain)) == {0}
    assert len(set(linked([[number] for number in range(10_000)]))) == 10_000
