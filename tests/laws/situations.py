"""Rubrics together with dossiers that answer them, drawn by hypothesis; and how many of them to try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.rubric.model import Rubric

from .dossiers import Choices, Data, choices, complete, erased, to_dossier
from .rubrics import DEFAULT_FORM, conditions, default_rubric, forms, mended, rubrics, rules
from .vocabulary import Form


@dataclass(frozen=True)
class Knowledge:
    """One dossier as more and more is found out: much of it unknown, part of it, nothing."""

    little: Data
    more: Data
    everything: Data

    def __repr__(self) -> str:
        return "".join(f"\n  {name}: {json.dumps(getattr(self, name))}" for name in ("little", "more", "everything"))


@dataclass(frozen=True)
class Situation:
    """A rubric, as data and compiled, and some dossiers to grade under it."""

    rubric: Data
    compiled: Rubric
    dossiers: tuple[Knowledge, ...]

    def grade(self, dossier: Data) -> Assessment:
        """Return the assessment of some data."""
        return assess(to_dossier(dossier), self.compiled)

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Hypothesis shows a situation as it would stand in files."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        rubric = "(the default rubric)" if self.rubric is default_rubric()[0] else json.dumps(self.rubric)
        return f"\n{rubric}" + "".join(map(repr, self.dossiers))


def _knowledge(draw: st.DrawFn, form: Form, size: int) -> Knowledge:
    everything = complete(draw(choices(size)), form)
    more = erased(draw(choices(size)), form, everything)
    return Knowledge(erased(draw(choices(size)), form, more), more, everything)


@st.composite
def under_the_default_rubric(draw: st.DrawFn) -> Situation:
    """Draw a dossier that answers the default rubric."""
    return Situation(*default_rubric(), (_knowledge(draw, DEFAULT_FORM, 400),))


@st.composite
def under_a_drawn_rubric(draw: st.DrawFn) -> Situation:
    """Draw a small rubric and some dossiers that answer it."""
    choose = draw(choices(400))
    form = forms(choose)
    rubric, compiled = mended(rubrics(choose, form))
    return Situation(rubric, compiled, tuple(_knowledge(draw, form, 80) for _ in range(draw(st.integers(1, 5)))))


@st.composite
def under_a_single_domain(draw: st.DrawFn) -> Situation:
    """Draw a rubric of one domain, with few and plain conditions, and many dossiers that answer it."""
    choose = draw(choices(150))
    form = forms(choose)
    rubric, compiled = mended(rules(choose, form))
    return Situation(rubric, compiled, tuple(_knowledge(draw, form, 80) for _ in range(draw(st.integers(1, 15)))))


@st.composite
def a_rubric_as_it_is_written(draw: st.DrawFn) -> tuple[Data, list[Data]]:
    """Draw a rubric that may have rungs which are never reached, and some dossiers that say everything."""
    choose = draw(choices(400))
    form = forms(choose)
    return rubrics(choose, form), [complete(draw(choices(80)), form) for _ in range(5)]


@st.composite
def two_conditions_alike(draw: st.DrawFn) -> tuple[Any, Any, list[Data]]:
    """Draw two conditions that are the same but for some choices, and dossiers that answer them."""
    form = forms(draw(choices(20)))
    block = draw(st.binary(min_size=20, max_size=20))
    other = bytearray(block)
    for place, byte in draw(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 255)), min_size=1, max_size=4)):
        other[place] = byte
    one, two = (conditions(Choices(bytes(made_of)), form) for made_of in (block, other))
    return one, two, [complete(draw(choices(60)), form) for _ in range(draw(st.integers(1, 10)))]
