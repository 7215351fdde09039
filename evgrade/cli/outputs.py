"""Where findings go and in which formats: standard output and files, several at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evgrade.checking import Checked
from evgrade.cli.arguments import FindingsFormat
from evgrade.cli.streams import check_writable, terminal_sink, write_payload
from evgrade.model import EvgradeError, Finding
from evgrade.render.sink import Sink

STREAMED = frozenset({FindingsFormat.TEXT, FindingsFormat.CONCISE, FindingsFormat.JSONL, FindingsFormat.GITHUB})
"""Formats that come file by file, so that memory does not grow with the number of files."""


class OutputsError(EvgradeError):
    """The outputs that were asked for get in each other's way."""


@dataclass(frozen=True, slots=True)
class Output:
    """A format and the file that it goes to, None for standard output."""

    form: FindingsFormat
    path: str | None


def planned(form: FindingsFormat | None, given: Iterable[str]) -> tuple[Output, ...]:
    """Return the outputs that `--format` and `--output` ask for.

    `FORMAT=PATH` is an output beside the others; any other text is a path that gets the format of `--format`. What
    stands before the first `=` must be the name of a format, else it belongs to the path: `./sarif=x` is a path too.
    Without a path of its own, that format goes to standard output, unless one was sent there and none was chosen.

    Raises:
        OutputsError: two outputs would go to the same place.
    """
    chosen = form or FindingsFormat.TEXT
    outputs: list[Output] = []
    moved = False
    for text in given:
        name, equals, path = text.partition("=")
        if equals and name in set(FindingsFormat):
            if not path:
                raise OutputsError(f"--output {text} names no file")
            outputs.append(Output(FindingsFormat(name), _path(path)))
        else:
            outputs.append(Output(chosen, _path(text)))
            moved = True
    taken = any(output.path is None for output in outputs)
    if not moved and not (taken and form is None):
        outputs.insert(0, Output(chosen, None))
    seen: set[str | None] = set()
    for output in outputs:
        place = None if output.path is None else os.path.realpath(output.path)
        if place in seen:
            where = "standard output" if output.path is None else output.path
            raise OutputsError(f"two outputs would go to {where}")
        seen.add(place)
    return tuple(outputs)


def _path(text: str) -> str | None:
    return None if text == "-" else text


class Outputs:
    """Takes one checked file after the other and writes them in every format that was asked for."""

    def __init__(self, outputs: Sequence[Output], name: str) -> None:
        """Make sure that the files can be written, before any work is done.

        Args:
            outputs: where to write what.
            name: what the findings are of: `validate` or `rubric`.

        Raises:
            EvgradeError: a file cannot be written, or holds a dossier or a rubric.
        """
        self._outputs = outputs
        self._name = name
        self._texts: dict[Output, list[str]] = {output: [] for output in outputs if output.form in STREAMED}
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
