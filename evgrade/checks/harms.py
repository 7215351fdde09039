"""Checks of harms: totals, single harms and the overall concern must agree, and few people exclude little."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import reported
from evgrade.facts.counts import attributable_rate
from evgrade.facts.known import bounds_of, known
from evgrade.model import Path, Severity
from evgrade.stats.zero_events import upper_bound

COUNTS = ("any", "serious", "hospitalized", "died")
"""The kinds of harm that are counted in people."""

VERY_COMMON = 0.1
"""A harm in this share of people is called very common (CIOMS Working Groups III and V)."""

COMMON = 0.01
"""A harm in this share of people is called common (CIOMS Working Groups III and V)."""

_ELSEWHERE = frozenset({"label", "registry", "patient_report", "case_report", "post_marketing", "other"})
"""Sources of a harm that may be about other people than those in whom harms were counted."""

_KINDS = {
    "serious": ("serious",),
    "hospitalized": ("serious", "hospitalized"),
    "died": ("serious", "died"),
}
"""The counts that include a harm of each seriousness, in addition to that of any harm."""

_MICROGRAMS = {"µg": 1, "μg": 1, "ug": 1, "mcg": 1, "mg": 1_000, "g": 1_000_000}


@check("claim-no-harm", on="safety", severity=Severity.NOTE, needs_one_of=("any", "serious", "died", "exposed"))
def none_in_a_few(item: Item) -> Iterator[Problem]:
    """If no harm was seen, it was in enough people to exclude a common harm."""
    found = _nobody_harmed(item.data)
    if found is None:
        return
    path, people, what = found
    bound = upper_bound(people)
    if bound > COMMON:
        yield Problem(
            f"{what} in {people} {'person' if people == 1 else 'people'} leaves up to {100 * bound:.2g}% possible "
            "(upper 95% bound)",
            at=path,
            hint="mention this if you call it safe: excluding a common harm (1% or more) takes at least 299 people",
        )


def _nobody_harmed(safety: Mapping[str, Any]) -> tuple[Path, int, str] | None:
    """Return the path of a statement that no one was harmed, the number of people, and what was not seen."""
    for key, what in (("any", "no harm"), ("serious", "no serious harm"), ("died", "no death")):
        harmed = safety.get(key, {})
        if known(harmed, "n") == 0 and known(harmed, "of"):
            return (key, "n"), harmed["of"], what
    exposed = known(safety, "exposed")
    if exposed and safety.get("adverse_events") == [] and "any" not in safety:
        return ("adverse_events",), exposed, "no harm"
    return None


@check("claim-dose", on=("harmed", "adverse_event", "warning"), severity=Severity.WARNING, needs="dose")
def harm_at_the_dose(item: Item) -> Iterator[Problem]:
    """A harm counted at the therapy's dose was seen at that dose, and one not counted at it was not."""
    therapy, own = item.dossier.data["therapy"].get("dose", {}), item.data["dose"]
    is_ours = _is_within(own, therapy)
    declared = known(item.data, "therapy_dose")
    if is_ours is None or is_ours is declared or known(item.data, "agent") == "related":
        return
    if is_ours and declared is None:
        return
    yield Problem(
        f"this was seen at {_describe(own)}, but the dose under review is {_describe(therapy)}",
        at=("dose", "amount"),
        hint=_hint(item, is_ours=is_ours),
        related=(("therapy", "dose"),),
        severity=Severity.NOTE if declared is None and "id" in item.data else None,
    )


def _hint(item: Item, *, is_ours: bool) -> str:
    if "id" in item.data:
        return f"write `therapy_dose: {str(is_ours).lower()}`, or correct a dose"
    return "count the harm at the dose under review, or say in `notes` why this one counts and waive this"


def _is_within(dose: Mapping[str, Any], therapy: Mapping[str, Any]) -> bool | None:
    """Whether a dose is the therapy's; None if the two cannot be compared, or overlap in part."""
    if any(known(it, key) is None for it in (dose, therapy) for key in ("amount", "unit", "per")):
        return None
    if dose["per"] != therapy["per"] or _unit(dose) != _unit(therapy):
        return None
    (low, high), (lowest, highest) = _range(dose), _range(therapy)
    if lowest <= low and high <= highest:
        routes = known(dose, "route"), known(therapy, "route")
        return None if None not in routes and routes[0] != routes[1] else True
    return False if high < lowest or highest < low else None


def _unit(dose: Mapping[str, Any]) -> str:
    unit = str(dose["unit"]).strip().casefold()
    return "g" if unit in _MICROGRAMS else unit


def _range(dose: Mapping[str, Any]) -> tuple[float, float]:
    """Return the lowest and the highest amount of a dose, masses in micrograms."""
    factor = _MICROGRAMS.get(str(dose["unit"]).strip().casefold(), 1)
    return dose["amount"] * factor, max(dose["amount"], dose.get("amount_high", 0)) * factor


def _describe(dose: Mapping[str, Any]) -> str:
    amount = f"{dose['amount']} to {dose['amount_high']}" if "amount_high" in dose else str(dose["amount"])
    return f"{amount} {dose['unit']} per {dose['per']}" if dose["per"] != "once" else f"{amount} {dose['unit']} once"


class Share(NamedTuple):
    """The share of people with a harm: its possible range before rounding, and as reported."""

    low: float
    high: float
    wording: str


@check("count-serious", on="safety", severity=Severity.WARNING, needs_one_of=("serious", "hospitalized", "died"))
def harms_within_harms(item: Item) -> Iterator[Problem]:
    """Among the same people, no more had a serious harm than any harm, and no more were hospitalized or died than that.

    Hospitalization and death are serious by definition (ICH guideline E2A).
    """
    for part, arm in product(("serious", "hospitalized", "died"), ((), ("control",))):
        for whole in ("serious", "any"):
            if part == whole or not _includes(item.data.get(whole, {}), item.data.get(part, {})):
                continue
            more = _more(item, (part, *arm), (whole, *arm))
            if more is not None:
                some, everyone = more
                yield Problem(
                    f"`{_name(part, arm)}` counts {some}, but `{_name(whole, arm)}` only {everyone}",
                    at=(part, *arm, _number(item, (part, *arm))),
                    hint=f"`{whole}` includes `{part}`: correct one of the two, or show with `counts` or `source` how "
                    "they differ",
                    related=((*item.path, whole, *arm),),
                )
                break


def _includes(whole: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """Whether one count of harmed people includes another, if both are about the same people."""
    if any(key in part and key in whole and part[key] != whole[key] for key in ("source", "dose")):
        return False
    counts = known(part, "counts"), known(whole, "counts")
    return counts[0] in (counts[1], "attributed") or counts[1] == "all_causes"


def _more(item: Item, part: Path, whole: Path) -> tuple[str, str] | None:
    """Return two counts in words if the first, of the same people, exceeds the second whatever the rounding."""
    one, other = _at(item, part), _at(item, whole)
    totals, counts = [known(it, "of") for it in (one, other)], [known(it, "n") for it in (one, other)]
    if None not in totals and totals[0] != totals[1]:
        return None
    if None not in counts and totals[0] == totals[1]:
        of = "" if totals[0] is None else " of them"
        return (_counted(one), f"{counts[1]}{of}") if counts[0] > counts[1] else None
    some, everyone = share(item, part), share(item, whole)
    if some is None or everyone is None or some.low <= everyone.high:
        return None
    return some.wording, everyone.wording


def share(item: Item, keys: Path) -> Share | None:
    """Return the share of people given by a count, or else by a printed percentage, below an item."""
    data = _at(item, keys)
    count, total = known(data, "n"), known(data, "of")
    if count is not None and total:
        return Share(count / total, count / total, _counted(data))
    percent = reported(item, *keys, "percent") if "percent" in data else None
    if percent is None:
        return None
    return Share(float(percent.low) / 100, float(percent.high) / 100, f"{item.written(*keys, 'percent')}%")


def _at(item: Item, keys: Path) -> Mapping[str, Any]:
    value: Any = item.data
    for key in keys:
        value = value[key] if isinstance(key, int) else value.get(key, {})
    mapping: Mapping[str, Any] = value
    return mapping


def _counted(harm: Mapping[str, Any]) -> str:
    """Return a count in words: `7 of 15 people`."""
    people = "person" if known(harm, "of") is None and harm["n"] == 1 else "people"
    return f"{harm['n']} {people}" if known(harm, "of") is None else f"{harm['n']} of {harm['of']} people"


def _number(item: Item, keys: Path) -> str:
    return "n" if "n" in _at(item, keys) else "percent"


def _name(kind: str, arm: Path) -> str:
    return ".".join((kind, *map(str, arm)))


@check("count-harms", on="safety", severity=Severity.WARNING, needs="adverse_events", needs_one_of=COUNTS)
def single_harms_are_counted(item: Item) -> Iterator[Problem]:
    """No single harm exceeds the count of any harm, and harms are listed if, and only if, people had any."""
    events = item.data["adverse_events"]
    if not events:
        yield from _none_listed(item)
        return
    for number, event in enumerate(events):
        if is_elsewhere(event):
            continue
        for kind in ("any", *_KINDS.get(event.get("seriousness", ""), ())):
            problem = _uncounted(item, number, kind) if kind in item.data else None
            if problem is not None:
                yield problem
                break


def _none_listed(item: Item) -> Iterator[Problem]:
    for kind in COUNTS:
        harmed = item.data.get(kind, {})
        if known(harmed, "n") and known(harmed, "counts") != "all_causes":
            yield Problem(
                f"`adverse_events: []` means that no harm was found, but `{kind}` counts {_counted(harmed)}",
                at=("adverse_events",),
                hint="list the harms that were found, or leave `adverse_events` out",
                related=((*item.path, kind, "n"),),
            )
            return


def _uncounted(item: Item, number: int, kind: str) -> Problem | None:
    """Return the problem that a listed harm contradicts a count of harmed people."""
    event, whole = item.data["adverse_events"][number], item.data[kind]
    if ("of" not in event and event.get("source") in _ELSEWHERE) or event.get("dose") != whole.get(
        "dose", event.get("dose")
    ):
        return None
    for arm in ((), ("control",)):
        at: Path = ("adverse_events", number, *arm)
        more = _more(item, at, (kind, *arm))
        # Other cases of a serious harm may have been mild, so only a count of 0 contradicts it.
        if more is not None and (kind == "any" or _is_nobody(_at(item, (kind, *arm)))):
            return _contradiction(item, (number, *arm), kind, *more)
    if _is_nobody(whole) and "of" not in event and known(event, "n") != 0 and not event.get("percent"):
        return _contradiction(item, (number,), kind, _counted(event) if "n" in event else "", _counted(whole))
    return None


def _is_nobody(harmed: Mapping[str, Any]) -> bool:
    return bool(known(harmed, "n") == 0)


def _contradiction(item: Item, at: Path, kind: str, some: str, everyone: str) -> Problem:
    event, arm = item.data["adverse_events"][at[0]], at[1:]
    had = f"occurred in {some}" if some else "is listed as a harm that occurred"
    attributed = known(item.data[kind], "counts") == "attributed"
    return Problem(
        f"{event['name']} {had}, but `{_name(kind, arm)}` counts {everyone}",
        at=("adverse_events", *at),
        hint="if the therapy did not cause it, say so in `notes` and waive this; otherwise correct a count"
        if attributed
        else "correct a count, or state with `of`, `dose` or `source` that it occurred in other people",
        related=((*item.path, kind),),
        severity=Severity.NOTE if attributed else None,
    )


@check("claim-concern", on="safety", severity=Severity.WARNING, needs="concern", needs_one_of=COUNTS[1:])
def concern_fits_harms(item: Item) -> Iterator[Problem]:
    """The concern is not minor or none if many people had serious harms, or several died."""
    concern = item.data["concern"]
    if concern not in ("none", "minor"):
        return
    for kind in ("died", "serious", "hospitalized"):
        harmed = share(item, (kind,)) if kind in item.data else None
        limit = COMMON if kind == "died" else VERY_COMMON
        if harmed is None or harmed.low < limit:
            continue
        is_owed = _owed(item, kind, harmed) >= limit
        if not is_owed and known(item.data[kind], "counts") is not None:
            continue
        yield Problem(
            f"the concern is {concern if concern == 'minor' else 'stated as none'}, but `{kind}` counts "
            f"{harmed.wording}",
            at=("concern",),
            hint="correct a count or the concern; or explain in `concern_reason` why it is not greater, and waive this"
            if is_owed
            else "state with `counts` whether only harms attributed to the therapy are counted, or correct the concern",
            related=((*item.path, kind),),
            severity=None if is_owed else Severity.NOTE,
        )
        return


def _owed(item: Item, kind: str, harmed: Share) -> float:
    """Return the share of people certainly harmed by the therapy rather than by their illness."""
    if "n" in item.data[kind]:
        rate = attributable_rate(item.data[kind])
        return 0.0 if rate is None else bounds_of(rate)[0]
    counts = known(item.data[kind], "counts")
    if counts == "attributed":
        return harmed.low
    control = share(item, (kind, "control")) if "control" in item.data[kind] else None
    return 0.0 if control is None else max(0.0, harmed.low - control.high)


def is_elsewhere(harm: Mapping[str, Any]) -> bool:
    """Whether a harm is known not to be from the therapy itself at its dose."""
    return known(harm, "agent") == "related" or known(harm, "therapy_dose") is False


@check("count-exposed", on="safety", severity=Severity.WARNING, needs="exposed")
def harms_among_the_exposed(item: Item) -> Iterator[Problem]:
    """No harm of the therapy at its dose was counted among more people than were exposed to it."""
    exposed = known(item.data, "exposed")
    if exposed is None:
        return
    above = [(path, harm) for path, harm in _denominators(item.data) if harm["of"] > exposed and not is_elsewhere(harm)]
    if above:
        path, harm = max(above, key=lambda found: found[1]["of"])
        yield Problem(
            f"this was counted among {harm['of']} people, but only {exposed} were exposed",
            at=(*path, "of"),
            hint="`exposed` counts everyone followed for harm: correct one of the two",
            related=((*item.path, "exposed"),),
        )


def _denominators(safety: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the harms that were counted among a known number of people, with their paths."""
    for key in COUNTS:
        if key in safety and known(safety[key], "of") is not None:
            yield (key,), safety[key]
    for number, event in enumerate(safety.get("adverse_events", ())):
        if known(event, "of") is not None:
            yield ("adverse_events", number), event


@check("count-harms-by-arm", on="trial", severity=Severity.WARNING, needs="harms")
def harms_are_of_people_in_the_arm(item: Item) -> Iterator[Problem]:
    """No arm has more people with a harm than at risk, or more people at risk than participants."""
    arms = {arm["name"]: known(arm, "participants") for arm in item.data.get("arms", ())}
    for number, harm in enumerate(item.data["harms"]):
        for place, arm in enumerate(harm.get("arms", ())):
            at: Path = ("harms", number, "arms", place)
            n, of, people = known(arm, "n"), known(arm, "of"), arms.get(arm["name"])
            if n is not None and of is not None and n > of:
                yield Problem(
                    f"{n} of {of} people had {harm['name']}",
                    at=(*at, "n"),
                    hint="`n` counts people, each once; if a person can have several, write `events`",
                    severity=Severity.ERROR,
                )
            elif of is not None and people is not None and of > people:
                yield Problem(
                    f"{of} people were at risk of {harm['name']} in an arm of {people}",
                    at=(*at, "of"),
                    hint="compare both with the source; two arms may have been combined",
                    related=((*item.path, "arms"),),
                )
