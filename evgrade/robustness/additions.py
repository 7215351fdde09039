"""Evidence that a dossier may gain: the additions of `additions.yaml`, fitted to a rubric and added to a dossier.

The rubric determines which additions apply: those to sections that it reads. Its conditions determine which of several
sound values a study has, and which numbers of people make a difference.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from evgrade.facts.known import known
from evgrade.grading.judge import Data
from evgrade.logic import Bounds
from evgrade.robustness.standing import edited
from evgrade.rubric.conditions.base import Condition, everything_in
from evgrade.rubric.conditions.lists import Sum
from evgrade.rubric.conditions.values import OneOf, Within
from evgrade.rubric.model import Rubric
from evgrade.yamlio.reader import read

FEWEST_POOLED = 2
"""The fewest trials that a review can pool."""
BEYOND = 10
"""This multiple of the largest number that makes a difference represents all larger numbers."""
_PEOPLE: Final = "$n"
_HARMS = ("serious", "hospitalized", "died")
_WITH_RESULTS = ("benefit", "mixed", "no_benefit", "harm")
_SHARED_BY = (1, 2, 3)
"""How many entries may together reach a number that is summed."""


@dataclass(frozen=True, slots=True, eq=False)
class Addition:
    """Evidence that may be added.

    Attributes:
        name: its name in the data and in JSON.
        title, plural: its name for people; `{n}` is replaced by the number of people.
        cost: its rank by cost, the cheapest first.
        people: who is studied, in the plural; None if their number cannot be chosen.
        largest: whether to report the largest number that still has the effect, as for a single death among many.
        section: the section that it changes.
        entry: the entry that it adds; None if it changes existing entries.
        pools: for a review, the section whose entries it pools; otherwise None.
        events: for a safety follow-up, the number of people with each harm that occurred; otherwise None.
        rates: for outcomes rated again, their new values; otherwise None.
        stem: the unique prefix of the ids of its entries.
        sizes: representatives of the numbers of people that the rubric distinguishes, ascending.
        beyond: the number that represents all larger numbers; 0 if no number makes a difference.
    """

    name: str
    title: str
    plural: str
    cost: int
    people: str | None
    largest: bool
    section: str
    entry: Mapping[str, Any] | None
    pools: str | None
    events: Mapping[str, int] | None
    rates: Mapping[str, Any] | None
    stem: str
    sizes: tuple[int, ...] = (1,)
    beyond: int = 0

    @property
    def once(self) -> bool:
        """Whether a second one would be the same as a larger one or no change."""
        return self.entry is None or self.pools is not None

    @property
    def result(self) -> str | None:
        """Its result; None if it has none of its own."""
        shown = self.rates or {} if self.entry is None else self.entry
        result: str | None = shown.get("result")
        return result

    @property
    def speaks_for(self) -> bool | None:
        """Whether it speaks for the therapy; None if that depends on the dossier."""
        if self.events is not None:
            return not self.events
        if self.result is None:
            return None if self.rates is not None else True
        return self.result == "benefit"


@dataclass(frozen=True, slots=True)
class Added:
    """An addition with a number of people."""

    addition: Addition
    n: int

    @property
    def is_bounded(self) -> bool:
        """Whether the rubric distinguishes numbers of people for this addition."""
        return len(self.addition.sizes) > 1

    @property
    def is_unlimited(self) -> bool:
        """Whether it stands for every larger number too."""
        return self.n == self.addition.beyond


def additions(data: Data, rubric: Rubric) -> tuple[Addition, ...]:
    """Return the additions to what a rubric reads, or to what a review that it reads pools, cheapest first."""
    conditions = tuple(conditions_of(rubric))
    read_here = {section for domain in rubric.domains for section in domain.sections}
    read_here |= {section for part in conditions if (section := part.section()) is not None}
    every = tuple(_all(known(data.get("therapy", {}), "kind"), conditions, _stem(data)))
    read_here |= {one.pools for one in every if one.section in read_here and one.pools is not None}
    return tuple(_sized(one, data, conditions) for one in every if one.section in read_here)


def conditions_of(rubric: Rubric) -> Iterator[Condition]:
    """Yield every condition of a rubric with all its parts, each once."""
    seen: set[int] = set()
    for domain in rubric.domains:
        rules = [rule.condition for rule in domain.method.rules]
        rules += [] if domain.applies is None else [domain.applies]
        rules += [] if domain.each is None else [domain.each.where]
        judged = getattr(domain.method, "judged", None)
        rules += [] if judged is None else [judged]
        for one in rules:
            yield from everything_in(one, seen)
    for rule in () if rubric.recommendation is None else rubric.recommendation.ladder.rules:
        yield from everything_in(rule.condition, seen)


@cache
def _text() -> Mapping[str, Any]:
    path = Path(__file__).with_name("additions.yaml")
    data: Mapping[str, Any] = read(path.read_bytes(), path.name).data
    return data


def _all(kind: str | None, conditions: Sequence[Condition], stem: str) -> Iterator[Addition]:
    text = _text()
    for cost, row in enumerate(text["additions"]):
        [(section, named)] = row.get("adds", {"outcomes" if "rates" in row else "safety": None}).items()
        entry = None if named is None else {**text["kinds"][named], **row.get("with", {})}
        if entry is not None:
            entry |= {key: value for key, value in text["for"].get(kind, {}).items() if key in entry}
            entry |= _accepted(entry, text["or"] if kind not in text["for"] else {}, conditions)
        yield Addition(
            name=row["name"],
            title=row["title"],
            plural=row.get("plural", row["title"]),
            cost=cost,
            people=row.get("people"),
            largest=row.get("largest", False),
            section=section,
            entry=entry,
            pools=row.get("pools"),
            events=row.get("follow_up"),
            rates=row.get("rates"),
            stem=f"{stem}-{row['name'].replace('_', '-')}",
        )


def _accepted(entry: Mapping[str, Any], others: Mapping[str, Any], conditions: Sequence[Condition]) -> dict[str, Any]:
    """For fields with several sound values, return the value that most conditions accept; the usual one in a tie."""
    requested = [one for one in conditions if isinstance(one, OneOf)]
    return {
        key: max(
            (entry[key], *values), key=lambda value: sum(value in one.values for one in requested if _is_of(one, key))
        )
        for key, values in others.items()
        if key in entry
    }


def _is_of(one: OneOf, key: str) -> bool:
    return one.field.keys == (key,)


# Numbers of people


def _sized(one: Addition, data: Data, conditions: Sequence[Condition]) -> Addition:
    """Return an addition with the numbers of people that a rubric distinguishes.

    A condition on a number changes only at its limits. Of numbers with the same answers to all such conditions, one is
    enough: the smallest, or the largest if that is reported. Several entries may together reach a sum, so halves and
    thirds of it count too.
    """
    if one.people is None:
        return one
    alone = [part for part in conditions if isinstance(part, Within) and _asks(part, one)]
    added_up = [part for part in conditions if isinstance(part, Sum) and _asks(part, one)]
    changing = _changing(added_up, data, one)
    shared = sorted({part for n in changing for many in _SHARED_BY for part in (n // many, -(-n // many)) if part})
    numbers = sorted({1, *shared, *(at for n in _changing(alone, data, one) for at in (n - 1, n) if at)})
    if numbers == [1] and not alone and not added_up:
        return one
    numbers.append(BEYOND * numbers[-1])
    kinds: dict[Any, int] = {}
    for n in numbers if one.largest else reversed(numbers):  # later ones replace earlier ones
        holder = added(data, (Added(one, n),)) if one.events is not None else _with_people(one.entry or {}, n)
        if holder is not None:
            answers = tuple(part.bounds.hold(part.field.read(holder)) for part in alone)
            kinds[answers, bisect_right(shared, n)] = n
    return replace(one, sizes=tuple(sorted(kinds.values())), beyond=numbers[-1])


def _asks(part: Within | Sum, one: Addition) -> bool:
    """Whether a condition is on a number that an addition increases."""
    keys = part.field.keys
    if one.events is not None:
        return keys[:1] == ("safety",) and keys[1:2] in {(key,) for key in ("exposed", *_HARMS)}
    section = part.entries.keys[0] if isinstance(part, Sum) else one.section
    return section == one.section and (one.entry or {}).get(keys[0] if keys else "") == _PEOPLE


def _changing(asking: Sequence[Within | Sum], data: Data, one: Addition) -> set[int]:
    """Return the numbers of people, from 1, at which the answer of a condition may change."""
    limits = {limit for part in asking for limit in _limits(part.bounds)}
    before = list(_before(data, one))
    bases = {0, *(of for of, _ in before)}
    events = {1, *(n for _, n in before), *(n + 1 for _, n in before)} if one.events is not None else set()
    near = {(limit - base, over) for limit, over in limits for base in bases}
    near |= {
        (count / limit - base, over)
        for limit, _ in limits
        if 0 < limit < 1
        for count in events
        for base in bases
        for over in (True, False)
    }
    return {at for value, over in near if (at := math.floor(value) + 1 if over else math.ceil(value)) > 0}


def _limits(bounds: Bounds) -> Iterator[tuple[float, bool]]:
    """Yield each limit, and whether the condition changes above it rather than at it."""
    for limit, over in ((bounds.at_least, False), (bounds.below, False), (bounds.above, True), (bounds.at_most, True)):
        if limit is not None and math.isfinite(limit):
            yield limit, over


def _before(data: Data, one: Addition) -> Iterator[tuple[int, int]]:
    """Yield the present denominators and counts that an addition increases."""
    if one.events is None:
        for key in [key for key, value in (one.entry or {}).items() if value == _PEOPLE]:
            counted = [known(entry, key) for entry in data.get(one.section, ())]
            yield sum(number for number in counted if isinstance(number, int)), 0
        return
    safety = data.get("safety", {})
    yield known(safety, "exposed") or 0, 0
    for key in _HARMS:
        counts = known(safety, key) or {}
        yield known(counts, "of") or 0, known(counts, "n") or 0


# Adding to a dossier


def added(data: Data, chosen: Iterable[Added]) -> Data | None:
    """Return the data of a dossier with additions; None if one is impossible, such as a review without trials."""
    new = data
    for one in sorted(chosen, key=lambda one: one.addition.pools is not None):  # reviews come after what they pool
        addition = one.addition
        if addition.events is not None:
            new = edited(new, _followed(new, addition.events, one.n))
        elif addition.rates is not None:
            rated = _rated(new, addition.rates, addition.stem)
            if not rated:
                return None
            new = edited(new, rated)
        else:
            entry = _made(new, one)
            if entry is None:
                return None
            new = edited(new, {(addition.section, len(new.get(addition.section, ()))): entry})
    return new


def _made(data: Data, one: Added) -> dict[str, Any] | None:
    addition = one.addition
    name = f"{addition.stem}-{len(data.get(addition.section, ())) + 1}"
    entry = _with_people({"id": name, **(addition.entry or {})}, one.n)
    if "evidence" in entry:
        entry["evidence"] = [
            {"id": f"{name}-{number}", **inner} for number, inner in enumerate(entry["evidence"], start=1)
        ]
    if addition.pools is not None:
        pooled = [trial for trial in data.get(addition.pools, ()) if _is_pooled(trial)]
        if len(pooled) < FEWEST_POOLED or all(trial["result"] != entry["result"] for trial in pooled):
            return None
        people = [known(trial, "participants") for trial in pooled]
        entry |= {"contributing": [trial["id"] for trial in pooled], "studies": len(pooled)}
        entry |= {} if None in people else {"participants": sum(people)}
    return entry


def _with_people(entry: Mapping[str, Any], n: int) -> dict[str, Any]:
    return {key: n if value == _PEOPLE else value for key, value in entry.items()}


def _is_pooled(trial: Data) -> bool:
    return (
        trial.get("agent") == trial.get("condition") == "same"
        and trial.get("allocation") == "randomized"
        and trial.get("result") in _WITH_RESULTS
    )


def _followed(data: Data, events: Mapping[str, int], n: int) -> dict[tuple[Any, ...], Any]:
    """Return the changed counts of harms; percentages and counts against controls stay as they are."""
    safety = data.get("safety", {})
    changes: dict[tuple[Any, ...], Any] = {("safety", "exposed"): (known(safety, "exposed") or 0) + n}
    for key in _HARMS:
        before, had = known(safety, key), events.get(key, 0)
        if before is None or known(before, "n") is known(before, "percent") is None:
            changes["safety", key] = {"n": had, "of": n, "counts": "attributed"}
            continue
        of = known(before, "of") or known(safety, "exposed")
        if known(before, "n") is not None and of is not None and "control" not in before:
            kept = {name: value for name, value in before.items() if name != "percent"}
            changes["safety", key] = {**kept, "n": before["n"] + had, "of": of + n}
    return changes


def _rated(data: Data, rates: Mapping[str, Any], name: str) -> dict[tuple[Any, ...], Any]:
    """Return the critical outcomes as sound trials would allow rating them; if there are none, a first result."""
    outcomes, kind = data.get("outcomes", ()), _text()["kinds"]["outcome"]
    comparisons = data.get("comparisons") or ()
    in_question = {"comparison_id": comparisons[0]["id"]} if comparisons else {}
    changes: dict[tuple[Any, ...], Any] = {}
    for number, outcome in enumerate(outcomes):
        if outcome.get("importance") == "critical":
            kept = {key: outcome[key] for key in _KEPT if key in outcome}
            changes["outcomes", number] = {**kind, **kept, **rates}
    if not changes and rates:
        changes["outcomes", len(outcomes)] = {"id": name, **kind, **in_question, **rates}
    return changes


_KEPT = (
    *("id", "name", "lay_name", "comparison_id", "importance", "more_is_better", "scale", "baseline_risk"),
    *("baseline_risk_source", "smallest_important_effect", "smallest_important_effect_reason", "result"),
)
"""The fields of an outcome that further trials leave unchanged."""


def _stem(data: Data) -> str:
    """Return a prefix that no id of a dossier has."""
    taken = tuple(_ids(data))
    stems = ("next", *(f"next{number}" for number in range(2, len(taken) + 3)))
    return next(stem for stem in stems if not any(one.startswith(f"{stem}-") for one in taken))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for inner in value.values():
            yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
