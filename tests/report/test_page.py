"""The page: what it may hold, what it must say, and that hostile text stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from jsonschema import validate

from evgrade.checking import load_dossier
from evgrade.report.outcomes import in_sentence
from evgrade.report.safety import of_thousand
from evgrade.schema.store import schema
from tests.browser.pages import page
from tests.cli.support import EXERCISE, NALTREXONE, RILUZOLE, ROOT, SINGING, SMALLEST, Run, run_once
from tests.crossed import one_in

from .reading import ATTRIBUTES, ELEMENTS, Page

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden"
PRINTED = ROOT / "tests" / "schema" / "as_printed.dossier.yaml"
EXAMPLES = [NALTREXONE, RILUZOLE, SINGING, EXERCISE, SMALLEST]


def page_of(*args: str | Path, stdin: str = "") -> str:
    result = run_once("report", *args, stdin=stdin)
    assert result.code == 0, result.output
    return result.stdout


@pytest.fixture(
    scope="module", params=[*one_in(2, [path.removesuffix(".dossier.yaml") for path in EXAMPLES]), "hostile"]
)
def text(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(tmp_path_factory, Path(request.param).name).read_text(encoding="utf-8")


def test_a_page_holds_only_elements_and_attributes_that_can_do_nothing(text: str) -> None:
    page = Page(text)
    assert set(page.elements) <= ELEMENTS
    assert set(page.attributes) <= ATTRIBUTES
    assert page.wrong == []
    assert page.open == []


def test_every_link_on_a_page_leads_to_a_place_on_it_or_to_the_web(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) <= set(page.ids)
    assert all(link.startswith(("https://", "http://")) for link in page.links)


def test_only_the_style_of_the_page_is_allowed(text: str) -> None:
    page = Page(text)
    style, data = (
        base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in (page.style, *page.linked_data)
    )
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    allowed = f"style-src 'sha256-{style}'; script-src 'sha256-{data}'"  # the block of data, which no browser runs
    assert policy == f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert page.style.isascii()
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_a_page_carries_its_linked_data_and_no_text_can_end_them(text: str) -> None:
    (data,) = Page(text).linked_data
    validate(json.loads(data), schema("json-ld"))
    assert not set(data) & set("<>&")


def test_no_control_and_no_invisible_sign_reaches_the_page(text: str) -> None:
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text) is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_page_is_what_it_was_last(request: pytest.FixtureRequest, example: str) -> None:
    path = GOLDEN / f"{Path(example).name.removesuffix('.dossier.yaml')}.html"
    text = page_of(example)
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_the_evidence_against_is_on_the_page_and_so_is_every_source() -> None:
    data = load_dossier(str(ROOT / RILUZOLE)).data
    said = Page(page_of(RILUZOLE)).said
    for section in ("trials", "preclinical", "cases", "mechanism"):
        for item in data[section]:
            assert " ".join(item["statement"].split()) in said, item["id"]
    for reference in data["references"]:
        assert " ".join(reference["title"].split()).rstrip(".?!") in said, reference["id"]
    for harm in data["safety"]["adverse_events"]:
        assert harm["name"] in said


def test_every_grade_names_its_system() -> None:
    said = Page(page_of(RILUZOLE, "-r", "evgrade-default", "-r", "grade", "-r", "ocebm-2011")).said
    assert "Verdict by evgrade's own rubric" in said
    assert "Other grading systems ask different questions, so they can differ: GRADE certainty" in said
    assert "Verdicts by all grading systems. They ask different questions, so they can differ." in said
    for system in ("evgrade's own rubric", "GRADE certainty", "OCEBM"):
        assert f"By {system}" in said


def test_another_verdict_is_explained_where_it_stands() -> None:
    said = Page(page_of(RILUZOLE, "-r", "evgrade-default", "-r", "grade", "-r", "ocebm-2011")).said
    (told,) = re.findall(r"It differs from the first verdict because GRADE [^.]*\.", said)
    assert "also requires facts that the dossier does not state (the balance of benefits and harms;" in told
    assert "“Strong recommendation for”" in told
    assert "So it can neither confirm the first verdict nor contradict it." in said
    assert "It differs" not in Page(page_of(RILUZOLE)).said


def test_systems_that_weigh_other_things_say_which() -> None:
    said = Page(page_of(NALTREXONE, "-r", "evgrade-default", "-r", "aan-2004")).said
    assert (
        "It differs from the first verdict because the two weigh different things: it rests on Effective U; the first"
        " verdict rests on Clinical trials D; it does not use mechanism, preclinical, cases and safety."
    ) in said


def test_raters_stand_on_the_page_with_where_they_disagree() -> None:
    panel = (
        "panel:\n"
        "  - {id: r1, name: Ann One, grades: [{domain: trials, grade: B, comment: well done}]}\n"
        "  - {id: r2, grades: [{domain: trials, grade: D}], conflicts_of_interest: a grant}\n"
    )
    said = Page(page_of("-", stdin=f"{(ROOT / SMALLEST).read_text(encoding='utf-8')}trials: []\n{panel}")).said
    assert "Independent ratings by evgrade's own rubric" in said
    assert "They agree on 0 of 1 questions" in said
    assert "Ann One (no declaration of interest is recorded): trials, B: well done" in said
    assert "r2 (declared: a grant)" in said
    assert "Clinical trials: grades from B to D; the median grade is B or D and the rule gives U." in said


def test_an_empty_dossier_claims_nothing() -> None:
    said = Page(page_of(SMALLEST)).said
    assert "Nothing recorded yet" in said
    assert "That does not mean that it is safe." in said
    assert "No source is recorded." in said


def test_numbers_are_for_people_only_where_the_certainty_allows_them() -> None:
    text = (ROOT / RILUZOLE).read_text(encoding="utf-8")
    sure = Page(page_of("-", stdin=text)).said
    assert "Of 1,000 people without riluzole, about 440 have this." in sure
    assert "Of 1,000 people with riluzole, about 343 do: 97 fewer (it may be 35 to 154 fewer)." in sure
    assert "63 have it only without riluzole" in sure
    weak = text.replace("      judgement: not_serious\n", "      judgement: very_serious\n")
    said = Page(page_of("-", stdin=weak)).said
    assert "Dying within a year: The evidence is very uncertain about the effect of riluzole on this." in said
    assert "Of 1,000 people with" not in said
    assert "have it only without riluzole" not in said


@pytest.mark.parametrize(
    ("name", "text", "within"),
    [
        ("Riluzole", "effects of riluzole.", "riluzole"),
        ("Riluzole", "id: riluzole-1994, https://example.org/riluzole", "Riluzole"),
        ("Protandim", "Protandim is a brand.", "Protandim"),
        ("Low dose naltrexone", "of low\n  dose naltrexone", "low dose naltrexone"),
        ("C++ (x) [y", "", "C++ (x) [y"),
    ],
)
def test_a_name_has_a_small_letter_within_a_sentence_if_the_reviewers_write_it_so(
    name: str, text: str, within: str
) -> None:
    assert in_sentence(name, text) == within


def test_how_sure_we_are_is_said_once_for_outcomes_of_one_certainty() -> None:
    said = Page(page_of(RILUZOLE)).said
    assert said.count("We are confident in") == 1


@pytest.mark.parametrize(
    ("n", "of", "percent", "words"),
    [
        (0, 919, None, "none seen in 919 people; the true rate may be up to 4.2 per 1,000"),
        (0, 100_000, None, "none seen in 100,000 people; the true rate may be up to 0.04 per 1,000"),
        (1, 9_000, None, "0.1 per 1,000 (0.02 to 0.6)"),
        (120, 1_000, None, "120 per 1,000 (101 to 142)"),
        (None, None, 0.0, "none seen; the denominator is not stated"),
        (None, None, 0.01, "about 0.1 per 1,000"),
        (None, None, 12.5, "about 125 per 1,000"),
        (None, 10, None, ""),
        (11, 10, None, ""),
    ],
)
def test_no_harm_seen_is_never_said_to_be_no_risk(
    n: int | None, of: int | None, percent: float | None, words: str
) -> None:
    assert of_thousand(n, of, percent) == words


def test_nobody_with_an_event_is_no_promise_and_no_picture() -> None:
    nobody = (ROOT / RILUZOLE).read_text(encoding="utf-8")
    for stated in ("estimate: 0.78", "ci_low: 0.65", "estimate: 0.83", "ci_low: 0.698"):
        nobody = nobody.replace(f"{stated}\n", f"{stated.split()[0]} 0\n")
    said = Page(page_of("-", stdin=nobody)).said
    assert "Nobody with riluzole had this in these studies. That does not mean that it cannot happen." in said
    assert "Of 1,000 people without riluzole, about 440 have this." in said
    assert "do not have it either way" not in said


def test_a_template_of_ones_own_replaces_a_part(tmp_path: Path) -> None:
    (tmp_path / "plain.html").write_text(
        '<section id="plain"><h2>{{ view.therapy }}, by us</h2></section>', encoding="utf-8"
    )
    said = Page(page_of(RILUZOLE, "--template", tmp_path)).said
    assert "Riluzole, by us" in said
    assert "Does it help?" not in said
    assert "Verdict by" in said


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% if %}", "plain.html:1: "),
        ("{{ view.nothing }}", "has no attribute 'nothing'"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
    ],
)
def test_a_template_that_cannot_be_used_is_told_and_runs_no_code(
    evgrade: Run,
    tmp_path: Path,
    template: str,
    message: str,
) -> None:
    (tmp_path / "plain.html").write_text(template, encoding="utf-8")
    result = evgrade("report", SMALLEST, "--template", tmp_path)
    assert result.code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_broken_dossier_is_told_and_writes_nothing(evgrade: Run, tmp_path: Path) -> None:
    result = evgrade("report", "-", "-o", tmp_path / "a.html", stdin="dossier: 1\ntherapy: {name: X}\n")
    assert result.code == 1
    assert not (tmp_path / "a.html").exists()


def contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        full = color * 2 if len(color) == 3 else color
        if len(color) == 3:
            full = "".join(sign * 2 for sign in color)
        parts = [int(full[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_text_has_enough_contrast_in_light_and_in_dark() -> None:
    """WCAG 2.2, criterion 1.4.3: 4.5 to 1 for text."""
    style = Page(page_of(SMALLEST)).style
    palettes = re.findall(r":root\{(?:color-scheme:light dark;)?((?:--[a-z]+:#[0-9a-f]{3,6};?)+)\}", style)
    assert len(palettes) >= 2
    for palette in palettes[:2]:
        colors = dict(re.findall(r"--([a-z]+):#([0-9a-f]{3,6})", palette))
        for ink in ("ink", "dim", "accent"):
            for ground in ("bg", "soft"):
                assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
        for ground in ("good", "some", "bad", "none"):
            assert contrast(colors["ink"], colors[ground]) >= 4.5, ground


def test_a_share_of_which_only_a_limit_is_printed_is_counted() -> None:
    text = (
        "dossier: 1\ntherapy: {name: X}\ncondition: {name: Y}\n"
        'safety: {adverse_events: [{id: a, name: rash, percent: "< 1"}]}\n'
    )
    said = Page(page_of("-", stdin=text)).said
    assert "Harms that were counted" in said
    assert "Named, but not counted" not in said


CLAIMED = """
dossier: 1
therapy: {name: Ivermectin, kind: drug}
condition: {name: COVID-19}
references: [{id: r, title: A trial., retraction: RETRACTION}]
outcomes:
  - id: death
    name: Death
    importance: critical
    design: randomized
    studies: 1
    participants: 600
    effect: {outcome: Death, measure: RR, estimate: 0.3, ci_low: 0.2, ci_high: 0.5}
    baseline_risk: {n: 160, of: 1000}
    more_is_better: false
    certainty: {judgement: high}
    result: benefit
    refs: [r]
trials:
  - id: t
    statement: A trial.
    agent: same
    condition: same
    allocation: randomized
    participants: 600
    result: benefit
    refs: [r]
"""


def test_what_rests_on_a_retracted_paper_is_said_beside_the_verdict_and_in_plain_words() -> None:
    """Nobody is told that an effect is sure, with a picture of it, because a retracted trial said so."""
    text = page_of("-", stdin=CLAIMED.replace("RETRACTION", "retracted"))
    said = Page(text).said
    warning = "Some of the evidence comes from retracted papers. Nothing should rest on it. Without it:"
    assert warning in said
    assert said.index(warning) < said.index("Does it help?")
    assert "Clinical trials: A becomes U" in said
    assert "Reasonable to consider with a clinician becomes Not recommended at this time" in said
    assert "Do not rely on this: it rests on retracted studies. Death: Ivermectin reduces this." in said
    assert "Do not rely on what is said about death: it rests on studies that were retracted." in said
    assert "Rests on retracted papers." in said
    assert 'class="icons"' not in text
    assert "certainty about death" not in said
    article = run_once("report", "-", "-f", "markdown-article", stdin=CLAIMED.replace("RETRACTION", "retracted")).stdout
    assert "**Clinical trials:** A becomes U" in article
    assert "rests on retracted papers" in article


def test_the_certainty_that_reviewers_state_is_said_to_be_theirs() -> None:
    text = page_of("-", stdin=CLAIMED.replace("RETRACTION", "none"))
    said = Page(text).said
    assert "Death: Ivermectin reduces this. Of 1,000 people without Ivermectin, about 160 have this." in said
    assert "The reviewers state high certainty about death. Their reasons are not recorded here" in said
    assert "No one has rated" not in said
    assert "the reviewers state: high" in said
    assert "retracted" not in said
    article = run_once("report", "-", "-f", "markdown-article", stdin=CLAIMED.replace("RETRACTION", "none")).stdout
    assert "the reviewers state: high" in article


def test_without_a_verdict_no_fact_is_said_to_change_none() -> None:
    said = Page(page_of(SMALLEST)).said
    assert "Nothing recorded yet" in said
    assert "missing fact could change the verdict" not in said
