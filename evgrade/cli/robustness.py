"""`evgrade robustness`: how firm verdicts are, and on what they hang."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.checking import load_dossier
from evgrade.cli.compare import exit_code
from evgrade.cli.destinations import Output, ScoreFormat
from evgrade.cli.reports import check_outputs, refuse_stdin_twice, write_reports
from evgrade.rubric.load import load_rubrics


def run_robustness(paths: list[str], rubric_names: list[str], outputs: Sequence[Output[ScoreFormat]]) -> int:
    """Print how firm the verdicts on some dossiers are; 0 whatever that is, 1 where one of them contradicts itself.

    Raises:
        EvgradeError: a dossier or a rubric cannot be used.
    """
    from evgrade.render.pages.robustness import robustness_page
    from evgrade.robustness.robust import robustness

    refuse_stdin_twice(paths)
    rubrics = load_rubrics(rubric_names)
    check_outputs(outputs)
    dossiers = [load_dossier(path) for path in paths]
    results = [robustness(dossier, rubric) for dossier in dossiers for rubric in rubrics]

    def as_json() -> str:
        from evgrade.render.robustness_json import robustness_json

        return robustness_json(results, several=len(paths) > 1 or len(rubrics) > 1)

    write_reports(outputs, lambda: robustness_page(results), as_json)
    return exit_code(dossiers)
