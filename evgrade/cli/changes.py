"""`evgrade batch --changed-since`: what changed in git, graded before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from evgrade.batch.changes import Change, Fate, changes, in_order, uncommitted
from evgrade.batch.row import Row
from evgrade.cli.destinations import BatchFormat, Output
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.streams import check_outputs, report_sink, say, write_payload
from evgrade.git import GitError, Repository, Span
from evgrade.model import EvgradeError
from evgrade.render.changes_json import changes_json, changes_jsonl
from evgrade.render.clean import for_terminal, prose
from evgrade.render.forms import PageFormat, render
from evgrade.render.pages.changes import changes_page
from evgrade.rubric.load import load_rubrics
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import many
from evgrade.yamlio.source import STDIN

_MOST_NAMES = 10


def run_changes(
    paths: Sequence[str], since: str, rubric_names: list[str], outputs: Sequence[Output[BatchFormat]], *, quiet: bool
) -> int:
    """Print what changed in git since a revision, with the grades before and after, and return the exit code.

    Args:
        paths: files and folders, outside which changes are ignored.
        since: the revision, or a range of two.
        rubric_names: the grading systems; both versions are graded under their current versions.
        outputs: formats and files.
        quiet: whether to leave out messages about files that are not dossiers.

    Raises:
        GitError: git cannot tell what changed, or a path was in neither version.
        EvgradeError: a rubric or an output cannot be used.
    """
    if STDIN in paths:
        raise GitError("standard input is not in git", hint="evgrade diff OLD - compares it with a file")
    check_outputs(outputs)
    rubrics = load_rubrics(rubric_names)
    repository = Repository.here()
    span = repository.span(since)
    inner = [repository.inner(path) for path in paths]
    for path, requested in zip(inner, paths, strict=True):
        if not repository.has(span.after, path) and not repository.has(span.before, path):
            raise GitError(f"{requested} is in neither of the two commits", hint="only what is committed is compared")
    found = list(changes(repository, span, inner, rubrics))
    changed = in_order((one for one in found if isinstance(one, Change)), 0)
    for output in outputs:
        write_payload(_rendered(output, changed, span, since, rubrics), output.path)
    _say_skipped([one for one in found if isinstance(one, Row)], quiet=quiet)
    if span.to_head:
        _say_uncommitted(repository, span, paths)
    return FINDINGS if any(one.fate(0) is Fate.INVALID for one in changed) else DONE


def _rendered(
    output: Output[BatchFormat], changed: Sequence[Change], span: Span, since: str, rubrics: Sequence[Rubric]
) -> str:
    sink = report_sink(output.path)
    page = changes_page(changed, span, since, rubrics)
    match output.form:
        case BatchFormat.TABLE:
            return "".join(render(page, PageFormat.TEXT, sink))
        case BatchFormat.MARKDOWN:
            return "".join(render(page, PageFormat.MARKDOWN, sink))
        case BatchFormat.JSON:
            return changes_json(changed, span, rubrics)
        case BatchFormat.JSONL:
            return changes_jsonl(changed, span, rubrics)
        case BatchFormat.CSV | BatchFormat.PARQUET:
            raise EvgradeError(f"what changed cannot be written as {output.form}")
        case _:
            assert_never(output.form)


def _say_skipped(rows: Sequence[Row], *, quiet: bool) -> None:
    for row in rows:
        reason = "" if row.problem is None else row.problem.message
        say(f"{for_terminal(row.file)}: skipped: {prose(reason)}", quiet=quiet)


def _say_uncommitted(repository: Repository, span: Span, paths: Sequence[str]) -> None:
    """Name files that are not compared because their changes are not committed: users may expect them to be."""
    names = [repository.shown(name) for name in uncommitted(repository, span.after, paths)]
    if names:
        wording = ", ".join(map(for_terminal, names[:_MOST_NAMES]))
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        say(f"evgrade: {many(len(names), 'YAML file')} with changes that are not committed, left out: {wording}{more}")
