"""Many dossiers in short, for people: what a table and a Markdown page of rows have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evgrade.batch.columns import condition_key
from evgrade.batch.row import Counts, Given, Row, Status, Tally, Verdict
from evgrade.render.clean import for_terminal
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import many

OPEN = "?"
"""Stands after a grade or a recommendation while others are possible."""


def heads(rubric: Rubric, longest: int) -> tuple[str, ...]:
    """Return the short titles of a rubric's domains: their first words, cut; numbers where those would be the same."""
    words = tuple(domain.title.split()[0] for domain in rubric.domains)
    cut = tuple(word[:longest] for word in words)
    return cut if len(set(cut)) == len(cut) else tuple(f"{number}." for number in range(1, len(cut) + 1))


def legend(rubric: Rubric, shown: Sequence[str]) -> str:
    """Return what the short titles stand for, those that need it."""
    pairs = zip(shown, rubric.domains, strict=True)
    return "; ".join(f"{short} {domain.title}" for short, domain in pairs if short != domain.title)


def grade_told(given: Given) -> str:
    """Return a grade, with a question mark where others are possible."""
    return given.grade + (OPEN if len(given.possible) > 1 else "")


def score_told(verdict: Verdict) -> str:
    """Return the score and, where what is unknown leaves one open, its range, in whole points: «35 (22–35)»."""
    value = "–" if verdict.score is None else f"{verdict.score:.0f}"
    if verdict.low is None or verdict.high is None or round(verdict.high - verdict.low, 1) <= 0:
        return value
    return f"{value} ({verdict.low:.0f}–{verdict.high:.0f})"


def level_told(verdict: Verdict, rubric: Rubric) -> str:
    """Return the title of the level that is recommended, with a question mark where others are possible."""
    if rubric.recommendation is None:
        return "–"
    if verdict.level is None:
        return "Nothing recorded"
    return rubric.recommendation.level(verdict.level).title + (OPEN if len(verdict.possible) > 1 else "")


def findings_told(counts: Counts) -> str:
    """Return how many findings there are by severity: «1 e 2 w»; nothing where there are none."""
    letters = zip(counts, ("e", "w", "n", "ok"), strict=True)
    return " ".join(f"{number}{letter}" for number, letter in letters if number)


LETTERS = "e errors, w warnings, n notes, ok accepted by the reviewers"


def problem_told(row: Row) -> str:
    """Return what is wrong with a file, with the place."""
    if row.problem is None:
        return ""
    place = "" if row.problem.line is None else f"line {row.problem.line}: "
    more = row.counts.errors - 1
    return place + row.problem.message + (f" (and {many(more, 'more error')})" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Those:
    """Rows of some kinds among others, each time they are gone through; never all in memory."""

    rows: Iterable[Row]
    statuses: tuple[Status, ...]

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self.rows if row.status in self.statuses)


def graded(rows: Iterable[Row]) -> Those:
    """Return the rows that have grades to trust."""
    return Those(rows, (Status.GRADED,))


def troubled(rows: Iterable[Row]) -> Those:
    """Return the rows that should have grades and have none, or none to trust."""
    return Those(rows, (Status.INVALID, Status.UNREADABLE, Status.FAILED))


def by_condition(rows: Iterable[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Yield the rows of each condition, which stand together, with its name; those of one before the next."""
    for (_, _, name), group in groupby(rows, key=condition_key):
        yield name, group


def spread(levels: Counter[str], rubric: Rubric) -> str:
    """Return how many dossiers got each level, best first: «3 Recommended, 5 Recommended against»."""
    if rubric.recommendation is None:
        return ""
    counted = ((levels[level.name], level.title) for level in rubric.recommendation.levels)
    return ", ".join(f"{number} {title}" for number, title in counted if number)


def summary(tally: Tally, rubrics: Sequence[Rubric]) -> str:
    """Return what a whole run comes to, for a terminal: counts, levels by rubric, names of what was not graded."""
    counted = [f"{tally.statuses[status]} {status}" for status in Status if tally.statuses[status]]
    lines = [f"{many(tally.files, 'file')}: {', '.join(counted)}"]
    if tally.shown < tally.files:
        lines[0] += f"; {tally.shown} meet the conditions"
    if tally.recalled:
        lines[0] += f"; {tally.recalled} from the cache"
    for number, rubric in enumerate(rubrics):
        told = spread(tally.levels.get(number, Counter()), rubric)
        if told:
            lines.append(f"  {rubric.name}: {told}")
    for status in Status:
        names = tally.names.get(status, [])
        more = tally.statuses[status] - len(names)
        if names:
            told = ", ".join(for_terminal(name) for name in names)
            lines.append(f"  {status}: {told}" + (f" and {more} more" if more else ""))
    return "\n".join(lines)
