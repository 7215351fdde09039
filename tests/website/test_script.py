"""The script of the index, in a real browser, from a file: search, filters, sorting, and the state in the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.browser.chromium import started
from tests.crossed import one_tuple_in
from tests.report.reading import Page

from .conftest import made_alone
from .making import Folder, dossier, trial

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


class Index(HTMLParser):
    """The index as a browser has it: which rows are shown, in which order, and what is said of them."""

    def __init__(self, text: str, address: str = "") -> None:
        super().__init__()
        self.rows: list[str] = []
        self.sorted: list[tuple[str, str]] = []
        self.is_searchable = False
        self.address = address
        self._hidden = self._in_row = self._in_link = False
        self.feed(text)
        self.said = Page(re.sub(r"<option selected>|<input[^>]*>|<link[^>]*>|<rect[^>]*>", "", text)).said

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr":
            self._hidden = "hidden" in given
        self._in_row = (tag == "th" and given.get("scope") == "row") or (self._in_row and tag != "td")
        self._in_link = tag == "a" and self._in_row
        if tag == "th" and "aria-sort" in given:
            self.sorted.append((given["aria-sort"] or "", ""))
        if given.get("role") == "search":
            self.is_searchable = "hidden" not in given

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._in_link = False

    def handle_data(self, data: str) -> None:
        if self._in_link and not self._hidden:
            self.rows.append(data)


Look = Callable[..., Index]


# Of the class: while it is open, no other test could run an event loop of its own.
@pytest.fixture(scope="class")
def browser() -> Iterator[Tab]:
    """Open a page of Chromium, which is started once, or skip."""
    with started() as running:
        yield running.new_page()


@pytest.fixture(scope="class")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a site and return its index."""
    folder = Folder.new(tmp_path_factory.mktemp("script"))
    folder.write(
        "a",
        dossier("Riluzole", "ALS", trials=[trial("t", helps=True)], review={"date": "2020-05-01"}).replace(
            '"name": "Riluzole"', '"name": "Riluzole", "other_names": ["Rilutek"]'
        ),
    )
    folder.write("b", dossier("Éxample Øl", "Parkinson disease", review={"date": "2024"}))
    folder.write("c", dossier("Straße", "ALS", trials=[trial("t", helps=False)]))
    folder.write("d", dossier("Edaravone", "Parkinson disease"))
    made_alone(folder)
    return folder.site / "index.html"


@pytest.fixture
def look(browser: Tab, index: Path) -> Look:
    """Return what looks at the index at an address, after a script did something."""

    def looked(fragment: str = "", does: str = "") -> Index:
        browser.goto("about:blank")  # from another fragment of the page, the browser would not read it anew
        browser.goto(f"{index.as_uri()}#{fragment}")
        browser.evaluate(f"() => {{ {does} }}")
        return Index(browser.content(), browser.evaluate("location.hash"))

    return looked


class TestInABrowser:
    """What the script makes of the table."""

    @pytest.mark.parametrize(
        ("fragment", "rows"),
        one_tuple_in(
            2,
            [
                ("", ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]),
                ("words=rilutek", ["Riluzole"]),
                ("words=RILU+als", ["Riluzole"]),
                ("words=als+riluzole", ["Riluzole"]),
                ("words=example+ol", ["Éxample Øl"]),
                ("words=strasse", ["Straße"]),
                ("words=recommended+against", ["Straße"]),  # of the others it is only possible
                ("words=nobody", []),
                ("condition=Parkinson+disease", ["Edaravone", "Éxample Øl"]),
                ("condition=Nothing", ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]),
                ("verdict=5", ["Straße"]),
                ("verdict=0", ["Edaravone", "Éxample Øl"]),
                ("least=2", ["Riluzole"]),
                ("least=5", ["Riluzole", "Straße"]),
                ("least=1", []),
                ("sort=1", ["Edaravone", "Éxample Øl", "Riluzole", "Straße"]),
                ("sort=-1", ["Straße", "Riluzole", "Éxample Øl", "Edaravone"]),
                ("sort=10", ["Riluzole", "Éxample Øl", "Straße", "Edaravone"]),
                ("sort=-10", ["Éxample Øl", "Riluzole", "Straße", "Edaravone"]),
                ("sort=-10&words=als", ["Riluzole", "Straße"]),
                ("sort=99", ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]),
                ("main", ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]),
                ("words=" + quote("<script>alert(1)</script>"), []),
                ("%%%=%e0%a4", ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]),
            ],
        ),
    )
    def test_the_address_says_what_is_shown(self, look: Look, fragment: str, rows: list[str]) -> None:
        index = look(fragment)
        assert index.rows == rows
        assert f"{len(rows)} of 4 therapies" in index.said
        assert index.is_searchable
        if fragment.startswith(("sort=1", "sort=-1")):
            assert index.sorted == [("descending" if "-" in fragment else "ascending", "")]

    def test_typing_filters_and_changes_the_address(self, look: Look) -> None:
        index = look(
            does="const box = document.getElementById('find-words'); box.value = 'als';"
            "box.dispatchEvent(new Event('input'));"
            "const list = document.getElementById('find-least'); list.value = '2';"
            "list.dispatchEvent(new Event('change'))"
        )
        assert index.rows == ["Riluzole"]
        assert index.address == "#words=als&least=2"

    def test_a_head_sorts_and_then_the_other_way(self, look: Look) -> None:
        press = "document.querySelectorAll('thead button')[0].click()"
        once, twice = look(does=press), look(does=f"{press};{press}")
        assert once.rows == twice.rows[::-1] == ["Edaravone", "Éxample Øl", "Riluzole", "Straße"]
        assert (once.address, twice.address) == ("#sort=1", "#sort=-1")

    def test_a_date_sorts_the_latest_first(self, look: Look) -> None:
        index = look(does="[...document.querySelectorAll('thead button')].at(-1).click()")
        assert index.rows[:2] == ["Éxample Øl", "Riluzole"]
        assert index.sorted == [("descending", "")]

    def test_clear_shows_the_ranking_again(self, look: Look) -> None:
        index = look("words=als&sort=1", "document.getElementById('find-clear').click()")
        assert index.rows == ["Riluzole", "Straße", "Edaravone", "Éxample Øl"]
        assert index.address in ("", "#")
        assert index.sorted == []


@pytest.mark.slow
def test_the_table_is_complete_without_the_script(folder: Folder) -> None:
    folder.write("a", dossier("Riluzole", trials=[trial("t", helps=True)]))
    folder.write("b", dossier("Edaravone"))
    folder.make()
    text = folder.text("index.html")
    index = Index(text)
    assert index.rows == ["Riluzole", "Edaravone"]
    assert not index.is_searchable
    assert "<button" not in text.partition("<table")[2].partition("<script")[0]
    assert "2 therapies" in text
