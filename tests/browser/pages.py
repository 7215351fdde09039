"""The pages that are looked at: of all examples, of a made-up review with everything, of hostile text, of a site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.hostile import hostile_dossier
from tests.cli.support import RILUZOLE, ROOT, run_here
from tests.once import once
from tests.report.made_up import made_up

ALIKE = tuple(sorted((ROOT / "examples" / "als").glob("*.dossier.yaml")))[::4]
"""Some of a series of examples whose pages are much alike."""
EXAMPLES = (*sorted((ROOT / "examples").glob("*.dossier.yaml")), *ALIKE)
SERIES = tuple(path.name.removesuffix(".dossier.yaml") for path in ALIKE)
PRINTED = ROOT / "tests" / "schema" / "as_printed.dossier.yaml"
NAMES = (*(path.name.removesuffix(".dossier.yaml") for path in (*EXAMPLES, PRINTED)), "made-up", "hostile")


def page(factory: pytest.TempPathFactory, name: str) -> Path:
    """Return the page of a name, which the first that asks for it writes."""

    def make(folder: Path) -> None:
        folder.mkdir()
        write_page(name, folder / f"{name}.html")

    return once(factory, f"page-{name}", make) / f"{name}.html"


def write_page(name: str, file: Path) -> None:
    """Write a report: under one rubric where pages are much alike, else under two, which compares them."""
    rubrics = ("-r", "evgrade-default", *(() if name in SERIES else ("-r", "grade")))
    result = run_here("report", "-", *rubrics, "-o", file, stdin=_dossier(name))
    assert result.code == 0, f"{name}: {result.output}"


def _dossier(name: str) -> str:
    match name:
        case "made-up":
            return made_up()
        case "hostile":
            return hostile_dossier(RILUZOLE)
        case _:
            return next(path for path in (*EXAMPLES, PRINTED) if path.name == f"{name}.dossier.yaml").read_text(
                encoding="utf-8"
            )


SITE = ("index", "changed", "due", "reading", "grade", "therapy", "therapy-hostile")
"""The kinds of pages of a site; the last is of hostile text."""


def site_pages(folder: Path) -> dict[str, Path]:
    """Write a site of the examples and of hostile text, and return a page of each kind."""
    dossiers, site = folder / "dossiers", folder / "site"
    dossiers.mkdir()
    for path in EXAMPLES:
        (dossiers / path.name).write_bytes(path.read_bytes())
    (dossiers / "hostile.dossier.yaml").write_text(hostile_dossier(RILUZOLE), encoding="utf-8")
    result = run_here("site", dossiers, "--output", site, "--as-of", "2026-11-29", "-q")
    assert result.code == 0, result.output
    therapies = sorted((site / "therapies").iterdir())
    hostile = next(path for path in therapies if "so0." in path.read_text(encoding="utf-8"))
    singing = next(path for path in therapies if path.name.startswith("singing"))
    grade = next((site / "grades").glob("evgrade-default-trials-c-*"))
    named = {name: site / f"{name}.html" for name in ("index", "changed", "due", "reading")}
    return {**named, "grade": grade, "therapy": singing, "therapy-hostile": hostile}
