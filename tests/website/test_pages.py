"""Pages: what they may hold, where their links lead, and that hostile text stays text on every one of them."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.support import RILUZOLE, ROOT
from tests.report.reading import ATTRIBUTES, ELEMENTS, Page
from tests.report.test_page import contrast

from .conftest import made_alone, written_hostile
from .making import Folder, dossier

OF_A_SITE = frozenset({"link", "label", "input", "select", "option", "button", "script"})
MORE_ATTRIBUTES = frozenset(
    (
        *("data-sort", "data-first", "hidden", "for", "type", "autocomplete", "spellcheck", "value", "aria-current"),
        *("title", "rx"),
    )
)

pytestmark = pytest.mark.slow


class SitePage(Page):
    """A page of a site, read."""

    def __init__(self, text: str) -> None:
        self.script = ""
        self.labels: list[str] = []
        super().__init__(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        self.labels += [value or "" for name, value in attrs if name == "for"]
        if tag in ("link", "input"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and self.elements["script"]:
            self.script += data
        else:
            super().handle_data(data)


@pytest.fixture(scope="module", params=["examples", "hostile", "one", "empty dossier only"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, examples: Folder) -> Folder:
    if request.param == "examples":
        return examples
    folder = Folder.new(tmp_path_factory.mktemp("read"))
    match request.param:
        case "hostile":
            written_hostile(folder)
        case "one":
            folder.write("a", (ROOT / RILUZOLE).read_text(encoding="utf-8"))
        case _:
            folder.write("a", dossier())
    made_alone(folder)
    return folder


def test_pages_hold_only_elements_and_attributes_that_can_do_nothing(folder: Folder) -> None:
    for path in folder.pages():
        page = SitePage(path.read_text(encoding="utf-8"))
        assert set(page.elements) <= ELEMENTS | OF_A_SITE, path
        assert set(page.attributes) <= ATTRIBUTES | MORE_ATTRIBUTES, path
        assert page.wrong == [], path
        assert page.open == [], path


def test_only_the_index_has_a_script_and_it_is_the_one_that_its_policy_allows(folder: Folder) -> None:
    own = (ROOT / "evgrade/site/templates/site.js").read_text(encoding="utf-8").strip()
    for path in folder.pages():
        text = path.read_text(encoding="utf-8")
        page = SitePage(text)
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        style = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
        script = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
        data = "".join(page.linked_data)  # of a report: a block of data, which no browser runs
        digest = base64.b64encode(hashlib.sha256(data.encode()).digest()).decode() if data else script
        allowed = f" script-src 'sha256-{digest}';" if data or path.name == "index.html" else ""
        rest = " base-uri 'none'; form-action 'none'"
        assert policy == f"default-src 'none'; style-src 'sha256-{style}';{allowed}{rest}", path
        assert page.script == (own if path.name == "index.html" else "")
        assert page.elements["script"] == (path.name == "index.html")


def test_every_link_leads_to_a_page_of_the_site_a_place_on_it_or_the_web(folder: Folder) -> None:
    for path in folder.pages():
        page = SitePage(path.read_text(encoding="utf-8"))
        assert len(page.ids) == len(set(page.ids)), path
        assert {*page.targets, *page.labels} <= set(page.ids), path
        for link in page.links:
            if not link.startswith(("https://", "http://")):
                target = (path.parent / link).resolve()
                assert target.is_relative_to(folder.site.resolve()), link
                assert target.is_file(), (path, link)


def test_every_page_can_be_reached_from_the_index(folder: Folder) -> None:
    seen: set[Path] = set()
    waiting = [folder.site / "index.html"]
    while waiting:
        path = waiting.pop().resolve()
        if path in seen or path.suffix != ".html":
            continue
        seen.add(path)
        links = SitePage(path.read_text(encoding="utf-8")).links
        waiting += [path.parent / link for link in links if not link.startswith("http")]
    assert seen == {path.resolve() for path in folder.pages()}


def test_no_control_and_no_invisible_sign_reaches_any_file(folder: Folder) -> None:
    for name, (content, _) in folder.state().items():
        found = re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", content.decode()
        )
        assert found is None, name


def test_tables_have_heads_and_pages_have_landmarks(folder: Folder) -> None:
    for path in folder.pages():
        text = path.read_text(encoding="utf-8")
        page = SitePage(text)
        assert page.elements["main"] == 1
        assert page.elements["h1"] == 1
        assert page.elements["nav"] >= 1
        assert "<caption>" in text or path.name != "index.html"
        for head in re.findall(r"<th\b[^>]*>", text):
            assert "scope=" in head


def test_the_feed_is_atom(folder: Folder) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(folder.text("feed.xml"))  # noqa: S314 - our own
    assert root.tag == f"{atom}feed"
    ids = [one.text for one in root.iter(f"{atom}id")]
    assert len(ids) == len(set(ids))
    for one in (root, *root.iter(f"{atom}entry")):
        for part in ("id", "title", "updated"):
            assert len(one.findall(f"{atom}{part}")) == 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.findtext(f"{atom}updated") or "")
    for one in root.iter(f"{atom}entry"):
        (link,) = one.findall(f"{atom}link")
        assert link.get("href", "").startswith("https://example.org/x/")
        assert (folder.site / link.get("href", "").removeprefix("https://example.org/x/")).is_file()
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", _id(one))


def _id(entry: ET.Element) -> str:
    return entry.findtext("{http://www.w3.org/2005/Atom}id") or ""


def test_badges_have_enough_contrast_in_light_and_in_dark() -> None:
    """WCAG 2.2, criterion 1.4.3: 4.5 to 1 for text."""
    report = (ROOT / "evgrade/report/templates/style.css").read_text(encoding="utf-8")
    site = (ROOT / "evgrade/site/templates/site.css").read_text(encoding="utf-8")
    palettes = [
        dict(re.findall(r"--([a-z0-9]+):#([0-9a-f]{3,6})", "".join(both)))
        for both in zip(*(re.findall(r":root\{([^}]*)\}", text)[:2] for text in (report, site)), strict=True)
    ]
    assert len(palettes) == 2
    for colors in palettes:
        for ground, ink in (("g1", "on"), ("g2", "on"), ("g3", "ink"), ("g4", "ink"), ("g5", "ink"), ("some", "ink")):
            assert contrast(colors[ground], colors[ink]) >= 4.5, (ground, colors)


def test_the_script_and_the_style_hold_nothing_that_ends_them() -> None:
    for name in ("site.js", "site.css"):
        text = (ROOT / "evgrade/site/templates" / name).read_text(encoding="utf-8")
        assert "</" not in text
        assert "<!--" not in text
        assert "url(" not in text
        assert "innerHTML" not in text
        assert "eval(" not in text
