"""Changed dossiers as versioned JSON; `evgrade schema change` prints the schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.batch.changes import Change, Move
from evgrade.batch.row import Row
from evgrade.git import Span
from evgrade.grading.evidence_diff import EntryChanged
from evgrade.render.comparison_json import rule_moved_data
from evgrade.render.machine import rule_data
from evgrade.render.rows import row_data
from evgrade.rubric.model import Rubric

CHANGE = "evgrade.change/1"


def changes_jsonl(changes: Iterable[Change], span: Span, rubrics: Sequence[Rubric]) -> str:
    """Return one line per change, in ASCII, so that no control character reaches a terminal."""
    return "".join(f"{_line(change, span, rubrics)}\n" for change in changes)


def changes_json(changes: Iterable[Change], span: Span, rubrics: Sequence[Rubric]) -> str:
    """Return an array of changes, one per line."""
    lines = ",\n".join(f"  {_line(change, span, rubrics)}" for change in changes)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def _line(change: Change, span: Span, rubrics: Sequence[Rubric]) -> str:
    return json.dumps(_data(change, span, rubrics), ensure_ascii=True, allow_nan=False)


def _data(change: Change, span: Span, rubrics: Sequence[Rubric]) -> dict[str, Any]:
    """Return a change as `evgrade.change/1`."""
    return {
        "schema": CHANGE,
        "evgrade": __version__,
        "how": change.how.value,
        "before": _version(change.before, span.before, rubrics),
        "after": _version(change.after, span.after, rubrics),
        "evidence": None if change.evidence is None else [_evidence(entry) for entry in change.evidence],
        "moves": [_move(move) for move in change.moves],
    }


def _version(row: Row | None, commit: str, rubrics: Sequence[Rubric]) -> dict[str, Any] | None:
    """Return the row of a file in a commit, with that commit."""
    if row is None:
        return None
    data = row_data(row, [rubric.outline for rubric in rubrics])
    return {"commit": commit, **{key: value for key, value in data.items() if key not in ("schema", "evgrade")}}


def _evidence(entry: EntryChanged) -> dict[str, Any]:
    return {
        "how": entry.how,
        "section": entry.section,
        "id": entry.id,
        "name": entry.name,
        "line_before": entry.old and entry.old.line,
        "line_after": entry.new and entry.new.line,
    }


def _move(move: Move) -> dict[str, Any]:
    rules = None if move.rules is None else dict(zip(("before", "after"), map(rule_data, move.rules), strict=True))
    return {
        "rubric": move.rubric,
        "direction": move.fate.value,
        "domains": [
            {
                "domain": one.after.domain,
                "before": one.before.grade,
                "after": one.after.grade,
                "rules": [rule_moved_data(rule) for rule in one.rules],
                "rests_on": list(one.rests_on),
            }
            for one in move.domains
        ],
        "recommendation": rules,
    }
