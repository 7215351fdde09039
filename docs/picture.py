"""Draw the picture of a report page that the README shows: `python docs/picture.py`, with Chromium and `.[test]`.

Redraw it when the page changes. Its bytes depend on the system's fonts, so no test compares them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "report.png"
WIDTH, HEIGHT = 1280, 1480
"""Enough for the verdict and the plain-language summary."""


def main() -> None:
    """Write the page of an example and photograph its top."""
    sys.path.insert(0, str(ROOT))
    from tests.browser.chromium import MISSING, executable, started  # noqa: PLC0415

    browser_path = executable()
    if browser_path is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder, started(browser_path) as browser:
        page_file = Path(folder) / "page.html"
        command = ["report", ROOT / "examples" / "riluzole-als.dossier.yaml", "-r", "evgrade-default", "-r", "grade"]
        subprocess.run([sys.executable, "-m", "evgrade", *command, "-o", page_file], check=True)  # noqa: S603 - our own
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
