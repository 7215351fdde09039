"""`evgrade compare` and `evgrade diff`: compare dossiers."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.checking import Outcome, check
from evgrade.cli.arguments import ScoreFormat
from evgrade.cli.destinations import Output
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.score import check_outputs, report_sink, report_text
from evgrade.cli.streams import say, write_payload
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError, InvalidDossierError, UnreadableError, has_errors
from evgrade.render.clean import for_terminal
from evgrade.rubric.load import load_rubric


def run_diff(old: str, new: str, rubric_name: str, outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print what changed between two dossiers; 0 whatever that is, 1 where one of them contradicts itself.

    Raises:
        EvgradeError: a dossier or the rubric cannot be used.
    """
    from evgrade.grading.moved import diff_dossiers
    from evgrade.render.pages.difference import difference_page

    if old == new == "-":
        raise EvgradeError("standard input holds one dossier, and two are needed")
    rubric = load_rubric(rubric_name)
    check_outputs(outputs)
    before, after = _checked(old), _checked(new)
    difference = diff_dossiers(before, after, rubric)

    def as_json() -> str:
        from evgrade.render.comparison_json import difference_json

        return difference_json(difference)

    for output in outputs:
        sink = report_sink(output.path, color=False)
        write_payload(report_text(output.form, difference_page(difference), as_json, sink), output.path)
    return _code([before, after])


def run_compare(paths: list[str], rubric_name: str, outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print several dossiers side by side.

    Raises:
        EvgradeError: there is but one, or a dossier or the rubric cannot be used.
    """
    from evgrade.grading.assess import assess
    from evgrade.render.pages.side_by_side import side_by_side_page

    if len(paths) < 2:
        raise EvgradeError("one dossier cannot be compared", hint="name two or more; `evgrade score` grades one")
    if paths.count("-") > 1:
        raise EvgradeError("standard input holds one dossier, and is named more than once")
    rubric = load_rubric(rubric_name)
    check_outputs(outputs)
    dossiers = [_checked(path) for path in paths]
    assessments = [assess(dossier, rubric) for dossier in dossiers]

    def as_json() -> str:
        from evgrade.render.comparison_json import compare_json

        return compare_json(assessments)

    for output in outputs:
        sink = report_sink(output.path, color=False)
        write_payload(report_text(output.form, side_by_side_page(assessments), as_json, sink), output.path)
    return _code(dossiers)


def _code(dossiers: list[Dossier]) -> int:
    """Return the exit code that dossiers call for, and say which have errors: their grades rest on them."""
    code = DONE
    for dossier in dossiers:
        if has_errors(dossier.findings):
            name = for_terminal(dossier.document.name)
            say(f"{name}: it has errors (run `evgrade validate`), so its grades may be unreliable")
            code = FINDINGS
    return code


def _checked(path: str) -> Dossier:
    """Return a dossier with its findings.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidDossierError: it is not a valid dossier; its findings say why.
        EvgradeError: it is a folder.
    """
    found = list(check([path]))
    if len(found) != 1 or found[0].status is Outcome.SKIPPED:
        raise EvgradeError(f"{path} is not a single dossier", hint="name one file")
    [checked] = found
    if checked.status is Outcome.UNREADABLE:
        raise UnreadableError(checked.reason or checked.file)
    if checked.dossier is None:
        raise InvalidDossierError(f"{checked.file} is not a valid dossier", checked.findings)
    return checked.dossier
