"""`evgrade diff`: dossiers set against each other."""

from __future__ import annotations

import sys

from evgrade.checking import check
from evgrade.cli.exits import DONE
from evgrade.cli.streams import terminal_sink, write_payload
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError, InvalidDossierError, UnreadableError
from evgrade.render.sink import Sink
from evgrade.rubric import load_rubric


def run_diff(old: str, new: str, rubric_name: str, output: str | None) -> int:
    """Print what changed between two dossiers; the exit code is 0 whatever that is, as the job is done.

    Raises:
        EvgradeError: a dossier or the rubric cannot be used.
    """
    from evgrade.grading.moved import diff_dossiers
    from evgrade.render.difference import difference_text

    if old == new == "-":
        raise EvgradeError("standard input holds one dossier, and two are needed")
    rubric = load_rubric(rubric_name)
    difference = diff_dossiers(_checked(old), _checked(new), rubric)
    sink = Sink(terminal_sink(sys.stdout, color=False).width)
    if output is None or output == "-":
        sink = terminal_sink(sys.stdout, color=False)
    write_payload(difference_text(difference, sink), output)
    return DONE


def _checked(path: str) -> Dossier:
    """Return a dossier with its findings.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidDossierError: it is no valid dossier; its findings say why.
        EvgradeError: it is a folder.
    """
    found = list(check([path]))
    if len(found) != 1 or found[0].status == "skipped":
        raise EvgradeError(f"{path} is no single dossier", hint="name one file")
    [checked] = found
    if checked.status == "unreadable":
        raise UnreadableError(checked.reason or checked.file)
    if checked.dossier is None:
        raise InvalidDossierError(f"{checked.file} is no valid dossier", checked.findings)
    return checked.dossier
