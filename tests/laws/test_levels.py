"""A level is what its completions make it: a dossier with gaps, and several ways to fill them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import event, given, reject
from hypothesis import strategies as st

from evgrade.grading.assess import assess
from evgrade.rubric.model import Rubric
from tests.examples import examples

from .dossiers import Choices, Data, choices, complete, erased, to_dossier
from .reference import Verdict, judge
from .rubrics import DEFAULT_FORM, default_rubric, forms, mended, rubrics
from .vocabulary import Entries, Form

COMPLETIONS = 4


@dataclass(frozen=True)
class Filled:
    """A rubric, a dossier with gaps, and the same with the gaps filled in several ways."""

    rubric: Data
    compiled: Rubric
    gaps: Data
    fillings: tuple[Data, ...]

    def verdicts(self) -> list[Verdict]:
        """Return what the completions come to, by the reference."""
        return [judge(self.rubric, filling) for filling in self.fillings]

    def __repr__(self) -> str:
        rubric = "(the default rubric)" if self.rubric is default_rubric()[0] else json.dumps(self.rubric)
        return "\n".join([rubric, *map(json.dumps, (self.gaps, *self.fillings))])


def filled(choose: Choices, form: Form, data: Data, path: tuple[str, ...] = ()) -> Data:
    """Draw a mapping that states all its form has, and all that is stated already."""
    whole = complete(choose, form, path)
    for key, child in form.fields.items():
        stated = data.get(key)
        if isinstance(child, Form):
            whole[key] = filled(choose, child, stated or {}, (*path, key))
        elif isinstance(child, Entries):
            if stated is not None:
                whole[key] = [filled(choose, child.item, entry, (*path, key)) for entry in stated]
        elif stated is not None and stated not in child.unknown:
            whole[key] = stated
    _agree(whole, data)
    return whole


def _agree(whole: Data, stated: Data) -> None:
    """Make the numbers that depend on each other agree, where the stated ones allow it."""
    if whole.get("n", 0) > whole.get("of", whole.get("n", 0)):
        free = "n" if "n" not in stated else "of"
        whole[free] = whole["of" if free == "n" else "n"]
    if "percent" in whole and whole.get("of"):
        whole["percent"] = round(100 * whole["n"] / whole["of"], 1)
    if "low" in whole and "high" in whole:
        whole["low"] = whole["high"] = stated.get("low", stated.get("high", whole["low"]))
    if any(whole[key] != stated[key] for key in ("n", "of", "percent") if key in stated):
        reject()


def _with_gaps(draw: st.DrawFn, rubric: Data, compiled: Rubric, form: Form, size: int) -> Filled:
    gaps = erased(draw(choices(size)), form, complete(draw(choices(size)), form))
    fillings = tuple(filled(draw(choices(2 * size)), form, gaps) for _ in range(COMPLETIONS))
    return Filled(rubric, compiled, gaps, fillings)


@st.composite
def under_the_default_rubric(draw: st.DrawFn) -> Filled:
    return _with_gaps(draw, *default_rubric(), DEFAULT_FORM, 200)


@st.composite
def under_a_drawn_rubric(draw: st.DrawFn) -> Filled:
    choose = draw(choices(400))
    form = forms(choose)
    return _with_gaps(draw, *mended(rubrics(choose, form)), form, 80)


under_any_rubric = pytest.mark.parametrize(
    "situations", [under_the_default_rubric(), under_a_drawn_rubric()], ids=["default rubric", "drawn rubric"]
)


@under_any_rubric
@examples(200)
@given(data=st.data())
def test_a_level_is_what_its_completions_make_it(situations: st.SearchStrategy[Filled], data: st.DataObject) -> None:
    """What is given is possible; what a completion leads to is; and of one possible result nothing else comes."""
    situation = data.draw(situations)
    assessment = assess(to_dossier(situation.gaps), situation.compiled)
    verdicts = situation.verdicts()
    for domain in assessment.domains:
        check(domain.grade, domain.possible, {verdict.grades[domain.name] for verdict in verdicts})
    if assessment.recommendation is not None:
        levels = {verdict.level for verdict in verdicts}
        event(f"{len(levels)} levels of {COMPLETIONS} completions, {len(assessment.recommendation.possible)} possible")
        check(assessment.recommendation.level, assessment.recommendation.possible, levels)


def check(given_now: str, possible: tuple[str, ...], reached: set[Any]) -> None:
    assert given_now in possible
    assert reached <= set(possible)
    if len(possible) == 1:
        assert reached == {given_now}


@examples(100)
@given(situation=under_a_drawn_rubric())
def test_the_completions_fill_the_gaps_and_change_nothing(situation: Filled) -> None:
    """The law above would hold of dossiers that have nothing to do with each other."""
    for filling in situation.fillings:
        assert keeps(situation.gaps, filling)


def keeps(gaps: Any, filling: Any) -> bool:
    """Whether all that is stated is stated still; a price between bounds becomes one price between them."""
    if isinstance(gaps, dict):
        if "low" in gaps and not gaps["low"] <= filling["low"] <= gaps.get("high", filling["low"]):
            return False
        return all(keeps(value, filling[key]) for key, value in gaps.items() if key not in ("low", "high"))
    if isinstance(gaps, list):
        return len(gaps) == len(filling) and all(map(keeps, gaps, filling))
    return gaps in ("unclear", "not_reported") or gaps == filling
