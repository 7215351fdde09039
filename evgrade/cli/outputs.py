"""Write findings in every requested format, to standard output and files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from evgrade.checked import Checked
from evgrade.cli.destinations import FindingsFormat, Output
from evgrade.cli.files import GrowingFile, check_writable
from evgrade.cli.streams import terminal_sink, write_payload
from evgrade.render.clean import Sink
from evgrade.render.findings import few_of_each

STREAMED = frozenset({FindingsFormat.TEXT, FindingsFormat.CONCISE, FindingsFormat.JSONL, FindingsFormat.GITHUB})
"""Formats that come file by file, so that memory does not grow with the number of files; not so the others."""


class Outputs:
    """Takes one checked file after the other and writes them in every format that was requested."""

    def __init__(self, outputs: Sequence[Output[FindingsFormat]], name: str) -> None:
        """Make sure that the files can be written, before any work is done.

        Args:
            outputs: where to write what.
            name: what the findings are of: `validate` or `rubric`.

        Raises:
            EvgradeError: a file cannot be written, or holds a dossier or a rubric.
        """
        self._outputs = outputs
        self._name = name
        self._growing: dict[str, GrowingFile] = {}
        self._kept: list[Checked] = []
        self._sink = terminal_sink(sys.stdout, color=False)
        try:
            for output in outputs:
                if output.path is not None and output.form in STREAMED:
                    self._growing[output.path] = GrowingFile(output.path)
                elif output.path is not None:
                    check_writable(output.path)
        except BaseException:
            self.close()
            raise

    def take(self, checked: Checked) -> None:
        """Write what comes file by file, and keep the rest; of each code no more than a few findings a file.

        Raises:
            UnreadableError: a file, or standard output, cannot be written.
        """
        checked = replace(
            checked, dossier=None, document=None, findings=few_of_each(checked.findings)
        )  # these are large
        for output in self._outputs:
            if output.form in STREAMED:
                self._write(output, _of_one(output.form, checked, self._sink if output.path is None else Sink()))
        if any(output.form not in STREAMED for output in self._outputs):
            self._kept.append(checked)

    def finish(self) -> None:
        """Write what comes as a whole, and put the files in their places.

        Raises:
            UnreadableError: a file, or standard output, cannot be written.
        """
        for output in self._outputs:
            if output.form not in STREAMED:
                write_payload(_of_all(output.form, self._kept, self._name), output.path)
        for file in self._growing.values():
            file.keep()

    def close(self) -> None:
        """Leave the files that grow as they were, except those that were put in their places."""
        for file in self._growing.values():
            file.discard()

    def _write(self, output: Output[FindingsFormat], text: str) -> None:
        if output.path is not None:
            self._growing[output.path].write(text)
        elif text:
            write_payload(text, None)


def _of_one(form: FindingsFormat, checked: Checked, sink: Sink) -> str:
    """Return a checked file in a format that comes file by file."""
    if form is FindingsFormat.JSONL:
        from evgrade.render.findings_json import findings_jsonl

        return findings_jsonl(checked)
    if form is FindingsFormat.GITHUB:
        from evgrade.render.findings_ci import findings_github

        return findings_github(checked, sink)
    if not checked.findings:
        return ""
    if form is FindingsFormat.CONCISE:
        from evgrade.render.findings import findings_concise

        return findings_concise(checked.findings, sink)
    from evgrade.render.findings import findings_text

    return findings_text(checked.findings, sink)


def _of_all(form: FindingsFormat, files: Sequence[Checked], name: str) -> str:
    """Return all checked files in a format that comes as a whole."""
    if form is FindingsFormat.SARIF:
        from evgrade.render.findings_ci import findings_sarif

        return findings_sarif(files, name, os.getcwd())  # noqa: PTH109 - text, as the format wants it
    if form is FindingsFormat.JUNIT:
        from evgrade.render.findings_ci import findings_junit

        return findings_junit(files, name)
    from evgrade.checks.model import all_checks
    from evgrade.render.findings_json import findings_json

    return findings_json(files, [one.code for one in all_checks()] if name == "validate" else [])
