"""Two-by-two tables: risk ratio, odds ratio and risk difference, Fisher's exact test and the fragility index.

Formulas: Cochrane Handbook for Systematic Reviews of Interventions version 6, sections 6.4 and 10.4; J. J. Deeks and
J. P. T. Higgins, Statistical algorithms in Review Manager 5, 2010.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from evgrade.stats.normal import Estimate, Study

CORRECTION = 0.5
"""Added to each of the four cells where a formula would divide by zero (Handbook, section 10.4.4.1)."""

LARGEST_MARGIN = 2000
"""With more people than this in the smallest margin the exact test takes too long, and agrees with the others."""

LARGEST_TRIAL = 10_000_000
"""With more people than this the integers of the exact test become too long."""

MOST_CHANGES = 120
"""Stop counting here: a result that stays significant is not fragile. The median index of Walsh's 399 trials was 8."""


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """The participants, and the participants with an event, in the therapy arm and the control arm.

    Raises:
        ValueError: an arm is empty, or its events are negative or more than its participants.
    """

    events: int
    participants: int
    control_events: int
    control_participants: int

    def __post_init__(self) -> None:
        for events, people in self.arms:
            if people < 1:
                raise ValueError("an arm has no participants")
            if not 0 <= events <= people:
                raise ValueError(f"{events} of {people} people cannot have had an event")

    @property
    def arms(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Events and participants in the therapy arm, then in the control arm."""
        return (self.events, self.participants), (self.control_events, self.control_participants)

    @property
    def can_be_compared(self) -> bool:
        """Whether some people had the event and some did not, without which a ratio means nothing."""
        return 0 < self.events + self.control_events < self.participants + self.control_participants

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """People with and without the event in the therapy arm, then in the control arm."""
        return (
            self.events,
            self.participants - self.events,
            self.control_events,
            self.control_participants - self.control_events,
        )


def log_risk_ratio(table: TwoByTwo) -> Study | None:
    """Return the log risk ratio with its standard error.

    If one arm has no events, `CORRECTION` is added to all cells. None if no one, or everyone, had the event.
    """
    if not table.can_be_compared:
        return None
    a, b, c, d = _cells(table, corrected=0 in (table.events, table.control_events))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return Study(math.log(a / (a + b)) - math.log(c / (c + d)), math.sqrt(variance))


def risk_ratio(table: TwoByTwo, level: float = 95) -> Estimate | None:
    """Return the risk ratio with its log-Wald interval; None as for `log_risk_ratio`."""
    return _exponential(log_risk_ratio(table), level)


def log_odds_ratio(table: TwoByTwo) -> Study | None:
    """Return the log odds ratio with its standard error (Woolf).

    If a cell is empty, `CORRECTION` is added to all. None if no one, or everyone, had the event.
    """
    if not table.can_be_compared:
        return None
    a, b, c, d = _cells(table, corrected=0 in table.cells)
    variance = 1 / a + 1 / b + 1 / c + 1 / d
    return Study(math.log(a / b) - math.log(c / d), math.sqrt(variance))


def odds_ratio(table: TwoByTwo, level: float = 95) -> Estimate | None:
    """Return the odds ratio with its log-Wald (Woolf) interval; None as for `log_odds_ratio`."""
    return _exponential(log_odds_ratio(table), level)


def difference_of_risks(table: TwoByTwo) -> Study:
    """Return the risk difference with its standard error.

    If in each arm no one or everyone had the event, `CORRECTION` is added to all cells for the standard error, which
    would otherwise be 0.
    """
    difference = table.events / table.participants - table.control_events / table.control_participants
    certain = all(events in (0, people) for events, people in table.arms)
    a, b, c, d = _cells(table, corrected=certain)
    return Study(difference, math.sqrt(a * b / (a + b) ** 3 + c * d / (c + d) ** 3))


def risk_difference(table: TwoByTwo, level: float = 95) -> Estimate:
    """Return the risk difference with its Wald interval, cut off at -1 and 1; `newcombe` gives a better one."""
    bounds = difference_of_risks(table).interval(level)
    return Estimate(bounds.value, max(-1.0, bounds.low), min(1.0, bounds.high))


def _exponential(logarithm: Study | None, level: float) -> Estimate | None:
    return None if logarithm is None else logarithm.interval(level).exponential()


def _cells(table: TwoByTwo, *, corrected: bool) -> tuple[float, float, float, float]:
    a, b, c, d = table.cells
    return (a + CORRECTION, b + CORRECTION, c + CORRECTION, d + CORRECTION) if corrected else (a, b, c, d)


def fisher_exact(table: TwoByTwo) -> float | None:
    """Return the two-sided p value of Fisher's exact test, None beyond `LARGEST_MARGIN` or `LARGEST_TRIAL`.

    It is the probability of all tables with the same margins that are no likelier than this one. Tables are counted in
    integers, so "no likelier" needs no tolerance, as it would in floats, and the tails lose no precision.

    Source: R. A. Fisher, Statistical Methods for Research Workers, 5th edition 1934, section 21.02; the two-sided
    rule is that of R's `fisher.test`.
    """
    a, b, c, d = table.cells
    if min(a + b, c + d, a + c, b + d) > LARGEST_MARGIN or a + b + c + d > LARGEST_TRIAL:
        return None
    fewest = max(0, a - d)
    ways = list(_ways(table, fewest))
    observed = ways[a - fewest]
    return sum(way for way in ways if way <= observed) / sum(ways)


def _ways(table: TwoByTwo, fewest: int) -> Iterator[int]:
    """Yield the number of ways for each possible count of events in the first arm, from the fewest on."""
    a, b, c, d = table.cells
    people, others, events = a + b, c + d, a + c
    ways = math.comb(people, fewest) * math.comb(others, events - fewest)
    for here in range(fewest, min(people, events) + 1):
        yield ways
        there = events - here
        ways = ways * (people - here) * there // ((here + 1) * (others - there + 1))


def fragility_index(table: TwoByTwo, alpha: float = 0.05) -> int | None:
    """Return how many people must change from no event to an event for a significant result to lose significance.

    Walsh's algorithm: add events one by one to the arm with fewer events (if equal, the larger arm) until Fisher's
    exact p is at least alpha; other algorithms change both arms, or search both directions. Return 0 if the result is
    not significant to begin with. Return None if no number of changes suffices, as when the arm with fewer events is so
    small that its risk is higher; if more than `MOST_CHANGES` are needed; or if the exact test takes too long.

    Source: M. Walsh et al., Journal of Clinical Epidemiology 2014;67:622-628.
    """
    (events, people), (other_events, others) = sorted(table.arms, key=lambda arm: (arm[0], -arm[1]))
    for changes in range(min(people - events, MOST_CHANGES) + 1):
        p = fisher_exact(TwoByTwo(events + changes, people, other_events, others))
        if p is None or p >= alpha:
            return None if p is None else changes
    return None
