"""The rubric that docs/rubrics.md shows is right, and so are the rules that it shows by themselves."""

from __future__ import annotations

from textwrap import indent

import pytest

from evgrade.grading.cases import run_cases
from evgrade.rubric.check import check_rubric
from evgrade.rubric.model import Rubric
from evgrade.yamlio.reader import read

from .pages import ROOT, blocks

SHOWN = [
    block.body
    for block in blocks((ROOT / "docs" / "rubrics.md").read_text(encoding="utf-8"))
    if block.language == "yaml"
]
WHOLE = next(body for body in SHOWN if body.startswith("rubric: 1"))
EXCUSE = next(body for body in SHOWN if "unless" in body)
APPLIES = next(body for body in SHOWN if body.startswith("applies_when"))
LADDER = "    ladder:\n"


def right(text: str) -> Rubric:
    """Return a rubric that must be right."""
    rubric, findings = check_rubric(read(text.encode(), "rubric.yaml"))
    assert findings == []
    assert rubric is not None
    return rubric


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.replace(LADDER, LADDER + indent(EXCUSE, "      ")),
        WHOLE.replace(LADDER, indent(APPLIES, "    ") + LADDER),
    ],
    ids=["the small rubric", "with a rung that can be excused", "with a domain that may not apply"],
)
def test_what_the_page_shows_is_right_and_its_case_holds(text: str) -> None:
    rubric = right(text)
    [case] = run_cases(rubric)
    assert case.differs == ()
