"""Laws of what people read: every report is one page, and each format of it says the same, harmless."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.batch.changes import Change, How
from evgrade.batch.row import Grading, Row
from evgrade.checking import load_dossier
from evgrade.checks.prose import all_prose
from evgrade.codes import known_codes
from evgrade.discover import Source
from evgrade.dossier import Dossier
from evgrade.git import Span as Commits
from evgrade.grading.assess import assess_with_retractions
from evgrade.grading.derivation import derive
from evgrade.grading.moved import diff_dossiers
from evgrade.model import Finding, Location, Severity
from evgrade.render import page as model
from evgrade.render.clean import Sink
from evgrade.render.forms import PageFormat, render
from evgrade.render.page import (
    Block,
    Bullets,
    Caption,
    Column,
    EffectRow,
    Effects,
    Findings,
    Foot,
    GradeRow,
    Grades,
    Heading,
    Item,
    Link,
    Mark,
    Note,
    Page,
    Paragraph,
    Place,
    Rule,
    SourceEntry,
    Sources,
    Span,
    Style,
    Table,
    Title,
    Tone,
    Verbatim,
    Verdict,
    row,
    strong,
)
from evgrade.render.pages.assessment import assessments_page
from evgrade.render.pages.changes import changes_page
from evgrade.render.pages.checks import check_page, checks_page
from evgrade.render.pages.comparison import difference_page, side_by_side_page
from evgrade.render.pages.derivation import derivation_page
from evgrade.render.pages.ranking import ranking_page
from evgrade.render.pages.robustness import robustness_page
from evgrade.render.pages.rubric import rubric_page, rubrics_page
from evgrade.report.article.build import article_of
from evgrade.report.view import graded_by
from evgrade.robustness.robust import Robustness, robustness
from evgrade.rubric.load import DEFAULT, load_rubric, read_rubric

from .support import NALTREXONE, RILUZOLE, ROOT, SMALLEST, harmful, width

RUBRIC, OTHER = load_rubric("evgrade-default"), load_rubric("ocebm-2011")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@cache
def loaded(name: str) -> Dossier:
    return load_dossier(str(ROOT / name))


@cache
def firm() -> list[Robustness]:
    return [robustness(loaded(name), RUBRIC) for name in (NALTREXONE, SMALLEST)]


def row_of(name: str) -> Row:
    return next(iter(Grading((read_rubric(DEFAULT),))([Source(str(ROOT / name), named=True)])))


def changed() -> Page:
    change = Change(how=How.CHANGED, before=row_of(NALTREXONE), after=row_of("tests/cli/bad/bad-date.dossier.yaml"))
    added = Change(how=How.ADDED, before=None, after=row_of(RILUZOLE))
    return changes_page([change, added], Commits("a" * 40, "b" * 40, to_head=True), "main", [RUBRIC])


PAGES: dict[str, Callable[[], Page]] = {
    "assessment": lambda: assessments_page([[assess_with_retractions(loaded(NALTREXONE), RUBRIC)]]),
    "nothing recorded": lambda: assessments_page([[assess_with_retractions(loaded(SMALLEST), RUBRIC)]]),
    "several dossiers, several rubrics": lambda: assessments_page(
        [[assess_with_retractions(loaded(name), one) for one in (RUBRIC, OTHER)] for name in (RILUZOLE, SMALLEST)]
    ),
    "side by side": lambda: side_by_side_page(
        [assess_with_retractions(loaded(name), RUBRIC) for name in (RILUZOLE, SMALLEST)]
    ),
    "difference": lambda: difference_page(diff_dossiers(loaded(NALTREXONE), loaded(RILUZOLE), RUBRIC)),
    "robustness": lambda: robustness_page(firm()),
    "changes": changed,
    "ranking": lambda: ranking_page(
        [[row_of(name) for name in (RILUZOLE, "nowhere.yaml")]], [RUBRIC.outline], grouped=False
    ),
    "derivation": lambda: derivation_page(derive(loaded(RILUZOLE), RUBRIC), loaded(RILUZOLE)),
    "article": lambda: article_of(loaded(NALTREXONE), *graded_by(loaded(NALTREXONE), [RUBRIC])),
    "rubric": lambda: rubric_page(RUBRIC),
    "rubrics": lambda: rubrics_page([RUBRIC, OTHER]),
    "checks": lambda: checks_page(known_codes().values()),
    "check": lambda: check_page(known_codes()["source-newer"], all_prose()["source-newer"]),
}
each_report = pytest.mark.parametrize("report", PAGES)


def whole(part: Any) -> Any:
    """Return a part of a page of which a terminal leaves nothing out: neither entries nor the ends of long texts."""
    if isinstance(part, Span):
        return part._replace(most=0)
    if isinstance(part, str | Finding | Place | Link) or part is None:
        return part
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        changes = {one.name: whole(getattr(part, one.name)) for one in dataclasses.fields(part)}
        if isinstance(part, Bullets):
            changes["most"] = None
        if isinstance(part, Column):
            changes |= {"short": "", "wide": 0, "optional": False}
        return dataclasses.replace(part, **changes)
    if hasattr(part, "__iter__"):
        return tuple(whole(one) for one in part)
    return part


OF_LAYOUT = {"yes", "no", "not", "known", "decides", "line", "provisional", "possible", "domain", "grade", "means"}
"""Words that stand for signs of the terminal, or for its layout."""


def words(text: str) -> set[str]:
    """Return the words and numbers of a text, folded lines put together and what is markup left out."""
    plain = re.sub(r"&#\d+;|</?su[bp]>|\\(?=\W)|^#+ |^ *[-|>*•»–] |[│╭╮╰╯]", " ", text, flags=re.MULTILINE)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return {word.lower() for word in re.findall(r"[^\W_]+", plain)} - OF_LAYOUT


@pytest.mark.slow
@each_report
def test_text_and_markdown_say_the_same(report: str) -> None:
    text, markdown = (
        words("".join(render(whole(PAGES[report]()), form, Sink(10_000))))
        for form in (PageFormat.TEXT, PageFormat.MARKDOWN)
    )
    of_titles = {word for block in PAGES[report]() if isinstance(block, Title) for word in words(block.text)}
    explained = words("marks what a grade rests on")
    places = {word for word in markdown - text if word in words(f"{RILUZOLE} {NALTREXONE} {ROOT}")}
    of_findings = words("Place Severity Finding Hint Code")
    assert text - markdown - explained == set()
    assert markdown - text - of_titles - places - of_findings == set()


@pytest.mark.slow
@each_report
def test_nothing_is_on_the_short_page_that_is_not_on_the_whole_one(report: str) -> None:
    short = words("".join(render(PAGES[report](), PageFormat.TEXT, Sink(10_000))))
    everything = words("".join(render(whole(PAGES[report]()), PageFormat.TEXT, Sink(10_000))))
    cut = {word for word in short - everything if any(one.startswith(word) for one in everything)}
    assert short - everything - cut <= words(
        "and over more evgrade explain FILE 1 2 3 4 5 6 7 8 9 0 mech prec clin safe"
    ) | {word for word in short if word.isdigit()}


# Whatever a page says is cleaned, and none of it is lost

HOSTILE = "\x1b[2J\u202eevil\n\n# | <b>`x`</b> @octocat\x9b"
PIECE = st.text(st.sampled_from("ab \n\x1b\u202e\x9b[|*_<#`@\u2028\ud800"), min_size=1, max_size=8)
LOCATION = Location(file="a\x1b.yaml", line=3, column=1)


def every_block(text: str) -> Iterator[Block]:
    """Yield one of each kind of block, with a text wherever it takes any."""
    styled = tuple(Span(text, style, tone) for style in Style for tone in Tone)
    item = Item(styled, (text,), Place(text, 1), (text,), Mark.DECIDES, (Item((text,), mark=Mark.UNKNOWN),))
    yield Title(text)
    yield Heading(1, (text,), text)
    yield Heading(2, (text,), has_marks=True)
    yield Paragraph((text, strong(text), text))
    yield Bullets([item], text, 1, text)
    yield Verdict(
        title=text, tone=Tone.POOR, settled=False, means=(text,), because=Bullets([item]), settles=Bullets([item], text)
    )
    yield Grades((GradeRow(title=text, grade=text, strength=0.5, means=text, possible=(text,), others=(text,)),))
    yield Table([Column(text, share=1), Column(text)], [row(strong(text), Span(text, Style.FILE))], title=text)
    yield Effects(
        title=text,
        measure=("RR", text),
        rows=(EffectRow(text, text, (1.0, 0.5, 2.0), True), EffectRow(text, text, None, False)),
        more=2,
        sides=(text, text),
        people=text,
    )
    yield Caption(3, text)
    yield Sources((SourceEntry(text, text, styled, (Link("https://a.example/", "there"),)),))
    yield Note((text,), [Column(text, "short")])
    yield Findings((Finding(code="a-code", severity=Severity.ERROR, message=text, location=LOCATION, hint=text),))
    yield Verbatim(text)
    yield Rule()
    yield Foot(text, text)


def test_every_kind_of_block_is_tried() -> None:
    assert {type(block) for block in every_block("x")} == set(get_args(model.Block))


@given(PIECE, st.sampled_from([40, 80]), st.sampled_from(["utf-8", "ascii"]))
def test_whatever_a_page_says_is_harmless_in_every_format(text: str, columns: int, encoding: str) -> None:
    for form in PageFormat:
        shown = "".join(render(every_block(text), form, Sink(columns, encoding=encoding)))
        assert harmful(shown) == []
        shown.encode(encoding)
    colored = "".join(render(every_block(text), PageFormat.TEXT, Sink(columns, color=True)))
    assert harmful(COLOURS.sub("", colored)) == []
    plain = "".join(render(every_block(text), PageFormat.TEXT, Sink(columns)))
    assert [line.rstrip() for line in COLOURS.sub("", colored).split("\n")] == plain.split("\n")


@pytest.mark.parametrize("block", list(every_block(HOSTILE)), ids=lambda block: type(block).__name__)
def test_no_block_can_forget_to_clean(block: Block) -> None:
    for form in PageFormat:
        shown = "".join(render([block], form, Sink(200)))
        assert harmful(shown) == []
        if not isinstance(block, Rule) and not (form is PageFormat.TEXT and isinstance(block, Title)):
            assert "evil" in shown.lower()


def provisional() -> Verdict:
    """Return a verdict with a title for the facts that settle it, and no such fact."""
    settles = Bullets(map(Item, ()), "Provisional: it could still become “Another”.")
    return Verdict(title="One", tone=Tone.POOR, settled=False, means=("It is.",), because=Bullets(()), settles=settles)


@pytest.mark.parametrize("form", PageFormat)
def test_a_provisional_verdict_says_so_even_if_nothing_is_listed_that_settles_it(form: PageFormat) -> None:
    assert "it could still become “Another”." in "".join(render([provisional()], form, Sink(200)))


@given(
    st.lists(st.sampled_from(["word", "longer-than-that", "日本語の薬", "a" * 90]), max_size=40), st.integers(40, 90)
)
def test_text_keeps_to_the_width_however_deep_it_is(texts: list[str], columns: int) -> None:
    item = Item(tuple(f"{text} " for text in texts) or ("x",), mark=Mark.YES)
    for _ in range(30):
        item = Item(item.line, mark=Mark.NO, children=(item,))
    assert width("".join(render([Bullets([item])], PageFormat.TEXT, Sink(columns)))) <= columns
