"""Checks of counts: people and events that do not add up, in one place of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import reported
from evgrade.checks.words import added
from evgrade.facts import known
from evgrade.model import Path, Severity

if TYPE_CHECKING:
    pass

_COUNTED = ("harmed", "proportion", "adverse_event", "effect_arm", "case")
"""The definitions that count people among others."""


class Share(NamedTuple):
    """A count of people among others.

    Attributes:
        mapping: what holds the count.
        path: its path below the item.
        key: of the count in it.
        totals: the keys of what it may be a share of, with their values; they stand in the item itself.
    """

    mapping: Mapping[str, Any]
    path: Path
    key: str
    totals: dict[str, int]

    @property
    def n(self) -> int:
        """The count."""
        return int(self.mapping[self.key])


def _shares(item: Item) -> Iterator[Share]:
    """Yield the counts of a mapping, and of the answers and benefits that a report lists, with their totals."""
    data = item.data
    for key, total in (("events", "participants"), ("n", "of")):
        if key in data and (share := _share(data, data, (), key, (total,))):
            yield share
    for key in ("responses", "benefits"):
        for number, entry in enumerate(data.get(key, ())):
            if share := _share(data, entry, (key, number), "n", ("evaluated", "users")):
                yield share


def _share(
    data: Mapping[str, Any], mapping: Mapping[str, Any], path: Path, key: str, total_keys: tuple[str, ...]
) -> Share | None:
    if known(mapping, key) is None:
        return None
    totals = {name: total for name in total_keys if (total := known(data, name)) is not None}
    return Share(mapping, path, key, totals) if totals else None


@check("count-responses", on="case", severity=Severity.WARNING, needs="responses")
def responses_of_evaluated(item: Item) -> Iterator[Problem]:
    """The answers of the people who were evaluated add up to them."""
    evaluated = known(item.data, "evaluated")
    counts = [known(response, "n") for response in item.data.get("responses", [])]
    stated = [count for count in counts if count is not None]
    if evaluated is None or not stated:
        return
    total = sum(stated)
    more = total > evaluated
    if more or (total < evaluated and len(stated) == len(counts)):
        yield Problem(
            f"the responses add up to {added(stated)}, and {evaluated} were evaluated",
            at=("responses",),
            hint=f"{abs(total - evaluated)} {'too many' if more else 'without an answer'}: correct a count, or say in "
            "`notes` who is missing and waive this",
            related=((*item.path, "evaluated"),),
            severity=Severity.ERROR if more else None,
        )


@check("count-above-total", on=_COUNTED, severity=Severity.ERROR, needs=("events", "n", "responses", "benefits"))
def at_most_the_total(item: Item) -> Iterator[Problem]:
    """No count of people is above the number of people it was counted among."""
    for share in _shares(item):
        if share.n > max(share.totals.values()) and "responses" not in share.path:  # those are added up above
            key = max(share.totals, key=share.totals.__getitem__)
            yield Problem(
                f"{share.n} of {share.totals[key]} people",
                at=(*share.path, share.key),
                hint=f"`{share.key}` counts people, each once, and is at most `{key}`: correct one of the two",
                related=((*item.path, key),),
            )


@check("count-percent", on=_COUNTED, severity=Severity.WARNING, needs=("percent", "responses", "benefits"))
def percent_of_total(item: Item) -> Iterator[Problem]:
    """A percentage is the count divided by its total, as far as its decimals tell."""
    if item.data.keys().isdisjoint(("percent", "responses", "benefits")):
        return
    for share in _shares(item):
        totals = share.totals.values()
        if known(share.mapping, "percent") is None or 0 in totals or share.n > max(totals):
            continue
        if any(share.mapping["percent"] * total == 100 * share.n for total in totals):
            continue  # it fits however it was rounded
        percent = reported(item, *share.path, "percent")
        if percent is None or any(low <= 100 * share.n <= high for low, high in map(percent.times, totals)):
            continue
        decimals = max(percent.decimals, 1)
        shares = " and ".join(f"{share.n} of {total} is {100 * share.n / total:.{decimals}f} %" for total in totals)
        yield Problem(
            f"{shares}, not {percent} %",
            at=(*share.path, "percent"),
            hint=f"correct `percent`, `{share.key}` or the total; if the source divides by other people, or allows for "
            "those who left early, say so in `notes` and leave `percent` out",
            related=((*item.path, *share.path, share.key),),
        )


@check("count-evaluated", on="case", severity=Severity.ERROR, needs="evaluated")
def evaluated_of_users(item: Item) -> Iterator[Problem]:
    """No more people are evaluated than took the therapy."""
    yield from _at_most(item, "evaluated", "users", "{} people were evaluated, and {} took the therapy")


@check("count-completed", on=("trial", "trial_arm", "observational_study"), severity=Severity.ERROR, needs="completed")
def completed_of_participants(item: Item) -> Iterator[Problem]:
    """No more people complete a study, or an arm of it, than took part."""
    yield from _at_most(item, "completed", "participants", "{} people completed it, and {} took part")


def _at_most(item: Item, part: str, whole: str, message: str) -> Iterator[Problem]:
    """Yield a problem where a count of an item is above another of which it is a part."""
    some, everyone = known(item.data, part), known(item.data, whole)
    if some is not None and everyone is not None and some > everyone:
        yield Problem(
            message.format(some, everyone),
            at=(part,),
            hint=f"`{part}` is at most `{whole}`: correct one of the two",
            related=((*item.path, whole),),
        )
