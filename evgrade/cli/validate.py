"""`evgrade validate`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from evgrade.checking import Checked, check
from evgrade.checks.stated import rubrics_of_stated_grades
from evgrade.cli.arguments import FindingsFormat
from evgrade.cli.destinations import Output
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.outputs import Outputs
from evgrade.cli.retractions import read_notices
from evgrade.cli.streams import say
from evgrade.config import Configs
from evgrade.discover import is_folder
from evgrade.dossier import Dossier
from evgrade.model import Finding, NothingToGradeError, Severity, has_errors
from evgrade.render.clean import for_terminal
from evgrade.schema.suggest import many
from evgrade.selection import Selection


def run_validate(
    paths: list[str],
    outputs: Sequence[Output[FindingsFormat]],
    selection: Selection,
    rubric_names: Sequence[str] = (),
    as_of: dt.date | None = None,
    retractions: str | None = None,
    *,
    quiet: bool,
) -> int:
    """Check dossiers, in the order of their names, print what was found and a summary, and return the exit code.

    Args:
        paths: files and folders, or `-`.
        outputs: where findings go, and in which format.
        selection: which findings are shown, laid over the settings that hold for each file.
        rubric_names: rubrics that remark on what they miss.
        as_of: the day on which due dates are looked at.
        retractions: a file of notices of retraction.
        quiet: whether to leave out the summary.

    Raises:
        ConfigError: a file with settings is not what it should be.
        EvgradeError: an output cannot be written, or would replace a dossier.
        NothingToGradeError: no dossier was found.
        UnreadableError: a path does not exist.
    """
    notices = read_notices(retractions)
    configs = Configs()
    statuses: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    ignored = 0
    in_order: list[str] = sorted(paths, key=_place)
    remarked = _remarks(rubric_names)
    with closing(Outputs(outputs, "validate")) as sinks:
        for checked in map(remarked, check(in_order, as_of, notices)):
            shown = _selected(checked, selection, configs)
            ignored += len(checked.findings) - len(shown.findings)
            statuses[shown.status] += 1
            severities.update(finding.severity for finding in shown.findings if finding.waived is None)
            statuses["waived"] += sum(finding.waived is not None for finding in shown.findings)
            _say_why(shown, quiet=quiet)
            sinks.take(shown)
        sinks.finish()
    if statuses:
        say(_summary(statuses, severities, ignored), quiet=quiet)
    if statuses["unreadable"]:
        return FAILED
    if not statuses["valid"] + statuses["invalid"]:
        raise NothingToGradeError("no dossier was found", hint="a dossier is a YAML file that begins with `dossier: 1`")
    return FINDINGS if statuses["invalid"] else DONE


def _remarks(rubric_names: Sequence[str]) -> Callable[[Checked], Checked]:
    """Return what adds the remarks of rubrics to a checked file.

    Without names these are remarks on the grades that it states, by the rubrics that work such grades out; a dossier
    that states none is not graded.

    Raises:
        EvgradeError: a rubric cannot be used.
    """
    if not rubric_names:
        return lambda checked: _with(checked, _on_stated_grades)
    from evgrade.cli.score import load_rubrics
    from evgrade.grading.noted import remarks, stated_grades

    rubrics = load_rubrics(list(rubric_names))

    def all_remarks(dossier: Dossier) -> Iterable[Finding]:
        others = [load_rubric(name) for name in rubrics_of_stated_grades(dossier)]
        return {*remarks(dossier, rubrics), *stated_grades(dossier, others)}

    from evgrade.rubric.load import load_rubric

    return lambda checked: _with(checked, all_remarks)


def _on_stated_grades(dossier: Dossier) -> Iterable[Finding]:
    names = rubrics_of_stated_grades(dossier)
    if not names:
        return ()
    from evgrade.grading.noted import stated_grades
    from evgrade.rubric.load import load_rubric

    return stated_grades(dossier, map(load_rubric, names))


def _with(checked: Checked, remarks: Callable[[Dossier], Iterable[Finding]]) -> Checked:
    """Return a checked file with some remarks on its dossier, if it is one."""
    found = () if checked.dossier is None else tuple(remarks(checked.dossier))
    return (
        replace(checked, findings=tuple(sorted((*checked.findings, *found), key=Finding.sort_key)))
        if found
        else checked
    )


def _selected(checked: Checked, selection: Selection, configs: Configs) -> Checked:
    """Return a checked file with the findings that are to be shown."""
    if checked.status not in ("valid", "invalid"):
        return checked
    chosen = selection.over(configs.of(checked.file).selection)
    shown = tuple(finding for finding in checked.findings if chosen.keeps(finding))
    status = checked.status if checked.dossier is None else "invalid" if has_errors(shown) else "valid"
    return replace(checked, status=status, findings=shown)


def _say_why(checked: Checked, *, quiet: bool) -> None:
    """Say why a file was skipped or could not be read."""
    if checked.status == "unreadable":
        say(f"evgrade: {for_terminal(checked.reason or checked.file)}")
    elif checked.reason is not None:
        say(f"{for_terminal(checked.file)}: {checked.status}: {for_terminal(checked.reason)}", quiet=quiet)


def _place(path: str) -> str:
    """Return what to sort a path by, so that files come in the order of their names, those of folders too."""
    name = str(Path(path))
    return f"{name}/" if is_folder(path) else name


def _summary(statuses: Counter[str], severities: Counter[Severity], ignored: int) -> str:
    files = statuses["valid"] + statuses["invalid"]
    parts = [f"{many(files, 'dossier')} checked: {statuses['valid']} valid, {statuses['invalid']} invalid"]
    found = [many(severities[severity], severity.value) for severity in Severity if severities[severity]]
    if ignored:
        found.append(f"{ignored} ignored")
    if found:
        parts.append(", ".join(found))
    if statuses["waived"]:
        parts.append(f"{statuses['waived']} waived")
    left_out = [f"{statuses[status]} {status}" for status in ("skipped", "unreadable") if statuses[status]]
    if left_out:
        parts.append(", ".join(left_out))
    return "; ".join(parts)
