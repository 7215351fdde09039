"""The draft of a review article: what it says, whose words these are, and that hostile text stays text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evgrade.checking import load_dossier
from evgrade.dossier import examine
from evgrade.render.clean import Sink
from evgrade.render.markdown import page_markdown
from evgrade.render.page import Paragraph, Span, Style, strong
from evgrade.report.article.build import article_of
from evgrade.report.article.draft import in_numbers
from evgrade.report.view import graded_by
from evgrade.rubric.load import load_rubrics
from tests.cli.hostile import hostile_dossier
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SMALLEST, Run
from tests.examples import examples

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden"
BOTH = ("-r", "evgrade-default", "-r", "grade")


def article(evgrade: Run, *args: str | Path, stdin: str = "") -> str:
    result = evgrade("report", *args, "--format", "markdown-article", stdin=stdin)
    assert result.code == 0, result.output
    return result.stdout


def made(text: str) -> str:
    """Return what evgrade wrote: the text in italics."""
    return " ".join(_emphasized(MarkdownIt("commonmark").enable("table").parse(text)))


def authored(text: str) -> str:
    """Return the running text that evgrade did not write."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return " ".join(
        child.content
        for token in tokens
        if token.type == "inline"
        for child, inside in _with_depth(token.children or [])
        if not inside and child.type == "text"
    )


def _with_depth(children: list[Token]) -> list[tuple[Token, int]]:
    depth, found = 0, []
    for child in children:
        depth += (child.type == "em_open") - (child.type == "em_close")
        found.append((child, depth))
    return found


def _emphasized(tokens: list[Token]) -> list[str]:
    return [
        child.content
        for token in tokens
        if token.type == "inline"
        for child, inside in _with_depth(token.children or [])
        if inside and child.type == "text"
    ]


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE, SMALLEST])
def test_an_article_is_what_it_was_last(evgrade: Run, request: pytest.FixtureRequest, example: str) -> None:
    path = GOLDEN / f"{Path(example).name.removesuffix('.dossier.yaml')}.article.md"
    text = article(evgrade, example, *BOTH)
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.dossier.yaml")), ids=lambda path: path.name)
def test_no_sign_of_markup_is_left_to_be_read(evgrade: Run, path: Path) -> None:
    text = article(evgrade, path, *BOTH)
    assert "*" not in authored(text) + made(text)
    assert "*" not in path.read_text(encoding="utf-8")


def test_strong_words_and_ours_may_stand_beside_each_other() -> None:
    text = "".join(page_markdown([Paragraph((strong("a"), Span(": b", Style.GENERATED), strong("c")))], Sink()))
    assert authored(text).replace("\u200b", "").split() == ["a", "c"]
    assert made(text) == ": b"


def test_an_article_has_the_sections_of_a_review_in_their_order(evgrade: Run) -> None:
    heads = re.findall(r"^## (.*)$", article(evgrade, NALTREXONE, *BOTH), re.MULTILINE)
    assert heads == [
        "Introduction",
        "Low dose naltrexone",
        "Plausibility of Low dose naltrexone for Amyotrophic lateral sclerosis",
        "Preclinical studies",
        "Cases and patients' reports",
        "Clinical trials",
        "Safety and interactions",
        "Cost",
        "Conclusions",
        "Funding and declaration of interest",
        "Table of Evidence",
        "Search for evidence",
        "Reviewers' notes",
        "About this draft",
        "References",
    ]


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE])
def test_every_statement_of_the_reviewers_is_there_in_their_words_and_not_as_ours(evgrade: Run, example: str) -> None:
    data = load_dossier(str(ROOT / example)).data
    text = article(evgrade, example)
    said, ours = authored(text), made(text)
    for section in ("trials", "preclinical", "cases", "mechanism", "claims"):
        for item in data.get(section, ()):
            statement = " ".join(item["statement"].split()).removesuffix(".")
            assert statement in said.replace("\u200b", ""), item["id"]
            assert statement not in ours
    for one in data["mechanism"]:
        for item in one["evidence"]:
            assert " ".join(item["statement"].split()).removesuffix(".") in said, item["id"]


def test_what_evgrade_wrote_is_told_from_what_the_reviewers_wrote(evgrade: Run) -> None:
    text = article(evgrade, RILUZOLE, *BOTH)
    ours = made(text)
    assert "This is a draft to be edited." in ours
    for told in (
        "It was a randomized, double-masked trial compared with placebo with 155 participants.",
        "the verdict is",
    ):
        assert told in ours
        assert told not in authored(text)


def test_what_is_not_recorded_and_what_was_not_found_are_two_things(evgrade: Run) -> None:
    absent = article(evgrade, SMALLEST)
    assert "Nothing is recorded on mechanisms; whether they were looked for is not stated." in absent
    assert "No trials are recorded; whether they were looked for is not stated." in absent
    assert "Who funded the review is not stated." in absent
    text = (ROOT / SMALLEST).read_text(encoding="utf-8")
    empty = "claims: []\nmechanism: []\npreclinical: []\ncases: []\ntrials: []\nsafety: {adverse_events: []}\n"
    review = "review: {funding: [], conflicts_of_interest: {declared: false}}\n"
    looked = article(evgrade, "-", stdin=f"{text}{empty}{review}")
    for told in (
        "Claims of proponents were looked for, and none was found.",
        "Mechanisms were looked for, and none was found.",
        "Preclinical studies were looked for, and none was found.",
        "Cases and patients' reports were looked for, and none was found.",
        "Trials were looked for, and none was found.",
        "Individual harms were looked for, and none was found.",
        "The review states no funding.",
        "The authors declared that they have no conflict of interest.",
    ):
        assert told in looked
        assert told not in absent


def test_an_empty_dossier_claims_nothing(evgrade: Run) -> None:
    text = article(evgrade, SMALLEST, *BOTH)
    assert "gives no verdict: the dossier has none of the evidence that this system uses" in text
    assert "No source is recorded." in text
    assert "does not mean that there are none" in text


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1,), " (1)"),
        ((1, 2), " (1, 2)"),
        ((3, 4, 5), " (3–5)"),
        ((1, 2, 4, 5, 6, 9), " (1, 2, 4–6, 9)"),
        ((7, 9), " (7, 9)"),
    ],
)
def test_citations_are_numbers_and_ranges(numbers: tuple[int, ...], words: str) -> None:
    assert "".join(span.text for span in in_numbers(numbers)) == words


def test_references_are_numbered_as_they_are_first_cited(evgrade: Run) -> None:
    text = article(evgrade, RILUZOLE, *BOTH)
    body, references = text.split("## References")
    groups = re.findall(r" \(([1-9][0-9]?(?:(?:, |–)[1-9][0-9]?)*)\)", body)
    ranges = [[int(end) for end in part.split("–")] for group in groups for part in group.split(", ")]
    first = list(dict.fromkeys(number for ends in ranges for number in range(ends[0], ends[-1] + 1)))
    listed_ones = [int(number) for number in re.findall(r"^([0-9]+)\. ", references, re.MULTILINE)]
    assert listed_ones == list(range(1, len(listed_ones) + 1))
    assert len(listed_ones) == len(load_dossier(str(ROOT / RILUZOLE)).data["references"])
    assert first == listed_ones


def test_a_retracted_source_is_named_at_the_top_and_before_the_references(evgrade: Run) -> None:
    text = (ROOT / RILUZOLE).read_text(encoding="utf-8")
    text = text.replace("    pmid: 9443458\n", "    pmid: 9443458\n    retraction: retracted\n")
    told = article(evgrade, "-", stdin=text)
    (number,) = re.findall(r"^([0-9]+)\. \*\*Retracted\.\*\* Gurney ME, Fleck", told, re.MULTILINE)
    sentence = f"**Retracted or withdrawn source: {number}. Nothing should rest on it.**"
    assert told.count(sentence) == 2
    assert told.index(sentence) < told.index("## Introduction")
    assert told.rindex(sentence) > told.index("## References")
    assert "Retracted" not in article(evgrade, RILUZOLE)


def test_each_system_is_named_and_says_why_it_differs(evgrade: Run) -> None:
    ours = made(article(evgrade, RILUZOLE, *BOTH, "-r", "ocebm-2011"))
    assert (
        "By evgrade's own rubric for therapies without a good trial, version 2.0, the verdict is “Recommended”" in ours
    )
    assert (
        "It differs from the first verdict because GRADE certainty of evidence and strength of recommendation also"
        " requires facts that the dossier does not state (the balance of benefits and harms;"
    ) in ours
    assert "OCEBM levels of evidence, 2011, version 1.0, gives no verdict" in ours
    assert "So it can neither confirm the first verdict nor contradict it." in ours


RATED = """
review: {search: {date: 2026-01, sources: [PubMed, Embase], flow: {identified: 100, included_studies: 0}}}
trials: []
panel:
  - {id: r1, name: Ann One, grades: [{domain: trials, grade: B, comment: well done}, {domain: safety, grade: C}],
     conflicts_of_interest: none}
  - {id: r2, grades: [{domain: trials, grade: D}, {domain: safety, grade: C}]}
"""


def test_raters_are_named_with_how_far_they_agree_and_where_not(evgrade: Run) -> None:
    text = article(evgrade, "-", stdin=f"{(ROOT / SMALLEST).read_text(encoding='utf-8')}{RATED}")
    assert "2 raters graded the evidence by evgrade's own rubric" in text
    assert "They agree on 1 of 2 questions" in text
    assert "Clinical trials: grades from B to D; the median grade is B or D and the rule gives U." in text
    assert "| Clinical trials | Ann One: B, r2: D | B or D | U |" in text
    assert "no declaration of interest is recorded" in text


def test_the_numbers_of_prisma_are_a_table_where_they_were_counted(evgrade: Run) -> None:
    text = article(evgrade, "-", stdin=f"{(ROOT / SMALLEST).read_text(encoding='utf-8')}{RATED}")
    assert "Records through the search (PRISMA 2020)" in text
    assert "| Records found | 100 |" in text
    assert "| Studies included | 0 |" in text
    assert "*Searched:* PubMed and Embase." in text


@pytest.mark.parametrize("example", [NALTREXONE, RILUZOLE])
def test_hostile_text_stays_text(evgrade: Run, example: str) -> None:
    text = article(evgrade, "-", *BOTH, stdin=hostile_dossier(example))
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text) is None
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert not [token for token in (*tokens, *inline) if token.type in ("html_block", "image", "code_inline", "fence")]
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<sup>", "</sup>"}
    links = [child.attrs["href"] for child in inline if child.type == "link_open"]
    assert links
    assert all(str(link).startswith(("https://", "http://")) for link in links)


def test_the_same_bytes_come_from_the_same_dossier(evgrade: Run) -> None:
    assert article(evgrade, RILUZOLE) == article(evgrade, RILUZOLE)


@pytest.mark.parametrize("form", ["markdown-article", "docx"])
def test_templates_are_not_passed_over_in_silence(evgrade: Run, tmp_path: Path, form: str) -> None:
    result = evgrade("report", SMALLEST, "--format", form, "--template", tmp_path, "-o", tmp_path / "a")
    assert result.code == 2
    assert f"templates are for html, not for {form}" in result.stderr
    assert not (tmp_path / "a").exists()


LINKS = {"answered_by", "contributing", "item", "answers", "waivers"}
"""What names other entries, which may be gone."""
NEEDED = {
    *("id", "statement", "name", "by", "agency", "status", "outcome", "label", "description", "date", "change"),
    *("unit", "domain", "grade", "reason"),
}
"""What entries cannot do without."""


def _thinned(value: Any, random: Random) -> Any:
    """Return data with some keys taken out and some lists empty."""
    if isinstance(value, dict):
        return {
            key: _thinned(part, random)
            for key, part in value.items()
            if key in NEEDED or (key not in LINKS and random.random() > 0.15)
        }
    if isinstance(value, list):
        return [] if random.random() < 0.1 else [_thinned(part, random) for part in value]
    return value


WHOLE = {name: load_dossier(str(ROOT / name)).data for name in (NALTREXONE, RILUZOLE)}
RUBRICS = load_rubrics(["evgrade-default", "grade"])


@examples(60)
@given(st.sampled_from([NALTREXONE, RILUZOLE]), st.randoms(use_true_random=False))
def test_whatever_is_missing_an_article_is_written_and_says_only_what_is_there(name: str, random: Random) -> None:
    whole = WHOLE[name]
    data = _thinned(whole, random)
    data |= {key: whole[key] for key in ("dossier", "references")}
    data |= {key: data.get(key, {"name": "A name"}) for key in ("therapy", "condition")}
    dossier, _ = examine(json.dumps(data).encode(), "a.dossier.yaml")
    assume(dossier is not None)
    assert dossier is not None
    page = article_of(dossier, *graded_by(dossier, RUBRICS))
    text = "".join(page_markdown(page, Sink()))
    assert "None" not in made(text).split()
    assert " ." not in made(text)
    assert "  " not in made(text)
