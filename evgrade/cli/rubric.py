"""`evgrade rubric list|show|check|test`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import closing

from evgrade.checked import Checked, Outcome, outcome_of
from evgrade.cli.destinations import FindingsFormat, Output
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.outputs import Outputs
from evgrade.cli.streams import say, terminal_sink, write_payload, write_text_page
from evgrade.grading.cases import run_cases
from evgrade.model import Finding, InvalidError, UnreadableError
from evgrade.render.clean import prose
from evgrade.render.findings import findings_text, location_text
from evgrade.render.pages.rubric import rubric_page, rubrics_page
from evgrade.rubric.check import check_rubric
from evgrade.rubric.load import find_rubric, load_rubric, shipped_names
from evgrade.schema.suggest import many
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import read_bytes, shown_name


def run_list() -> int:
    """Print the shipped rubrics, one per line."""
    rubrics = [load_rubric(name) for name in shipped_names()]
    write_text_page(rubrics_page(rubrics), None)
    return DONE


def run_show(name: str, output: str | None) -> int:
    """Print a rubric for readers."""
    write_text_page(rubric_page(load_rubric(name)), output)
    return DONE


def run_check(names: list[str], outputs: Sequence[Output[FindingsFormat]], *, quiet: bool) -> int:
    """Print the findings in rubrics, and return the exit code.

    Raises:
        EvgradeError: an output cannot be written, or would replace a dossier or a rubric.
        UnknownRubricError: there is no such rubric.
    """
    count: Counter[Outcome] = Counter()
    with closing(Outputs(outputs, "rubric")) as sinks:
        paths = [find_rubric(name) for name in names]
        for checked in map(_checked, sorted(paths, key=shown_name)):
            if checked.status is Outcome.UNREADABLE:
                say(f"evgrade: {prose(checked.reason or checked.file)}")
            count[checked.status] += 1
            sinks.take(checked)
        sinks.finish()
    read_ones = count[Outcome.VALID] + count[Outcome.INVALID]
    say(
        f"{many(read_ones, 'rubric')} checked: {count[Outcome.VALID]} valid, {count[Outcome.INVALID]} invalid",
        quiet=quiet,
    )
    if count[Outcome.UNREADABLE]:
        return FAILED
    return FINDINGS if count[Outcome.INVALID] else DONE


def _checked(path: str) -> Checked:
    """Return a rubric with its findings."""
    name = shown_name(path)
    try:
        found = check_rubric(read(read_bytes(path), name))[1]
    except InvalidError as error:
        found = list(error.findings)
    except UnreadableError as error:
        return Checked(name, Outcome.UNREADABLE, reason=error.message)
    return Checked(name, outcome_of(found), findings=tuple(sorted(found, key=Finding.sort_key)))


def run_test(names: list[str], *, quiet: bool) -> int:
    """Run the worked cases of rubrics, by default all shipped ones, and print each case that fails."""
    code = DONE
    sink = terminal_sink(sys.stdout, color=False)
    for name in names or shipped_names():
        rubric = load_rubric(name)
        results = list(run_cases(rubric))
        failed = [result for result in results if not result.holds]
        for result in failed:
            lines = [f"{location_text(result.case.location)}: {prose(result.case.name)}"]
            lines += [f"    {prose(difference)}" for difference in result.differs]
            write_payload(sink.encodable("\n".join(lines) + "\n") + findings_text(result.findings, sink), None)
        say(f"{rubric.name}: {len(results) - len(failed)} of {len(results)} worked cases hold", quiet=quiet)
        code = FINDINGS if failed else code
    return code
