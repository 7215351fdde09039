"""Values derived from what a dossier states, each with its formula and its source.

A derived value belongs to a definition of the dossier schema: every `harmed` has a `rate`. It is a pure function of the
mapping and must be *strict*: its result when an input is unknown must be true whatever the input turns out to be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.facts.known import NOT_ESTIMABLE, Quantity, known
from evgrade.model import Path

Holder = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """One derived value.

    Attributes:
        definition: the schema definition whose mappings have it.
        name: its name in rubrics; a dotted one belongs to a mapping inside the definition's, and depends on both.
        described: what it means, with its unit.
        phrase: what conditions call it; {of} stands for what it is derived from.
        is_share: whether it is a share, to be shown in percent.
        formula: how it is computed, in words.
        source: the paper or standard that the formula comes from.
        inputs: the fields it is computed from, as dotted paths.
        compute: the function; None means unknown.
        irrelevant: returns the inputs that do not matter, given the others.
        in_words: returns the value in words, if its number means little without the inputs.
        of_one_study: whether it is meaningless for arms added up over several studies.
    """

    definition: str
    name: str
    described: str
    phrase: str
    formula: str
    source: str
    inputs: tuple[str, ...]
    compute: Callable[[Holder], Quantity]
    irrelevant: Callable[[Holder], tuple[str, ...]] = lambda _: ()
    is_share: bool = False
    in_words: Callable[[Holder], str | None] = lambda _: None
    of_one_study: bool = False

    def unstated(self, holder: Holder) -> tuple[Path, ...]:
        """Return the paths of the relevant inputs that are not stated, in each entry of a list."""
        ignored = self.irrelevant(holder)
        paths = (
            path for name in self.inputs if name not in ignored for path in _unstated(holder, tuple(name.split(".")))
        )
        return tuple(dict.fromkeys(paths))


def _unstated(value: Any, names: tuple[str, ...]) -> Iterator[Path]:
    """Yield the unstated paths that the names lead to, or the part of them that is missing."""
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield from ((number, *path) for path in _unstated(entry, names))
    elif names:
        inner = known(value, names[0])
        if inner is None:
            if value.get(names[0]) != NOT_ESTIMABLE:
                yield names
        else:
            yield from ((names[0], *path) for path in _unstated(inner, names[1:]))
