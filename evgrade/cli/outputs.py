"""Findings in every format that was asked for, on standard output and in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from evgrade.checking import Checked
from evgrade.cli.arguments import FindingsFormat
from evgrade.cli.destinations import Output
from evgrade.cli.streams import check_writable, terminal_sink, write_payload
from evgrade.model import Finding
from evgrade.render.sink import Sink

STREAMED = frozenset({FindingsFormat.TEXT, FindingsFormat.CONCISE, FindingsFormat.JSONL, FindingsFormat.GITHUB})
"""Formats that come file by file, so that memory does not grow with the number of files."""


class Outputs:
    """Takes one checked file after the other and writes them in every format that was asked for."""

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
        streamed = (output for output in outputs if output.form in STREAMED)
        self._texts: dict[Output[FindingsFormat], list[str]] = {output: [] for output in streamed}
        self._files: list[Checked] = []
        self._sink = terminal_sink(sys.stdout, color=False)
        for output in outputs:
            if output.path is not None:
                check_writable(output.path)

    def take(self, checked: Checked) -> None:
        """Print what comes file by file, and keep the rest.

        Raises:
            UnreadableError: standard output cannot be written.
        """
        for output, texts in self._texts.items():
            if output.path is not None:
                texts.append(_of_one(output.form, checked, Sink()))
            elif text := _of_one(output.form, checked, self._sink):
                write_payload(text, None)
        if len(self._texts) < len(self._outputs):
            self._files.append(replace(checked, dossier=None))  # a dossier is large

    def finish(self) -> None:
        """Write what comes as a whole, and the files.

        Raises:
            UnreadableError: a file, or standard output, cannot be written.
        """
        for output in self._outputs:
            if output.form not in STREAMED:
                write_payload(_of_all(output.form, self._files, self._name), output.path)
            elif output.path is not None:
                write_payload("".join(self._texts[output]), output.path)


def _of_one(form: FindingsFormat, checked: Checked, sink: Sink) -> str:
    """Return a checked file in a format that comes file by file."""
    if form is FindingsFormat.JSONL:
        from evgrade.render.jsonl import findings_jsonl

        return findings_jsonl(checked)
    if form is FindingsFormat.GITHUB:
        from evgrade.render.github import findings_github

        return findings_github(checked, sink)
    if not checked.findings:
        return ""
    if form is FindingsFormat.CONCISE:
        from evgrade.render.concise import findings_concise

        return findings_concise(checked.findings, sink)
    from evgrade.render.findings import findings_text

    return findings_text(checked.findings, sink)


def _of_all(form: FindingsFormat, files: Sequence[Checked], name: str) -> str:
    """Return all checked files in a format that comes as a whole."""
    if form is FindingsFormat.SARIF:
        from evgrade.render.sarif import findings_sarif

        return findings_sarif(files, name, os.getcwd())  # noqa: PTH109 - text, as the format wants it
    if form is FindingsFormat.JUNIT:
        from evgrade.render.junit import findings_junit

        return findings_junit(files, name)
    from evgrade.render.findings_json import findings_json

    found = sorted((finding for checked in files for finding in checked.findings), key=Finding.sort_key)
    return findings_json(found, {checked.file: checked.status for checked in files})
