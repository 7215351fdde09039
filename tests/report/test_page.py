"""The page: what it may hold, what it must say, and that hostile text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from evgrade.checking import load_dossier
from tests.cli.hostile import hostile_dossier
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SINGING, SMALLEST, Run

from .reading import ATTRIBUTES, ELEMENTS, Page

GOLDEN = Path(__file__).parent / "golden"
PRINTED = ROOT / "tests" / "schema" / "as_printed.dossier.yaml"
EXAMPLES = [NALTREXONE, RILUZOLE, SINGING, SMALLEST]


def page_of(evgrade: Run, *args: str | Path, **more: str) -> str:
    result = evgrade("report", *args, **more)  # type: ignore[arg-type]
    assert result.code == 0, result.output
    return result.stdout


@pytest.fixture(params=[*EXAMPLES, "hostile"])
def text(request: pytest.FixtureRequest, evgrade: Run) -> str:
    if request.param == "hostile":
        return page_of(evgrade, "-", "-r", "evgrade-default", "-r", "grade", stdin=hostile_dossier(RILUZOLE))
    return page_of(evgrade, request.param, "-r", "evgrade-default", "-r", "grade")


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
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert page.style.isascii()
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_no_control_and_no_invisible_sign_reaches_the_page(text: str) -> None:
    assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text) is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_same_bytes_come_from_the_same_dossier(evgrade: Run, example: str) -> None:
    assert page_of(evgrade, example) == page_of(evgrade, example)


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_page_is_what_it_was_last(evgrade: Run, request: pytest.FixtureRequest, example: str) -> None:
    path = GOLDEN / f"{Path(example).name.removesuffix('.dossier.yaml')}.html"
    text = page_of(evgrade, example)
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_the_evidence_against_is_on_the_page_and_so_is_every_source(evgrade: Run) -> None:
    data = load_dossier(str(ROOT / RILUZOLE)).data
    said = Page(page_of(evgrade, RILUZOLE)).said
    for section in ("trials", "preclinical", "cases", "mechanism"):
        for item in data[section]:
            assert " ".join(item["statement"].split()) in said, item["id"]
    for reference in data["references"]:
        assert " ".join(reference["title"].split()).rstrip(".?!") in said, reference["id"]
    for harm in data["safety"]["adverse_events"]:
        assert harm["name"] in said


def test_every_grade_names_its_system(evgrade: Run) -> None:
    said = Page(page_of(evgrade, RILUZOLE, "-r", "evgrade-default", "-r", "grade", "-r", "ocebm-2011")).said
    assert "Verdict by evgrade's own rubric" in said
    assert "By other grading systems. They ask other questions, so they can differ." in said
    for system in ("evgrade's own rubric", "GRADE certainty", "OCEBM"):
        assert f"By {system}" in said


def test_an_empty_dossier_claims_nothing(evgrade: Run) -> None:
    said = Page(page_of(evgrade, SMALLEST)).said
    assert "Nothing recorded yet" in said
    assert "That does not mean that it is safe." in said
    assert "No source is recorded." in said


def test_numbers_are_for_people_only_where_the_certainty_allows_them(evgrade: Run) -> None:
    text = (ROOT / RILUZOLE).read_text(encoding="utf-8")
    sure = Page(page_of(evgrade, "-", stdin=text)).said
    assert "Of 1,000 people, about 440 have this without Riluzole, and about 343 with it." in sure
    assert "63 have it without Riluzole, and not with it" in sure
    weak = text.replace("      judgement: not_serious\n", "      judgement: very_serious\n")
    said = Page(page_of(evgrade, "-", stdin=weak)).said
    assert "The evidence is very uncertain about the effect of Riluzole on dying within a year." in said
    assert "Of 1,000 people, about" not in said
    assert "have it without Riluzole, and not with it" not in said


def test_a_template_of_ones_own_replaces_a_part(evgrade: Run, tmp_path: Path) -> None:
    (tmp_path / "plain.html").write_text(
        '<section id="plain"><h2>{{ view.therapy }}, by us</h2></section>', encoding="utf-8"
    )
    said = Page(page_of(evgrade, RILUZOLE, "--template", tmp_path)).said
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


def test_text_has_enough_contrast_in_light_and_in_dark(evgrade: Run) -> None:
    """WCAG 2.2, criterion 1.4.3: 4.5 to 1 for text."""
    style = Page(page_of(evgrade, SMALLEST)).style
    palettes = re.findall(r":root\{(?:color-scheme:light dark;)?((?:--[a-z]+:#[0-9a-f]{3,6};?)+)\}", style)
    assert len(palettes) >= 2
    for palette in palettes[:2]:
        colors = dict(re.findall(r"--([a-z]+):#([0-9a-f]{3,6})", palette))
        for ink in ("ink", "dim", "accent"):
            for ground in ("bg", "soft"):
                assert contrast(colors[ink], colors[ground]) >= 4.5, (ink, ground)
        for ground in ("good", "some", "bad", "none"):
            assert contrast(colors["ink"], colors[ground]) >= 4.5, ground
