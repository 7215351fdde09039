"""Harms per 1,000 people, arm by arm, with Wilson's intervals; for zero events, the upper limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from evgrade.render.effects import Axis, tick_words, ticks_of
from evgrade.render.page import capitalized
from evgrade.report.figures.sheet import (
    BODY,
    MARGIN,
    RIGHT,
    SMALL,
    TITLE,
    Sheet,
    height_of,
    lines_at,
    narrowest,
)
from evgrade.report.safety import Safety, Share, TrialHarm
from evgrade.report.shapes import Box, Dot, Figure, Line, Path, Shape, Text, cleaned, wrapped

_PER = 1000
_GAP = 16.0
_PLOT = 300.0
_ROW = 22.0
_TRIAL = 190.0
_BEYOND = 4.0
"""The axis extends to at most this many times a typical upper limit."""
_KEY = (
    "A filled square is an arm with the therapy, or people who had it; a hollow circle is an arm without it. Lines are "
    "Wilson's 95% intervals. A hollow square at 0 means that none was seen; the line shows how many there may be. A "
    "cross is a percentage without a count, and so without an interval."
)


@dataclass(frozen=True, slots=True)
class _Group:
    """A harm with its arms; `about` qualifies it."""

    name: str
    about: str
    arms: tuple[Share, ...]


def has_counts(safety: Safety) -> bool:
    """Whether there is a harm that can be drawn."""
    return any(_groups(safety))


def _groups(safety: Safety) -> Iterator[_Group]:
    """Yield the harms; those of trials are grouped by name."""
    for row in safety.counted:
        arms = tuple(arm for arm in (row.share, row.control) if arm is not None and arm.share is not None)
        if arms:
            yield _Group(_title(row.name), "; ".join(filter(None, (row.seriousness, row.about))), arms)
    by_name: dict[str, list[TrialHarm]] = {}
    for harm in safety.trial_harms:
        if any(arm.share for arm in harm.arms):
            by_name.setdefault(harm.name.casefold(), []).append(harm)
    for harms in by_name.values():
        arms = tuple(
            replace(arm, name=f"{_short(harm.trial)}: {arm.name}") for harm in harms for arm in harm.arms if arm.share
        )
        yield _Group(_title(harms[0].name), "in trials", arms)


def _short(trial: str) -> str:
    """Shorten the name of a trial to leave room for the name of its arm."""
    return "".join(wrapped(trial, _TRIAL, SMALL, most=1))


def _title(name: str) -> str:
    return capitalized(name) if name[1:2].islower() else name


def harms_figure(about: str, safety: Safety) -> Figure:
    """Return the figure of the harms that were counted.

    Args:
        about: the therapy and the condition.
        safety: the harms, at least one of them counted.
    """
    groups = list(_groups(safety))
    shares = [share for group in groups for arm in group.arms if (share := arm.share) is not None]
    sheet = Sheet()
    sheet.words(f"Harms: {about}", TITLE, "bold", after=2, most=3)
    sheet.words("How many of 1,000 people have each harm, with 95% intervals", BODY, "dim", after=8)
    limit = max(_BEYOND * median([one.high for one in shares]), 1.5 * max(one.value for one in shares), 1e-4)
    most = min(max(one.high for one in shares), limit)
    axis = Axis(0.0, min(float(_PER), 1.05 * _PER * most), is_log=False, null=None)
    counted = RIGHT - narrowest(
        [*(arm.counted for group in groups for arm in group.arms), "Counted"], SMALL, is_bold=True
    )
    wording = (
        counted - _GAP - narrowest([*(_describe(arm) for group in groups for arm in group.arms), "Of 1,000"], BODY)
    )
    left = wording - _GAP - _PLOT
    line = sheet.y + SMALL
    sheet.add(
        [
            Text(MARGIN, line, "Harm", SMALL, "bold"),
            Text(wording, line, "Of 1,000", SMALL, "bold"),
            Text(counted, line, "Counted", SMALL, "bold"),
        ]
    )
    sheet.y += SMALL + 6
    sheet.rule("rule")
    for number, group in enumerate(groups):
        if number:
            sheet.rule()
        _add(sheet, group, axis, left, wording, counted)
    sheet.add(_scale(axis, left, sheet.y))
    sheet.y += 34
    sheet.words(_KEY, SMALL, "dim")
    return sheet.figure(f"Harms: {about}", _said(groups))


def _said(groups: Sequence[_Group]) -> Iterator[str]:
    for group in groups:
        about = f" ({group.about})" if group.about else ""
        arms = "; ".join(f"{arm.name}: {arm.per_thousand}".removeprefix(": ") for arm in group.arms)
        yield f"{group.name}{about}: {arms}."


def _describe(arm: Share) -> str:
    if arm.share is None:
        return ""
    value, low, high = (_count(_PER * it) for it in (arm.share.value, arm.share.low, arm.share.high))
    if arm.n is None:
        return f"about {value}"
    return f"0, up to {high}" if arm.n == 0 else f"{value} ({low} to {high})"


def _count(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 or number == 0 else f"{number:.1f}"


def _add(sheet: Sheet, group: _Group, axis: Axis, left: float, wording: float, counted: float) -> None:
    room = left - MARGIN - _GAP
    name = wrapped(group.name, room, BODY, is_bold=True, most=2)
    about = wrapped(group.about, room, SMALL, most=2)
    tall = height_of(len(name), BODY) + height_of(len(about), SMALL)
    sheet.y += 5
    first, *others = group.arms
    is_row = not first.name and not others
    high = max(_ROW, tall) if is_row else tall
    top = sheet.y + (high - tall) / 2
    sheet.add(lines_at(MARGIN, top, name, BODY, "bold", whole=cleaned(group.name)))
    sheet.add(lines_at(MARGIN, top + height_of(len(name), BODY), about, SMALL, "dim", whole=cleaned(group.about)))
    if is_row:
        sheet.add(_row(first, axis, left, wording, counted, sheet.y + high / 2))
    sheet.y += high
    for arm in () if is_row else group.arms:
        label = wrapped(arm.name, room - 12, SMALL, most=2)
        high = max(_ROW, height_of(len(label), SMALL) + 4)
        middle = sheet.y + high / 2
        sheet.add(
            lines_at(MARGIN + 12, middle - height_of(len(label), SMALL) / 2, label, SMALL, whole=cleaned(arm.name))
        )
        sheet.add(_row(arm, axis, left, wording, counted, middle))
        sheet.y += high
    sheet.y += 4


def _row(arm: Share, axis: Axis, left: float, wording: float, counted: float, middle: float) -> list[Shape]:
    return [
        *_drawn(arm, axis, left, middle),
        Text(wording, middle + 0.36 * BODY, _describe(arm), BODY),
        Text(counted, middle + 0.36 * SMALL, arm.counted, SMALL, "dim"),
    ]


def _drawn(arm: Share, axis: Axis, left: float, y: float) -> list[Shape]:
    """Return the mark of an arm and its interval, which ends in an arrow if it exceeds the axis."""
    if arm.share is None:
        return []
    x, low, high = (left + _PLOT * axis.share(_PER * it) for it in (arm.share.value, arm.share.low, arm.share.high))
    if arm.n is None:
        return [Line(x - 5, y - 5, x + 5, y + 5, "interval"), Line(x - 5, y + 5, x + 5, y - 5, "interval")]
    shapes: list[Shape] = [Line(low, y, high, y, "interval")]
    if _PER * arm.share.high > axis.high:
        shapes.append(Path(((high - 6, y - 5), (high, y), (high - 6, y + 5)), "arrow"))
    else:
        shapes.append(Line(high, y - 4, high, y + 4, "interval"))
    if arm.is_control:
        shapes.append(Dot(x, y, 5, "open"))
    else:
        shapes.append(Box(x - 4.5, y - 4.5, 9, 9, "open" if arm.n == 0 else "square"))
    return shapes


def _scale(axis: Axis, left: float, y: float) -> list[Shape]:
    shapes: list[Shape] = [Line(left, y, left + _PLOT, y, "rule")]
    for value in ticks_of(axis, _PLOT / 7):
        x = left + _PLOT * axis.share(value)
        shapes += [Line(x, y, x, y + 5, "rule"), Text(x, y + 17, tick_words(value), 10, "tick", "middle")]
    return shapes
