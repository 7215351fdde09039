"""`evgrade validate`: findings in dossiers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from evgrade.checked import Outcome, Unchecked
from evgrade.checking import check
from evgrade.cli.destinations import FindingsFormat, Output
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.options import read_notices
from evgrade.cli.outputs import Outputs
from evgrade.cli.streams import say, say_why
from evgrade.config import Configs, Selection
from evgrade.discover import is_folder
from evgrade.model import NothingToGradeError, Severity
from evgrade.schema.suggest import many

if TYPE_CHECKING:
    from evgrade.rubric.model import Rubric


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
    """Check dossiers, sorted by name, print the findings and a summary, and return the exit code.

    Args:
        paths: files and folders, or `-`.
        outputs: formats and files of the findings.
        selection: which findings to show, on top of the settings for each file.
        rubric_names: rubrics whose missing facts are noted.
        as_of: the day to check due dates against.
        retractions: the file of notices to look up sources in.
        quiet: whether to leave out the summary.

    Raises:
        ConfigError: a file with settings is wrong.
        EvgradeError: an output cannot be written, or would replace a dossier.
        NothingToGradeError: no dossier was found.
        UnreadableError: a path does not exist.
    """
    notices = read_notices(retractions)
    configs = Configs()
    statuses: Counter[str] = Counter()
    severities: Counter[Severity] = Counter()
    ignored = 0
    unchecked: set[Unchecked] = set()
    in_order: list[str] = sorted(paths, key=_place)
    rubrics = _rubrics(rubric_names)
    with closing(Outputs(outputs, "validate")) as sinks:
        for checked in check(in_order, rubrics, as_of, notices):
            shown = selection.over(configs.of(checked.file)).shown(checked)
            ignored += len(checked.findings) - len(shown.findings)
            statuses[shown.status] += 1
            unchecked.update(shown.unchecked)
            severities.update(finding.severity for finding in shown.findings if finding.waived is None)
            statuses["waived"] += sum(finding.waived is not None for finding in shown.findings)
            say_why(shown, quiet=quiet)
            sinks.take(shown)
        sinks.finish()
    if statuses:
        say(_summary(statuses, severities, ignored), quiet=quiet)
    requested = [how for one in Unchecked if one in unchecked and (how := _how_to_check(one))]
    if requested:
        say(f"not checked: {', '.join(requested)}", quiet=quiet)
    if statuses[Outcome.UNREADABLE]:
        return FAILED
    if not statuses[Outcome.VALID] + statuses[Outcome.INVALID]:
        raise NothingToGradeError
    return FINDINGS if statuses[Outcome.INVALID] else DONE


def _rubrics(names: Sequence[str]) -> Sequence[Rubric]:
    if not names:
        return ()
    from evgrade.rubric.load import load_rubrics

    return load_rubrics(names)


def _place(path: str) -> str:
    """Return the sort key of a path, which puts all files in order of name, including those in folders."""
    name = str(Path(path))
    return f"{name}/" if is_folder(path) else name


def _how_to_check(one: Unchecked) -> str | None:
    """Return what was not checked and the option that checks it; None if an error says so already."""
    match one:
        case Unchecked.RETRACTIONS:
            return "retractions (add --retractions FILE)"
        case Unchecked.DUE_DATES:
            return "due dates (add --as-of DATE)"
        case Unchecked.FACTS:
            return None
        case _:
            assert_never(one)


def _summary(statuses: Counter[str], severities: Counter[Severity], ignored: int) -> str:
    files = statuses[Outcome.VALID] + statuses[Outcome.INVALID]
    parts = [f"{many(files, 'dossier')} checked: {statuses['valid']} valid, {statuses['invalid']} invalid"]
    found = [many(severities[severity], severity.value) for severity in Severity if severities[severity]]
    if ignored:
        found.append(f"{ignored} ignored")
    if found:
        parts.append(", ".join(found))
    if statuses["waived"]:
        parts.append(f"{statuses['waived']} waived")
    left_out = [f"{statuses[status]} {status}" for status in (Outcome.SKIPPED, Outcome.UNREADABLE) if statuses[status]]
    if left_out:
        parts.append(", ".join(left_out))
    return "; ".join(parts)
