"""Checks of counts of people, events and studies: parts, totals and percentages must agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import is_number, reported
from evgrade.facts.effects import counts_people
from evgrade.facts.known import known
from evgrade.model import Path, Severity
from evgrade.schema.suggest import added

if TYPE_CHECKING:
    from evgrade.facts.reported import Reported

_COUNTED = ("harmed", "proportion", "adverse_event", "effect_arm", "case")
"""The definitions with a count of people out of a total."""

_SHARES = (("events", "participants"), ("n", "of"))
"""The keys of counts, each with the key of its total."""

SHARED_PEOPLE = frozenset({"crossover", "factorial", "sequential"})
"""Intervention models in which one person can be counted in several arms."""


class Share(NamedTuple):
    """A count of people that is also stated in percent.

    Attributes:
        mapping: the mapping with the count.
        path: its path below the item.
        key: the key of the count.
        totals: the possible totals in the item, by key.
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
    """Yield the counts with a percentage in a mapping, and in the responses and benefits of a report."""
    if "percent" in data:
        for key, whole in _SHARES:
            if known(data, key) is not None and known(data, whole) is not None:
                yield Share(data, (), key, {whole: data[whole]})
    for key in ("responses", "benefits"):
        for number, entry in enumerate(data.get(key, ())):
            if "percent" in entry and known(entry, "n") is not None and (totals := _reached(data)):
                yield Share(entry, (key, number), "n", totals)


def _reached(case: Mapping[str, Any]) -> dict[str, int]:
    """Return the possible totals of a report, by key."""
    return {key: people for key in ("evaluated", "users") if (people := known(case, key)) is not None}


@check("count-responses", on="case", severity=Severity.WARNING, needs=("evaluated", "responses"))
def responses_of_evaluated(item: Item) -> Iterator[Problem]:
    """The responses add up to the number of people evaluated."""
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
            hint=f"{abs(total - evaluated)} {'too many' if more else 'without a response'}: correct a count, or say in "
            "`notes` who is missing and waive this",
            related=((*item.path, "evaluated"),),
            severity=Severity.ERROR if more else None,
        )


def _may_be_above(data: Mapping[str, Any]) -> bool:
    """Whether a count may exceed its total; the benefits of a report are checked one by one."""
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
    """No count of people exceeds its total."""
    for key, whole in _SHARES:
        n, total = known(item.data, key), known(item.data, whole)
        if n is not None and total is not None and n > total and not (key == "events" and _are_events(item)):
            yield _too_many(item, (key,), n, whole, total)
    # Benefits are not added up like responses, as one person can have several.
    for number, benefit in enumerate(item.data.get("benefits", ())):
        n, totals = known(benefit, "n"), _reached(item.data)
        if n is not None and totals and n > max(totals.values()):
            whole = max(totals, key=totals.__getitem__)
            yield _too_many(item, ("benefits", number, "n"), n, whole, totals[whole])


def _are_events(item: Item) -> bool:
    """Whether an arm counts events, possibly several per person."""
    return not counts_people(item.above(2) if "arms" in item.path else {}, item.data)


def _too_many(item: Item, at: Path, n: int, whole: str, total: int) -> Problem:
    return Problem(
        f"{int(n)} of {total} people",
        at=at,
        hint=f"`{at[-1]}` counts people, each once, so is at most `{whole}`: correct one of the two"
        + ("; or write `events_count: events` if a person can have several" if at == ("events",) else ""),
        related=((*item.path, whole),),
    )


@check(
    "count-percent",
    on=(*_COUNTED, "harm_arm"),
    severity=Severity.WARNING,
    needs_one_of=("percent", "responses", "benefits"),
)
def percent_of_total(item: Item) -> Iterator[Problem]:
    """A percentage is the count divided by its total, within its precision."""
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
            continue  # exact
        percent = reported(item, *share.path, "percent")
        if percent is None or any(low <= 100 * share.n <= high for low, high in map(percent.times, totals)):
            continue
        yield _wrong_percent(item, share, percent)


def _above_limit(item: Item, share: Share) -> Iterator[Problem]:
    """Yield a problem if a share is not below the limit stated instead of a percentage, as in "< 1"."""
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
    """Return the problem that a percentage does not match its count: a note if only the last digit slipped."""
    from fractions import Fraction  # noqa: PLC0415 - slow to load

    from evgrade.facts.reported import slip  # noqa: PLC0415

    # Rounding does not turn a share into 0% or 100%.
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
        hint="nothing needs correcting if that is what the source prints"
        if slipped
        else f"correct `percent`, `{share.key}` or the total; if the source uses another denominator, or allows for "
        f"dropouts, say so {wording}",
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
    """No more people were evaluated than took the therapy."""
    yield _more_than(item, "evaluated", "users", "{} people were evaluated, but only {} took the therapy")


@check(
    "count-completed",
    on=("trial", "trial_arm", "observational_study"),
    severity=Severity.ERROR,
    needs=("completed", "participants"),
    where=lambda study: study["completed"] > study["participants"],
)
def completed_of_participants(item: Item) -> Iterator[Problem]:
    """No more people completed a study, or an arm of it, than took part."""
    yield _more_than(item, "completed", "participants", "{} people completed it, but only {} took part")


def _more_than(item: Item, part: str, whole: str, message: str) -> Problem:
    """Return the problem that a part exceeds the whole."""
    return Problem(
        message.format(item.data[part], item.data[whole]),
        at=(part,),
        hint=f"`{part}` is at most `{whole}`: correct one of the two",
        related=((*item.path, whole),),
    )


@check("count-arms", on="trial", severity=Severity.WARNING, needs="arms", needs_one_of=("participants", "completed"))
def arms_of_the_trial(item: Item) -> Iterator[Problem]:
    """The arms of a trial add up to its participants, and to those who completed it."""
    arms = item.data["arms"]
    for key in ("participants", "completed"):
        total = known(item.data, key)
        counts = [known(arm, key) for arm in arms]
        if total is None or not any(counts):
            continue
        largest = max(count for count in counts if count is not None)
        if largest > total:
            yield _arm_above(item, ("arms", counts.index(largest), key), largest, key, total)
        elif None not in counts and sum(counts) != total and not _may_differ(item.data, counts, total):
            yield Problem(
                f"the arms add up to {added(counts)} {key}, but the trial has {total}",
                at=("arms",),
                hint="correct a count, add a missing arm, or say in `notes` who is not counted and waive this",
                related=((*item.path, key),),
            )


def _may_differ(trial: Mapping[str, Any], counts: list[int], total: int) -> bool:
    """Whether arms need not add up: only one of several is stated, or a person may be counted in several."""
    model = known(trial, "intervention_model")
    if sum(counts) < total:
        return len(counts) == 1 and model != "single_group"
    return model in SHARED_PEOPLE or (model is None and all(count == total for count in counts))


@check(
    "count-analysed",
    on=("trial", "observational_study", "synthesis", "outcome"),
    severity=Severity.ERROR,
    needs="participants",
    needs_one_of=("effects", "effect"),
)
def analysed_of_participants(item: Item) -> Iterator[Problem]:
    """Only participants are analysed: no arm of an effect, nor the sum of separate arms, exceeds the study."""
    total = known(item.data, "participants")
    if total is None:
        return
    parallel = known(item.data, "intervention_model") == "parallel"
    for path, effect in _effects(item.data):
        arms = known(effect, "arms") or []
        counts = [known(arm, "participants") for arm in arms]
        for number, count in enumerate(counts):
            if count is not None and count > total:
                yield _arm_above(item, (*path, "arms", number, "participants"), count, "participants", total)
                break
        else:
            if parallel and _are_apart(arms, counts) and sum(counts) > total:
                yield Problem(
                    f"{added(counts)} people are analysed, but the trial has {total}",
                    at=(*path, "arms"),
                    hint="parallel arms count everyone once: correct a count, or `intervention_model`",
                    related=((*item.path, "participants"),),
                )


def _are_apart(arms: list[Mapping[str, Any]], counts: list[int | None]) -> bool:
    """Whether two arms, with their counts, are the therapy's and the control's."""
    return None not in counts and sorted(str(known(arm, "role")) for arm in arms) == ["control", "intervention"]


def _effects(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the effects of a study or of an outcome, with their paths."""
    for number, effect in enumerate(data.get("effects", ())):
        yield ("effects", number), effect
    if "effect" in data:
        yield ("effect",), data["effect"]


def _arm_above(item: Item, at: Path, count: int, key: str, total: int) -> Problem:
    return Problem(
        f"the arm has {count} {key}, but there are {total} in all",
        at=at,
        hint=f"no arm is larger than the study: correct one of the two `{key}`",
        related=((*item.path, key),),
        severity=Severity.ERROR,
    )


@check("count-contributing", on=("synthesis", "outcome"), severity=Severity.WARNING, needs="studies")
def studies_of_the_pool(item: Item) -> Iterator[Problem]:
    """A review or an outcome has at least as many studies as it names, and no more people than these have."""
    studies, people = known(item.data, "studies"), known(item.data, "participants")
    named = item.data.get("contributing", [])
    found = _studies(item.dossier.data, frozenset(named)) if named else []
    if studies is not None and len(found) > studies:
        yield Problem(
            f"{len(found)} contributing studies are named, but {studies} contribute",
            at=("studies",),
            hint="correct `studies`, or remove from `contributing` the studies that do not contribute",
            related=((*item.path, "contributing"),),
        )
        return
    counts = [count for study in found if (count := known(study, "participants")) is not None]
    all_stated = studies == len(named) == len(counts)
    if people is not None and all_stated and people > sum(counts):
        yield Problem(
            f"{people} people are counted, but the contributing studies have {added(counts)}",
            at=("participants",),
            hint="name the missing study, or correct a count",
            related=((*item.path, "contributing"),),
        )


def _studies(dossier: Mapping[str, Any], ids: frozenset[str]) -> list[Mapping[str, Any]]:
    """Return the trials and observational studies with these ids."""
    return [study for key in ("trials", "observational") for study in dossier.get(key, ()) if study["id"] in ids]
