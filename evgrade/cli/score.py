"""`evgrade score` and `evgrade explain`."""

from __future__ import annotations

import datetime as dt
import sys

from evgrade.checking import Checked, check
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.retractions import read_notices
from evgrade.cli.streams import say, terminal_sink, write_payload
from evgrade.discover import is_folder
from evgrade.dossier import load_dossier
from evgrade.grading.assessment import Assessment
from evgrade.grading.retracted import assess_with_retractions
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.render.clean import for_terminal
from evgrade.render.findings import findings_text
from evgrade.render.sink import Sink
from evgrade.rubric.load import DEFAULT, load_rubric, shipped_names
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import did_you_mean, listed


def run_score(
    paths: list[str],
    rubric_names: list[str],
    form: str,
    output: str | None,
    fail_under: float | None,
    as_of: dt.date | None = None,
    retractions: str | None = None,
    *,
    quiet: bool,
    color: bool | None,
) -> int:
    """Grade dossiers, print the assessments, and return the exit code.

    Raises:
        NothingToGradeError: no dossier was found.
        EvgradeError: a path or the rubric cannot be used.
    """
    rubrics = load_rubrics(rubric_names)
    notices = read_notices(retractions)
    if fail_under is not None and all(rubric.score is None for rubric in rubrics):
        names = listed(rubric.name for rubric in rubrics)
        raise EvgradeError(f"the rubric {names} gives no score for --fail-under to compare with")
    code = DONE
    graded: list[list[Assessment]] = []
    found = False
    for checked in check(paths, as_of, notices):
        if checked.dossier is not None:
            graded.append([assess_with_retractions(checked.dossier, rubric) for rubric in rubrics])
        found = found or checked.status in ("valid", "invalid")
        code = max(code, _complain(checked, quiet=quiet))
    if graded:
        sink = _sink(output, color=color)
        write_payload(_rendered(graded, form, sink, several=_asks_for_several(paths)), output)
    elif not found and code == DONE:
        raise NothingToGradeError("no dossier was found", hint="a dossier is a YAML file that begins with `dossier: 1`")
    for assessment in (assessment for assessments in graded for assessment in assessments):
        if _is_below(assessment, fail_under):
            value = (
                "none" if assessment.score is None or assessment.score.value is None else f"{assessment.score.value:g}"
            )
            say(f"{for_terminal(assessment.dossier_file)}: the score is {value}, below {fail_under:g}", quiet=quiet)
            code = max(code, FINDINGS)
    return code


def load_rubrics(names: list[str]) -> list[Rubric]:
    """Return the rubrics of these names, each once: the default one if there is none, every shipped one for `all`."""
    wanted = dict.fromkeys(one for name in names or [DEFAULT] for one in (shipped_names() if name == "all" else [name]))
    return [load_rubric(name) for name in wanted]


def rubric_files(names: list[str]) -> list[str]:
    """Return which of these names are paths of rubrics, and not the names of shipped ones."""
    return [name for name in names if name != "all" and name not in shipped_names()]


def _complain(checked: Checked, *, quiet: bool) -> int:
    """Say what keeps a file from being graded, and return the exit code that it calls for."""
    if checked.status == "invalid" and checked.dossier is not None:
        say(f"{for_terminal(checked.file)}: it has errors, told in its report, and its grades rest on them")
        return FINDINGS
    if checked.status == "invalid":
        say(findings_text(checked.findings, terminal_sink(sys.stderr, color=False)).rstrip())
        say(f"{for_terminal(checked.file)} is no valid dossier and was not graded")
        return FINDINGS
    if checked.status == "unreadable":
        say(f"evgrade: {for_terminal(checked.reason or checked.file)}")
        return FAILED
    if checked.reason is not None:
        say(f"{for_terminal(checked.file)}: {checked.status}: {for_terminal(checked.reason)}", quiet=quiet)
    return DONE


def _sink(output: str | None, *, color: bool | None) -> Sink:
    if output is None or output == "-":
        return terminal_sink(sys.stdout, color=color)
    return Sink(terminal_sink(sys.stdout, color=False).width)


def _asks_for_several(paths: list[str]) -> bool:
    """Whether several dossiers are asked for, however many turn out to be valid."""
    return len(paths) > 1 or is_folder(paths[0])


def _rendered(graded: list[list[Assessment]], form: str, sink: Sink, *, several: bool) -> str:
    are_compared = len(graded[0]) > 1
    flat = [assessment for assessments in graded for assessment in assessments]
    if form == "json":
        from evgrade.render.machine import assessments_json

        return assessments_json(flat, several=several or are_compared)
    if form == "markdown":
        from evgrade.render.markdown import assessments_markdown

        return sink.encodable(assessments_markdown(graded))
    if are_compared:
        from evgrade.render.comparison import comparisons

        return comparisons(graded, sink)
    from evgrade.render.report import reports

    return reports(flat, sink)


def _is_below(assessment: Assessment, bar: float | None) -> bool:
    if bar is None or assessment.score is None:
        return False
    return assessment.score.value is None or assessment.score.value < bar


def run_explain(path: str, domain: str | None, rubric_name: str, output: str | None) -> int:
    """Print the derivation of a dossier's grades, or of one domain's.

    Raises:
        EvgradeError: the dossier, the rubric or the domain cannot be used.
    """
    from evgrade.grading.derivation import derive
    from evgrade.render.derivation import derivation_text

    rubric = load_rubric(rubric_name)
    titles = {one.name: one.title for one in rubric.domains}
    if domain is not None and domain not in titles:
        hint = did_you_mean(domain, titles) or f"its domains: {listed(titles)}"
        raise EvgradeError(f"the rubric {rubric.name} has no domain {domain!r}", hint=hint)
    dossier = load_dossier(path)
    only = None if domain is None else titles[domain]
    write_payload(derivation_text(derive(dossier, rubric), dossier, _sink(output, color=False), only), output)
    return DONE
