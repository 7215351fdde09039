"""The browser that the tests drive: Chromium as the system installs it, found on the PATH."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = f"no browser on the PATH: none of {', '.join(_NAMES)}"


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at: the width of the window, and whether the reader prefers a dark page."""

    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}"


LOOKS = tuple(Look(width, scheme) for width in (1280, 390, 320) for scheme in ("light", "dark"))


@dataclass(frozen=True, slots=True)
class Opened:
    """An open page, and all that it did beside showing itself: messages, requests, dialogs, errors."""

    page: Page
    did: list[str]


def executable() -> str | None:
    """Return the path of a browser; None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _is_root() -> bool:
    return bool(getattr(os, "geteuid", lambda: 1)() == 0)


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium, or skip the test where there is none."""
    path = executable()
    if path is None:
        pytest.skip(MISSING)
    pytest.importorskip("playwright")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it takes a while, and nothing else needs it

    # Chromium's own sandbox does not work for root, as whom containers run; nor is their shared memory large enough.
    with sync_playwright() as playwright:
        arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if _is_root() else [])]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, file: Path, look: Look = LOOKS[0], *, folds: bool = True) -> Iterator[Opened]:
    """Open a file; `folds` opens all folds of it too."""
    did: list[str] = []
    address = file.absolute().as_uri()
    context = browser.new_context(viewport={"width": look.width, "height": 900}, color_scheme=look.scheme)
    try:
        page = context.new_page()
        page.on("console", lambda message: did.append(f"{message.type} on the console: {message.text}"))
        page.on("pageerror", lambda error: did.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url == address else did.append(f"asked for {request.url}"))

        def dismissed(dialog: object) -> None:
            did.append(f"dialog: {dialog}")
            dialog.dismiss()  # type: ignore[attr-defined]

        page.on("dialog", dismissed)
        page.goto(address)
        if folds:
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        yield Opened(page, did)
    finally:
        context.close()
