"""Every page in a browser: nothing in the way of any reader, nothing but itself, however it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import LOOKS, Look, opened
from tests.browser.faults import all_faults, barriers, messages_of_checker, overflow, without_policy
from tests.browser.pages import NAMES, SERIES, SITE
from tests.crossed import first_of, one_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser


WIDE_AND_NARROW = (LOOKS[0], LOOKS[-1])
"""A light wide look and a dark narrow one, which are enough where another page of the kind has them all."""
ALWAYS = [("made-up", LOOKS[:1]), ("hostile", LOOKS[-1:]), ("smallest", LOOKS)]
"""What every change is looked at with, and how: a page with everything, a hostile one, and the shortest."""
LONG = ("exercise-als", "low-dose-naltrexone-als", "singing-copd")
"""Long pages of what the made-up review and that of riluzole have as well: axe-core takes seconds for each."""
AT_NIGHT = [
    pytest.param(name, WIDE_AND_NARROW, marks=pytest.mark.nightly)
    for name in NAMES
    if name not in ("smallest", *SERIES, *LONG)
]


@pytest.mark.parametrize(("name", "looks"), [*ALWAYS, *AT_NIGHT])
def test_no_page_keeps_a_reader_out_or_does_anything(
    browser: Browser, page_of: Callable[[str], Path], name: str, looks: Sequence[Look]
) -> None:
    assert all_faults(browser, page_of(name), looks) == []


@pytest.mark.parametrize("name", first_of([*SERIES, *LONG], 2))
def test_no_page_much_like_others_scrolls_sideways_or_does_anything(
    browser: Browser, page_of: Callable[[str], Path], name: str
) -> None:
    assert all_faults(browser, page_of(name), WIDE_AND_NARROW, barred=False) == []


@pytest.mark.parametrize("name", one_in(2, SITE))
def test_no_page_of_a_site_keeps_a_reader_out_or_does_anything(
    browser: Browser, site: Mapping[str, Path], name: str
) -> None:
    looks = LOOKS if name == "index" else WIDE_AND_NARROW
    assert all_faults(browser, site[name], looks, barred=not name.startswith("therapy")) == []


def test_hostile_text_does_nothing_even_without_the_policy(
    browser: Browser, page_of: Callable[[str], Path], tmp_path: Path
) -> None:
    with opened(browser, without_policy(page_of("hostile"), tmp_path)) as shown:
        for link in shown.page.query_selector_all("summary"):
            link.hover()
        assert shown.did == []
        scripts = shown.page.evaluate("[...document.scripts].map(script => script.type)")
        assert scripts == ["application/ld+json"]  # data, which no browser runs


BAD = """<!doctype html><html lang="en"><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Bad</title></head><body><main><h1>Bad</h1><img src="picture.png"><div class="wide">{wide}</div>
<script>console.log('said'); alert('asked')</script></main></body></html>"""


def test_a_bad_page_is_seen(browser: Browser, tmp_path: Path) -> None:
    """What looks at pages has to be able to find something."""
    file = tmp_path / "bad.html"
    file.write_text(BAD.format(wide="wide" * 500).replace("default-src 'none'", "img-src file:"), encoding="utf-8")
    with opened(browser, file, LOOKS[-1]) as shown:
        found = " ".join([*barriers(shown), *overflow(shown), *shown.did])
    for fault in ("image-alt", "px wide", "said", "dialog", "asked for file:"):
        assert fault in found, fault


@pytest.mark.parametrize("names", first_of([[name for name, _ in ALWAYS], NAMES]), ids=["always", "all"])
def test_the_html_checker_has_nothing_to_say_of_any_page_but_a_bad_one(
    vnu: list[str], page_of: Callable[[str], Path], site: Mapping[str, Path], tmp_path: Path, names: Sequence[str]
) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text(BAD, encoding="utf-8")
    messages = messages_of_checker(vnu, [bad, *(page_of(name) for name in names), *site.values()])
    assert any("alt" in one for one in messages)
    assert [one for one in messages if not one.startswith("bad.html:")] == []
