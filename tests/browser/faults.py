"""What is wrong with pages, as a browser sees them: each function takes files of HTML and returns faults in words."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.chromium import LOOKS, Look, Opened, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_COLOURS = ("cat.color",)
"""Rules on colours, in which alone a dark page differs from a light one."""
_ALIKE = "#record details:nth-of-type(n + 5)"
"""Lists in lists by one macro, two thirds of a page: the first four stand for all, or contrast takes ten seconds."""
_JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def all_faults(browser: Browser, file: Path, looks: Sequence[Look] = LOOKS, *, barred: bool = True) -> list[str]:
    """Return what is wrong with a page, however it is looked at, with all folds open; without axe-core if not barred.

    axe-core takes seconds a look for a long page.
    """
    found: list[str] = []
    with opened(browser, file) as shown:
        for look in looks:
            shown.page.set_viewport_size({"width": look.width, "height": 900})
            shown.page.emulate_media(color_scheme=look.scheme)
            rules = _TAGS if look.scheme == "light" else _COLOURS
            wrong = [*(barriers(shown, rules) if barred else ()), *overflow(shown)]
            found.extend(f"{file.name}, {look}: {one}" for one in wrong)
        return [*found, *(f"{file.name}: {one}" for one in shown.did)]


def barriers(shown: Opened, rules: Sequence[str] = _TAGS) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 A and AA, and against good practice."""
    if not shown.page.evaluate("typeof axe == 'object'"):
        shown.page.evaluate(_axe())
    result: dict[str, Any] = shown.page.evaluate(
        "([tags, alike]) => axe.run({exclude: [[alike]]}, {runOnly: tags, resultTypes: ['violations']})",
        [list(rules), _ALIKE],
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in result["violations"] for node in one["nodes"][:3]
    ]


def overflow(shown: Opened) -> list[str]:
    """Return what reaches beyond the right edge, so that a reader scrolls sideways: WCAG 2.2, criterion 1.4.10."""
    wide, window = shown.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    )
    if wide <= window:
        return []
    culprits = shown.page.evaluate(
        """window => [...document.querySelectorAll('body *')]
            .filter(one => one.getBoundingClientRect().right > window + 1 && !one.closest('.scroll'))
            .slice(0, 5).map(one => one.outerHTML.slice(0, 120))""",
        window,
    )
    return [f"{wide} px wide: {culprits}"]


def without_policy(file: Path, folder: Path) -> Path:
    """Return a copy of a page without its content security policy: what it holds must do nothing by itself."""
    text, number = re.subn(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", file.read_text(encoding="utf-8"), count=1
    )
    assert number == 1, f"{file} has no policy to remove"
    copy = folder / f"without-policy-{file.name}"
    copy.write_text(text, encoding="utf-8")
    return copy


def checker() -> list[str] | None:
    """Return the command of the HTML checker vnu; None where it is not installed."""
    if found := shutil.which("vnu"):
        return [found]
    java = shutil.which("java")
    return [java, "-jar", str(_JAR)] if java and _JAR.exists() else None


def messages_of_checker(command: Sequence[str], pages: Sequence[Path]) -> list[str]:
    """Return all that vnu says of pages, warnings included."""
    done = subprocess.run(
        [*command, "--format", "json", "--exit-zero-always", "--stdout", *map(str, pages)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return [
        f"{Path(one['url']).name}:{one.get('lastLine')}: {one['message']}: {one.get('extract', '')[:200]}"
        for one in json.loads(done.stdout)["messages"]
    ]


@cache
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
