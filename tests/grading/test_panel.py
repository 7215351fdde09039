"""What raters gave, beside what the rule gives."""

from __future__ import annotations

from typing import Any

import pytest

from evgrade.grading.assess import assess
from evgrade.grading.panel import ALPHA, KAPPA, PanelSummary
from evgrade.rubric.load import load_rubric

from .building import dossier


def panel(*raters: dict[str, str], overrides: Any = None, **more: Any) -> PanelSummary | None:
    """Return the panel of a dossier with one mechanism that the default rubric grades C."""
    given: dict[str, Any] = {
        "mechanism": [{"id": "m", "statement": "s", "relevance": "plausible"}],
        "panel": [
            {"id": f"r{number}", "grades": [{"domain": name, "grade": grade} for name, grade in rater.items()], **more}
            for number, rater in enumerate(raters, 1)
        ],
    }
    if overrides is not None:
        given["overrides"] = overrides
    return assess(dossier(**given), load_rubric()).panel


def told(*raters: dict[str, str], **more: Any) -> PanelSummary:
    found = panel(*raters, **more)
    assert found is not None
    return found


def test_without_raters_there_is_no_panel() -> None:
    assert panel() is None
    assert panel({"mechanism": "B"}, system="another-system") is None


@pytest.mark.parametrize(
    ("grades", "median", "best", "worst", "differs"),
    [
        ("B", "B", "B", "B", True),
        ("C", "C", "C", "C", False),
        ("BC", "BC", "B", "C", False),
        ("ABF", "B", "A", "F", True),
        ("DBCA", "BC", "A", "D", False),
        ("BU", "B", "B", "B", True),
        ("UU", "U", "U", "U", True),
    ],
)
def test_the_median_and_the_spread(grades: str, median: str, best: str, worst: str, differs: bool) -> None:
    (one,) = told(*({"mechanism": grade} for grade in grades)).grades
    assert ("".join(one.median), one.best, one.worst, one.differs) == (median, best, worst, differs)
    assert one.grade == "C"
    assert [grade for _, grade in one.given] == list(grades)


def test_a_domain_may_be_named_by_its_title_and_a_rubric_too() -> None:
    found = told({"Mechanism plausibility": "B"}, system=load_rubric().title)
    assert [one.domain for one in found.grades] == ["mechanism"]


def test_two_raters_are_compared_by_kappa_and_more_by_alpha() -> None:
    one, other = {"mechanism": "A", "trials": "D", "safety": "B"}, {"mechanism": "B", "trials": "D", "safety": "B"}
    two = told(one, other)
    assert two.statistic == KAPPA
    # Disagreement seen: 1 of 3. By chance: the ranks 0 3 1 against 1 3 1 differ by 12 in 9 pairs.
    assert two.agreement == pytest.approx(1 - (1 / 3) / (11 / 9))
    assert told(one, other, one).statistic == ALPHA
    assert told(one).statistic is None


def test_agreement_that_cannot_be_told_says_why() -> None:
    found = told({"mechanism": "A"}, {"trials": "A"})
    assert (found.agreement, found.untold) == (None, "no unit was rated by both")
    found = told({"mechanism": "A"}, {"mechanism": "A"}, {"mechanism": "A"})
    assert (found.agreement, found.untold) == (None, "all ratings are the same")


def test_what_fits_no_domain_or_scale_is_told() -> None:
    found = told({"mechanism": "B", "trails": "D", "safety": "Z"})
    assert [one.domain for one in found.grades] == ["mechanism"]
    assert found.left_out == (
        "the rater r1 grades `trails`, which evgrade-default does not judge",
        "the rater r1 gives Safety `Z`, which is not on its scale",
    )


def test_an_override_stands_beside_the_grade_and_replaces_nothing() -> None:
    given = assess(
        dossier(overrides=[{"domain": "cost", "grade": "B", "reason": "A generic comes next year."}]), load_rubric()
    )
    assert given.domain("cost").grade == "U"
    assert given.panel is not None
    (override,) = given.panel.overrides
    assert (override.title, override.grade, override.instead_of, override.reason, override.by) == (
        "Cost",
        "B",
        "U",
        "A generic comes next year.",
        None,
    )
