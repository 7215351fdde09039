"""`evgrade rubric list|show|check|test`."""

from __future__ import annotations

import sys

from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.streams import say, terminal_sink, write_payload
from evgrade.grading.cases import run_cases
from evgrade.model import Finding, InvalidError
from evgrade.render.findings import findings_text
from evgrade.render.rubric import rubric_list_text, rubric_text
from evgrade.render.sink import Sink
from evgrade.rubric import check_rubric, find_rubric, load_rubric, shipped_names
from evgrade.yamlio import read, read_bytes, shown_name


def run_list() -> int:
    """Print the shipped rubrics, a line each."""
    rubrics = [load_rubric(name) for name in shipped_names()]
    write_payload(rubric_list_text(rubrics, terminal_sink(sys.stdout, color=False)), None)
    return DONE


def run_show(name: str, output: str | None) -> int:
    """Print a rubric so that a person can read it."""
    sink = terminal_sink(sys.stdout, color=False) if output in (None, "-") else Sink()
    write_payload(rubric_text(load_rubric(name), sink), output)
    return DONE


def run_check(names: list[str], form: str, output: str | None, *, quiet: bool) -> int:
    """Print all that is wrong with rubrics, and return the exit code."""
    findings: list[Finding] = []
    files: dict[str, str] = {}
    for name in names:
        path = find_rubric(name)
        shown = shown_name(path)
        try:
            found = check_rubric(read(read_bytes(path), shown))[1]
        except InvalidError as error:
            found = list(error.findings)
        files[shown] = "invalid" if found else "valid"
        findings.extend(found)
    if form == "json":
        from evgrade.render.machine import findings_json

        write_payload(findings_json(findings, files), output)
    else:
        text = findings_text(findings)
        write_payload(terminal_sink(sys.stdout, color=False).encodable(text), output)
    invalid = sum(status == "invalid" for status in files.values())
    say(f"{len(files)} checked: {len(files) - invalid} valid, {invalid} invalid", quiet=quiet)
    return FINDINGS if findings else DONE


def run_test(names: list[str], *, quiet: bool) -> int:
    """Run the worked cases of rubrics, all shipped ones if none is named; print each that fails."""
    code = DONE
    for name in names or shipped_names():
        rubric = load_rubric(name)
        results = list(run_cases(rubric))
        failed = [result for result in results if not result.holds]
        for result in failed:
            place = f"{result.case.location}"
            lines = [f"{place}: {result.case.name}", *(f"    {difference}" for difference in result.differs)]
            write_payload("\n".join(lines) + "\n" + findings_text(result.findings), None)
        say(f"{rubric.name}: {len(results) - len(failed)} of {len(results)} worked cases hold", quiet=quiet)
        code = FINDINGS if failed else code
    return code
