"""Two arms and people with and without an event: risk ratio, odds ratio and risk difference with their intervals.

Formulas: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 6.4 and 10.4; J. J. Deeks and
J. P. T. Higgins, Statistical algorithms in Review Manager 5, 2010.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from evgrade.stats.normal import Estimate
from evgrade.stats.study import Study

CORRECTION = 0.5
"""Added to each of the four cells where a formula would divide by zero (Handbook, section 10.4.4.1)."""


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """People with an event in two arms.

    Attributes:
        events: people with the event in the arm of the therapy.
        participants: all people in that arm.
        control_events: people with the event in the control arm.
        control_participants: all people in that arm.

    Raises:
        ValueError: an arm is empty, or has fewer than 0 or more events than people.
    """

    events: int
    participants: int
    control_events: int
    control_participants: int

    def __post_init__(self) -> None:
        for events, people in self.arms:
            if people < 1:
                raise ValueError("an arm has nobody in it")
            if not 0 <= events <= people:
                raise ValueError(f"{events} of {people} people cannot have had an event")

    @property
    def arms(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Events and people of the arm of the therapy and of the control arm."""
        return (self.events, self.participants), (self.control_events, self.control_participants)

    @property
    def can_be_compared(self) -> bool:
        """Whether someone had the event and someone did not: else no ratio says anything."""
        return 0 < self.events + self.control_events < self.participants + self.control_participants

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """People with and without the event in the arm of the therapy, then in the control arm."""
        return (
            self.events,
            self.participants - self.events,
            self.control_events,
            self.control_participants - self.control_events,
        )


def log_risk_ratio(table: TwoByTwo) -> Study | None:
    """Return the logarithm of the risk ratio with its standard error.

    Where one arm has no event, `CORRECTION` is added to all cells. None where neither arm has one, or where everybody
    has: then there is nothing to compare.
    """
    if not table.can_be_compared:
        return None
    a, b, c, d = _cells(table, corrected=0 in (table.events, table.control_events))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return Study(math.log(a / (a + b)) - math.log(c / (c + d)), math.sqrt(variance))


def risk_ratio(table: TwoByTwo, level: float = 95) -> Estimate | None:
    """Return the risk ratio with its log-Wald interval; None as in `log_risk_ratio`."""
    return _exponential(log_risk_ratio(table), level)


def log_odds_ratio(table: TwoByTwo) -> Study | None:
    """Return the logarithm of the odds ratio with its standard error (Woolf).

    Where one cell is empty, `CORRECTION` is added to all. None where neither arm has an event, or where everybody has.
    """
    if not table.can_be_compared:
        return None
    a, b, c, d = _cells(table, corrected=0 in table.cells)
    variance = 1 / a + 1 / b + 1 / c + 1 / d
    return Study(math.log(a / b) - math.log(c / d), math.sqrt(variance))


def odds_ratio(table: TwoByTwo, level: float = 95) -> Estimate | None:
    """Return the odds ratio with its log-Wald (Woolf) interval; None as in `log_odds_ratio`."""
    return _exponential(log_odds_ratio(table), level)


def difference_of_risks(table: TwoByTwo) -> Study:
    """Return the risk difference with its standard error.

    Where every arm has its event in nobody or in everybody, `CORRECTION` is added to all cells for the standard error,
    which would be 0.
    """
    difference = table.events / table.participants - table.control_events / table.control_participants
    certain = all(events in (0, people) for events, people in table.arms)
    a, b, c, d = _cells(table, corrected=certain)
    return Study(difference, math.sqrt(a * b / (a + b) ** 3 + c * d / (c + d) ** 3))


def risk_difference(table: TwoByTwo, level: float = 95) -> Estimate:
    """Return the risk difference with its Wald interval, both from -1 to 1; `newcombe` has a better one."""
    bounds = difference_of_risks(table).interval(level)
    return Estimate(bounds.value, max(-1.0, bounds.low), min(1.0, bounds.high))


def _exponential(logarithm: Study | None, level: float) -> Estimate | None:
    return None if logarithm is None else logarithm.interval(level).exponential()


def _cells(table: TwoByTwo, *, corrected: bool) -> tuple[float, float, float, float]:
    a, b, c, d = table.cells
    return (a + CORRECTION, b + CORRECTION, c + CORRECTION, d + CORRECTION) if corrected else (a, b, c, d)
