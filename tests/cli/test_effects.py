"""Effects in a terminal: a forest plot in characters, and numbers in 1,000 people."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evgrade.render.clean import Sink
from evgrade.render.effects import effects_lines
from evgrade.render.layout import Cell
from evgrade.render.page import EffectRow, Effects
from tests.examples import examples
from tests.report.odd import odd

from .support import NALTREXONE, RILUZOLE, ROOT, Run, harmful, width


def section(text: str, heading: str = "Effects") -> list[str]:
    """Return the lines of a section of a report, without its heading."""
    lines = text.split("\n")
    start = lines.index(heading) + 1
    end = next(number for number in range(start, len(lines)) if lines[number].startswith(("Why", "## Why")))
    return [line for line in lines[start:end] if line]


def plotted(row: str) -> str:
    """Return the drawing of a row."""
    return row.split(")", 1)[1]


def test_an_effect_is_drawn_right_after_the_grades(evgrade: Run) -> None:
    text = evgrade("score", RILUZOLE).stdout
    assert text.index("Evidence points") < text.index("\nEffects\n") < text.index("\nWhy (")
    lines = section(text)
    (row,) = (line for line in lines if "0.78 (0.65 to 0.92)" in line)
    assert row.startswith("  Pooled, as stated")
    assert plotted(row).count("◆") == 1
    assert "  Of 1,000 people: 440 without the therapy, 343 with it (286 to 405)" in lines
    assert " Death within 12 months: RR, logarithmic axis; left: favours therapy" in lines


def test_the_effect_of_a_single_study_is_not_called_pooled(evgrade: Run) -> None:
    dossier = """
dossier: 1
therapy: {name: T}
condition: {name: C}
outcomes:
  - id: o
    name: Walking
    studies: STUDIES
    effect: {outcome: Walking, measure: coefficient, estimate: 1.77, ci_low: 0.11, ci_high: 3.44}
"""
    one, two = (evgrade("score", "-", stdin=dossier.replace("STUDIES", many)).stdout for many in "12")
    assert any(line.startswith("  As stated  1.77 (0.11 to 3.44)") for line in section(one))
    assert "Pooled" not in "\n".join(section(one))
    assert any(line.startswith("  Pooled, as stated  1.77 (0.11 to 3.44)") for line in section(two))


def test_a_dossier_without_effects_has_no_such_section(evgrade: Run) -> None:
    assert "\nEffects\n" not in evgrade("score", NALTREXONE).stdout


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp437"])
def test_no_line_is_wider_than_the_terminal(evgrade: Run, columns: int, encoding: str) -> None:
    result = evgrade("score", "-", stdin=odd(), env={"COLUMNS": str(columns)}, encoding=encoding)
    lines = section(result.stdout)
    assert width("\n".join(lines)) <= columns
    assert all(line == line.rstrip() for line in lines)
    assert harmful("\n".join(lines)) == []


def test_a_plain_console_gets_plain_signs(evgrade: Run) -> None:
    lines = section(evgrade("score", RILUZOLE, encoding="ascii").stdout)
    assert "\n".join(lines).isascii()
    assert any("|" in plotted(line) and "*" in plotted(line) for line in lines if "Pooled" in line)
    assert any("#" in plotted(line) for line in lines if "Lacomblez" in line)


def test_where_there_is_no_room_the_numbers_stand_alone(evgrade: Run) -> None:
    lines = section(evgrade("score", RILUZOLE, env={"COLUMNS": "50"}).stdout)
    assert "  Pooled, as stated  0.78 (0.65 to 0.92)" in lines
    assert not any("◆" in line for line in lines)


def test_an_interval_that_goes_on_is_cut(evgrade: Run) -> None:
    lines = section(evgrade("score", "-", stdin=odd(), env={"COLUMNS": "120"}).stdout)
    (row,) = (line for line in lines if "(-900 to 4.5)" in line)
    assert plotted(row).strip().startswith("<")


def test_only_so_many_studies_and_outcomes_are_shown_and_the_others_are_counted(evgrade: Run) -> None:
    lines = section(evgrade("score", "-", stdin=odd()).stdout)
    assert lines.count("  and 5 more studies") == 3  # of eleven
    assert lines[-1] == " • and 1 more: evgrade plot forest FILE"


def test_effects_are_tables_in_markdown(evgrade: Run) -> None:
    lines = section(evgrade("score", RILUZOLE, "--format", "markdown").stdout, "## Effects")
    assert "| Death within 12 months | RR (95% interval) |" in lines
    assert "| **Pooled, as stated** | 0.78 (0.65 to 0.92) |" in lines
    assert "Of 1,000 people: 440 without the therapy, 343 with it (286 to 405)" in lines


def test_programs_get_what_they_got(evgrade: Run) -> None:
    given = json.loads(evgrade("score", RILUZOLE, "--format", "json").stdout)
    known = json.loads((ROOT / "tests" / "cli" / "golden" / "riluzole-als.json").read_text(encoding="utf-8"))
    assert given.keys() == known.keys()


NUMBERS = st.floats(1e-4, 1e4)
ROWS = st.builds(
    lambda name, words, ends, pooled: EffectRow(
        name, words, None if ends is None else (sorted(ends)[1], sorted(ends)[0], sorted(ends)[2]), pooled
    ),
    st.text("aäש中 …", max_size=50),
    st.text("0.1 ()", max_size=30),
    st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS),
    st.booleans(),
)


@examples(200)
@given(
    st.lists(ROWS, min_size=1, max_size=6),
    st.sampled_from(["RR", "MD"]),
    st.integers(40, 120),
    st.sampled_from(["utf-8", "ascii"]),
)
def test_a_drawing_is_as_wide_as_it_may_be_and_in_order(
    rows: list[EffectRow], measure: str, columns: int, encoding: str
) -> None:
    sink = Sink(columns, encoding=encoding)
    shown = Effects(
        title="An outcome",
        measure=(measure, measure),
        rows=tuple(rows),
        more=2,
        sides=("favours therapy", "favours control"),
        people="Of 1,000 people: 1 without the therapy, 2 with it (0 to 4)",
    )
    lines = list(effects_lines(shown, sink, lambda span: Cell(sink.encodable(span.text.strip(" ")))))
    assert width("\n".join(lines)) <= columns
    assert lines[-1].strip().endswith("(0 to 4)") or columns < 70


def test_places_follow_the_axis() -> None:
    rows = tuple(EffectRow(f"s{n}", "", (2.0**n, 2.0 ** (n - 1), 2.0 ** (n + 1)), is_pooled=False) for n in range(4))
    shown = Effects(title="o", measure=("RR", "RR"), rows=rows, more=0, sides=("a", "b"), people="")
    lines = list(effects_lines(shown, Sink(80), lambda span: Cell(span.text)))
    places = [line.index("■") for line in lines if "■" in line]
    steps = {after - before for before, after in pairwise(places)}
    assert len(places) == 4
    assert max(steps) - min(steps) <= 1  # doubling is the same step anywhere on a logarithmic axis
