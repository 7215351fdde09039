"""What the type check of rubrics lets through, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.examples import examples

from .dossiers import Data
from .reference import judge
from .rubrics import SUPERFLUOUS, problems, without
from .situations import a_rubric_as_it_is_written, two_conditions_alike
from .test_found import LAST, ladder, rubric
from .vocabulary import Form, whole_form


@examples(200)
@given(a_rubric_as_it_is_written())
def test_a_rung_that_is_called_unreachable_never_decides(written: tuple[Data, list[Data]]) -> None:
    """Without the rungs that are called unreachable a rubric judges every complete dossier as with them."""
    rules, dossiers = written
    _, findings = problems(rules)
    assert {finding.code for finding in findings} <= set(SUPERFLUOUS), findings
    shorter = without(rules, findings)
    for dossier in dossiers:
        assert judge(rules, dossier) == judge(shorter, dossier)


@examples(500)
@given(two_conditions_alike())
def test_a_condition_that_is_said_to_imply_another_does(drawn: tuple[Any, Any, list[Data]]) -> None:
    """Of two rungs the lower is called unreachable only where the upper holds of every dossier of which it does."""
    upper, lower, dossiers = drawn
    rungs = [
        {"grade": "A", "name": "upper", "means": "t", "when": upper},
        {"grade": "B", "name": "lower", "means": "t", "when": lower},
    ]
    rules = rubric({"ladder": [*rungs, {"grade": "U", **LAST}]})
    if problems(rules)[1]:
        assert all(judge(rules, dossier).grades["domain"] != "B" for dossier in dossiers)


@pytest.mark.slow
def test_whatever_a_dossier_can_say_a_rubric_can_ask() -> None:
    """Every field and derived value, of the dossier and of the items of every list, in both notations."""
    terms: dict[str, Any] = {}
    classify: dict[str, Any] = {}

    def everything(place: str, form: Form) -> Any:
        on = {"on": place} if place else {}
        asked: list[Any] = []
        for field, leaf in form.questions().items():
            for notation in ({field: leaf.values[0]}, {"value": field, "is": leaf.values[0]}):
                asked.append(f"term_{len(terms)}")
                terms[asked[-1]] = {**on, "means": "t", "when": notation}
        if place:
            asked.append({f"class_{len(classify)}": "I"})
            rungs = [{"label": "I", "name": "r", "means": "t", "when": asked[0]}, {"label": "II", **LAST}]
            classify[f"class_{len(classify)}"] = {**on, "means": "t", "ladder": rungs}
        for path, item in form.lists().items():
            asked.append({"any": path, "where": everything(f"{place}.{path}".strip("."), item)})
        return {"any": asked}

    rules = rubric({"ladder": ladder(everything("", whole_form()))}, terms=terms, classify=classify)
    assert len(terms) > 500
    assert [(finding.message, finding.location.path) for finding in problems(rules)[1]] == []
