"""Dossiers that changed as a Markdown page: the summary of a pull request.

Every text passes through `clean.for_markdown` where it is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evgrade._version import __version__
from evgrade.batch.changes import Change, Fate
from evgrade.git import Span
from evgrade.render.changes import (
    HEADS,
    counted,
    evidence_told,
    file_told,
    grade_moved,
    graded,
    head,
    is_open,
    level_moved,
    level_reasons,
    reasons,
    score_moved,
    titled,
    ungraded,
    ungraded_told,
)
from evgrade.render.clean import for_markdown
from evgrade.render.markdown_parts import bullets, page, table
from evgrade.render.ranking import OPEN
from evgrade.render.words import becomes
from evgrade.rubric.model import Rubric


def changes_markdown(changes: Sequence[Change], span: Span, since: str, rubrics: Sequence[Rubric]) -> str:
    """Return what changed as a page: for each rubric a table of all dossiers, then why, one by one."""
    parts = ["# What changed in the dossiers", f"{for_markdown(head(changes, span, since))}."]
    for number, rubric in enumerate(rubrics if changes else ()):
        parts += [f"## {for_markdown(rubric.title)}", f"{for_markdown(counted(changes, number))}."]
        parts += _of_rubric(list(graded(changes, number)), rubric, number)
    for fate, group in ungraded(changes):
        parts.append(f"## {HEADS[fate]}")
        parts.append("\n".join(line for change in group for line in _ungraded(change, rubrics)))
    named = ", ".join(f"{rubric.name} {rubric.version}" for rubric in rubrics)
    parts.append(f"<sub>graded by {for_markdown(named)}, evgrade {__version__}</sub>")
    return page(parts)


def _of_rubric(groups: Sequence[tuple[Fate, Sequence[Change]]], rubric: Rubric, number: int) -> Iterator[str]:
    if not groups:
        return
    rows = [_cells(fate, change, rubric, number) for fate, group in groups for change in group]
    yield table(_heads(rubric), rows)
    if any(is_open(change) for _, group in groups for change in group):
        yield f"{OPEN} others are possible while facts are missing."
    for fate, group in groups:
        for change in group:
            if change.moves:
                yield f"### {HEADS[fate]}: {for_markdown(titled(change))}"
                yield bullets(_why(change, rubric, number))


def _heads(rubric: Rubric) -> Iterator[str]:
    yield from ("", "Dossier")
    if rubric.recommendation is not None:
        yield "Recommendation"
    yield from (for_markdown(domain.title) for domain in rubric.domains)
    if rubric.score is not None:
        yield for_markdown(rubric.score.title)
    yield "File"


def _cells(fate: Fate, change: Change, rubric: Rubric, number: int) -> Iterator[str]:
    """Yield the cells of a dossier; what is another than before is bold."""
    yield HEADS[fate]
    yield for_markdown(titled(change))
    if rubric.recommendation is not None:
        yield _cell(level_moved(change, rubric, number), change)
    for place in range(len(rubric.domains)):
        yield _cell(grade_moved(change, number, place), change)
    if rubric.score is not None:
        yield _cell(score_moved(change, number), change)
    yield for_markdown(file_told(change))


def _cell(told: str, change: Change) -> str:
    return f"**{for_markdown(told)}**" if change.moves and " becomes " in told else for_markdown(told)


def _why(change: Change, rubric: Rubric, number: int) -> Iterator[str]:
    """Yield what moved the recommendation and the domains, and what changed in the evidence."""
    move = change.moves[number]
    because = list(level_reasons(move))
    if because:
        yield _with(f"Recommendation: {level_moved(change, rubric, number)}", because)
    for one in move.domains:
        yield _with(f"{one.title}: {becomes(one.before.grade, one.after.grade)}", reasons(one))
    told = evidence_told(change)
    if told is not None:
        yield f"Changed: {for_markdown(told)}"


def _with(head: str, lines: Iterable[str]) -> str:
    """Return an entry of a list with a list below it."""
    return "\n".join([f"**{for_markdown(head)}**", *(f"  - {for_markdown(line)}" for line in lines)])


def _ungraded(change: Change, rubrics: Sequence[Rubric]) -> Iterator[str]:
    yield f"- **{for_markdown(titled(change))}**, {for_markdown(file_told(change))}"
    yield from (f"  - {for_markdown(line)}" for line in ungraded_told(change, rubrics))
