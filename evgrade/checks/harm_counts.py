"""Checks of harms that are counted in several places: totals, single harms and the overall concern must agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import reported
from evgrade.facts.counts import attributable_rate
from evgrade.facts.known import bounds_of, known
from evgrade.model import Path, Severity

COUNTS = ("any", "serious", "hospitalized", "died")
"""The kinds of harm whose people are counted."""

VERY_COMMON = 0.1
"""A harm of this share of people is called very common (CIOMS Working Groups III and V)."""

COMMON = 0.01
"""A harm of this share of people is called common (CIOMS Working Groups III and V)."""

_ELSEWHERE = frozenset({"label", "registry", "patient_report", "case_report", "post_marketing", "other"})
"""Sources of a harm that need not be about the people in whom harms were counted."""

_KINDS = {
    "serious": ("serious",),
    "hospitalized": ("serious", "hospitalized"),
    "died": ("serious", "died"),
}
"""The counts that a harm of some seriousness belongs to, in addition to that of any harm."""


class Share(NamedTuple):
    """The share of people who had a harm: what it may have been before rounding, and as it is reported."""

    low: float
    high: float
    wording: str


@check("count-serious", on="safety", severity=Severity.WARNING, needs_one_of=("serious", "hospitalized", "died"))
def harms_within_harms(item: Item) -> Iterator[Problem]:
    """Of the same people, no more had a serious harm than any, and no more were admitted or died of it.

    An admission to hospital and a death are serious by definition (ICH guideline E2A).
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
    """Whether one count of harmed people counts all that another does, if both count the same people."""
    if any(key in part and key in whole and part[key] != whole[key] for key in ("source", "dose")):
        return False
    counts = known(part, "counts"), known(whole, "counts")
    return counts[0] in (counts[1], "attributed") or counts[1] == "all_causes"


def _more(item: Item, part: Path, whole: Path) -> tuple[str, str] | None:
    """Return two counts in words where the first, of the same people, is above the second beyond all rounding."""
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
    """Return the share of people that a count, or else a printed percentage, below an item stands for."""
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
    """No single harm was had by more people than any harm, and none is listed where nobody had any, or the reverse."""
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
    """Return the problem of a harm that is listed, and that a count of harmed people leaves no room for."""
    event, whole = item.data["adverse_events"][number], item.data[kind]
    if ("of" not in event and event.get("source") in _ELSEWHERE) or event.get("dose") != whole.get(
        "dose", event.get("dose")
    ):
        return None
    for arm in ((), ("control",)):
        at: Path = ("adverse_events", number, *arm)
        more = _more(item, at, (kind, *arm))
        # Of a harm of some severity the others may have been mild: only none of that severity leaves no room for it.
        if more is not None and (kind == "any" or _is_nobody(_at(item, (kind, *arm)))):
            return _contradiction(item, (number, *arm), kind, *more)
    if _is_nobody(whole) and "of" not in event and known(event, "n") != 0 and not event.get("percent"):
        return _contradiction(item, (number,), kind, _counted(event) if "n" in event else "somebody", _counted(whole))
    return None


def _is_nobody(harmed: Mapping[str, Any]) -> bool:
    return bool(known(harmed, "n") == 0)


def _contradiction(item: Item, at: Path, kind: str, some: str, everyone: str) -> Problem:
    event, arm = item.data["adverse_events"][at[0]], at[1:]
    had = "is listed as a harm that was seen" if some == "somebody" else f"occurred in {some}"
    attributed = known(item.data[kind], "counts") == "attributed"
    return Problem(
        f"{event['name']} {had}, but `{_name(kind, arm)}` counts {everyone}",
        at=("adverse_events", *at),
        hint="if the therapy did not cause it, say so in `notes` and waive this; otherwise correct a count"
        if attributed
        else "correct a count, or show with `of`, `dose` or `source` that it was seen in other people",
        related=((*item.path, kind),),
        severity=Severity.NOTE if attributed else None,
    )


@check("claim-concern", on="safety", severity=Severity.WARNING, needs="concern", needs_one_of=COUNTS[1:])
def concern_fits_harms(item: Item) -> Iterator[Problem]:
    """A minor concern, or none, does not go with serious harm of many people or the death of some."""
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
    """Return the share of people who were surely harmed by the therapy, not by their illness."""
    if "n" in item.data[kind]:
        rate = attributable_rate(item.data[kind])
        return 0.0 if rate is None else bounds_of(rate)[0]
    counts = known(item.data[kind], "counts")
    if counts == "attributed":
        return harmed.low
    control = share(item, (kind, "control")) if "control" in item.data[kind] else None
    return 0.0 if control is None else max(0.0, harmed.low - control.high)


def is_elsewhere(harm: Mapping[str, Any]) -> bool:
    """Whether a harm is known not to be one of the therapy itself, at its dose."""
    return known(harm, "agent") == "related" or known(harm, "therapy_dose") is False
