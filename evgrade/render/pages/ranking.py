"""Many dossiers ranked, with one table per rubric, then the files that could not be graded.

Rows are iterated several times, so that they are never all in memory.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from evgrade.batch.columns import condition_key
from evgrade.batch.row import REMEMBERED, STATUSES, Counts, Given, Row, Verdict
from evgrade.checked import Outcome
from evgrade.render.page import (
    OPEN,
    OPEN_MEANS,
    Block,
    Column,
    Heading,
    Note,
    Paragraph,
    Part,
    Span,
    Style,
    Table,
    Title,
    Tone,
    capitalized,
    tone,
)
from evgrade.render.summary import counted, spread
from evgrade.robustness.summary import Firmness, Weighted
from evgrade.rubric.outline import Outline
from evgrade.schema.suggest import many
from evgrade.stats.smaa import standard_error

_LONGEST_HEAD = 4
WIDE = 110
"""The terminal width from which on file names are shown."""

_WEIGHTS_MEAN = (
    "before the slash: all weightings; after it: weights within half of the rubric's own; best and worst ranks allow "
    "for missing facts, the other columns use the present scores"
)
_LETTERS = "e errors, w warnings, n notes, ok accepted by the reviewers"
_FIRM_WORDS: Mapping[str | None, str] = {
    None: "–",
    Firmness.PROVISIONAL: "provisional",
    Firmness.ONE_JUDGEMENT: "one judgement",
    Firmness.ONE_PIECE: "one piece",
    Firmness.FIRM: "firm",
}
_FIRM_TONES: Mapping[str | None, Tone] = {
    None: Tone.APART,
    Firmness.PROVISIONAL: Tone.POOR,
    Firmness.ONE_JUDGEMENT: Tone.FAIR,
    Firmness.ONE_PIECE: Tone.FAIR,
    Firmness.FIRM: Tone.GOOD,
}
_FIRMNESS_MEANS = (
    "firm: no single judgement, item or source changes the verdict; one judgement, one piece: a single one "
    "changes it; provisional: a missing fact can change it"
)


def ranking_page(ranked: Sequence[Iterable[Row]], rubrics: Sequence[Outline], *, grouped: bool) -> Iterator[Block]:
    """Yield a table for each rubric in its own ranking, then the files that could not be graded."""
    yield Title("Dossiers")
    first = _Seen(ranked[0], 0)
    wording = counted(first.statuses)
    yield Paragraph((wording or "No dossier is shown.",))
    for number, (rows, rubric) in enumerate(zip(ranked, rubrics, strict=True)):
        seen = _Seen(rows, number) if number else first
        if seen.statuses[Outcome.VALID]:
            yield from _of_rubric(_Those(rows, (Outcome.VALID,)), rubric, number, seen, grouped=grouped)
    if any(first.statuses[status] for status in TROUBLED):
        yield from of_troubled(_Those(ranked[0], TROUBLED))


TROUBLED = (Outcome.INVALID, Outcome.UNREADABLE, Outcome.FAILED)


class _Seen:
    """What the table of a rubric needs to know about all rows before it begins."""

    def __init__(self, rows: Iterable[Row], number: int) -> None:
        self.statuses: Counter[Outcome] = Counter()
        self.levels: Counter[str] = Counter()
        self.is_open = self.has_findings = self.has_several_conditions = self.has_firmness = False
        self.weighted: Weighted | None = None
        condition = None
        for row in rows:
            self.statuses[row.status] += 1
            if row.status is not Outcome.VALID:
                continue
            verdict = row.verdicts[number]
            self.levels[verdict.level or ""] += 1
            if not self.is_open:
                self.is_open = len(verdict.possible) > 1 or any(len(one.possible) > 1 for one in verdict.grades)
            self.has_findings = self.has_findings or any(row.counts)
            self.has_firmness = self.has_firmness or verdict.firmness is not None
            self.weighted = self.weighted or verdict.weighted
            condition = condition or row.condition
            self.has_several_conditions = self.has_several_conditions or row.condition != condition


@dataclass(frozen=True, slots=True)
class _Those:
    """The rows with some statuses, filtered on each iteration, so that they are never all in memory."""

    rows: Iterable[Row]
    statuses: tuple[Outcome, ...]

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self.rows if row.status in self.statuses)


def _of_rubric(rows: Iterable[Row], rubric: Outline, number: int, seen: _Seen, *, grouped: bool) -> Iterator[Block]:
    """Yield the table of one rubric, or one table per condition."""
    yield Heading(2, (rubric.title,))
    wording = spread(seen.levels, rubric)
    if wording:
        yield Paragraph((wording,))
    if seen.has_several_conditions and not grouped:
        yield _table(rows, rows, rubric, number, seen)
    else:
        for (name, ahead), (_, group) in zip(_by_condition(rows), _by_condition(rows), strict=True):
            yield _table(ahead, group, rubric, number, seen, name)
    notes = [OPEN_MEANS] * seen.is_open + [_LETTERS] * seen.has_findings + [_FIRMNESS_MEANS] * seen.has_firmness
    yield Note(tuple(notes), _judged_columns(rubric, seen))
    if seen.weighted is not None:
        yield from _of_weightings(rows, number, seen.weighted)


def _of_weightings(rows: Iterable[Row], number: int, one: Weighted) -> Iterator[Block]:
    """Yield the ranks by score under other weights."""
    yield Heading(3, ("Ranks by score under other weights",))
    yield Paragraph((f"{capitalized(order_words(one))}.",))
    columns = [Column("Therapy", share=1), Column("Condition", share=1), Column("Rank"), Column("Keeps it")]
    columns += [Column("First"), Column("Mean"), Column("Best to worst"), Column("File", share=2, wide=WIDE)]

    def cells() -> Iterator[Sequence[Part]]:
        for row in rows:
            given = row.verdicts[number].weighted
            if given is not None:
                texts = (row.therapy or "", row.condition or "", *_weighted_cells(given))
                yield [*((Span(text),) for text in texts), (Span(row.file, Style.FILE),)]

    yield Table(columns, cells(), cells())
    yield Note((_WEIGHTS_MEAN,))


def _weighted_cells(one: Weighted) -> Iterator[str]:
    both = (one.everywhere, one.near)
    yield str(one.rank)
    yield " / ".join(percent(each.kept) for each in both)
    yield " / ".join(percent(each.first) for each in both)
    yield " / ".join(f"{each.mean:.1f}" for each in both)
    yield " / ".join(f"{each.best}–{each.worst}" for each in both)


def percent(share: float) -> str:
    """Return a share in whole percent; only exact 0 and 1 appear as 0% and 100%."""
    rounded = round(100 * share)
    if rounded == 0 and share > 0:
        return "<1%"
    return ">99%" if rounded == 100 and share < 1 else f"{rounded}%"


def order_words(one: Weighted) -> str:
    """Return the share of weightings that keep the order, with its error, as a phrase."""
    everywhere, near = (
        f"{percent(each.order)} (± {100 * standard_error(each.order, one.draws):.1f})"
        for each in (one.everywhere, one.near)
    )
    wording = f"in {everywhere} of all weightings, and in {near} of those within half of the rubric's weights, "
    certain = f"{percent(one.everywhere.certain)} and {percent(one.near.certain)}"
    is_open = (one.everywhere.certain, one.near.certain) != (one.everywhere.order, one.near.order)
    unknown = f"; whatever the missing facts turn out to be, in {certain}" if is_open else ""
    return f"{wording}the order by score stays the same{unknown} ({one.draws:,} of each drawn)"


def _by_condition(rows: Iterable[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield each condition with its rows, which must be adjacent. Consume one group before the next."""
    for (_, _, name), group in groupby(rows, key=condition_key):
        yield name, group


def _judged_columns(rubric: Outline, seen: _Seen) -> list[Column]:
    columns = [Column(domain.title, short) for domain, short in zip(rubric.domains, _heads(rubric), strict=True)]
    if rubric.counted is not None:
        columns.append(Column("Score"))
    if rubric.levels is not None:
        columns.append(Column("Verdict", share=1))
    if seen.has_firmness:
        columns.append(Column("Firmness", "Firm"))
    return columns


def _table(
    ahead: Iterable[Row], rows: Iterable[Row], rubric: Outline, number: int, seen: _Seen, condition: str | None = None
) -> Table:
    """Return a table of graded rows, possibly of one condition; `ahead` holds the same rows, for measuring."""
    about = [Column("Therapy", share=1), Column("Condition", share=1)][: 1 + (condition is None)]
    cells = _judged(rubric, seen)
    blank: list[Part] = [(Span(""),)] * len(about)

    def unshared(row: Row) -> Sequence[Part]:
        return [*blank, cells(row.verdicts[number], row.counts)]

    def parts(row: Row) -> Sequence[Part]:
        name = (Span(row.therapy or ""),)
        wording = cells(row.verdicts[number], row.counts)
        file = (Span(row.file, Style.FILE),)
        return [name, (Span(row.condition or ""),), wording, file] if condition is None else [name, wording, file]

    found = Column("Found", most=5, optional=True)
    columns = [*about, *_judged_columns(rubric, seen), found, Column("File", share=2, wide=WIDE)]
    return Table(columns, map(parts, rows), map(unshared, ahead), condition or "")


def _heads(rubric: Outline) -> tuple[str, ...]:
    """Return short titles for the domains of a rubric: their first words, shortened, or numbers if those coincide."""
    cut = tuple(domain.title.split()[0][:_LONGEST_HEAD] for domain in rubric.domains)
    return cut if len(set(cut)) == len(cut) else tuple(f"{number}." for number in range(1, len(cut) + 1))


def _judged(rubric: Outline, seen: _Seen) -> Callable[[Verdict, Counts], Part]:
    """Return a function that makes the cells for the verdict of a row."""

    @lru_cache(REMEMBERED)
    def cells(verdict: Verdict, counts: Counts) -> Part:
        wording = [
            Span(grade_words(given), tone=_tone(domain.scale.rank(given.grade), len(domain.scale.grades)))
            for given, domain in zip(verdict.grades, rubric.domains, strict=True)
        ]
        if rubric.counted is not None:
            wording.append(Span(score_words(verdict)))
        if rubric.levels is not None:
            levels = len(rubric.levels)
            place = levels if verdict.rank is None else verdict.rank - 1
            wording.append(Span(level_words(verdict, rubric), tone=_tone(place, levels)))
        if seen.has_firmness:
            wording.append(Span(_FIRM_WORDS[verdict.firmness], tone=_FIRM_TONES[verdict.firmness]))
        return (*wording, Span(_findings(counts)))

    return cells


def _tone(place: int, places: int) -> Tone:
    """Return the tone of a place in an order; a place outside the order is apart."""
    return Tone.APART if place >= places else tone(1 - place / max(1, places - 1))


def of_troubled(rows: Iterable[Row]) -> Iterator[Block]:
    """Yield the files that could not be graded, each with the reason."""
    yield Heading(2, ("Not graded, or unreliable",))
    columns = (
        Column("File", share=2),
        Column("Status", least=max(map(len, STATUSES.values()))),
        Column("Problem", share=3),
    )
    cells = (
        [(Span(row.file, Style.FILE),), (Span(STATUSES[row.status], tone=Tone.POOR),), (Span(problem_words(row)),)]
        for row in rows
    )
    yield Table(columns, cells, ahead=())  # no width depends on the cells


# Words


def grade_words(given: Given) -> str:
    """Return a grade, with a question mark if others are possible."""
    return given.grade + (OPEN if len(given.possible) > 1 else "")


def score_words(verdict: Verdict) -> str:
    """Return the score in whole points, with its range if it is open: «35 (23–35)»."""
    value = "–" if verdict.score is None else _whole(verdict.score)
    if verdict.low is None or verdict.high is None or round(verdict.high - verdict.low, 1) <= 0:
        return value
    return f"{value} ({_whole(verdict.low)}–{_whole(verdict.high)})"


def _whole(points: float) -> str:
    """Return points without decimals; halves are rounded up, not to the even number as Python does."""
    return str(math.floor(points + 0.5))


def level_words(verdict: Verdict, rubric: Outline) -> str:
    """Return the title of the recommended level, with a question mark if others are possible."""
    if rubric.levels is None:
        return "–"
    if verdict.level is None:
        return "Nothing recorded"
    return rubric.level(verdict.level).title + (OPEN if len(verdict.possible) > 1 else "")


def _findings(counts: Counts) -> str:
    """Count findings by severity: «1e 2w»; nothing if there are none."""
    letters = zip(counts, ("e", "w", "n", "ok"), strict=True)
    return " ".join(f"{number}{letter}" for number, letter in letters if number)


def problem_words(row: Row) -> str:
    """Return the problem with a file, with its line."""
    if row.problem is None:
        return ""
    place = "" if row.problem.line is None else f"line {row.problem.line}: "
    more = row.counts.errors - 1
    return place + row.problem.message + (f" (and {many(more, 'more error')})" if more > 0 else "")
