"""Every link inside the repository leads to a file that exists, and to a heading that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import PAGES, ROOT, anchors, links


def test_there_are_pages_with_links() -> None:
    """The test below has something to look at."""
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "docs/dossier.md", "docs/output.md", "docs/rubrics.md"} <= names
    assert len(links((ROOT / "docs" / "dossier.md").read_text(encoding="utf-8"))) > 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_internal_links_resolve(page: Path) -> None:
    """No link is dead."""
    text = page.read_text(encoding="utf-8")
    dead = [target for target in links(text) if "://" not in target and not resolves(page, target)]
    assert dead == []


def resolves(page: Path, target: str) -> bool:
    """Whether a relative link leads to something inside the repository."""
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.is_relative_to(ROOT) or not file.exists():
        return False
    return not anchor or (file.suffix == ".md" and anchor in anchors(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("dossier.md", True),
        ("dossier.md#therapy", True),
        ("#exit-codes", True),
        ("../README.md", True),
        ("nothing.md", False),
        ("dossier.md#nothing", False),
        ("../../outside.md", False),
    ],
)
def test_dead_links_would_be_found(target: str, *, expected: bool) -> None:
    """The check tells good links from dead ones."""
    assert resolves(ROOT / "docs" / "output.md", target) is expected
