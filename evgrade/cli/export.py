"""`evgrade export`: dossiers for other programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from evgrade.checked import Outcome
from evgrade.checking import check, dossier_of
from evgrade.cli.destinations import ExportFormat
from evgrade.cli.exits import DONE
from evgrade.cli.streams import say, say_why, write_payload
from evgrade.exporting.bias_tool import BiasTool
from evgrade.exporting.exported import Exported, Graded, LeftOut, Named
from evgrade.model import NothingToGradeError
from evgrade.render.clean import for_terminal


def run_export(
    paths: Sequence[str],
    form: ExportFormat,
    output: str | None,
    tool: BiasTool | None = None,
    rubric_names: Sequence[str] = (),
) -> int:
    """Write some dossiers in a format, say on standard error what it left out, and return the exit code.

    Raises:
        InvalidDossierError: a dossier has errors.
        NothingToGradeError: no dossier was found.
        EvgradeError: a file cannot be used.
    """
    made = exported(form, _dossiers(paths), tool, rubric_names)
    write_payload(made.text, output)
    for remark in made.remarks:
        say(for_terminal(remark))
    for line in _describe(made.left_out):
        say(for_terminal(f"{form} has no place for {line}"))
    return DONE


def _dossiers(paths: Sequence[str]) -> list[Named]:
    """Return the dossiers in files and folders; report other files found in a folder."""
    found = []
    for checked in check(paths):
        if checked.status is Outcome.SKIPPED:
            say_why(checked, quiet=False)
        else:
            found.append(Named(checked.file, dossier_of(checked)))
    if not found:
        raise NothingToGradeError
    return found


def _describe(left_out: Iterable[LeftOut]) -> list[str]:
    """Return a line for each field with all entries that have it: `references.version_of: a, b`."""
    entries: dict[str, list[str]] = {}
    for one in left_out:
        entries.setdefault(one.field, []).extend([one.entry] if one.entry else [])
    return [f"{field}: {', '.join(names)}" if names else field for field, names in entries.items()]


def exported(
    form: ExportFormat, dossiers: Sequence[Named], tool: BiasTool | None = None, rubric_names: Sequence[str] = ()
) -> Exported:
    """Return some dossiers in a format.

    Raises:
        EvgradeError: a rubric cannot be used, or the dossiers have nothing for the format.
    """
    from evgrade.exporting.references import references_of

    match form:
        case ExportFormat.CSL_JSON:
            from evgrade.exporting.csl_json import csl_json

            return csl_json(references_of(dossiers))
        case ExportFormat.RIS:
            from evgrade.exporting.ris import ris

            return ris(references_of(dossiers))
        case ExportFormat.BIBTEX:
            from evgrade.exporting.bibtex import bibtex

            return bibtex(references_of(dossiers))
        case ExportFormat.TRIALS_CSV:
            from evgrade.exporting.trials import trials_csv

            return trials_csv(dossiers)
        case ExportFormat.EFFECTS_CSV:
            from evgrade.exporting.effects import effects_csv

            return effects_csv(dossiers)
        case ExportFormat.EFFECTS_META_CSV:
            from evgrade.exporting.effects import effects_meta_csv

            return effects_meta_csv(dossiers)
        case ExportFormat.RISK_OF_BIAS_CSV:
            from evgrade.exporting.risk_of_bias import risk_of_bias_csv

            return risk_of_bias_csv(dossiers, tool)
        case ExportFormat.SUMMARY_OF_FINDINGS_CSV:
            from evgrade.exporting.evidence import summary_of_findings_csv

            return summary_of_findings_csv(dossiers)
        case ExportFormat.EVIDENCE_PROFILE_CSV:
            from evgrade.exporting.evidence import evidence_profile_csv

            return evidence_profile_csv(dossiers)
        case ExportFormat.JSON_LD:
            from evgrade.exporting.json_ld import json_ld

            return json_ld(_graded(dossiers, rubric_names))
        case ExportFormat.FHIR:
            from evgrade.exporting.fhir import fhir

            return fhir(_graded(dossiers, rubric_names))
        case _:
            assert_never(form)


def _graded(dossiers: Sequence[Named], rubric_names: Sequence[str]) -> list[Graded]:
    from evgrade.report.view import graded_by
    from evgrade.rubric.load import load_rubrics

    rubrics = load_rubrics(rubric_names)
    return [Graded(one.dossier, *graded_by(one.dossier, rubrics)) for one in dossiers]
