"""Judgements as figures: risk of bias as traffic lights for each study and domain, grades as strips of boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.render.page import capitalized
from evgrade.report.bias import Bias, Light, by_risk
from evgrade.report.figures.sheet import (
    BODY,
    HEAD,
    INNER,
    MARGIN,
    RIGHT,
    SMALL,
    TITLE,
    Sheet,
    height_of,
    lines_at,
)
from evgrade.report.shapes import Box, Dot, Figure, Line, Shape, Text, cleaned, text_width, wrapped
from evgrade.report.verdict import Graded, Step, Verdict

_NAMES = 270.0
_RADIUS = 10.0
_OVERALL = 170.0
"""The width of the column for the overall judgement, with its words."""
_WIDEST = 64.0
_ROW, _BAR = 30.0, 20.0


def bias_figure(about: str, judged: Sequence[Bias]) -> Figure:
    """Return the figure of risk of bias, tool by tool.

    Args:
        about: the therapy and the condition.
        judged: the judgements by each tool, at least one.
    """
    sheet = Sheet()
    sheet.words(f"Risk of bias: {about}", TITLE, "bold", after=4, most=3)
    for one in judged:
        sheet.y += 10
        sheet.words(_title(one), HEAD, "bold", after=6, most=2)
        _lights(sheet, one)
        _summary(sheet, one)
    return sheet.figure(f"Risk of bias: {about}", [line for one in judged for line in _said(one)])


def _title(one: Bias) -> str:
    return f"Judged with {one.tool}" + (f", for {one.outcome}" if one.outcome else "")


def _said(one: Bias) -> Iterator[str]:
    yield f"{_title(one)}."
    for study in one.studies:
        wording = [f"{name}: {light.words}" for name, light in zip(one.domains, study.lights, strict=True)]
        yield f"{study.name}: {'; '.join([*wording, f'overall: {study.overall.words}'])}."


def light_shapes(light: Light, x: float, y: float) -> list[Shape]:
    """Return a light: a circle with a sign that repeats the meaning of its colour."""
    shapes: list[Shape] = [Dot(x, y, _RADIUS, f"light {light.kind}")]
    if light.sign:
        kind = "bold sign on-dark" if light.kind == "critical" else "bold sign"
        shapes.append(Text(x, y + 5, light.sign, 14, kind, "middle"))
    return shapes


def _lights(sheet: Sheet, one: Bias) -> None:
    many = len(one.domains)
    room = min(_WIDEST, (INNER - _NAMES - _OVERALL) / max(1, many))
    places = [MARGIN + _NAMES + room * (number + 0.5) for number in range(many)]
    overall = MARGIN + _NAMES + room * many + 14
    sheet.add([Text(MARGIN, sheet.y + SMALL, "Study", SMALL, "bold")])
    sheet.add([Text(x, sheet.y + SMALL, f"D{number}", SMALL, "bold", "middle") for number, x in enumerate(places, 1)])
    sheet.add([Text(overall, sheet.y + SMALL, "Overall", SMALL, "bold")])
    sheet.y += SMALL + 6
    top, start = len(sheet.shapes), sheet.y
    sheet.rule("rule")
    for number, study in enumerate(one.studies):
        name = wrapped(study.name, _NAMES - 14, BODY, most=2)
        words = wrapped(study.overall.words, _OVERALL - 52, SMALL, most=2)
        high = max(_ROW, height_of(len(name), BODY) + 8)
        middle = sheet.y + high / 2
        if number:
            sheet.rule()
        sheet.add(lines_at(MARGIN, middle - height_of(len(name), BODY) / 2, name, BODY, whole=cleaned(study.name)))
        for x, light in zip(places, study.lights, strict=True):
            sheet.add(light_shapes(light, x, middle))
        sheet.add(light_shapes(study.overall, overall + _RADIUS, middle))
        sheet.add(lines_at(overall + 2 * _RADIUS + 8, middle - height_of(len(words), SMALL) / 2, words, SMALL))
        sheet.y += high
    sheet.shapes.insert(top, Box(overall - 8, start, RIGHT - overall + 8, sheet.y - start, "shade"))
    sheet.rule("rule")
    sheet.y += 8
    _legend(sheet, one)
    if one.domains:
        wording = "; ".join(f"D{number} {name}" for number, name in enumerate(one.domains, 1))
        sheet.words(f"{wording}.", SMALL, "dim", after=4)


def _legend(sheet: Sheet, one: Bias) -> None:
    """Write the meaning of the lights used, from low to high risk."""
    found = [light for study in one.studies for light in (*study.lights, study.overall)]
    x = MARGIN + _RADIUS
    for light in sorted(set(found), key=by_risk):
        width = 2 * _RADIUS + 6 + text_width(cleaned(light.words), SMALL) + 22
        if x + width > RIGHT:
            x, sheet.y = MARGIN + _RADIUS, sheet.y + 26
        sheet.add(light_shapes(light, x, sheet.y + _RADIUS))
        sheet.add([Text(x + _RADIUS + 6, sheet.y + _RADIUS + 0.36 * SMALL, cleaned(light.words), SMALL)])
        x += width
    sheet.y += 2 * _RADIUS + 8


def _summary(sheet: Sheet, one: Bias) -> None:
    if not one.summary:
        return
    sheet.y += 6
    many = len(one.studies)
    sheet.words(f"Share of the {many} studies, not weighted", BODY, "bold", after=4)
    left, wide = MARGIN + _NAMES, INNER - _NAMES - 20
    for name, counts in one.summary:
        title = wrapped(capitalized(name), _NAMES - 14, SMALL, is_bold=name == "overall", most=2)
        high = max(_BAR + 6, height_of(len(title), SMALL) + 4)
        middle = sheet.y + high / 2
        kind = "bold" if name == "overall" else "words"
        sheet.add(lines_at(MARGIN, middle - height_of(len(title), SMALL) / 2, title, SMALL, kind, whole=cleaned(name)))
        x = left
        for light, count in counts:
            width = wide * count / many
            sheet.add([Box(x, middle - _BAR / 2, width, _BAR, f"light {light.kind}")])
            wordings = (f"{light.sign} {count}".strip(), f"{count}")
            words = next((one for one in wordings if text_width(one, SMALL, is_bold=True) + 4 <= width), "")
            if words:
                style = "bold on-dark" if light.kind == "critical" else "bold"
                sheet.add([Text(x + width / 2, middle + 0.36 * SMALL, words, SMALL, style, "middle")])
            x += width
        sheet.y += high
    sheet.y += 2
    sheet.add([Line(left, sheet.y, left + wide, sheet.y, "rule")])
    for share in (0, 25, 50, 75, 100):
        x = left + wide * share / 100
        sheet.add([Line(x, sheet.y, x, sheet.y + 5, "rule")])
        sheet.add([Text(x, sheet.y + 17, f"{share}%", 10, "tick", "middle")])
    sheet.y += 26


# Grades: each scale with the grade and the possible grades marked

_TITLES = 210.0
_STRIP = 380.0
_STEP, _PAD, _GAP = 24.0, 9.0, 5.0
_GRADES_KEY = "A filled box is the grade; a dashed box is a grade that is still possible once missing facts are known."


def grades_figure(about: str, verdicts: Sequence[Verdict]) -> Figure:
    """Return the figure of the grades by each system.

    Args:
        about: the therapy and the condition.
        verdicts: one verdict per system.
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
            _add_grade(sheet, one)
        sheet.rule("rule")
        sheet.y += 8
    sheet.words(_GRADES_KEY, SMALL, "dim")
    return sheet.figure(f"Grades: {about}", [line for verdict in verdicts for line in _grades_said(verdict)])


def _grades_said(verdict: Verdict) -> Iterator[str]:
    yield f"By {verdict.system}: {verdict.title}."
    for one in verdict.domains:
        possible = [step.grade for step in one.steps if step.state == "possible"]
        still = f" (still possible: {', '.join(possible)})" if possible else ""
        yield f"{one.title}: {one.grade}{still}."


def _add_grade(sheet: Sheet, one: Graded) -> None:
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
    """Return the boxes of a scale, in as many rows as needed, and their height."""
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
