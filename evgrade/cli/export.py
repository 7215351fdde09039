"""`evgrade export`: what other programs read."""

from __future__ import annotations

import sys
from typing import assert_never

from evgrade.checking import load_dossier
from evgrade.cli.arguments import ExportFormat
from evgrade.cli.exits import DONE
from evgrade.cli.streams import write_payload
from evgrade.dossier import Dossier
from evgrade.exporting.csl_json import csl_json
from evgrade.exporting.exported import Exported
from evgrade.exporting.ris import ris


def run_export(path: str, form: ExportFormat, output: str | None) -> int:
    """Write the references of a dossier, name on standard error what the format cannot carry, and return the exit code.

    Raises:
        InvalidDossierError: the dossier has errors.
        EvgradeError: a file cannot be used.
    """
    exported = _exported(form, load_dossier(path))
    write_payload(exported.text, output)
    for field in exported.left_out:
        sys.stderr.write(f"{form} has no place for {field}\n")
    return DONE


def _exported(form: ExportFormat, dossier: Dossier) -> Exported:
    match form:
        case ExportFormat.CSL_JSON:
            return csl_json(dossier)
        case ExportFormat.RIS:
            return ris(dossier)
        case _:
            assert_never(form)
