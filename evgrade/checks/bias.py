"""The check of an overall risk of bias against the domains that it was judged from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts.known import known
from evgrade.model import Severity

_WORSE = {"low": 0, "some_concerns": 1, "high": 2}


@check(
    "claim-bias",
    on=("risk_of_bias", "animal_risk_of_bias"),
    severity=Severity.WARNING,
    needs=("overall", "domains"),
    where=lambda bias: bias["overall"] in ("low", "some_concerns"),
)
def overall_is_as_bad_as_the_worst_domain(item: Item) -> Iterator[Problem]:
    """The overall risk of bias is at least that of the worst domain.

    RoB 2 allows no other: low needs every domain at low, and one domain at high makes all of it high. Other tools leave
    the overall judgement to the reviewers, so that only low beside a domain at high is worth a note there.
    """
    overall, domains = item.data["overall"], item.data["domains"]
    judged = {name: known(domain, "judgement") for name, domain in domains.items() if not name.startswith("x-")}
    worst = max((level for level in judged.values() if level), key=_WORSE.__getitem__, default="low")
    by_algorithm = _is_rob_2(item.data) and item.path[0] != "preclinical"
    if _WORSE[overall] >= _WORSE[worst] or not (by_algorithm or (overall, worst) == ("low", "high")):
        return
    where = next(name for name, level in judged.items() if level == worst)
    yield Problem(
        f"the overall risk of bias is {_told(overall)}, and that of `{where}` is {_told(worst)}",
        at=("overall",),
        hint=f"by RoB 2 it is at least `{worst}`: correct one of the two judgements"
        if by_algorithm
        else "correct one of the two judgements, or explain in `reason` why that domain does not matter and waive this",
        related=((*item.path, "domains", where, "judgement"),),
        severity=None if by_algorithm else Severity.NOTE,
    )


def _is_rob_2(bias: Mapping[str, Any]) -> bool:
    """Whether domains were judged with RoB 2: they have its names, so they were unless another tool is named."""
    tool = "".join(filter(str.isalnum, bias.get("tool", "rob2").casefold()))
    return tool.startswith(("rob2", "cochranerob2", "revisedcochrane", "riskofbias2", "cochraneriskofbias2"))


def _told(level: str) -> str:
    return level.replace("_", " ")
