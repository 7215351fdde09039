"""`evgrade rubric list|show|check|test`."""

from __future__ import annotations

import sys
from collections import Counter

from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.streams import say, terminal_sink, write_payload
from evgrade.grading.cases import run_cases
from evgrade.model import Finding, InvalidError, UnreadableError
from evgrade.render.clean import prose
from evgrade.render.findings import findings_text, location_text
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
    for path in [find_rubric(name) for name in names]:
        shown = shown_name(path)
        try:
            found = check_rubric(read(read_bytes(path), shown))[1]
        except InvalidError as error:
            found = list(error.findings)
        except UnreadableError as error:
            say(f"evgrade: {prose(error.message)}")
            files[shown] = "unreadable"
            continue
        files[shown] = "invalid" if found else "valid"
        findings.extend(found)
    findings.sort(key=Finding.sort_key)
    if form == "json":
        from evgrade.render.machine import findings_json

        write_payload(findings_json(findings, files), output)
    else:
        sink = terminal_sink(sys.stdout, color=False) if output in (None, "-") else Sink()
        write_payload(findings_text(findings, sink), output)
    count = Counter(files.values())
    read_ones = count["valid"] + count["invalid"]
    noun = "rubric" if read_ones == 1 else "rubrics"
    say(f"{read_ones} {noun} checked: {count['valid']} valid, {count['invalid']} invalid", quiet=quiet)
    if count["unreadable"]:
        return FAILED
    return FINDINGS if findings else DONE


def run_test(names: list[str], *, quiet: bool) -> int:
    """Run the worked cases of rubrics, all shipped ones if none is named; print each that fails."""
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
