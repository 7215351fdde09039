"""Grades as strips of letters: the grade, those that are still possible, and those that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.report.figures.sheet import BODY, HEAD, MARGIN, RIGHT, SMALL, TITLE, Sheet, height_of, lines_at
from evgrade.report.shapes import Box, Figure, Shape, Text, cleaned, text_width, wrapped
from evgrade.report.verdict import Graded, Step, Verdict

_TITLES = 210.0
_STRIP = 380.0
_STEP, _PAD, _GAP = 24.0, 9.0, 5.0
_KEY = "A filled box is the grade; a dashed box is a grade that is still possible once missing facts are known."


def grades_figure(about: str, verdicts: Sequence[Verdict]) -> Figure:
    """Return the grades by each system.

    Args:
        about: the therapy and the condition.
        verdicts: one for each system.
    """
    sheet = Sheet()
    sheet.words(f"Grades: {about}", TITLE, "bold", after=4, most=3)
    for verdict in verdicts:
        sheet.y += 10
        sheet.words(f"By {verdict.system}", HEAD, "bold", after=2, most=2)
        provisional = " (provisional)" if verdict.provisional else ""
        score = f" Score {verdict.score}." if verdict.score else ""
        sheet.words(f"Verdict: {verdict.title}{provisional}.{score}", BODY, "words", after=6)
        sheet.rule("rule")
        for number, one in enumerate(verdict.domains):
            if number:
                sheet.rule()
            _add(sheet, one)
        sheet.rule("rule")
        sheet.y += 8
    sheet.words(_KEY, SMALL, "dim")
    return sheet.figure(f"Grades: {about}", [line for verdict in verdicts for line in _said(verdict)])


def _said(verdict: Verdict) -> Iterator[str]:
    yield f"By {verdict.system}: {verdict.title}."
    for one in verdict.domains:
        possible = [step.grade for step in one.steps if step.state == "possible"]
        still = f" (still possible: {', '.join(possible)})" if possible else ""
        yield f"{one.title}: {one.grade}{still}."


def _add(sheet: Sheet, one: Graded) -> None:
    title = wrapped(one.title, _TITLES - 12, BODY, is_bold=True, most=3)
    strip, tall = _strip(one.steps, MARGIN + _TITLES, sheet.y + 7)
    left = MARGIN + _TITLES + _STRIP + 12
    recorded = one.grade != "not recorded"
    means = wrapped(one.means if recorded else "Not recorded.", RIGHT - left, SMALL, most=4)
    high = max(height_of(len(title), BODY) + 22, tall + 14, height_of(len(means), SMALL) + 24)
    line = sheet.y + 7 + _STEP / 2  # the middle of the first row of boxes
    sheet.add(lines_at(MARGIN, line - height_of(1, BODY) / 2, title, BODY, "bold", whole=cleaned(one.title)))
    sheet.add(strip)
    sheet.add(lines_at(left, line - height_of(1, SMALL) / 2, means, SMALL, "dim", whole=cleaned(one.means)))
    sheet.y += high


def _strip(steps: Sequence[Step], left: float, top: float) -> tuple[list[Shape], float]:
    """Return the boxes of a scale, in as many rows as they need, and how high these are."""
    shapes: list[Shape] = []
    x, y = left, top
    for step in steps:
        (words,) = wrapped(step.grade, _STRIP - 2 * _PAD, BODY, is_bold=True, most=1) or [""]
        width = max(_STEP, text_width(words, BODY, is_bold=True) + 2 * _PAD)
        if x > left and x + width > left + _STRIP:
            x, y = left, y + _STEP + _GAP
        kind = "bold step-given" if step.state == "given" else "step-possible" if step.state == "possible" else "step"
        shapes.append(Box(x, y, width, _STEP, f"step {step.state}"))
        shapes.append(Text(x + width / 2, y + _STEP / 2 + 0.36 * BODY, words, BODY, kind, "middle"))
        x += width + _GAP
    return shapes, y + _STEP - top
