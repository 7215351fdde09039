"""Turn the bytes of files into rows. Whatever is wrong with a file, it becomes a row."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from evgrade.batch.pool import Pool
from evgrade.batch.row import Row, lost, unchecked
from evgrade.batch.time_limit import TookTooLong, at_most
from evgrade.batch.work import NO_CACHE, ResultCache
from evgrade.checked import Checked, left_out, opened
from evgrade.discover import Skipped, Source, discover
from evgrade.model import unexpected
from evgrade.rubric.load import RubricText
from evgrade.rubric.model import Rubric
from evgrade.yamlio.source import shown_name


def rows(
    paths: Iterable[str], grading: Grading, pool: Pool, cache: ResultCache[Row] = NO_CACHE
) -> Generator[Sequence[Row], None, None]:
    """Yield a row for each file that is named or found, in order, then for what was left out on the way.

    Those that are there at the same time come together.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    skipped = Skipped()
    yield from pool.together(grading, discover(paths, skipped), cache)
    for checked in left_out(skipped):
        yield [unchecked(checked)]


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades files under rubrics.

    The rubrics come as texts, so that this can be sent to any process on any machine, and all grade with the same ones
    although a file may change meanwhile; a process compiles each of them once.

    Attributes:
        rubrics: the grading systems.
        folder: where relative paths begin, for a process that runs elsewhere; empty for where it runs.
        seconds: how long it may take to check and grade a file, in a process that can be ended; None for no limit.
        firmness: whether to find out how firm each recommendation is.
    """

    rubrics: tuple[RubricText, ...]
    folder: str = ""
    seconds: float | None = None
    firmness: bool = False

    def __call__(self, sources: Iterable[Source]) -> Iterator[Row]:
        """Yield what becomes of each of some files; no error leaves this."""
        for files in _few_at_once(sources, self.folder):
            yield from self._rows(files)

    def prepare(self) -> None:
        """Import and compile what grading takes, so that processes that begin as copies of this one need not."""
        import evgrade.batch.graded  # noqa: F401, PLC0415 - as below

        for rubric in self.rubrics:
            rubric.compiled()

    def lost(self, source: Source, reason: str) -> Row:
        """Return the row of a file whose process died, perhaps because nothing else could stop it."""
        return lost(source.path, reason if self.seconds is None else f"{self._too_long()}, or {reason}")

    def _too_long(self) -> str:
        return f"it took longer than {self.seconds:g} s"

    def _rows(self, files: Sequence[_Opened]) -> list[Row]:
        """Return the rows of some files; if one takes too long or meets a mistake in evgrade, only that one fails."""
        if self.seconds is not None:
            self.prepare()  # no file pays for that
        try:
            with at_most(self.seconds):
                return self._graded(files)
        except (Exception, TookTooLong) as error:
            if len(files) > 1:
                return [row for one in files for row in self._rows([one])]
            if isinstance(error, TookTooLong):
                return [lost(source.path, self._too_long()) for source, _ in files]
            return [_failed(source, error) for source, _ in files]

    def _graded(self, files: Sequence[_Opened]) -> list[Row]:
        unknown = [(content, shown_name(source.path)) for source, content in files if not isinstance(content, Row)]
        rows = iter(self.rows_of(unknown, [rubric.compiled() for rubric in self.rubrics]))
        return [content if isinstance(content, Row) else next(rows) for _, content in files]

    def rows_of(self, files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric]) -> list[Row]:
        """Return the rows of files, given as their bytes and names; another grading may find out more of them."""
        from evgrade.batch.graded import rows_of  # noqa: PLC0415 - where all rows are known nothing is graded

        return rows_of(files, rubrics, firmness=self.firmness)


_Opened = tuple[Source, bytes | Row]
"""A file and what is to be graded, or its row where there is nothing to grade."""

_AT_ONCE = 512 * 1024
"""How many bytes of files take each step together at most. What a step needs is then still in the processor's caches,
which saves a tenth of the time; and large files do not add up in memory, nor do small ones wait for them."""


def _few_at_once(sources: Iterable[Source], folder: str) -> Iterator[list[_Opened]]:
    """Yield files, a few at a time; one that is larger than a few together may be comes alone."""
    few: list[_Opened] = []
    total = 0
    for source in sources:
        content = _content_or_row(source, folder)
        size = 0 if isinstance(content, Row) else len(content)
        if few and total + size > _AT_ONCE:
            yield few
            few, total = [], 0
        few.append((source, content))
        total += size
        if total >= _AT_ONCE:  # so that the file after a large one is read after that is done
            yield few
            few, total = [], 0
    yield few


def _content_or_row(source: Source, folder: str) -> bytes | Row:
    try:
        content = opened(source, folder)
    except Exception as error:  # a mistake in evgrade must not stop the other files
        return _failed(source, error)
    return unchecked(content) if isinstance(content, Checked) else content


def _failed(source: Source, error: Exception) -> Row:
    return lost(source.path, unexpected(error))
