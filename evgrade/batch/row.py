"""Rows, the results for one file of many, and how the bytes of files become rows, whatever is wrong with them.

A row is small, plain, and quick to send between processes.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from evgrade.batch.pool import Pool
from evgrade.batch.work import NO_CACHE, ResultCache
from evgrade.checked import Checked, Outcome, left_out, opened
from evgrade.discover import Skipped, Source, discover
from evgrade.model import Finding, Severity, unexpected
from evgrade.robustness.summary import Weighted
from evgrade.rubric.load import RubricText
from evgrade.yamlio.source import LIMITS, shown_name

if TYPE_CHECKING:
    from evgrade.dossier import Dossier
    from evgrade.grading.decide import Decided
    from evgrade.rubric.model import Rubric

REMEMBERED = 4096
"""The number of different results whose output the formats remember; most rows have the same results as others."""


STATUSES = {outcome: "graded" if outcome is Outcome.VALID else outcome.value for outcome in Outcome}
"""The names of outcomes in rows, where a valid file is a graded one."""


class Given(NamedTuple):
    """The grade of one domain, and all grades that unknown facts leave open, best first."""

    domain: str
    grade: str
    possible: tuple[str, ...]


class Hangs(NamedTuple):
    """What a recommendation hangs on.

    Attributes:
        threads: in words, the single facts that move or settle it.
        settling: the kinds of missing facts that can settle it alone.
        report: the whole report on it as JSON, without the name of the file.
    """

    threads: str
    settling: tuple[str, ...]
    report: str


class Verdict(NamedTuple):
    """The result of one rubric for a dossier: an assessment without its reasons.

    Attributes:
        rubric: its name.
        grades: by domain, in the order of the rubric.
        score, low, high: the established score, from 0 to 100, and the range that unknown facts leave open.
        level: the name of the recommended level; None if the rubric recommends nothing, or nothing is recorded.
        rank: its place, 1 for the best.
        possible: the names of all levels that unknown facts leave open, best first.
        firmness: how firm the recommendation is, if requested and if there is one.
        hangs: what it hangs on, if requested.
        weighted: its rank in the folder under other weights, if requested and if there is a score. It depends on all
            files, so it is never cached.
    """

    rubric: str
    grades: tuple[Given, ...]
    score: float | None
    low: float | None
    high: float | None
    level: str | None
    rank: int | None
    possible: tuple[str, ...]
    firmness: str | None = None
    hangs: Hangs | None = None
    weighted: Weighted | None = None

    @property
    def settled(self) -> bool | None:
        """Whether no unknown fact can change the level; None without a level."""
        return None if self.level is None else len(self.possible) == 1

    @classmethod
    def of(cls, rubric: Rubric, decided: Decided) -> Verdict:
        """Return the verdict for a dossier decided under a rubric."""
        scored = decided.scored
        level, rank, possible = _recommended(rubric, decided)
        return cls(
            rubric=rubric.name,
            grades=tuple(
                [
                    Given(domain.name, judged.grade, domain.scale.in_order(judged.possible))
                    for domain, judged in zip(rubric.domains, decided.grades.values(), strict=True)
                ]
            ),
            score=None if scored is None else _rounded(scored.value),
            low=None if scored is None else _rounded(scored.low),
            high=None if scored is None else _rounded(scored.high),
            level=level,
            rank=rank,
            possible=possible,
        )


def _recommended(rubric: Rubric, decided: Decided) -> tuple[str | None, int | None, tuple[str, ...]]:
    """Return the name of the recommended level, its place from 1, and the names of all possible levels."""
    rule, reached = rubric.recommendation, decided.level
    if rule is None or reached is None:
        return None, None, ()
    return reached.gives, rule.rank(reached.gives) + 1, tuple(level.name for level in rule.in_order(reached.possible))


def _rounded(value: float | None) -> float | None:
    """Return a number without rounding error, as a float, because 35 and 35.0 are equal but print differently."""
    return None if value is None else round(float(value), 6) + 0.0  # and no negative zero


class Counts(NamedTuple):
    """The number of findings by severity; those that the reviewers accept count separately."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    waived: int = 0

    @classmethod
    def of(cls, findings: Collection[Finding]) -> Counts:
        """Return the counts of some findings."""
        if not findings:
            return NO_FINDINGS
        found = [finding.severity for finding in findings if finding.waived is None]
        errors, warnings, notes = map(found.count, (Severity.ERROR, Severity.WARNING, Severity.NOTE))
        return cls(errors, warnings, notes, len(findings) - len(found))


NO_FINDINGS = Counts()


class Problem(NamedTuple):
    """Why a file has no trustworthy grades: a message, and for an error in it the place, from 1, and the code."""

    message: str
    line: int | None = None
    column: int | None = None
    code: str | None = None


class Row(NamedTuple):
    """One file of many.

    Attributes:
        file: its name.
        status: its outcome; if it is invalid but could be graded, its grades rest on its errors.
        sha256: the SHA-256 of its bytes; None if they were not read, or exceed the limit.
        therapy, condition: their names; None if it is not a valid dossier.
        verdicts: the result of each rubric, in the order requested; none if it was not graded.
        counts: its findings, including those about stated grades; a finding of several rubrics counts once.
        problem: the first error, or why it was skipped or could not be read.
    """

    file: str
    status: Outcome
    sha256: str | None = None
    therapy: str | None = None
    condition: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    counts: Counts = NO_FINDINGS
    problem: Problem | None = None


def unchecked(checked: Checked) -> Row:
    """Return the row of a file with nothing to check."""
    return Row(checked.file, checked.status, problem=Problem(checked.reason or ""))


def lost(path: str, reason: str) -> Row:
    """Return the row of a file that could not be graded through no fault of its text."""
    return Row(shown_name(path), Outcome.FAILED, problem=Problem(reason))


# Rows as lines, for temporary files

_LINE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def row_line(row: Row) -> bytes:
    """Return any row as one line of bytes, with its line end.

    It is ASCII, because the name of a file may contain lone surrogates, which UTF-8 cannot hold.
    """
    return _LINE.encode(row).encode() + b"\n"


def line_row(line: bytes) -> Row:
    """Return the row in a line from `row_line`.

    Raises:
        ValueError: it is another line.
    """
    return msgspec.convert(json.loads(line), Row)


MOST_NAMES = 10


@dataclass(slots=True)
class Tally:
    """Counts of a run.

    Attributes:
        statuses: the number of files by status.
        names: the first names of files that were not graded, by status.
        levels: by the number of a rubric, how many graded dossiers got each level.
        shown: the number of rows that met the conditions.
        recalled: the number of rows from the cache; 0 for a run that ended early.
        named: the names of the files that the user named, as in rows.
        unreadable: those of them that could not be read.
    """

    statuses: Counter[Outcome] = field(default_factory=Counter)
    names: dict[Outcome, list[str]] = field(default_factory=dict)
    levels: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shown: int = 0
    recalled: int = 0
    named: frozenset[str] = frozenset()
    unreadable: set[str] = field(default_factory=set)

    def add(self, rows: Sequence[Row]) -> None:
        """Count some rows."""
        self.statuses.update([row.status for row in rows])
        graded = [row.verdicts for row in rows if row.status is Outcome.VALID]
        for number, verdicts in enumerate(zip(*graded, strict=True)):
            self.levels[number].update([verdict.level for verdict in verdicts if verdict.level is not None])
        if len(graded) < len(rows):
            for row in rows:
                if row.status is not Outcome.VALID:
                    self._note(row)

    def _note(self, row: Row) -> None:
        """Note the name of a file that was not graded, up to the number that is shown."""
        if row.status is Outcome.UNREADABLE and row.file in self.named:
            self.unreadable.add(row.file)
        names = self.names.setdefault(row.status, [])
        if len(names) < MOST_NAMES:
            names.append(row.file)

    @property
    def files(self) -> int:
        """The number of files."""
        return self.statuses.total()

    @property
    def dossiers(self) -> int:
        """The number of files that are dossiers, or should be."""
        return self.files - self.statuses[Outcome.SKIPPED]


# Bytes become rows


def rows(
    paths: Iterable[str], grading: Grading, pool: Pool, cache: ResultCache[Row] = NO_CACHE
) -> Generator[Sequence[Row], None, None]:
    """Yield a row for each file that is named or found, in order, then for each one that was left out.

    Rows that are ready at the same time come together.

    Raises:
        UnreadableError: a named folder cannot be listed.
    """
    skipped = Skipped()
    yield from pool.together(grading, discover(paths, skipped), cache)
    for checked in left_out(skipped):
        yield [unchecked(checked)]


@dataclass(frozen=True, slots=True)
class Grading:
    """Grades files under rubrics.

    The rubrics are texts, so that this can be sent to any process on any machine, and all processes use the same
    rubrics even if a file changes meanwhile. A process compiles each of them once.

    Attributes:
        rubrics: the grading systems.
        folder: the start of relative paths, for processes that run elsewhere; empty for the current folder.
        seconds: the time limit for checking and grading a file, in a process that can be ended; None for no limit.
        firmness: whether to determine how firm each recommendation is.
    """

    rubrics: tuple[RubricText, ...]
    folder: str = ""
    seconds: float | None = None
    firmness: bool = False

    def __call__(self, sources: Iterable[Source]) -> Iterator[Row]:
        """Yield the row of each file; raise no error."""
        for files in _few_at_once(sources, self.folder):
            yield from self._rows(files)

    def prepare(self) -> None:
        """Import and compile everything needed for grading, so that copies of this process need not."""
        import evgrade.checking  # noqa: PLC0415 - as in `rows_of`
        import evgrade.grading.decide  # noqa: F401, PLC0415

        for rubric in self.rubrics:
            rubric.compiled()

    def lost(self, source: Source, reason: str) -> Row:
        """Return the row of a file whose process died, perhaps because of the time limit."""
        return lost(source.path, reason if self.seconds is None else f"{self._too_long()}, or {reason}")

    def _too_long(self) -> str:
        return f"it took longer than {self.seconds:g} s"

    def _rows(self, files: Sequence[_Opened]) -> list[Row]:
        """Return the rows of some files; a time-out or an error in evgrade fails a single file."""
        if self.seconds is not None:
            self.prepare()  # outside the time limit
        try:
            with at_most(self.seconds):
                return self._graded(files)
        except (Exception, TookTooLong) as error:
            if len(files) > 1:
                return [row for one in files for row in self._rows([one])]
            if isinstance(error, TookTooLong):
                return [lost(source.path, self._too_long()) for source, _ in files]
            return [lost(source.path, unexpected(error)) for source, _ in files]

    def _graded(self, files: Sequence[_Opened]) -> list[Row]:
        unknown = [(content, shown_name(source.path)) for source, content in files if not isinstance(content, Row)]
        rows = iter(self.rows_of(unknown, [rubric.compiled() for rubric in self.rubrics]))
        return [content if isinstance(content, Row) else next(rows) for _, content in files]

    def rows_of(self, files: Sequence[tuple[bytes, str]], rubrics: Sequence[Rubric]) -> list[Row]:
        """Return the rows of files, given as their bytes and names; subclasses may add to them.

        With `firmness`, each is graded repeatedly to determine how firm its recommendations are.
        """
        from evgrade.checking import check_contents  # noqa: PLC0415 - not needed if all rows are known

        checked = check_contents(files)
        rows = [row_of(content, one, rubrics) for (content, _), one in zip(files, checked, strict=True)]
        if not self.firmness:
            return rows
        return [_with_firmness(row, one.dossier, rubrics) for row, one in zip(rows, checked, strict=True)]


_Opened = tuple[Source, bytes | Row]
"""A file with its content, or with its row if there is nothing to grade."""

_AT_ONCE = 512 * 1024
"""The most bytes of files that take each step together. The processor's caches then still hold what the step needs,
which saves a tenth of the time; large files do not add up in memory, and small files do not wait for them."""


def _few_at_once(sources: Iterable[Source], folder: str) -> Iterator[list[_Opened]]:
    """Yield files, a few at a time; a file over the limit comes alone."""
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
        if total >= _AT_ONCE:  # the next file is read only after a large one is done
            yield few
            few, total = [], 0
    yield few


def _content_or_row(source: Source, folder: str) -> bytes | Row:
    try:
        content = opened(source, folder)
    except Exception as error:  # an error in evgrade must not stop the other files
        return lost(source.path, unexpected(error))
    return unchecked(content) if isinstance(content, Checked) else content


def _with_firmness(row: Row, dossier: Dossier | None, rubrics: Sequence[Rubric]) -> Row:
    if dossier is None:
        return row
    from evgrade.robustness.firmness import firmness_of_level  # noqa: PLC0415 - rarely requested

    firm = (firmness_of_level(dossier.data, rubric) for rubric in rubrics)
    pairs = zip(row.verdicts, firm, strict=True)
    return row._replace(verdicts=tuple(verdict._replace(firmness=one and one.value) for verdict, one in pairs))


def row_of(content: bytes, checked: Checked, rubrics: Sequence[Rubric]) -> Row:
    """Return the row of a checked file, graded under some rubrics if it holds a dossier."""
    from evgrade.grading.decide import decide, mismatches  # noqa: PLC0415 - not needed if all rows are known

    # A file over the limit has no checksum, because only its beginning was read.
    digest = hashlib.sha256(content).hexdigest() if len(content) <= LIMITS.bytes else None
    problem = None if checked.status is Outcome.VALID else _first_error(checked.findings)
    dossier = checked.dossier
    if dossier is None:
        return Row(checked.file, checked.status, digest, counts=Counts.of(checked.findings), problem=problem)
    decided = [decide(dossier.data, rubric) for rubric in rubrics]
    findings = set(checked.findings).union(*[mismatches(dossier, *both) for both in zip(rubrics, decided, strict=True)])
    return Row(
        checked.file,
        checked.status,
        digest,
        str(dossier.data["therapy"]["name"]),
        str(dossier.data["condition"]["name"]),
        tuple(map(Verdict.of, rubrics, decided)),
        Counts.of(findings),
        problem,
    )


def _first_error(findings: Sequence[Finding]) -> Problem | None:
    """Return the first error without a waiver among sorted findings."""
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.waived is None:
            return Problem(finding.message, finding.location.line, finding.location.column, finding.code)
    return None


# The time limit

PATIENCE = 1.0
"""Seconds beyond twice the limit after which work that no alarm interrupts is ended."""


class TookTooLong(BaseException):
    """The work exceeded its time limit. Like KeyboardInterrupt, it must not be caught as an ordinary error."""


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Interrupt the block after some seconds; None for no limit.

    An alarm interrupts Python. But Windows has no alarms, and a library in C may not return to Python. So a little
    later a thread independent of Python ends the whole process.

    Raises:
        TookTooLong: the limit is exceeded.
    """
    if seconds is None:
        yield
        return
    alarms = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    with Path(os.devnull).open("wb") as nowhere:
        faulthandler.dump_traceback_later(2 * seconds + PATIENCE if alarms else seconds, exit=True, file=nowhere)
        try:
            if alarms:
                with _alarm(seconds):
                    yield
            else:
                yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if sys.platform == "win32":  # Windows has no alarms
        yield
    else:
        before = signal.signal(signal.SIGALRM, _interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise TookTooLong
