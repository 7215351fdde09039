"""Write the generated pages of this folder: `python docs/generate.py`; with `--check`, list stale pages.

The dossier reference comes from the dossier schema, each rubric's page from the rubric, the tables of output.md from
the output schemas, checks.md from the prose of the checks, and the methods of numbers.md and the columns of batch.md
from the code. The text around the tables is in docs/generator/prose/. One file is for evgrade itself: which rubrics
read which section, in evgrade/grading/readers.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from generator import batch_page, checks_page, dossier_page, numbers_page, output_page, rubric_page

from evgrade.grading.accounting import READERS, reads
from evgrade.rubric.conditions.base import EVIDENCE_SECTIONS
from evgrade.rubric.load import load_rubric, shipped_names

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent


def pages() -> dict[Path, str]:
    """Return the text of every generated page by its path."""
    written = {
        FOLDER / "batch.md": batch_page.page(),
        FOLDER / "dossier.md": dossier_page.page(),
        FOLDER / "checks.md": checks_page.page(),
        FOLDER / "numbers.md": numbers_page.page(),
        FOLDER / "output.md": output_page.page(),
    }
    rubrics = {name: load_rubric(name) for name in shipped_names()}
    for name, rubric in rubrics.items():
        written[FOLDER / "rubrics" / f"{name}.md"] = rubric_page.page(rubric)
    readers = {
        section: [name for name, rubric in rubrics.items() if section in reads(rubric)]
        for section in sorted(EVIDENCE_SECTIONS)
    }
    written[ROOT / "evgrade" / "grading" / READERS.name] = json.dumps(readers, indent=2) + "\n"
    return written


def stale(written: dict[Path, str]) -> list[str]:
    """Return one line for each page on disk that is missing, outdated, or left from a removed rubric."""
    wrong = []
    for path, text in written.items():
        if not path.is_file():
            wrong.append(f"{path} is missing")
        elif path.read_text(encoding="utf-8") != text:
            wrong.append(f"{path} is stale")
    gone = set((FOLDER / "rubrics").glob("*.md")) - set(written)
    return wrong + [f"{path} belongs to no shipped rubric" for path in sorted(gone)]


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description="Write the generated pages of docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is stale")
    written = pages()
    if parser.parse_args().check:
        wrong = stale(written)
        for line in wrong:
            sys.stderr.write(f"{line}; run: python docs/generate.py\n")
        return 1 if wrong else 0
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
