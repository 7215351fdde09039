"""Values derived from counts and prices."""

from __future__ import annotations

import math

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, Range, known, within


def rate(holder: Holder) -> Quantity:
    """Return n / of; unknown unless both are stated."""
    count, total = known(holder, "n"), known(holder, "of")
    if count is None or total is None:
        return None
    return float(count / total)


def attributable_rate(holder: Holder) -> Quantity:
    """Return the share of exposed people whose harm is owed to the therapy, not to their illness.

    Where only attributed harms were counted it is their rate; where all were counted, the excess over
    the control group, and never below nothing. What is not stated leaves it between these.
    """
    exposed = rate(holder)
    if not isinstance(exposed, float):
        return None
    counts = known(holder, "counts")
    if counts == "attributed":
        return exposed
    unexposed = rate(known(holder, "control") or {})
    excess = max(0.0, exposed - unexposed) if isinstance(unexposed, float) else 0.0
    if counts == "all_causes" and isinstance(unexposed, float):
        return excess
    return within(excess, exposed)


def completion_rate(holder: Holder) -> Quantity:
    """Return completed / participants; unknown unless both are stated and somebody took part."""
    completed, participants = known(holder, "completed"), known(holder, "participants")
    if completed is None or not participants:
        return None
    return float(completed / participants)


PERIODS_PER_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12.0, "year": 1.0, "course": 1.0}


def annual(holder: Holder) -> Quantity:
    """Return the cost of the first year, from `low` to `high`; a course is paid for once."""
    low, high, period = known(holder, "low"), known(holder, "high"), known(holder, "per")
    if period is None or (low is None and high is None):
        return None
    periods = PERIODS_PER_YEAR[period]
    lowest = 0.0 if low is None else low * periods
    highest = math.inf if high is None else high * periods
    return within(min(lowest, highest), max(lowest, highest))


def annual_usd(holder: Holder) -> Quantity:
    """Return the cost of the first year in US dollars; unknown while the exchange rate is."""
    currency = known(holder, "currency")
    dollars = 1.0 if currency == "USD" else known(holder, "usd_per_unit")
    local = annual(holder)
    if currency is None or dollars is None or local is None:
        return None
    if isinstance(local, Range):
        return within(local.low * dollars, local.high * dollars)
    return local * dollars


_COUNTS = "Arithmetic of counts; Cochrane Handbook for Systematic Reviews of Interventions, version 6, section 6.4"

COUNTS: tuple[Derived, ...] = (
    Derived(
        definition="proportion",
        name="rate",
        described="the share of people, from 0 to 1",
        phrase="rate of {of}",
        is_share=True,
        formula="n / of",
        source=_COUNTS,
        inputs=("n", "of"),
        compute=rate,
    ),
    Derived(
        definition="harmed",
        name="rate",
        described="the share of exposed people who were harmed, from 0 to 1",
        phrase="rate of {of}",
        is_share=True,
        formula="n / of",
        source=_COUNTS,
        inputs=("n", "of"),
        compute=rate,
    ),
    Derived(
        definition="harmed",
        name="attributable_rate",
        described="the share of exposed people whose harm is owed to the therapy, from 0 to 1",
        phrase="rate of {of} owed to the therapy",
        is_share=True,
        formula="n / of where only attributed harms are counted; else n / of less the same in the control group, "
        "at least 0",
        source=_COUNTS,
        inputs=("n", "of", "counts", "control.n", "control.of"),
        compute=attributable_rate,
        idle=lambda holder: ("control.n", "control.of") if known(holder, "counts") == "attributed" else (),
    ),
    Derived(
        definition="trial",
        name="completion_rate",
        described="the share of participants who completed the trial, from 0 to 1",
        phrase="share of participants who completed",
        is_share=True,
        formula="completed / participants",
        source=_COUNTS,
        inputs=("completed", "participants"),
        compute=completion_rate,
    ),
    Derived(
        definition="observational_study",
        name="completion_rate",
        described="the share of participants who were followed to the end, from 0 to 1",
        phrase="share of participants who were followed to the end",
        is_share=True,
        formula="completed / participants",
        source=_COUNTS,
        inputs=("completed", "participants"),
        compute=completion_rate,
    ),
    Derived(
        definition="cost",
        name="annual",
        described="the cost of the first year, in the stated currency",
        phrase="cost of the first year",
        formula="low to high, times the periods in a year of 365.25 days; a course counts once",
        source="Arithmetic of the stated price",
        inputs=("low", "high", "per"),
        compute=annual,
    ),
    Derived(
        definition="cost",
        name="annual_usd",
        described="the cost of the first year, in US dollars",
        phrase="cost of the first year in US dollars",
        formula="annual × usd_per_unit, which is 1 for USD",
        source="Arithmetic of the stated price and exchange rate",
        inputs=("currency", "usd_per_unit", "low", "high", "per"),
        compute=annual_usd,
        idle=lambda holder: ("usd_per_unit",) if known(holder, "currency") == "USD" else (),
    ),
)
