"""A page on paper: first a sheet to take along, then everything else, with page numbers and heads of tables."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from tests.browser.chromium import opened
from tests.crossed import first_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PRINTED = first_of(["smallest", "made-up", "riluzole-als"], 2)
"""The shortest, one with everything, and at night a long one: to read the sheets of each takes a second."""
A4 = (595, 842)
"""Width and height in points."""


def printed(browser: Browser, file: Path) -> list[str]:
    """Return the text of each sheet; folds are left as a reader finds them, closed."""
    with opened(browser, file, folds=False) as shown:
        reader = PdfReader(io.BytesIO(shown.page.pdf(prefer_css_page_size=True)))
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4
    return [" ".join(unicodedata.normalize("NFKC", page.extract_text()).split()) for page in reader.pages]


@pytest.fixture(scope="module")
def sheets(browser: Browser, page_of: Callable[[str], Path]) -> Callable[[str], list[str]]:
    return cache(lambda name: printed(browser, page_of(name)))


@pytest.mark.parametrize("name", PRINTED)
def test_every_sheet_has_its_number(sheets: Callable[[str], list[str]], name: str) -> None:
    for number, sheet in enumerate(sheets(name), start=1):
        assert f"{number} / {len(sheets(name))}" in sheet


@pytest.mark.parametrize("name", PRINTED)
def test_the_first_sheet_has_the_verdict_and_the_plain_words_and_nothing_else(
    sheets: Callable[[str], list[str]], name: str
) -> None:
    first, *rest = sheets(name)
    assert "Verdict" in first
    assert "Does it help?" in first
    assert "How sure is this?" in first
    assert "talk to your doctor" in first
    assert "For clinicians and panels" not in first
    assert "For clinicians and panels" in rest[0]


def test_icons_are_on_the_first_sheet(sheets: Callable[[str], list[str]]) -> None:
    assert "do not have it either way" in sheets("riluzole-als")[0]


def test_the_head_of_a_table_stands_on_every_sheet_that_the_table_fills(sheets: Callable[[str], list[str]]) -> None:
    profile = [sheet for sheet in sheets("made-up") if "not rated not rated" in sheet]
    assert len(profile) > 1
    for sheet in profile:
        assert "Inconsistency" in sheet


def test_folds_are_open_on_paper(sheets: Callable[[str], list[str]]) -> None:
    whole = " ".join(sheets("made-up"))
    assert "In trial 11, 24 people had a relapse" in whole
    assert "Publication bias" in whole
