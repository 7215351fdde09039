"""Dossiers that changed in git, and how their grades changed, the worst changes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from evgrade._version import __version__
from evgrade.batch.changes import Change, DomainMove, Fate, How, Move, in_order
from evgrade.batch.row import Row
from evgrade.git import Span as Commits
from evgrade.render.page import (
    OPEN_MEANS,
    Block,
    Bullets,
    Foot,
    Heading,
    Item,
    Line,
    Note,
    Paragraph,
    Span,
    Style,
    Title,
    strong,
)
from evgrade.render.pages.ranking import grade_words, level_words, problem_words, score_words
from evgrade.render.pages.words import becomes, few, rule_words
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import many

_HEADS = {
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


def changes_page(changes: Sequence[Change], commits: Commits, since: str, rubrics: Sequence[Rubric]) -> Iterator[Block]:
    """Yield the changes: for each rubric the dossiers that are graded now, then the others."""
    yield Title("What changed in the dossiers")
    yield Paragraph((_head(changes, commits, since),))
    for number, rubric in enumerate(rubrics if changes else ()):
        yield Heading(2, (f"{rubric.title} ({rubric.name} {rubric.version})",))
        yield Paragraph((f"{_counted(changes, number)}.",))
        for fate, group in groupby(in_order(changes, number), key=lambda change: change.fate(number)):
            if fate not in _UNGRADED:
                yield Heading(3, (_HEADS[fate],))
                yield Bullets([_graded(one, rubric, number) for one in group])
    for fate, group in groupby(in_order(changes, 0), key=lambda change: change.fate(0)):
        if fate in _UNGRADED:
            yield Heading(2, (_HEADS[fate],))
            yield Bullets([_item(one, _ungraded(one, rubrics)) for one in group])
    if any(map(_is_open, changes)):
        yield Note((OPEN_MEANS,))
    yield Foot(f"evgrade {__version__}")


def _head(changes: Sequence[Change], commits: Commits, since: str) -> str:
    """Return how many dossiers changed, and between which commits."""
    number = many(len(changes), "dossier") if changes else "no dossier"
    return f"{number} changed since {since} ({commits.before[:_SHORT]} to {commits.after[:_SHORT]})"


def _counted(changes: Sequence[Change], number: int) -> str:
    """Count the changes by direction under one rubric: «1 worse, 2 as before»."""
    fates = Counter(change.fate(number) for change in changes)
    return ", ".join(f"{fates[fate]} {title.lower()}" for fate, title in _HEADS.items() if fates[fate])


def _titled(change: Change) -> str:
    """Return what a dossier is about, or was about if it can no longer be read."""
    rows = (row for row in (change.after, change.before) if row is not None and row.therapy is not None)
    row = next(rows, None)
    return "a dossier that cannot be read" if row is None else f"{row.therapy} for {row.condition}"


def _is_open(change: Change) -> bool:
    """Whether any of its grades or recommendations has a question mark."""
    verdicts = [verdict for row in _rows(change) for verdict in row.verdicts]
    return any(len(one.possible) > 1 or any(len(given.possible) > 1 for given in one.grades) for one in verdicts)


def _rows(change: Change) -> list[Row]:
    return [row for row in (change.before, change.after) if row is not None and row.verdicts]


def _item(change: Change, wording: Iterable[Item]) -> Item:
    """Return the list item of a dossier: its name, its file, the former file if renamed, and its changes."""
    file: Line = (Span(change.row.file, Style.FILE),)
    if change.how is How.RENAMED and change.before is not None:
        file += (", before: ", Span(change.before.file, Style.FILE))
    return Item((strong(_titled(change)),), children=(Item(file), *wording))


def _graded(change: Change, rubric: Rubric, number: int) -> Item:
    """Return the list item of a graded dossier: grades before and after, and the reasons."""
    verdicts = [row.verdicts[number] for row in _rows(change)]
    move = change.moves[number] if change.moves else None
    wording: list[Item] = []
    if rubric.recommendation is not None:
        level = _both(level_words(verdict, rubric.outline) for verdict in verdicts)
        wording.append(_with(f"Recommendation: {level}", () if move is None else _level_reasons(move)))
    if rubric.score is not None:
        wording.append(Item((f"{rubric.score.title}: {_both(map(score_words, verdicts))}",)))
    moved = {} if move is None else {one.after.domain: one for one in move.domains}
    wording += [
        _with(f"{one.title}: {becomes(grade_words(one.before), grade_words(one.after))}", _reasons(one))
        for one in moved.values()
    ]
    still = [
        f"{domain.title} {_both(grade_words(verdict.grades[place]) for verdict in verdicts)}"
        for place, domain in enumerate(rubric.domains)
        if domain.name not in moved
    ]
    if still:
        wording.append(Item((("Unchanged: " if moved else "") + ", ".join(still),)))
    if change.evidence is not None:
        names = [entry.name if entry.how == "changed" else f"{entry.name} {entry.how}" for entry in change.evidence]
        what = few(names) if names else "nothing that it states, only comments, layout or order"
        wording.append(Item((f"Changed: {what}",)))
    return _item(change, wording)


def _both(wording: Iterable[str]) -> str:
    """Return «before becomes after», or the value alone if it is the only one or unchanged."""
    return " becomes ".join(dict.fromkeys(wording))


def _with(head: str, lines: Iterable[str]) -> Item:
    """Return an item with a nested list."""
    return Item((strong(head) if " becomes " in head else head,), children=tuple(Item((line,)) for line in lines))


def _reasons(move: DomainMove) -> Iterator[str]:
    """Yield the reasons why a domain moved, rule by rule, and changes in the possible grades."""
    before, after = move.before.possible, move.after.possible
    if before != after and len(before) + len(after) > 2:
        yield f"possible: {becomes(' '.join(before), ' '.join(after))}"
    for moved in move.rules:
        yield f"{rule_words(moved)}: {moved.rule.means}"
    if not move.rules and move.rests_on:
        yield f"it rests on what changed: {few(move.rests_on)}"


def _level_reasons(move: Move) -> Iterator[str]:
    """Yield the rules that gave the recommendation before and after, if they differ."""
    if move.rules is not None and move.rules[0] != move.rules[1]:
        for word, rule in zip(("before", "now"), move.rules, strict=True):
            yield f"{word}: {rule.means} [{rule.name}]"


def _ungraded(change: Change, rubrics: Sequence[Rubric]) -> Iterator[Item]:
    """Yield the problem of a dossier that is no longer graded, and its verdict before."""
    if change.after is not None and change.after.problem is not None:
        yield Item((f"now: {problem_words(change.after)}",))
    if change.before is not None and change.before.problem is not None:
        yield Item((f"before: {problem_words(change.before)}",))
    elif change.before is not None:
        for verdict, rubric in zip(change.before.verdicts, rubrics, strict=True):
            wording = level_words(verdict, rubric.outline) if rubric.recommendation is not None else "graded"
            yield Item((f"before: {wording}" + (f" ({rubric.name})" if len(rubrics) > 1 else ""),))
