"""The work on one file: its bytes become a row. Whatever is wrong with it, it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass

from evgrade.batch.row import Problem, Row, Status, lost
from evgrade.discover import Source
from evgrade.model import UnreadableError
from evgrade.rubric.load import RubricText
from evgrade.yamlio import read_bytes, shown_name
from evgrade.yamlio.header import looks_like


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

    def __call__(self, source: Source) -> Row:
        """Return what becomes of a file; no error leaves this."""
        try:
            return self._row(source)
        except Exception as error:  # a mistake in evgrade must not stop the other files
            return lost(source.path, f"internal error: {type(error).__name__}: {error}")

    def prepare(self) -> None:
        """Import and compile what grading takes, so that processes that begin as copies of this one need not."""
        import evgrade.batch.graded  # noqa: F401, PLC0415 - as below

        for rubric in self.rubrics:
            rubric.compiled()

    def lost(self, source: Source, reason: str) -> Row:
        """Return the row of a file whose process died."""
        return lost(source.path, reason)

    def _row(self, source: Source) -> Row:
        content = content_of(source, self.folder)
        return content if isinstance(content, Row) else self._examined(content, shown_name(source.path))

    def _examined(self, content: bytes, name: str) -> Row:
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
    if not source.named and not looks_like(content):
        return Row(shown_name(source.path), Status.SKIPPED, problem=Problem("no `dossier:` header"))
    return content
