"""`evgrade robustness`: how firm verdicts are, and on what they hang."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.checking import check, load_dossier
from evgrade.cli.arguments import ScoreFormat
from evgrade.cli.compare import exit_code
from evgrade.cli.destinations import Output
from evgrade.cli.exits import DONE
from evgrade.cli.reports import check_outputs, write_reports
from evgrade.cli.score import complain
from evgrade.discover import is_folder
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.rubric.load import load_rubrics


def run_robustness(paths: list[str], rubric_names: list[str], outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print how firm the verdicts on some dossiers are; 0 whatever that is, 1 where one of them contradicts itself.

    Of a folder it is a table, in which a file that cannot be graded is left out, and said to be.

    Raises:
        EvgradeError: a dossier or a rubric cannot be used.
    """
    from evgrade.render.pages.robustness import folder_page, robustness_page
    from evgrade.robustness.robust import robustness

    if paths.count("-") > 1:
        raise EvgradeError("standard input holds one dossier, and is named more than once")
    rubrics = load_rubrics(rubric_names)
    check_outputs(outputs)
    folder = any(map(is_folder, paths))
    codes = [DONE]
    dossiers = list(_found(paths, codes)) if folder else [load_dossier(path) for path in paths]
    if not dossiers:
        if max(codes) != DONE:
            return max(codes)
        raise NothingToGradeError("no dossier was found", hint="a dossier is a YAML file that begins with `dossier: 1`")
    results = [robustness(dossier, rubric) for dossier in dossiers for rubric in rubrics]

    def as_json() -> str:
        from evgrade.render.robustness_json import robustness_json

        return robustness_json(results, several=folder or len(paths) > 1 or len(rubrics) > 1)

    write_reports(outputs, lambda: folder_page(results) if folder else robustness_page(results), as_json)
    return max([*codes, DONE if folder else exit_code(dossiers)])


def _found(paths: list[str], codes: list[int]) -> Iterator[Dossier]:
    """Yield the dossiers that can be graded, say why others cannot, and add the exit codes that they call for."""
    for checked in check(paths):
        codes.append(complain(checked, quiet=False))
        if checked.dossier is not None:
            yield checked.dossier
