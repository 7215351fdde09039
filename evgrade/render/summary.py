"""The summary of a run over many dossiers, in a few lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from evgrade.batch.row import STATUSES, Tally
from evgrade.checked import Outcome
from evgrade.render.clean import for_terminal
from evgrade.rubric.outline import Outline
from evgrade.schema.suggest import many


def spread(levels: Mapping[str, int], rubric: Outline) -> str:
    """Count the dossiers at each level, best first: «3 Recommended, 5 Recommended against»."""
    numbers = ((levels.get(level.name, 0), level.title) for level in rubric.levels or ())
    return ", ".join(f"{number} {title}" for number, title in numbers if number)


def counted(statuses: Mapping[Outcome, int]) -> str:
    """Count the files by status: «3 graded, 1 invalid»."""
    return ", ".join(f"{statuses[outcome]} {status}" for outcome, status in STATUSES.items() if statuses[outcome])


def summary(tally: Tally, rubrics: Sequence[Outline]) -> str:
    """Summarize a run: counts, levels under each rubric, and the names of files that were not graded."""
    lines = [f"{many(tally.files, 'file')}: {counted(tally.statuses)}"]
    if tally.shown < tally.files:
        lines[0] += f"; {tally.shown} meet the conditions"
    if tally.recalled:
        lines[0] += f"; {tally.recalled} from the cache"
    for number, rubric in enumerate(rubrics):
        wording = spread(tally.levels.get(number, Counter()), rubric)
        if wording:
            lines.append(f"  {rubric.name}: {wording}")
    for outcome, status in STATUSES.items():
        names = tally.names.get(outcome, [])
        more = tally.statuses[outcome] - len(names)
        if names:
            wording = ", ".join(for_terminal(name) for name in names)
            lines.append(f"  {status}: {wording}" + (f" and {more} more" if more else ""))
    return "\n".join(lines)
