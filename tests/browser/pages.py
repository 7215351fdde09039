"""The pages that are looked at: of all examples, of a made-up review with everything in it, and of hostile text."""

from __future__ import annotations

from pathlib import Path

from tests.cli.hostile import hostile_dossier
from tests.cli.support import RILUZOLE, ROOT, run_here
from tests.report.made_up import made_up

EXAMPLES = tuple(sorted((ROOT / "examples").rglob("*.dossier.yaml")))
SERIES = tuple(path.name.removesuffix(".dossier.yaml") for path in EXAMPLES if path.parent.name != "examples")
"""Examples that are much alike: two looks at each are enough."""
PRINTED = ROOT / "tests" / "schema" / "as_printed.dossier.yaml"
NAMES = (*(path.name.removesuffix(".dossier.yaml") for path in (*EXAMPLES, PRINTED)), "made-up", "hostile")


def report_pages(folder: Path) -> dict[str, Path]:
    """Write a report of each and return the files by name."""
    texts = [path.read_text(encoding="utf-8") for path in (*EXAMPLES, PRINTED)]
    written = {}
    for name, text in zip(NAMES, [*texts, made_up(), hostile_dossier(RILUZOLE)], strict=True):
        file = folder / f"{name}.html"
        result = run_here("report", "-", "-r", "evgrade-default", "-r", "grade", "-o", file, stdin=text)
        assert result.code == 0, f"{name}: {result.output}"
        written[name] = file
    return written
