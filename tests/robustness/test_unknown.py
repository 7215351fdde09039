"""What is said of missing facts is what comes of writing them."""

from __future__ import annotations

import copy
import itertools
import json
from typing import Any

import pytest
from hypothesis import given

import evgrade
from evgrade.checking import load_dossier
from evgrade.dossier import Dossier, examine
from evgrade.model import Path
from evgrade.robustness.robust import Robustness, robustness
from evgrade.robustness.standing import LEVEL
from evgrade.robustness.unknown import FoundIn
from evgrade.rubric.load import load_rubric
from evgrade.schema.store import schema
from evgrade.yamlio.reader import read
from tests.cli.support import EXERCISE, NALTREXONE, RILUZOLE, ROOT, SMALLEST
from tests.crossed import crossed
from tests.examples import examples
from tests.laws.situations import under_the_default_rubric

pytestmark = pytest.mark.slow


def written(data: Any, facts: dict[Path, Any]) -> dict[str, Any]:
    """Return a dossier with facts written into it, by hand."""
    whole: dict[str, Any] = copy.deepcopy(dict(data))
    for path, value in facts.items():
        inner: Any = whole
        for part in path[:-1]:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
        inner[path[-1]] = value
    return whole


def possible(data: dict[str, Any], one: Robustness) -> dict[str, frozenset[str]]:
    assessment = evgrade.grade(Dossier(read(json.dumps(data).encode(), "dossier.yaml")), one.rubric)
    found = {domain.name: frozenset(domain.possible) for domain in assessment.domains}
    level = assessment.recommendation
    return found | {LEVEL: frozenset() if level is None else frozenset(level.possible)}


def open_in(data: dict[str, Any], one: Robustness) -> bool:
    found = possible(data, one)
    return any(len(found[name]) > 1 for name in one.unknown.what)


@crossed(("example", "rubric"), [NALTREXONE, RILUZOLE, EXERCISE, SMALLEST], ["evgrade-default", "ocebm-2011"])
def test_each_value_gives_what_the_file_gives_that_says_so(example: str, rubric: str) -> None:
    dossier = load_dossier(str(ROOT / example))
    one = robustness(dossier, load_rubric(rubric), budget=0)
    for fact in one.unknown.facts:
        settled = 0
        for turn in fact.turns:
            data = written(dossier.data, {fact.fact.path: turn.value})
            found = possible(data, one)
            assert {name: still for name, (_, still) in turn.after.grades.items()} | {
                LEVEL: turn.after.possible
            } == found
            settled += not open_in(data, one)
        assert fact.settles == settled


@pytest.mark.parametrize(
    ("example", "rubric"), [(NALTREXONE, "ocebm-2011"), (EXERCISE, "grade"), (NALTREXONE, "evgrade-default")]
)
def test_each_set_settles_in_as_many_ways_as_is_said_and_no_smaller_one_does(example: str, rubric: str) -> None:
    dossier = load_dossier(str(ROOT / example))
    one = robustness(dossier, load_rubric(rubric), budget=2000)
    values = {fact.fact.path: [turn.value for turn in fact.turns] for fact in one.unknown.facts}

    def settled(paths: tuple[Path, ...]) -> list[bool]:
        ways = itertools.product(*(values[path] for path in paths))
        return [not open_in(written(dossier.data, dict(zip(paths, way, strict=True))), one) for way in ways]

    assert one.unknown.sets
    for each in one.unknown.sets:
        paths = tuple(fact.path for fact in each.facts)
        found = settled(paths)
        assert (sum(found), len(found)) == (each.settles, each.of)
        for smaller in itertools.combinations(paths, len(paths) - 1):
            ways = settled(smaller)
            assert not any(ways) if each.settles < each.of else not all(ways)


@examples(60)
@given(situation=under_the_default_rubric())
def test_what_decides_most_comes_first_and_nothing_becomes_possible_that_was_not(situation: Any) -> None:
    data = situation.dossiers[0].more
    one = robustness(Dossier(read(json.dumps(data).encode(), "dossier.yaml")), situation.compiled, budget=0)
    shares = [fact.share for fact in one.unknown.facts]
    assert shares == sorted(shares, reverse=True)
    for fact in one.unknown.facts:
        for turn in fact.turns:
            assert turn.after.possible <= one.before.possible
            assert all(still <= one.before.grades[name][1] for name, (_, still) in turn.after.grades.items())


def test_what_it_costs_follows_from_the_schema_and_from_what_the_paper_was_silent_on() -> None:
    text = """\
dossier: 1
therapy: {name: a therapy}
condition: {name: a condition}
trials:
  - id: a-trial
    statement: It was tried.
    agent: same
    condition: same
    allocation: not_reported
    result: benefit
safety:
  exposed: 50
"""
    dossier, findings = examine(text.encode(), "dossier.yaml")
    assert dossier is not None, findings
    one = robustness(dossier, load_rubric("evgrade-default"))
    costs = {fact.fact.path: fact.found_in for fact in one.unknown.facts}
    assert costs["trials", 0, "allocation"] is FoundIn.NEW_STUDY
    assert costs["trials", 0, "control"] is FoundIn.PAPER
    assert costs["preclinical",] is FoundIn.SEARCH
    assert costs["cost",] is FoundIn.SEARCH


def test_the_schema_knows_no_other_class() -> None:
    def found(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(found, node))
        if not isinstance(node, dict):
            return set()
        own = {node["x-found-in"]} if "x-found-in" in node else set()
        return own.union(*(found(part) for part in node.values()))

    assert found(schema("dossier")) <= {one.value for one in FoundIn}
