"""What the type check of rubrics lets through, and what it refuses."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from .dossiers import complete
from .reference import judge
from .rubrics import SUPERFLUOUS, forms, problems, rubrics, without
from .situations import law
from .test_found import LAST, ladder, rubric
from .vocabulary import whole_form


@law(200)
@given(st.data())
def test_a_rung_that_is_called_unreachable_never_decides(data: st.DataObject) -> None:
    """Without the rungs that are called unreachable a rubric judges every complete dossier as with them."""
    form = forms(data.draw)
    written = data.draw(st.composite(rubrics)(form))
    _, findings = problems(written)
    assert {finding.code for finding in findings} <= set(SUPERFLUOUS), findings
    shorter = without(written, findings)
    for _ in range(5):
        dossier = data.draw(st.composite(complete)(form))
        assert judge(written, dossier) == judge(shorter, dossier)


def test_whatever_a_dossier_can_say_a_rubric_can_ask() -> None:
    """Every field and derived value, of the dossier and of the items of every list, in both notations, as a label too."""
    terms: dict[str, Any] = {}
    classify: dict[str, Any] = {}
    asked: dict[str, list[Any]] = {}
    for number, (place, form) in enumerate(whole_form().places().items()):
        on = {"on": place} if place else {}
        asked[place] = []
        for field, leaf in form.questions().items():
            for notation in ({field: leaf.values[0]}, {"value": field, "is": leaf.values[0]}):
                name = f"term_{len(terms)}"
                terms[name] = {**on, "means": "t", "when": notation}
                asked[place].append(name)
        if place:
            rungs = [{"label": "I", "name": "r", "means": "t", "when": asked[place][0]}, {"label": "II", **LAST}]
            classify[f"class_{number}"] = {"on": place, "means": "t", "ladder": rungs}
            asked[place].append({f"class_{number}": "I"})
    assert len(terms) > 500
    condition = {"any": [_somewhere(place, {"any": parts}) for place, parts in asked.items()]}
    _, findings = problems(rubric({"ladder": ladder(condition)}, terms=terms, classify=classify))
    assert [(finding.message, finding.location.path) for finding in findings] == []


def _somewhere(place: str, condition: Any) -> Any:
    """Return the condition that an item of a list, perhaps in an item of another, keeps a condition."""
    forms_of_places = whole_form().places()
    while place:
        outer = max((other for other in forms_of_places if other != place and f"{place}.".startswith(f"{other}.".lstrip("."))), key=len)
        condition = {"any": place[len(outer) :].strip("."), "where": condition}
        place = outer
    return condition
