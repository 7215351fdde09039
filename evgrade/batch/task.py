"""The work on files: their bytes become rows. Whatever is wrong with a file, it becomes a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evgrade.batch.row import Problem, Row, Status, lost
from evgrade.discover import Source
from evgrade.model import UnreadableError, unexpected
from evgrade.rubric.load import RubricText
from evgrade.yamlio.header import has_header
from evgrade.yamlio.source import read_bytes, shown_name


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades files under rubrics.

    The rubrics come as texts, so that this can be sent to any process on any machine, and all grade with the same ones
    although a file may change meanwhile; a process compiles each of them once.

    Attributes:
        rubrics: the grading systems.
        folder: where relative paths begin, for a process that runs elsewhere; empty for where it runs.
    """

    rubrics: tuple[RubricText, ...]
    folder: str = ""

    def __call__(self, sources: Iterable[Source]) -> Iterator[Row]:
        """Yield the row of each file; no error leaves this."""
        return map(self._row, sources)

    def prepare(self) -> None:
        """Import and compile what grading takes, so that processes that begin as copies of this one need not."""
        import evgrade.batch.graded  # noqa: F401, PLC0415 - as below

        for rubric in self.rubrics:
            rubric.compiled()

    def lost(self, source: Source, reason: str) -> Row:
        """Return the row of a file whose process died."""
        return lost(source.path, reason)

    def _row(self, source: Source) -> Row:
        try:
            content = content_of(source, self.folder)
            return content if isinstance(content, Row) else self._graded(content, shown_name(source.path))
        except Exception as error:  # a mistake in evgrade must not stop the other files
            return lost(source.path, unexpected(error))

    def _graded(self, content: bytes, name: str) -> Row:
        from evgrade.batch.graded import row_of  # noqa: PLC0415 - where all rows are known nothing is graded

        return row_of(content, name, [rubric.compiled() for rubric in self.rubrics])


def content_of(source: Source, folder: str = "") -> bytes | Row:
    """Return what is to be graded, or the row of a file in which there is nothing to grade.

    A relative path begins in `folder`; without one, where the process runs.
    """
    try:
        content = read_bytes(source.path, folder)
    except UnreadableError as error:
        return Row(shown_name(source.path), Status.UNREADABLE, problem=Problem(error.message))
    if not source.named and not has_header(content):
        return Row(shown_name(source.path), Status.SKIPPED, problem=Problem("no `dossier:` header"))
    return content
