"""A certainty that the source states, as people read it: as the source's, beside what the rule makes of the outcome."""

from __future__ import annotations

import json

import pytest

from .support import Run

DOSSIER = """\
dossier: 1
therapy: {name: a therapy}
condition: {name: a condition}
outcomes:
  - {id: o, name: Pain, importance: critical, design: randomized, certainty: {judgement: high}}
"""


def score(evgrade: Run, form: str, dossier: str = DOSSIER) -> str:
    result = evgrade("score", "-", "-r", "grade", "--format", form, stdin=dossier)
    assert result.code == 0
    return " ".join(result.stdout.split())


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_certainty_stated_without_its_domains_is_the_sources_and_never_very_low(evgrade: Run, form: str) -> None:
    told = score(evgrade, form)
    assert "Pain: stated by the source: high; by the rule: not rated" in told
    assert "the evidence is very uncertain" not in told


def test_a_certainty_stated_without_its_domains_is_in_the_data(evgrade: Run) -> None:
    (domain,) = [one for one in json.loads(score(evgrade, "json"))["domains"] if one["name"] == "certainty"]
    assert (domain["grade"], domain["judged"]) == ("not_rated", False)
    assert [(item["stated"], item["grade"]) for item in domain["items"]] == [("high", "not_rated")]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_certainty_that_the_rule_gives_too_is_not_told_twice(evgrade: Run, form: str) -> None:
    judged = "".join(f", {name}: {{judgement: not_serious}}" for name in ("risk_of_bias", "inconsistency"))
    judged += ", indirectness: {judgement: not_serious}, imprecision: {judgement: not_serious}"
    judged += ", publication_bias: {judgement: undetected}"
    told = score(evgrade, form, DOSSIER.replace("design: randomized", f"design: randomized{judged}"))
    assert "stated by the source" not in told
    assert "Overall certainty" in told
