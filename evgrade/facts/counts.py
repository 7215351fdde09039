"""Values derived from counts and prices."""

from __future__ import annotations

import math

from evgrade.facts.derived import Derived, Holder
from evgrade.facts.known import Quantity, Range, bounds_of, known, within


def rate(holder: Holder) -> Quantity:
    """Return n / of; if the counts are not stated, the shares that round to the stated percentage."""
    count, total, percent = known(holder, "n"), known(holder, "of"), known(holder, "percent")
    if count == 0:
        return 0.0
    if count is not None and total is not None:
        return float(count / total)
    if isinstance(percent, str):
        return _below(float(percent.lstrip("< ")), total)
    return None if percent is None else _rounded_from(percent, total)


def _below(percent: float, total: int | None) -> Quantity:
    """Return the shares below a percentage: those possible for the total number of people, if known."""
    most = percent / 100
    return within(0.0, most if total is None else max(0, math.ceil(most * total) - 1) / total)


def _rounded_from(percent: float, total: int | None) -> Quantity:
    """Return the shares that round to a percentage: those possible for the total number of people, if known."""
    from fractions import Fraction  # noqa: PLC0415 - most shares are stated as counts and need none

    from evgrade.facts.reported import Reported  # noqa: PLC0415

    try:
        low, high = Reported.of(percent).times(Fraction(1, 100))
    except ValueError:
        return None
    low, high = max(low, Fraction(0)), min(high, Fraction(1))
    if total is not None:
        fewest, most = math.ceil(low * total), math.floor(high * total)
        if fewest <= most:
            return within(fewest / total, most / total)
    return within(float(low), float(high))


def attributable_rate(holder: Holder) -> Quantity:
    """Return the share of exposed people with treatment-related harm, not due to their illness.

    If only attributed harms were counted, it is their rate; if all harms were counted, the excess over the control
    group, at least 0; if `counts` is not stated, it lies between these.
    """
    exposed = rate(holder)
    counts = known(holder, "counts")
    if exposed is None or counts == "attributed":
        return exposed
    above_control = _excess(exposed, rate(known(holder, "control") or {}))
    if counts == "all_causes":
        return above_control
    return within(bounds_of(above_control)[0], bounds_of(exposed)[1])


def attributable_rate_of_event(event: Holder) -> Quantity:
    """Return the share of exposed people with this harm because of the therapy: the excess over the control group.

    Without a stated control group, it lies between 0 and the rate of the harm.
    """
    exposed = rate(event)
    return None if exposed is None else _excess(exposed, rate(known(event, "control") or {}))


def _excess(exposed: float | Range, unexposed: Quantity) -> float | Range:
    low, high = bounds_of(exposed)
    control_low, control_high = (0.0, math.inf) if unexposed is None else bounds_of(unexposed)
    least, most = max(0.0, low - control_high), max(0.0, high - control_low)
    return least if least == most else Range(least, most)


def is_harm(event: Holder) -> Quantity:
    """Return 1 for a listed harm; 0 if its counts show no cases, or no more than in the control group."""
    return 0.0 if attributable_rate_of_event(event) == 0 else 1.0


def people_reported_on(report: Holder) -> Quantity:
    """Return the number of people in a report: those who took the therapy, at least those evaluated."""
    users, evaluated = known(report, "users"), known(report, "evaluated")
    if users is not None:
        return float(users)
    return None if evaluated is None else Range(float(evaluated), math.inf)


def is_empty(review: Holder) -> Quantity:
    """Return 1 for a systematic review stated to have found no studies, else 0."""
    return 1.0 if known(review, "studies") == 0 else 0.0


def completion_rate(holder: Holder) -> Quantity:
    """Return completed / participants; unknown unless both are stated and there were participants."""
    completed, participants = known(holder, "completed"), known(holder, "participants")
    if completed is None or not participants:
        return None
    return float(completed / participants)


PERIODS_PER_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12.0, "year": 1.0, "course": 1.0}


def annual(holder: Holder) -> Quantity:
    """Return the cost of the first year, from `low` to `high`; a course counts once."""
    low, high, period = known(holder, "low"), known(holder, "high"), known(holder, "per")
    if period is None or (low is None and high is None):
        return None
    periods = PERIODS_PER_YEAR[period]
    lowest = 0.0 if low is None else low * periods
    highest = math.inf if high is None else high * periods
    return within(min(lowest, highest), max(lowest, highest))


def annual_usd(holder: Holder) -> Quantity:
    """Return the cost of the first year in US dollars; unknown if the exchange rate is."""
    currency = known(holder, "currency")
    dollars = 1.0 if currency == "USD" else known(holder, "usd_per_unit")
    local = annual(holder)
    if currency is None or dollars is None or local is None:
        return None
    if isinstance(local, Range):
        return within(local.low * dollars, local.high * dollars)
    return local * dollars


_COUNTS = "Arithmetic of counts; Cochrane Handbook for Systematic Reviews of Interventions, version 6, section 6.4"

_RATE = "n / of; without them, the shares that round to the stated percentage"


def _percentages(_: Holder) -> tuple[str, ...]:
    """Return the inputs never reported as missing: percentages only replace counts."""
    return ("percent", "control.percent")


def _percentages_and_idle_control(holder: Holder) -> tuple[str, ...]:
    attributed = known(holder, "counts") == "attributed"
    return (*_percentages(holder), *(("control.n", "control.of") if attributed else ()))


COUNTS: tuple[Derived, ...] = (
    Derived(
        definition="proportion",
        name="rate",
        described="the share of people, from 0 to 1",
        phrase="rate of {of}",
        is_share=True,
        formula=_RATE,
        source=_COUNTS,
        inputs=("n", "of", "percent"),
        compute=rate,
        irrelevant=_percentages,
    ),
    Derived(
        definition="harmed",
        name="rate",
        described="the share of exposed people who were harmed, from 0 to 1",
        phrase="rate of {of}",
        is_share=True,
        formula=_RATE,
        source=_COUNTS,
        inputs=("n", "of", "percent"),
        compute=rate,
        irrelevant=_percentages,
    ),
    Derived(
        definition="adverse_event",
        name="rate",
        described="the share of exposed people who had the harm, from 0 to 1",
        phrase="rate of {of}",
        is_share=True,
        formula=_RATE,
        source=_COUNTS,
        inputs=("n", "of", "percent"),
        compute=rate,
        irrelevant=_percentages,
    ),
    Derived(
        definition="adverse_event",
        name="attributable_rate",
        described="the share of exposed people with treatment-related harm, from 0 to 1",
        phrase="treatment-related rate",
        is_share=True,
        formula="rate less that of the control group, at least 0",
        source=_COUNTS,
        inputs=("n", "of", "percent", "control.n", "control.of", "control.percent"),
        compute=attributable_rate_of_event,
        irrelevant=_percentages,
    ),
    Derived(
        definition="adverse_event",
        name="is_harm",
        described="1 for a harm that occurred; 0 if it was looked for and no one had it, or no more people than in the "
        "control group",
        phrase="people who had it, beyond the control group",
        formula="0 if attributable_rate is 0; else 1, as listed harms occurred",
        source="The meaning of the list in this format",
        inputs=("n", "of", "percent", "control.n", "control.of", "control.percent"),
        compute=is_harm,
        irrelevant=lambda _: ("n", "of", "percent", "control.n", "control.of", "control.percent"),
    ),
    Derived(
        definition="case",
        name="people",
        described="how many people the report is about",
        phrase="people reported on",
        formula="users; if that is not stated, at least evaluated",
        source="The meaning of the two fields in this format",
        inputs=("users", "evaluated"),
        compute=people_reported_on,
        irrelevant=lambda _: ("evaluated",),
    ),
    Derived(
        definition="harmed",
        name="attributable_rate",
        described="the share of exposed people with treatment-related harm, from 0 to 1",
        phrase="rate of treatment-related {of}",
        is_share=True,
        formula="rate if only attributed harms are counted; else rate less that of the control group, at least 0",
        source=_COUNTS,
        inputs=("n", "of", "percent", "counts", "control.n", "control.of", "control.percent"),
        compute=attributable_rate,
        irrelevant=_percentages_and_idle_control,
    ),
    Derived(
        definition="synthesis",
        name="is_empty",
        described="1 for a systematic review that found no studies, else 0",
        phrase="empty reviews",
        formula="1 if studies is 0, else 0",
        source="The meaning of the field in this format",
        inputs=("studies",),
        compute=is_empty,
        irrelevant=lambda _: ("studies",),
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
        formula="low to high, times the number of periods in a year of 365.25 days; a course counts once",
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
        irrelevant=lambda holder: ("usd_per_unit",) if known(holder, "currency") == "USD" else (),
    ),
)
