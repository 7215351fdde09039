"""Checks of how studies and reviews were conducted: masking, dates, combined treatments, search flow, scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import is_number
from evgrade.facts.known import is_after, known, partial_date
from evgrade.model import Path, Severity
from evgrade.schema.suggest import added

_PARTIES = {"none": (0, 0), "single": (1, 1), "double": (1, 5), "triple": (2, 5), "quadruple": (3, 5)}
"""How many parties each level of masking can mean: authors count differently, but masking masks at least one."""


@check("claim-masked-parties", on="trial", severity=Severity.WARNING, needs="masked_parties")
def masking_is_that_of_the_parties(item: Item) -> Iterator[Problem]:
    """The level of masking, and whether assessors were masked, fit the list of masked parties."""
    parties: list[str] = item.data["masked_parties"]
    level, assessor = known(item.data, "masking"), known(item.data, "assessor_masked")
    fewest, most = _PARTIES.get(level or "", (0, len(parties)))
    if not fewest <= len(parties) <= most:
        who = ", ".join(party.replace("_", " ") for party in parties) or "no one"
        yield Problem(
            f"the masking is `{level}`, but the masked parties are {who}",
            at=("masking",),
            hint="compare both with the source, and correct one of them",
            related=((*item.path, "masked_parties"),),
        )
    if assessor is not None and assessor != ("outcomes_assessor" in parties):
        yield Problem(
            "`assessor_masked` and `masked_parties` disagree about the outcome assessors",
            at=("assessor_masked",),
            hint="patients who rate their own outcome are its assessors; correct one of the two",
            related=((*item.path, "masked_parties"),),
        )


@check("claim-dates", on="trial", severity=Severity.WARNING, needs_one_of=("started", "ended"))
def dates_are_in_order(item: Item) -> Iterator[Problem]:
    """A trial does not end before it begins, nor begin after it was published."""
    started, ended = (None if key not in item.data else partial_date(item.data[key]) for key in ("started", "ended"))
    if started is not None and ended is not None and is_after(started, ended):
        yield Problem(
            f"it ended on {item.data['ended']}, before it began on {item.data['started']}",
            at=("ended",),
            hint="compare both dates with the registry",
            related=((*item.path, "started"),),
        )
    year = known(item.data, "year")
    if year is not None and started is not None and is_after(started, (int(year),)):
        yield Problem(
            f"it began on {item.data['started']}, after it was published in {int(year)}",
            at=("started",),
            hint="compare both with the source; the report may be of another trial",
            related=((*item.path, "year"),),
        )


@check(
    "claim-combined",
    on="trial",
    severity=Severity.NOTE,
    needs=("combined_with", "result"),
    where=lambda trial: bool(trial["combined_with"]) and trial["result"] in ("benefit", "harm", "mixed"),
)
def combined_treatment_is_not_the_therapy_alone(item: Item) -> Iterator[Problem]:
    """The effect of a combination is not that of the therapy alone."""
    if known(item.data, "agent") != "same":
        return
    others = ", ".join(item.data["combined_with"])
    yield Problem(
        f"it was given with {others}, and the control group had neither: the result may be due to either",
        at=("combined_with",),
        hint="write `agent: related` if the combination is another therapy, or waive this with your reason",
        related=((*item.path, "agent"), (*item.path, "result")),
    )


_FLOW = (
    ("screened", ("identified",), ("duplicates",)),
    ("sought", ("screened",), ("excluded",)),
    ("assessed", ("sought",), ("not_retrieved",)),
)
"""Each step of the search: the records left are those before it less those removed."""


@check("count-flow", on="flow", severity=Severity.WARNING)
def records_add_up(item: Item) -> Iterator[Problem]:
    """The records left by a step of a search are those before it less those removed."""
    for left, before, away in _FLOW:
        numbers = [known(item.data, key) for key in (*before, *away)]
        rest = known(item.data, left)
        if rest is None or None in numbers:
            continue
        first, taken = numbers
        if rest != first - taken:
            yield _does_not_add_up(item, left, rest, f"{first} {before[0]} less {taken} {away[0].replace('_', ' ')}")
    excluded = [known(reason, "n") for reason in item.data.get("excluded_reports", ())]
    assessed, reports = known(item.data, "assessed"), known(item.data, "included_reports")
    if assessed is not None and reports is not None and excluded and None not in excluded:
        counts = [count for count in excluded if count is not None]
        if reports != assessed - sum(counts):
            yield _does_not_add_up(
                item, "included_reports", reports, f"{assessed} assessed less {added(counts)} excluded"
            )
    studies = known(item.data, "included_studies")
    if studies is not None and reports is not None and studies > reports:
        yield Problem(
            f"{studies} studies are included, in {reports} reports",
            at=("included_studies",),
            hint="each study has at least one report: the two may be swapped",
            related=((*item.path, "included_reports"),),
        )


def _does_not_add_up(item: Item, left: str, rest: int, sum_of: str) -> Problem:
    return Problem(
        f"{left.replace('_', ' ')}: {rest}, but {sum_of} is another number",
        at=(left,),
        hint="compare the flow diagram with the source; if records from other sources were added there, say so in "
        "`notes` of the search and waive this",
        related=(item.path,),
    )


@check("effect-beyond-scale", on=None, severity=Severity.WARNING, needs="outcomes", entrywise=True)
def values_are_on_the_scale(item: Item) -> Iterator[Problem]:
    """Means lie on the scale of the outcome that they answer, and differences do not exceed its length."""
    scales = {
        outcome["id"]: outcome["scale"]
        for outcome in item.data["outcomes"]
        if {"low", "high"} <= outcome.get("scale", {}).keys() and outcome["scale"]["low"] < outcome["scale"]["high"]
    }
    if not scales:
        return
    for path, effect in item.whole.effects:
        outcome = effect.get("answers") or _outcome_around(item.data, path)
        if outcome in scales and known(effect, "change_from_baseline") is not True:
            yield from _beyond(item, path, effect, scales[outcome])


def _outcome_around(data: Mapping[str, Any], path: Path) -> str | None:
    """Return the id of the outcome that contains an effect, if one does."""
    return data["outcomes"][path[1]]["id"] if path[0] == "outcomes" else None


def _beyond(item: Item, path: Path, effect: Mapping[str, Any], scale: Mapping[str, Any]) -> Iterator[Problem]:
    low, high = scale["low"], scale["high"]
    name = scale.get("name", "the scale")
    hint = "compare the values and the ends of the scale with the source; they may be on another scale, or transformed"
    for number, arm in enumerate(effect.get("arms", ())):
        for key in ("mean", "median"):
            value = arm.get(key)
            if is_number(value) and not low <= value <= high:
                written = item.written(*path, "arms", number, key)
                yield Problem(
                    f"a {key} of {written} is not on {name}, which goes from {low} to {high}",
                    at=(*path, "arms", number, key),
                    hint=hint,
                )
    estimate = effect.get("estimate")
    if effect.get("measure") == "MD" and is_number(estimate) and abs(estimate) > high - low:
        written = item.written(*path, "estimate")
        yield Problem(
            f"a mean difference of {written} is larger than {name}, which goes from {low} to {high}",
            at=(*path, "estimate"),
            hint=hint,
        )
