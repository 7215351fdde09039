"""The check of a claim of non-inferiority or equivalence against its margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.checks.reported import describe_effect, is_number, plain_p, reported
from evgrade.facts.known import known
from evgrade.facts.measures import DIFFERENCES, RATIOS
from evgrade.model import Path, Severity

_ALPHA = 0.05
_PURPOSES = {"noninferiority": "non-inferiority", "equivalence": "equivalence"}


@check("claim-noninferiority", on="trial", severity=Severity.WARNING, needs="effects")
def noninferior_within_the_margin(item: Item) -> Iterator[Problem]:
    """Where non-inferiority or equivalence is claimed, the interval ends before the margin."""
    marked = any(effect.get("primary") for effect in item.data["effects"])
    for number, effect in enumerate(item.data["effects"]):
        if not is_number(effect.get("noninferiority_margin")) or effect.get("measure") not in RATIOS | DIFFERENCES:
            continue
        # Of the other outcomes the result of a trial says nothing, where its primary ones are marked.
        claim = _claim(item.data, effect, decides=bool(effect.get("primary")) or not marked)
        path: Path = ("effects", number)
        past = _past(Item(effect, (*item.path, *path), item.whole)) if claim is not None else None
        if claim is None or past is None:
            continue
        margin, bound = past
        yield Problem(
            f"{claim}, and the interval of {describe_effect(Item(effect, (*item.path, *path), item.whole))} "
            f"goes past the margin of {margin}",
            at=(*path, bound),
            hint="an interval that includes the margin does not show it: compare margin, interval and claim with the "
            "source",
            related=((*item.path, *path, "noninferiority_margin"),),
        )


def _claim(trial: Mapping[str, Any], effect: Mapping[str, Any], *, decides: bool) -> str | None:
    """Return what claims that the therapy is not inferior, or equivalent; None if nothing does."""
    purpose = known(effect, "p_for")
    if purpose in _PURPOSES and "p" in effect:
        relation, number = plain_p(effect["p"])
        if relation != ">" and number < _ALPHA:
            return f"p for {_PURPOSES[purpose]} is significant"
    tested = purpose in _PURPOSES or known(trial, "hypothesis") in _PURPOSES
    return "`result` is `benefit`" if tested and decides and trial.get("result") == "benefit" else None


def _past(item: Item) -> tuple[str, str] | None:
    """Return the margin that an interval goes past, however it was rounded, and which bound does; None if none does."""
    effect = item.data
    ratio = effect["measure"] in RATIOS
    margin = reported(item, "noninferiority_margin")
    if margin is None or (ratio and margin.value <= 0):
        return None
    no_effect = 1 if ratio else 0
    both = "equivalence" in (known(effect, "p_for"), _hypothesis(item))
    ends = {"ci_high": margin.value > no_effect or both, "ci_low": margin.value < no_effect or both}
    for bound, counts in ends.items():
        number = reported(item, bound) if counts and is_number(effect.get(bound)) else None
        if number is None:
            continue
        above = bound == "ci_high"
        limit = margin.value
        if (limit > no_effect) is not above:
            limit = 1 / limit if ratio else -limit
        # A risk difference may be in percent in one place and not in the other.
        if effect["measure"] == "RD" and (abs(limit) >= 1) is not (abs(number.value) >= 1):
            return None
        if (number.low > limit) if above else (number.high < limit):
            return item.written("noninferiority_margin"), bound
    return None


def _hypothesis(item: Item) -> Any:
    return known(item.above(2), "hypothesis")
