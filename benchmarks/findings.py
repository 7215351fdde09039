"""Count what each check finds in a folder of dossiers: `python benchmarks/findings.py FOLDER [--write]`.

Each check is counted where a dossier states what it needs. With `--write` the counts go to
`evgrade/checks/measured.yaml`, which the documentation shows; what of the findings is wrong only a reader of the
sources can say, so `wrong` is kept as it stands there.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.markdown import table
from evgrade.checking import load_dossier
from evgrade.checks import with_checks
from evgrade.checks.model import all_checks
from evgrade.checks.prose import FILE, Measured, measurements
from evgrade.checks.run import found_in
from evgrade.model import InvalidDossierError, Severity


class Counted(NamedTuple):
    """What was counted: dossiers, places that a check looked at, findings by code and severity."""

    dossiers: int
    looked_at: Counter[str]
    found: Counter[tuple[str, Severity]]

    def measured(self, code: str, wrong: int) -> Measured:
        """Return the figures of a check."""
        errors, warnings, notes = (self.found[code, one] for one in (Severity.ERROR, Severity.WARNING, Severity.NOTE))
        return Measured(self.looked_at[code], errors, warnings, notes, wrong)


def count(paths: Iterable[Path]) -> Counted:
    """Count what the checks look at and find in dossiers; one that is not valid is left out, and that is said."""
    definitions = frozenset(definition for one in all_checks() for definition in one.on)
    looked_at: Counter[str] = Counter()
    found: Counter[tuple[str, Severity]] = Counter()
    dossiers = 0
    for path in paths:
        try:
            dossier = load_dossier(str(path))
        except InvalidDossierError as error:
            print(f"{path} is left out: {error}", file=sys.stderr)
            continue
        dossiers += 1
        places = [(None, dossier.data), *((name, data) for name, _, data in found_in(dossier.data, definitions))]
        looked_at.update(
            check.code for check in all_checks() for name, data in places if check.has_something_in(name, tuple(data))
        )
        found.update((finding.code, finding.severity) for finding in with_checks(dossier).findings)
    return Counted(dossiers, looked_at, found)


def main() -> int:
    """Count, and print or write the figures."""
    parser = argparse.ArgumentParser(description="Count what each check finds in a folder of dossiers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write the counts into evgrade/checks/measured.yaml")
    given = parser.parse_args()
    counted = count(sorted(given.folder.rglob("*.dossier.yaml")))
    known = {code: one for code, one in measurements().items() if isinstance(one, Measured)}
    figures = {check.code: counted.measured(check.code, _wrong(known.get(check.code))) for check in all_checks()}
    rows = ([code, *map(str, (it.looked_at, it.errors, it.warnings, it.notes))] for code, it in figures.items())
    print(f"{counted.dossiers} dossiers\n\n{table(['check', 'looked at', 'errors', 'warnings', 'notes'], rows)}")
    if given.write:
        FILE.write_text(_with_figures(FILE.read_text("utf-8"), {code: figures[code] for code in known}), "utf-8")
    return 0


def _wrong(known: Measured | None) -> int:
    return 0 if known is None else known.wrong


def _with_figures(text: str, figures: dict[str, Measured]) -> str:
    """Return the file with new figures: its last section has a line a check."""
    head, _, _ = text.partition("measured:\n")
    keys = ("looked_at", "errors", "warnings", "notes", "wrong")
    rows = (
        f"  {code}: {{{', '.join(f'{key}: {getattr(it, key)}' for key in keys)}}}\n" for code, it in figures.items()
    )
    return f"{head}measured:\n{''.join(rows)}"


if __name__ == "__main__":
    raise SystemExit(main())
