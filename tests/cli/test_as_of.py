"""`--as-of`: the day on which due dates are looked at, never the clock's unless it is asked for."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from evgrade import validate

from .support import VALID, Run

REVIEWED = VALID + "review: {date: 2010-12-21, next_review: 2012-12}\n"


def codes(printed: str) -> set[str]:
    return {finding["code"] for finding in json.loads(printed)["findings"]}


@pytest.mark.parametrize("command", ["validate", "score"])
def test_the_day_that_is_given_counts(evgrade: Run, command: str) -> None:
    early = evgrade(command, "-", "--as-of", "2012-12-31", "--format", "json", stdin=REVIEWED)
    late = evgrade(command, "-", "--as-of", "2013-01-01", "--format", "json", stdin=REVIEWED)
    never = evgrade(command, "-", "--format", "json", stdin=REVIEWED)
    assert (early.code, late.code) == (0, 0)
    assert codes(late.stdout) == {"source-overdue"}
    assert codes(early.stdout) == codes(never.stdout) == set()


def test_python_gives_a_day_too(tmp_path: Path) -> None:
    dossier = tmp_path / "a.dossier.yaml"
    dossier.write_text(REVIEWED)
    assert [one.code for one in validate(dossier, as_of=dt.date(2013, 1, 1))] == ["source-overdue"]
    assert validate(dossier) == validate(dossier, as_of=dt.date(2012, 12, 31)) == []


def test_today_is_the_clock_s(evgrade: Run) -> None:
    last = (dt.date.today() - dt.timedelta(days=2)).isoformat()
    coming = (dt.date.today() + dt.timedelta(days=2)).isoformat()
    for due, overdue in ((last, {"source-overdue"}), (coming, set())):
        reviewed = f"{VALID}review: {{next_review: {due}}}\n"
        assert codes(evgrade("validate", "-", "--as-of", "today", "-f", "json", stdin=reviewed).stdout) == overdue


@pytest.mark.parametrize("day", ["2026", "2026-02-30", "20260130", "tomorrow", "", "2026-W01-1"])
def test_what_is_no_day_is_a_wrong_use(evgrade: Run, day: str, tmp_path: Path) -> None:
    done = evgrade("validate", tmp_path, "--as-of", day)
    assert done.code == 2
    assert "--as-of" in done.stderr
    assert "today" in done.stderr
