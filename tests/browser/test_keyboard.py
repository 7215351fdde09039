"""A page with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import Look, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_REACHABLE = "a[href], summary, [tabindex='0'], input, select, button"
_NUMBERED = f"""() => {{
    const all = [...document.querySelectorAll("{_REACHABLE}")].filter(one => one.checkVisibility());
    all.forEach((one, number) => one.dataset.tested = number);
    return all.length;
}}"""
_FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    return {
        number: Number(one.dataset.tested ?? -1),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
        html: one.outerHTML.slice(0, 120),
    };
}"""


@pytest.mark.parametrize(
    ("name", "width"),
    [
        pytest.param("riluzole-als", 1280, marks=pytest.mark.nightly),
        ("as_printed", 320),
        pytest.param("hostile", 320, marks=pytest.mark.nightly),
    ],
)
def test_tab_reaches_every_link_and_fold_in_order_and_shows_where_it_is(
    browser: Browser, page_of: Callable[[str], Path], name: str, width: int
) -> None:
    with opened(browser, page_of(name), Look(width, "light")) as shown:
        number = shown.page.evaluate(_NUMBERED)
        assert number > 10
        for expected in range(number):
            shown.page.keyboard.press("Tab")
            focused = shown.page.evaluate(_FOCUSED)
            assert focused["number"] == expected, focused
            assert focused["outlined"], focused
            assert focused["seen"], focused


def test_the_first_tab_offers_to_skip_to_the_verdict(browser: Browser, page_of: Callable[[str], Path]) -> None:
    with opened(browser, page_of("riluzole-als")) as shown:
        shown.page.keyboard.press("Tab")
        assert shown.page.evaluate("document.activeElement.textContent") == "Skip to the verdict"
        shown.page.keyboard.press("Enter")
        shown.page.keyboard.press("Tab")
        assert shown.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_fold_opens_by_the_keyboard(browser: Browser, page_of: Callable[[str], Path]) -> None:
    with opened(browser, page_of("riluzole-als"), folds=False) as shown:
        shown.page.focus("summary")
        shown.page.keyboard.press("Enter")
        assert shown.page.evaluate("document.querySelector('details').open")
