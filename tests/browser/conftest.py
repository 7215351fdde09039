"""The browser, and the pages that are looked at."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import started
from tests.browser.faults import checker
from tests.browser.pages import page, site_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser


# Of the package, not of the session: while it is open, no other test could run an event loop of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start Chromium once, or skip."""
    with started() as running:
        yield running


@pytest.fixture(scope="package")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the page of a name, which the first that asks for it writes."""
    return partial(page, tmp_path_factory)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Write a site, and return a page of each kind by name."""
    return site_pages(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="package")
def vnu() -> list[str]:
    """Return the command of the HTML checker, or skip."""
    command = checker()
    if command is None:
        needed = "java" if shutil.which("java") is None else "npm install --no-save vnu-jar"
        pytest.skip(f"no HTML checker: neither vnu on the PATH, nor node_modules/vnu-jar with java (lacks {needed})")
    return command
