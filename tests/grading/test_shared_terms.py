"""Terms that rest on terms: each is evaluated once an item, and each item is explained once.

A rubric of two kilobytes can stand for more conditions than any machine ever evaluates, because each of thirty terms
may use the one before it twice. So these tests count evaluations; where one is repeated, they do not end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from evgrade.checking import load_dossier
from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.derivation import derive
from evgrade.grading.moved import diff_dossiers
from evgrade.grading.trace import Trace, evidence_at
from evgrade.render.clean import Sink
from evgrade.render.forms import PageFormat, render
from evgrade.render.machine import assessment_json
from evgrade.render.page import Page
from evgrade.render.pages.assessment import assessment_page
from evgrade.render.pages.derivation import MOST_ITEMS, derivation_page
from evgrade.rubric.conditions.values import OneOf
from evgrade.rubric.load import DEFAULT, load_rubric, shipped_names
from evgrade.rubric.model import Rubric
from tests.crossed import first_of

from .building import dossier, ladder, rubric, trial

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.dossier.yaml"))
LINKS = 40
USES = {
    "alternatives": "{any: [BEFORE, {not: BEFORE}]}",
    "both": "[BEFORE, BEFORE]",
    "nested": "[{any: [BEFORE, BEFORE]}, BEFORE]",
    "alternatives of both": "[{any: [BEFORE, BEFORE]}, {any: [BEFORE, BEFORE]}]",
    "excused": "[{any: [BEFORE, {unless: BEFORE}]}, {not: {not: BEFORE}}]",
    "number": "{number_of: [BEFORE, BEFORE, BEFORE], at_least: 2}",
}
CHAIN = f"t{LINKS}"
ON_DOSSIER = ladder(f"A one: {CHAIN}", "U last")
ON_ITEMS = ladder(f"A one: {{any: trials, where: {CHAIN}}}", "U last")
EACH = ladder(f"A one: {CHAIN}", "U last", head="    each: trials\n    combine: best\n")
ADVICE = f"""\
recommendation:
  levels: [{{level: a, title: Yes, means: m}}, {{level: b, title: No, means: m}}]
  ladder:
    - {{level: a, name: one, means: m, when: [{CHAIN}, {{grade: domain, is: A}}]}}
    - {{level: b, name: two, means: m, otherwise: true}}
"""
SUGGESTED = f"""\
suggest:
  bias:
    title: Bias
    on: trials
    where: {CHAIN}
    field: risk_of_bias.overall
    ladder:
      - {{judgement: low, name: one, means: m, when: {CHAIN}}}
      - {{judgement: high, name: two, means: m, otherwise: true}}
"""


def terms(use: str, leaf: str, on: str | None) -> str:
    """Return a chain of terms, each of which uses the one before it more than once."""
    place = f"    on: {on}\n" if on else ""
    names = [f"t{number}" for number in range(LINKS + 1)]
    whens = [leaf, *(use.replace("BEFORE", before) for before, _ in pairwise(names))]
    written = (f"  {name}:\n{place}    means: m\n    when: {when}\n" for name, when in zip(names, whens, strict=True))
    return f"terms:\n{''.join(written)}"


def labels() -> str:
    """Return a chain of labels, each of which asks for the one before it twice."""
    whens = ["{agent: same}", *(f"{{any: [{{l{n}: X}}, {{not: {{l{n}: Y}}}}]}}" for n in range(LINKS))]
    return "classify:\n" + "".join(
        f"  l{number}:\n    on: trials\n    means: m\n    ladder:\n"
        f"      - {{label: X, name: one, means: m, when: {when}}}\n"
        "      - {label: Y, name: two, means: m, otherwise: true}\n"
        for number, when in enumerate(whens)
    )


def rubrics() -> Iterator[tuple[str, str]]:
    """Yield rubrics that share what they are made of in every place where a rubric can."""
    for name, use in USES.items():
        yield f"{name}, of items", terms(use, "{agent: same}", "trials") + "domains:\n" + ON_ITEMS
        yield f"{name}, of the dossier", terms(use, "{safety.concern: none}", None) + "domains:\n" + ON_DOSSIER + ADVICE
    of_items = terms(USES["alternatives"], "{agent: same}", "trials") + "domains:\n"
    yield "item by item", of_items + EACH
    yield "suggested", of_items + ON_ITEMS + SUGGESTED
    yield (
        "applies",
        terms(USES["both"], "{safety.concern: none}", None)
        + "domains:\n"
        + ladder("A one: {any: trials}", "U last", head=f"    applies_when: {CHAIN}\n"),
    )
    in_lists = "{any: [{any: trials, where: BEFORE}, {none: trials, where: BEFORE}]}"
    yield (
        "lists",
        terms(USES["both"], "{agent: same}", "trials")
        + "domains:\n"
        + ladder(
            f"A one: {in_lists.replace('BEFORE', CHAIN)}",
            f"B two: {{share: trials, where: {CHAIN}, of: {CHAIN}, at_least: 0.5}}",
            "U last",
        ),
    )
    yield "labels", labels() + "domains:\n" + ON_ITEMS.replace(CHAIN, f"{{l{LINKS}: X}}")


SHARING = dict(rubrics())


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count fields that are compared and traces that are made, and fail far above what a few items need."""
    counted = [0]
    compare, begin = OneOf.truth, Trace.__init__

    def one_more() -> None:
        counted[0] += 1
        assert counted[0] < 300_000, "the same is evaluated again and again"

    def truth(self: OneOf, *given: object) -> object:
        one_more()
        return compare(self, *given)  # type: ignore[arg-type]

    def init(self: Trace, *given: object) -> None:
        one_more()
        begin(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(OneOf, "truth", truth)
    monkeypatch.setattr(Trace, "__init__", init)
    return counted


SOME = dossier(
    trials=[trial("open"), trial("same", agent="same"), trial("other", agent="related")], safety={"exposed": 1}
)
OTHER = dossier(trials=[trial("open", agent="same"), trial("same")], safety={"concern": "none"})


@pytest.mark.usefixtures("evaluated")
@pytest.mark.parametrize("name", SHARING)
@pytest.mark.parametrize("graded", [SOME, OTHER], ids=["open", "other"])
def test_every_explanation_ends_and_is_short(name: str, graded: Dossier) -> None:
    compiled = rubric(SHARING[name])
    for text in explanations(graded, compiled):
        assert len(text) < 40_000


def text_of(page: Page) -> str:
    return "".join(render(page, PageFormat.TEXT, Sink()))


def explanations(graded: Dossier, compiled: Rubric) -> Iterator[str]:
    yield text_of(assessment_page(assess(graded, compiled)))
    yield "".join(assessment_json(assess(graded, compiled)))
    yield "".join(render(assessment_page(assess(graded, compiled)), PageFormat.MARKDOWN, Sink()))
    yield text_of(derivation_page(derive(graded, compiled), graded))
    yield repr(diff_dossiers(SOME, graded, compiled).domains)


def test_where_a_rule_comes_back_to_a_term_its_phrase_is_enough() -> None:
    body = """\
terms:
  sound: {means: m, phrase: sound, when: {safety.concern: none, safety.exposed: {at_least: 5}}}
domains:
""" + ladder("A one: {any: [[sound, {safety.concern: minor}], sound]}", "U last")
    graded = dossier(safety={"exposed": 9})
    (lacks,) = assess(graded, rubric(body)).domains[0].better.lacks  # type: ignore[union-attr]
    assert lacks == (
        "either safety concern none (not known), safety concern minor (not known); or sound (not known)"
    ).replace("safety concern", "the reviewers' concern")
    text = text_of(derivation_page(derive(graded, rubric(body)), graded))
    assert text.count("people followed for harm at least 5") == 1
    assert "[?] sound, as above\n" in text


@pytest.mark.parametrize("name", shipped_names())
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_missing_fact_names_every_domain_that_lacks_it(name: str, path: Path) -> None:
    given = assess(load_dossier(str(path)), load_rubric(name))
    lacking: dict[object, set[str]] = {}
    for domain in given.domains:
        for fact in domain.missing:
            lacking.setdefault(fact.path, set()).add(domain.title)
    assert {fact.path: set(fact.domains) for fact in given.missing} == lacking
    assert len(given.missing) == len(lacking)


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the pieces of evidence that are looked up and the traces that are made."""
    counted = [0, 0]
    begin = Trace.__init__

    def evidence(*given: object) -> object:
        counted[0] += 1
        return evidence_at(*given)  # type: ignore[arg-type]

    def init(self: Trace, *given: object) -> None:
        counted[1] += 1
        begin(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("evgrade.grading.assess.evidence_at", evidence)
    monkeypatch.setattr(Trace, "__init__", init)
    return counted


def read_by_a_report(number: int, name: str, explained: list[int]) -> list[int]:
    trials = [trial(f"t{n}", agent="same", condition="same", result="benefit") for n in range(number)]
    explained[:] = [0, 0]
    text_of(assessment_page(assess(dossier(trials=trials), load_rubric(name))))
    return list(explained)


@pytest.mark.parametrize("name", first_of([DEFAULT, *sorted({*shipped_names()} - {DEFAULT})], 2))
def test_a_report_explains_each_item_once_however_many_there_are(name: str, explained: list[int]) -> None:
    few, traced_of_few = read_by_a_report(400, name, explained)
    many, traced_of_many = read_by_a_report(1_200, name, explained)
    assert many - few <= 1_200 - 400
    # Which items decide is asked of each, and what each lacks.
    assert traced_of_many - traced_of_few <= 200 * (1_200 - 400)


def test_beyond_a_hundred_what_is_not_shown_is_not_counted() -> None:
    body = "domains:\n" + ladder("A one: {every: trials, where: {agent: same}}", "U last")
    few, many = (
        text_of(assessment_page(assess(dossier(trials=[trial(f"t{n}") for n in range(number)]), rubric(body))))
        for number in (106, 107)
    )
    assert "and 100 more: evgrade explain FILE" in few
    assert "and over 100 more: evgrade explain FILE" in many


def test_a_derivation_shows_a_hundred_items_of_a_list_and_counts_the_others() -> None:
    body = "domains:\n" + ladder("A one: {count: trials, where: {agent: same}, at_least: 200}", "U last")
    agents = ["same", "related", "unclear"]
    graded = dossier(trials=[trial(f"t{n}", agent=agents[n % 3]) for n in range(210)])
    text = text_of(derivation_page(derive(graded, rubric(body)), graded))
    assert text.count(", line ") == MOST_ITEMS == 100
    assert text.partition("What the marks mean")[0].count("[yes] t") == 70
    assert "and 110 more: [?] 40, [no] 70\n" in text


def test_only_the_domain_that_is_asked_for_is_derived() -> None:
    body = "domains:\n" + ladder("A a: {safety.concern: none}", "U b", name="one") + ladder("U c", name="two")
    derivation = derive(dossier(), rubric(body + ADVICE.replace(f"{CHAIN}, ", "").replace("domain,", "one,")), "Two")
    assert [domain.title for domain in derivation.domains] == ["Two"]
    assert (derivation.recommendation, derivation.score) == (None, None)
    assert not derivation.suggestions


def test_an_assessment_in_json_is_what_its_parts_say() -> None:
    given = assess(SOME, rubric(SHARING["alternatives, of items"]))
    data = json.loads("".join(assessment_json(given)))
    assert [fact["path"] for fact in data["missing"]] == [list(fact.path) for fact in given.missing]
