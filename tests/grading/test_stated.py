"""A grade that an item states of itself, beside the one that its own facts give."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.grading.assess import assess
from evgrade.model import Finding
from evgrade.rubric.check import check_rubric
from evgrade.yamlio.reader import read

from .building import HEADER, dossier

CERTAINTY = (
    HEADER.replace(
        "support:\n    grades: [{grade: A, means: strong}, {grade: B, means: fair}, {grade: C, means: weak}]",
        "support:\n    grades: [{grade: high, means: a}, {grade: moderate, means: b}, {grade: low, means: c}, "
        "{grade: very_low, means: d}]",
    )
    + """\
domains:
  certainty:
    title: Certainty
    question: How sure?
    scale: support
    each: outcomes
    combine: worst
    stated: certainty.judgement
    points:
      start: 4
      adjustments: [{points: -1, name: imprecise, means: Imprecise., when: {imprecision.judgement: serious}}]
      floor: 1
      ceiling: 4
      bands:
        - {grade: high, at_least: 4}
        - {grade: moderate, at_least: 3}
        - {grade: low, at_least: 2}
        - {grade: very_low, otherwise: true}
"""
)


def findings(outcome: dict[str, Any]) -> tuple[Finding, ...]:
    rubric, mistakes = check_rubric(read(CERTAINTY.encode(), "rubric.yaml"))
    assert rubric is not None
    assert mistakes == []
    given = assess(dossier(outcomes=[{"id": "o", "name": "n", **outcome}]), rubric)
    stated = outcome.get("certainty", {}).get("judgement")
    assert [item.stated for item in given.domain("certainty").items] == [stated]
    return given.findings


@pytest.mark.parametrize(
    ("stated", "imprecision", "follows"),
    [
        ("high", "not_serious", None),
        ("moderate", "serious", None),
        ("high", "serious", "moderate"),
        ("low", "not_serious", "high"),
        ("high", None, None),
        ("moderate", None, None),
        ("low", None, "high or moderate"),
    ],
)
def test_a_stated_grade_that_does_not_follow_is_a_finding(stated: str, imprecision: str, follows: str | None) -> None:
    """As in published tables whose overall rating contradicts their own columns."""
    given: dict[str, Any] = {"certainty": {"judgement": stated}}
    if imprecision:
        given["imprecision"] = {"judgement": imprecision}
    found = findings(given)
    if follows is None:
        assert found == ()
        return
    (one,) = found
    assert (one.code, one.severity.value) == ("stated-grade", "warning")
    assert one.message == f"`{stated}` is stated, but by small the facts of the item give {follows}"
    assert one.location.path == ("outcomes", 0, "certainty", "judgement")


def test_an_item_that_states_nothing_is_fine() -> None:
    assert findings({"imprecision": {"judgement": "serious"}}) == ()


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("certainty.judgment", "the dossier has no field `judgment` here"),
        ("imprecision.judgement", "the values of `imprecision.judgement` are not the grades of the scale `support`"),
        ("name", "the values of `name` are not the grades of the scale `support`"),
    ],
)
def test_a_field_that_states_no_grade_is_a_mistake(field: str, message: str) -> None:
    text = CERTAINTY.replace("stated: certainty.judgement", f"stated: {field}")
    _, mistakes = check_rubric(read(text.encode(), "rubric.yaml"))
    assert [one.message for one in mistakes] == [message]
