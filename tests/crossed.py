"""Tests of many values, or of every dossier under every system: a few always run, the others at night."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest


def crossed(names: tuple[str, str], first: Sequence[object], second: Sequence[object]) -> pytest.MarkDecorator:
    """Parametrize a test by all pairs. Each value is in a pair that always runs; the other pairs run at night."""
    most = max(len(first), len(second))
    always = {(turn % len(first), turn % len(second)) for turn in range(most)}
    return pytest.mark.parametrize(
        names,
        [
            pytest.param(one, other, marks=() if (row, column) in always else pytest.mark.nightly)
            for (row, one), (column, other) in product(enumerate(first), enumerate(second))
        ],
    )


def one_in(each: int, values: Sequence[object]) -> list[object]:
    """Return values for a test of which one in so many always runs; the others run at night."""
    return [value if place % each == 0 else _at_night(value) for place, value in enumerate(values)]


def one_tuple_in(each: int, values: Sequence[tuple[object, ...]]) -> list[object]:
    """Return the same for a test with several parameters, of which each tuple has the values."""
    return [value if place % each == 0 else _at_night(*value) for place, value in enumerate(values)]


def first_of(values: Sequence[object], number: int = 1) -> list[object]:
    """Return values for a test of which the first always run; the others run at night."""
    return [*values[:number], *map(_at_night, values[number:])]


def _at_night(*values: object) -> object:
    return pytest.param(*values, marks=pytest.mark.nightly)
