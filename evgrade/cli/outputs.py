"""Findings in every requested format, on standard output and in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from evgrade.checked import Checked
from evgrade.cli.destinations import FindingsFormat, Output
from evgrade.cli.streams import Growing, terminal_sink
from evgrade.render.clean import Sink
from evgrade.render.findings import few_of_each

STREAMED = frozenset({FindingsFormat.TEXT, FindingsFormat.CONCISE, FindingsFormat.JSONL, FindingsFormat.GITHUB})
"""Formats written file by file, in memory that does not grow with the number of files; the others come at the end."""


class Outputs:
    """Writes checked files, one after the other, in every requested format."""

    def __init__(self, outputs: Sequence[Output[FindingsFormat]], name: str) -> None:
        """Open all outputs, before any work is done.

        Args:
            outputs: formats and files.
            name: the subject of the findings: `validate` or `rubric`.

        Raises:
            EvgradeError: a file cannot be written, or holds a dossier or a rubric.
        """
        self._outputs = outputs
        self._name = name
        self._growing = Growing(output.path for output in outputs)
        self._kept: list[Checked] = []
        self._sink = terminal_sink(sys.stdout, color=False)

    def take(self, checked: Checked) -> None:
        """Write the formats that come file by file, and keep the file for the others; at most a few findings per code.

        Raises:
            UnreadableError: a file, or standard output, cannot be written.
        """
        # Dossier and document are large.
        checked = replace(checked, dossier=None, document=None, findings=few_of_each(checked.findings))
        for output in self._outputs:
            if output.form in STREAMED:
                sink = self._sink if output.path is None else Sink()
                self._growing.write(output.path, _of_one(output.form, checked, sink))
        if any(output.form not in STREAMED for output in self._outputs):
            self._kept.append(checked)

    def finish(self) -> None:
        """Write the formats that come at the end, and put the files in their places.

        Raises:
            UnreadableError: a file, or standard output, cannot be written.
        """
        for output in self._outputs:
            if output.form not in STREAMED:
                self._growing.write(output.path, _of_all(output.form, self._kept, self._name))
        self._growing.keep()

    def close(self) -> None:
        """Leave files as they were, except those already in their places."""
        self._growing.discard()


def _of_one(form: FindingsFormat, checked: Checked, sink: Sink) -> str:
    """Return a checked file in a streamed format."""
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
    """Return all checked files in a format that is not streamed."""
    if form is FindingsFormat.SARIF:
        from evgrade.render.findings_ci import findings_sarif

        return findings_sarif(files, name, os.getcwd())  # noqa: PTH109 - text, as the format wants it
    if form is FindingsFormat.JUNIT:
        from evgrade.render.findings_ci import findings_junit

        return findings_junit(files, name)
    from evgrade.checks.model import all_checks
    from evgrade.render.findings_json import findings_json

    return findings_json(files, [one.code for one in all_checks()] if name == "validate" else [])
