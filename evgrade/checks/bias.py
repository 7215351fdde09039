"""Checks of risk of bias: the overall judgement against its domains, and domains and levels against the tool."""

from __future__ import annotations

import math
from collections.abc import Iterator

from evgrade.checks.model import Item, Problem, check
from evgrade.facts.known import known
from evgrade.facts.quality import RISKS, tool_of, tools
from evgrade.model import Path, Severity
from evgrade.schema.suggest import listed

_BY_ALGORITHM = ("RoB 2", "ROBINS-I")
"""The tools whose guidance derives the overall judgement from the domains."""


@check(
    "claim-bias",
    on=("risk_of_bias", "animal_risk_of_bias"),
    severity=Severity.WARNING,
    needs=("overall", "domains"),
    where=lambda bias: RISKS.get(bias["overall"], 2) < 2,
)
def overall_is_as_bad_as_the_worst_domain(item: Item) -> Iterator[Problem]:
    """The overall risk of bias is at least that of the worst domain.

    RoB 2 and ROBINS-I require this: low needs every domain at low, and one domain at high (serious) makes the whole
    high. Other tools leave the overall judgement to the reviewers, so only low despite a domain at high gets a note.
    """
    overall, domains = item.data["overall"], item.data["domains"]
    judged = {
        name: level
        for name, domain in domains.items()
        if not name.startswith("x-") and (level := known(domain, "judgement")) in RISKS
    }
    where = max(judged, key=lambda name: RISKS[judged[name]], default=None)
    if where is None:
        return
    tool = None if item.path[0] == "preclinical" else tool_of(item.data)
    by_algorithm = tool is not None and tool.title in _BY_ALGORITHM and judged[where] in tool.levels
    worst, apart = judged[where], RISKS[judged[where]] - RISKS[overall]
    if apart <= 0 or not (by_algorithm or apart == 2):
        return
    yield Problem(
        f"the overall risk of bias is {_describe(overall)}, but that of `{where}` is {_describe(worst)}",
        at=("overall",),
        hint=f"by {tool.title if tool else ''} it is at least `{worst}`: correct one of the two judgements"
        if by_algorithm
        else "correct one of the two judgements, or explain in `reason` why that domain does not matter and waive this",
        related=((*item.path, "domains", where, "judgement"),),
        severity=None if by_algorithm else Severity.NOTE,
    )


def _describe(level: str) -> str:
    return level.replace("_", " ")


@check("claim-bias-tool", on="risk_of_bias", severity=Severity.WARNING, needs_one_of=("domains", "overall"))
def judged_in_the_words_of_its_tool(item: Item) -> Iterator[Problem]:
    """The levels and the domains are those of the tool that is named."""
    tool = tool_of(item.data) if "tool" in item.data else None
    if tool is None:
        return
    domains = {name: one for name, one in item.data.get("domains", {}).items() if not name.startswith("x-")}
    judged: list[tuple[Path, str | None]] = [(("overall",), known(item.data, "overall"))]
    judged += [(("domains", name, "judgement"), known(one, "judgement")) for name, one in domains.items()]
    for at, level in judged:
        if level is not None and level not in tool.levels:
            yield Problem(
                f"`{level}` is not a judgement of {tool.title}",
                at=at,
                hint=f"its judgements are {listed(sorted(tool.levels, key=_order))}; or correct `tool`",
            )
    for name in domains:
        if name not in tool.domains:
            others = [one.title for one in tools() if name in one.domains]
            yield Problem(
                f"`{name}` is a domain of {' and '.join(others)}, not of {tool.title}",
                at=("domains", name),
                hint="write the domains of the tool that is named, or correct `tool`",
            )


def _order(level: object) -> tuple[float, str]:
    return RISKS.get(str(level), math.inf), str(level)
