"""Checks of counts: people and events that do not add up, in one place of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import is_number, reported
from evgrade.facts import known
from evgrade.facts.arms import counts_people
from evgrade.model import Path, Severity
from evgrade.schema.suggest import added

if TYPE_CHECKING:
    from evgrade.facts.reported import Reported

_COUNTED = ("harmed", "proportion", "adverse_event", "effect_arm", "case")
"""The definitions that count people among others."""

_SHARES = (("events", "participants"), ("n", "of"))
"""The keys of counts that are a share of another, each with the key of that."""


class Share(NamedTuple):
    """A count of people among others, which is stated in percent too.

    Attributes:
        mapping: what holds the count.
        path: its path below the item.
        key: of the count in it.
        totals: the keys of what it may be a share of, with their values; they are in the item itself.
    """

    mapping: Mapping[str, Any]
    path: Path
    key: str
    totals: dict[str, int]

    @property
    def n(self) -> int:
        """The count."""
        return int(self.mapping[self.key])


def _shares_in_percent(data: Mapping[str, Any]) -> Iterator[Share]:
    """Yield the counts of a mapping, and of the answers and benefits that a report lists, that have a percentage."""
    if "percent" in data:
        for key, whole in _SHARES:
            if known(data, key) is not None and known(data, whole) is not None:
                yield Share(data, (), key, {whole: data[whole]})
    for key in ("responses", "benefits"):
        for number, entry in enumerate(data.get(key, ())):
            if "percent" in entry and known(entry, "n") is not None and (totals := _reached(data)):
                yield Share(entry, (key, number), "n", totals)


def _reached(case: Mapping[str, Any]) -> dict[str, int]:
    """Return how many people a report was about, by the keys that say so."""
    return {key: people for key in ("evaluated", "users") if (people := known(case, key)) is not None}


@check("count-responses", on="case", severity=Severity.WARNING, needs=("evaluated", "responses"))
def responses_of_evaluated(item: Item) -> Iterator[Problem]:
    """The answers of the people who were evaluated add up to them."""
    evaluated = known(item.data, "evaluated")
    counts = [known(response, "n") for response in item.data["responses"]]
    stated = [count for count in counts if count is not None]
    if evaluated is None or not stated:
        return
    total = sum(stated)
    more = total > evaluated
    if more or (total < evaluated and len(stated) == len(counts)):
        yield Problem(
            f"the responses add up to {added(stated)}, but {evaluated} were evaluated",
            at=("responses",),
            hint=f"{abs(total - evaluated)} {'too many' if more else 'without an answer'}: correct a count, or say in "
            "`notes` who is missing and waive this",
            related=((*item.path, "evaluated"),),
            severity=Severity.ERROR if more else None,
        )


def _may_be_above(data: Mapping[str, Any]) -> bool:
    """Whether a count is above its total; the benefits that a report lists are looked at one by one."""
    events, people = data.get("events"), data.get("participants")
    if events is not None and people is not None and events > people:
        return True
    n, of = data.get("n"), data.get("of")
    return (n is not None and of is not None and bool(n > of)) or "benefits" in data


@check(
    "count-above-total",
    on=_COUNTED,
    severity=Severity.ERROR,
    needs_one_of=("events", "n", "benefits"),
    where=_may_be_above,
)
def at_most_the_total(item: Item) -> Iterator[Problem]:
    """No count of people is above the number of people it was counted among."""
    for key, whole in _SHARES:
        n, total = known(item.data, key), known(item.data, whole)
        if n is not None and total is not None and n > total and not (key == "events" and _are_events(item)):
            yield _too_many(item, (key,), n, whole, total)
    # Benefits are not added up, as responses are above: one person can have several.
    for number, benefit in enumerate(item.data.get("benefits", ())):
        n, totals = known(benefit, "n"), _reached(item.data)
        if n is not None and totals and n > max(totals.values()):
            whole = max(totals, key=totals.__getitem__)
            yield _too_many(item, ("benefits", number, "n"), n, whole, totals[whole])


def _are_events(item: Item) -> bool:
    """Whether an arm counts events, of which a person can have several."""
    return not counts_people(item.above(2) if "arms" in item.path else {}, item.data)


def _too_many(item: Item, at: Path, n: int, whole: str, total: int) -> Problem:
    return Problem(
        f"{int(n)} of {total} people",
        at=at,
        hint=f"`{at[-1]}` counts people, each once, and is at most `{whole}`: correct one of the two"
        + ("; or write `events_count: events`, if a person can have several" if at == ("events",) else ""),
        related=((*item.path, whole),),
    )


@check(
    "count-percent",
    on=(*_COUNTED, "harm_arm"),
    severity=Severity.WARNING,
    needs_one_of=("percent", "responses", "benefits"),
)
def percent_of_total(item: Item) -> Iterator[Problem]:
    """A percentage is the count divided by its total, as far as its decimals tell."""
    for share in _shares_in_percent(item.data):
        totals = share.totals.values()
        if 0 in totals or share.n > max(totals) or known(share.mapping, "percent_kind") not in (None, "proportion"):
            continue
        if share.key == "events" and _are_events(item):
            continue
        if not is_number(share.mapping["percent"]):
            yield from _above_limit(item, share)
            continue
        if any(share.mapping["percent"] * total == 100 * share.n for total in totals):
            continue  # it fits however it was rounded
        percent = reported(item, *share.path, "percent")
        if percent is None or any(low <= 100 * share.n <= high for low, high in map(percent.times, totals)):
            continue
        yield _wrong_percent(item, share, percent)


def _above_limit(item: Item, share: Share) -> Iterator[Problem]:
    """Yield the problem that a share is not below the limit that replaces a percentage, as in "< 1"."""
    limit = float(share.mapping["percent"].lstrip("< "))
    if all(100 * share.n >= limit * total for total in share.totals.values()):
        shares = " and ".join(
            f"{share.n} of {total} is {100 * share.n / total:.3g}%" for total in share.totals.values()
        )
        yield Problem(
            f"{shares}, not below {limit:g}%",
            at=(*share.path, "percent"),
            hint=f"correct `percent`, `{share.key}` or the total",
            related=((*item.path, *share.path, share.key),),
        )


def _wrong_percent(item: Item, share: Share, percent: Reported) -> Problem:
    """Return the problem that a percentage is not that of its count: a note where only the last digit slipped."""
    from fractions import Fraction  # noqa: PLC0415 - slow to load

    from evgrade.facts.rounding import slip  # noqa: PLC0415

    # Rounding makes neither nobody nor everybody.
    true = [Fraction(100 * share.n, total) for total in share.totals.values() if 0 < share.n < total]
    slipped = next((found for one in true if (found := slip(percent, one, one)) is not None), None)
    decimals = max(percent.decimals + (slipped is not None), 1)
    shares = " and ".join(
        f"{share.n} of {total} is {100 * share.n / total:.{decimals}f}%" for total in share.totals.values()
    )
    wording = "with `percent_kind`" if share.key == "events" else "in `notes` and leave `percent` out"
    return Problem(
        f"{shares}, not {percent}%" + (f": {slipped.value}" if slipped else ""),
        at=(*share.path, "percent"),
        hint="nothing needs correcting if the source prints it so"
        if slipped
        else f"correct `percent`, `{share.key}` or the total; if the source divides by other people, or allows for "
        f"those who left early, say so {wording}",
        related=((*item.path, *share.path, share.key),),
        severity=Severity.NOTE if slipped else None,
    )


@check(
    "count-evaluated",
    on="case",
    severity=Severity.ERROR,
    needs=("evaluated", "users"),
    where=lambda case: case["evaluated"] > case["users"],
)
def evaluated_of_users(item: Item) -> Iterator[Problem]:
    """No more people are evaluated than took the therapy."""
    yield _more_than(item, "evaluated", "users", "{} people were evaluated, but only {} took the therapy")


@check(
    "count-completed",
    on=("trial", "trial_arm", "observational_study"),
    severity=Severity.ERROR,
    needs=("completed", "participants"),
    where=lambda study: study["completed"] > study["participants"],
)
def completed_of_participants(item: Item) -> Iterator[Problem]:
    """No more people complete a study, or an arm of it, than took part."""
    yield _more_than(item, "completed", "participants", "{} people completed it, but only {} took part")


def _more_than(item: Item, part: str, whole: str, message: str) -> Problem:
    """Return the problem that a count is above another of which it is a part."""
    return Problem(
        message.format(item.data[part], item.data[whole]),
        at=(part,),
        hint=f"`{part}` is at most `{whole}`: correct one of the two",
        related=((*item.path, whole),),
    )
