"""`evgrade plot`: which plots there are, in which formats, and what is said where there is nothing to draw."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evgrade.cli.destinations import PlotKind
from tests.cli.hostile import hostile_dossier
from tests.cli.support import NALTREXONE, RILUZOLE, ROOT, SMALLEST, Run

from .odd import odd
from .reading import Page

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parent / "golden" / "plots"
DRAWN = [
    (NALTREXONE, "grades"),
    (NALTREXONE, "harms"),
    (RILUZOLE, "forest"),
    (RILUZOLE, "bias"),
    (RILUZOLE, "harms"),
    (RILUZOLE, "grades"),
    (SMALLEST, "grades"),
    *(("odd", kind.value) for kind in PlotKind),
]
ELEMENTS = {"svg", "title", "desc", "style", "rect", "line", "circle", "polygon", "polyline", "text"}
ATTRIBUTES = {
    *(
        "xmlns",
        "viewBox",
        "width",
        "height",
        "role",
        "aria-labelledby",
        "id",
        "class",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
    ),
    *("cx", "cy", "r", "points", "text-anchor", "font-size"),
}


def drawn(evgrade: Run, kind: str, dossier: str, *more: str | Path) -> str:
    given = odd() if dossier == "odd" else (ROOT / dossier).read_text(encoding="utf-8")
    result = evgrade("plot", kind, "-", *more, stdin=given)
    assert result.code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(("dossier", "kind"), DRAWN)
def test_a_plot_is_what_it_was_last(evgrade: Run, request: pytest.FixtureRequest, dossier: str, kind: str) -> None:
    path = GOLDEN / f"{Path(dossier).name.removesuffix('.dossier.yaml')}.{kind}.svg"
    text = drawn(evgrade, kind, dossier)
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("dossier", "kind"), [("odd", kind.value) for kind in PlotKind])
def test_a_plot_is_plain_svg_with_a_title_that_can_do_nothing(evgrade: Run, dossier: str, kind: str) -> None:
    text = drawn(evgrade, kind, dossier)
    root = ET.fromstring(text)  # noqa: S314 - our own output
    found = list(root.iter())
    assert {one.tag.removeprefix("{http://www.w3.org/2000/svg}") for one in found} <= ELEMENTS
    assert {name for one in found for name in one.attrib} <= ATTRIBUTES
    assert root.attrib["role"] == "img"
    ids = {one.attrib["id"] for one in found if "id" in one.attrib}
    assert set(root.attrib["aria-labelledby"].split()) == ids == {"plot-title", "plot-description"}
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "url(" not in text
    assert Page(text).wrong == []


@pytest.mark.parametrize("kind", [kind.value for kind in PlotKind if kind is not PlotKind.FUNNEL])
def test_hostile_text_stays_text_in_a_plot(evgrade: Run, kind: str) -> None:
    result = evgrade("plot", kind, "-", stdin=hostile_dossier(RILUZOLE))
    assert result.code == 0, result.output
    root = ET.fromstring(result.stdout)  # noqa: S314 - our own output
    assert {one.tag.removeprefix("{http://www.w3.org/2000/svg}") for one in root.iter()} <= ELEMENTS
    assert (
        re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", result.stdout) is None
    )


def test_a_forest_plot_says_all_that_it_draws(evgrade: Run) -> None:
    root = ET.fromstring(drawn(evgrade, "forest", "odd"))  # noqa: S314 - our own output
    told = " ".join(root.itertext())
    for words in ("Weight", "favours therapy", "favours control", "computed †", "reported", "Heterogeneity: τ²", "I²"):
        assert words in told, words
    assert "0.50 (0.0001 to 1200)" not in told  # as it is printed
    assert "0.5 (0.0001 to 1200)" in told
    assert "Prediction interval" in told


def test_one_outcome_can_be_drawn_alone_by_its_id_or_its_name(evgrade: Run) -> None:
    by_id = drawn(evgrade, "forest", "odd", "--outcome", "score")
    assert by_id == drawn(evgrade, "forest", "odd", "--outcome", "SCORE")
    assert "Mean difference" in by_id
    assert "Odds ratio" not in by_id


@pytest.mark.parametrize(
    ("kind", "dossier", "message"),
    [
        ("forest", SMALLEST, "no effect has an interval to draw"),
        ("bias", SMALLEST, "no study has judgements of risk of bias"),
        ("harms", SMALLEST, "no adverse event has counts"),
        ("funnel", RILUZOLE, "a funnel plot needs at least 10"),
    ],
)
def test_a_plot_of_nothing_is_refused_with_what_it_needs(evgrade: Run, kind: str, dossier: str, message: str) -> None:
    result = evgrade("plot", kind, dossier)
    assert result.code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert "\n  = " in result.stderr


def test_a_funnel_of_too_few_studies_is_refused_by_the_handbook(evgrade: Run) -> None:
    result = evgrade("plot", "funnel", "-", "--outcome", "one", stdin=odd())
    assert result.code == 2
    assert "One study has 1: a funnel plot needs at least 10" in result.stderr
    assert "Cochrane Handbook, version 6, section 13.3.5.4" in result.stderr


def test_an_outcome_that_there_is_not_is_told_with_those_that_there_are(evgrade: Run) -> None:
    result = evgrade("plot", "forest", "-", "--outcome", "scor", stdin=odd())
    assert result.code == 2
    assert "no outcome 'scor' can be drawn" in result.stderr
    assert "score" in result.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["forest", SMALLEST, "-o", "x.jpg"], "`.jpg` is not a format of plots (use one of .svg, .png, .pdf)"),
        (["forest", SMALLEST, "-o", "x"], "is not a format of plots"),
        (["bias", SMALLEST, "--outcome", "a"], "only forest and funnel plots show a single outcome"),
        (["forest", SMALLEST, "-r", "grade"], "only the plot of grades uses a grading system"),
        (["pie", SMALLEST], "'pie' is not one of"),
    ],
)
def test_a_plot_that_cannot_be_asked_for_is_a_usage_error(evgrade: Run, args: list[str], message: str) -> None:
    result = evgrade("plot", *args)
    assert result.code == 2
    assert message in " ".join(result.stderr.split())


def test_a_dossier_is_never_replaced_by_a_plot(evgrade: Run, tmp_path: Path) -> None:
    dossier = tmp_path / "a.dossier.yaml"
    dossier.write_text((ROOT / RILUZOLE).read_text(encoding="utf-8"), encoding="utf-8")
    before = dossier.read_bytes()
    assert evgrade("plot", "grades", dossier, "-o", dossier).code == 2
    assert dossier.read_bytes() == before


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG\r\n\x1a\n"), (".PDF", b"%PDF-")])
def test_png_and_pdf_have_the_same_bytes_each_time_and_no_date(
    evgrade: Run, tmp_path: Path, suffix: str, magic: bytes
) -> None:
    pytest.importorskip("typst")
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        result = evgrade("plot", "forest", RILUZOLE, "-o", path)
        assert result.code == 0, result.output
        assert result.stdout == ""
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first.startswith(magic)
    assert b"CreationDate" not in first
    assert len(first) > 5000


def test_without_the_extra_the_command_to_install_it_is_named(
    evgrade: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    result = evgrade("plot", "grades", SMALLEST, "-o", tmp_path / "a.pdf")
    assert result.code == 2
    assert "pip install 'evgrade[plots]'" in result.stderr
    assert not (tmp_path / "a.pdf").exists()
    assert evgrade("plot", "grades", SMALLEST, "-o", tmp_path / "a.svg").code == 0


@pytest.mark.nightly
def test_the_page_draws_the_rows_that_the_plot_draws(evgrade: Run) -> None:
    """The page shows each row where it is; the plot moves it to its place: the same shapes, of the same size."""
    page = evgrade("report", "-", stdin=odd()).stdout
    for plot, tag in ((drawn(evgrade, "forest", "odd"), '<rect class="square"'), (page, '<rect class="square"')):
        assert tag in plot

    def squares(text: str) -> list[str]:
        return re.findall(r'<rect class="square"[^>]* width="([0-9.]+)"', text)

    assert squares(page) == squares(drawn(evgrade, "forest", "odd"))
