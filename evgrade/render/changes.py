"""Dossiers that changed as text, and what text and Markdown say alike of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from evgrade._version import __version__
from evgrade.batch.changes import Change, DomainMove, Fate, How, Move, in_order
from evgrade.batch.row import Row
from evgrade.git import Span
from evgrade.render.clean import for_terminal, prose
from evgrade.render.moves import few, rule_told
from evgrade.render.ranking import OPEN, grade_told, level_told, problem_told, score_told
from evgrade.render.sink import Sink
from evgrade.render.words import becomes, wrapped
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import many

HEADS = {
    Fate.WORSE: "Worse",
    Fate.BETTER: "Better",
    Fate.MOVED: "With other grades",
    Fate.MENDED: "Valid again",
    Fate.ADDED: "New",
    Fate.SAME: "As before",
    Fate.INVALID: "Invalid",
    Fate.REMOVED: "Removed",
}
_UNGRADED = (Fate.INVALID, Fate.REMOVED)

_SHORT = 10


def changes_text(changes: Sequence[Change], span: Span, since: str, rubrics: Sequence[Rubric], sink: Sink) -> str:
    """Return what changed as text for a sink: its width, its characters."""
    lines = [(0, head(changes, span, since))]
    for number, rubric in enumerate(rubrics):
        if changes:
            lines += [(0, ""), (0, f"{rubric.name} {rubric.version}: {counted(changes, number)}")]
        for fate, group in graded(changes, number):
            lines += [(0, ""), (0, HEADS[fate]), *(line for one in group for line in _graded(one, rubric, number))]
    for fate, group in ungraded(changes):
        lines += [(0, ""), (0, HEADS[fate]), *(line for one in group for line in _ungraded(one, rubrics))]
    if any(map(is_open, changes)):
        lines += [(0, ""), (0, f"{OPEN} others are possible while facts are missing")]
    lines += [(0, ""), (0, f"evgrade {__version__}")]
    rows = (row for indent, text in lines for row in wrapped(" " * indent + prose(text), sink.width))
    return sink.encodable("".join(f"{row}\n" for row in rows))


def graded(changes: Iterable[Change], number: int) -> Iterator[tuple[Fate, list[Change]]]:
    """Yield the changes that are graded now by what they come to under one of the rubrics, harm first."""
    for fate, group in groupby(in_order(changes, number), key=lambda change: change.fate(number)):
        if fate not in _UNGRADED:
            yield fate, list(group)


def ungraded(changes: Iterable[Change]) -> Iterator[tuple[Fate, list[Change]]]:
    """Yield the others, which come to the same under any rubric: what is invalid, then what was removed."""
    for fate, group in groupby(in_order(changes, 0), key=lambda change: change.fate(0)):
        if fate in _UNGRADED:
            yield fate, list(group)


def head(changes: Sequence[Change], span: Span, since: str) -> str:
    """Return how many dossiers changed, and between which commits."""
    number = many(len(changes), "dossier") if changes else "no dossier"
    return f"{number} changed since {since} ({span.before[:_SHORT]} to {span.after[:_SHORT]})"


def counted(changes: Sequence[Change], number: int) -> str:
    """Return how many changes came to what under one of the rubrics: «1 worse, 2 as before»."""
    fates = Counter(change.fate(number) for change in changes)
    return ", ".join(f"{fates[fate]} {title.lower()}" for fate, title in HEADS.items() if fates[fate])


def titled(change: Change) -> str:
    """Return what a dossier is about, or was about where that cannot be read any more."""
    rows = (row for row in (change.after, change.before) if row is not None and row.therapy is not None)
    row = next(rows, None)
    return "a dossier that cannot be read" if row is None else f"{row.therapy} for {row.condition}"


def is_open(change: Change) -> bool:
    """Whether a question mark stands after a grade or a recommendation of it."""
    verdicts = [verdict for row in _rows(change) for verdict in row.verdicts]
    return any(len(one.possible) > 1 or any(len(given.possible) > 1 for given in one.grades) for one in verdicts)


def file_told(change: Change) -> str:
    """Return the name of a file, and that it had another, or is new; its blanks count."""
    name = for_terminal(change.row.file)
    if change.how is How.RENAMED and change.before is not None:
        return f"{name}, before: {for_terminal(change.before.file)}"
    return name


def level_moved(change: Change, rubric: Rubric, number: int) -> str:
    """Return the recommendation before and after; of one version only, that."""
    return " becomes ".join(dict.fromkeys(level_told(row.verdicts[number], rubric) for row in _rows(change)))


def score_moved(change: Change, number: int) -> str:
    """Return the score before and after; of one version only, that."""
    return " becomes ".join(dict.fromkeys(score_told(row.verdicts[number]) for row in _rows(change)))


def grade_moved(change: Change, number: int, place: int) -> str:
    """Return the grade of a domain before and after; of one version only, that."""
    return " becomes ".join(dict.fromkeys(grade_told(row.verdicts[number].grades[place]) for row in _rows(change)))


def _rows(change: Change) -> list[Row]:
    return [row for row in (change.before, change.after) if row is not None and row.verdicts]


def evidence_told(change: Change) -> str | None:
    """Return what of the content changed; None where that cannot be told."""
    if change.evidence is None:
        return None
    names = [entry.name if entry.how == "changed" else f"{entry.name} {entry.how}" for entry in change.evidence]
    return few(names) if names else "nothing that it states, only comments, layout or order"


def reasons(move: DomainMove) -> Iterator[str]:
    """Yield why a domain moved, rule by rule; what is still possible, where only that is another."""
    before, after = move.before.possible, move.after.possible
    if before != after and len(before) + len(after) > 2:
        yield f"possible: {becomes(' '.join(before), ' '.join(after))}"
    for moved in move.rules:
        yield f"{rule_told(moved)}: {moved.rule.means}"
    if not move.rules and move.rests_on:
        yield f"it rests on what changed: {few(move.rests_on)}"


def level_reasons(move: Move) -> Iterator[str]:
    """Yield the rules that gave the recommendation before and after, if they are others."""
    if move.rules is not None and move.rules[0] != move.rules[1]:
        for word, rule in zip(("before", "now"), move.rules, strict=True):
            yield f"{word} {rule.name}: {rule.means}"


def ungraded_told(change: Change, rubrics: Sequence[Rubric]) -> Iterator[str]:
    """Yield what is wrong with a dossier that is invalid, or why there is none any more; and what it was."""
    if change.after is not None and change.after.problem is not None:
        yield f"now: {problem_told(change.after)}"
    if change.before is not None and change.before.problem is not None:
        yield f"before: {problem_told(change.before)}"
    elif change.before is not None:
        for verdict, rubric in zip(change.before.verdicts, rubrics, strict=True):
            told = level_told(verdict, rubric) if rubric.recommendation is not None else "graded"
            yield f"before: {told}" + (f" ({rubric.name})" if len(rubrics) > 1 else "")


def _graded(change: Change, rubric: Rubric, number: int) -> Iterator[tuple[int, str]]:
    """Yield the lines of a dossier that is graded now, each with its indentation."""
    yield 2, titled(change)
    yield 4, file_told(change)
    if rubric.recommendation is not None:
        yield 4, f"Recommendation: {level_moved(change, rubric, number)}"
    move = change.moves[number] if change.moves else None
    if move is not None:
        yield from ((6, line) for line in level_reasons(move))
    if rubric.score is not None:
        yield 4, f"{rubric.score.title}: {score_moved(change, number)}"
    moved = {} if move is None else {one.after.domain: one for one in move.domains}
    for one in moved.values():
        yield 4, f"{one.title}: {becomes(grade_told(one.before), grade_told(one.after))}"
        yield from ((6, line) for line in reasons(one))
    still = [
        f"{domain.title} {grade_moved(change, number, place)}"
        for place, domain in enumerate(rubric.domains)
        if domain.name not in moved
    ]
    if still:
        yield 4, ("Unchanged: " if moved else "") + ", ".join(still)
    told = evidence_told(change)
    if told is not None:
        yield 4, f"Changed: {told}"


def _ungraded(change: Change, rubrics: Sequence[Rubric]) -> Iterator[tuple[int, str]]:
    yield 2, titled(change)
    yield 4, file_told(change)
    yield from ((4, line) for line in ungraded_told(change, rubrics))
