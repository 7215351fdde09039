"""Published reviews under the Table of Evidence: what the rule gives is what the panel gave, but for what is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from evgrade.checking import load_dossier
from evgrade.grading.assess import assess
from evgrade.rubric.load import load_rubric

EXAMPLES = Path(__file__).parents[2] / "examples"
REVIEWS = sorted((EXAMPLES / "als").glob("*.dossier.yaml"))

# (review, domain): what the rule gives where the panel gave something else, and why.
DIFFERENT = {
    ("cuatsm-als", "mechanism"): ("B", "the panel split its grade, B/C"),
    ("curcumin-als", "risks"): (
        "A",
        "the panel split its grade, B/D; the record says no more than that it is safe by mouth",
    ),
    ("l-serine-als", "preclinical"): ("U", "the panel counted models of which it is unclear that they model ALS"),
    ("l-serine-als", "risks"): ("U", "the record tells nothing of harms"),
    ("low-dose-naltrexone-als-2021", "mechanism"): ("U", "the record tells no mechanism"),
    ("low-dose-naltrexone-als-2021", "risks"): ("U", "the record does not tell how grave the side effects were"),
    ("lunasin-als-2014", "risks"): ("U", "the record tells nothing of harms at that date"),
    ("methylcobalamin-als-2021", "risks"): ("U", "the record tells nothing of harms"),
    ("methylcobalamin-als-2022", "risks"): ("U", "the record tells nothing of harms"),
}


def graded(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the grades that the rule gives and those that were published."""
    dossier = load_dossier(str(path))
    given = {domain.name: domain.grade for domain in assess(dossier, load_rubric("alsuntangled-toe")).domains}
    tables = [verdict for verdict in dossier.document.data["verdicts"] if "grades" in verdict]
    return given, {entry["domain"]: entry["grade"] for entry in tables[-1]["grades"]}


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.name.split(".")[0])
def test_the_rule_gives_what_the_panel_gave(path: Path) -> None:
    given, published = graded(path)
    name = path.name.split(".")[0]
    different = {domain: grade for (review, domain), (grade, _) in DIFFERENT.items() if review == name}
    assert given == published | different
    assert {domain for domain in given if given[domain] != published[domain]} == set(different)


def test_the_seed_paper_with_all_its_facts_comes_out_as_published() -> None:
    given, published = graded(EXAMPLES / "low-dose-naltrexone-als.dossier.yaml")
    assert given == published
    assert "".join(given.values()) == "DUDUB"


def test_every_difference_belongs_to_a_review() -> None:
    assert len(REVIEWS) == 11
    assert {review for review, _ in DIFFERENT} <= {path.name.split(".")[0] for path in REVIEWS}
