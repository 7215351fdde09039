"""docs/numbers.md: the numbers that evgrade computes beside the stated ones, from the methods themselves."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.computed import methods
from evgrade.computed.methods import Method
from evgrade.computed.pooled import FEW
from generator.markdown import GENERATED, escaped, prose, table


def page() -> str:
    """Return the page."""
    rows = ([escaped(one.name), escaped(one.formula), escaped(one.source)] for one in _methods())
    told = (
        "z is 1.96 for 95%. Of n1 people with the therapy, a had the event and b did not; of n2 people without it, c "
        "did and d did not. N is n1 + n2."
    )
    listed = table(["method", "formula", "source"], rows)
    return GENERATED + prose("numbers", few=FEW, methods=f"{told}\n\n{listed}")


def _methods() -> Iterator[Method]:
    """Yield the methods in the order of the module."""
    for one in vars(methods).values():
        if isinstance(one, Method):
            yield one
        elif isinstance(one, dict):
            yield from (method for method in one.values() if isinstance(method, Method))
