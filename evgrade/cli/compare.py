"""`evgrade compare` and `evgrade diff`: compare dossiers."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.checking import load_dossier
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.options import refuse_stdin_twice
from evgrade.cli.streams import check_outputs, say, write_reports
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError, has_errors
from evgrade.render.clean import for_terminal
from evgrade.rubric.load import load_rubric


def run_diff(old: str, new: str, rubric_name: str, outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print what changed between two dossiers, and return the exit code: 1 if one of them contradicts itself.

    Raises:
        EvgradeError: a dossier or the rubric cannot be used.
    """
    from evgrade.grading.moved import diff_dossiers
    from evgrade.render.pages.comparison import difference_page

    if old == new == "-":
        raise EvgradeError("standard input holds one dossier, and two are needed")
    rubric = load_rubric(rubric_name)
    check_outputs(outputs)
    before, after = load_dossier(old), load_dossier(new)
    difference = diff_dossiers(before, after, rubric)

    def as_json() -> str:
        from evgrade.render.comparison_json import difference_json

        return difference_json(difference)

    write_reports(outputs, lambda: difference_page(difference), as_json)
    return exit_code([before, after])


def run_compare(paths: list[str], rubric_name: str, outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print several dossiers side by side, and return the exit code: 1 if one of them contradicts itself.

    Raises:
        EvgradeError: there is only one, or a dossier or the rubric cannot be used.
    """
    from evgrade.grading.assess import assess
    from evgrade.render.pages.comparison import side_by_side_page

    if len(paths) < 2:
        raise EvgradeError("one dossier cannot be compared", hint="name two or more; `evgrade score` grades one")
    refuse_stdin_twice(paths)
    rubric = load_rubric(rubric_name)
    check_outputs(outputs)
    dossiers = [load_dossier(path) for path in paths]
    assessments = [assess(dossier, rubric) for dossier in dossiers]

    def as_json() -> str:
        from evgrade.render.comparison_json import compare_json

        return compare_json(assessments)

    write_reports(outputs, lambda: side_by_side_page(assessments), as_json)
    return exit_code(dossiers)


def exit_code(dossiers: list[Dossier]) -> int:
    """Return the exit code for some dossiers, and say which have errors, because their grades may be wrong."""
    code = DONE
    for dossier in dossiers:
        if has_errors(dossier.findings):
            name = for_terminal(dossier.document.name)
            say(f"{name}: it has errors (run `evgrade validate`), so its grades may be unreliable")
            code = FINDINGS
    return code
