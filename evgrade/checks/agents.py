"""Checks of what was studied: a related agent or condition must not count as the therapy or the condition itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.model import Severity
from evgrade.schema.suggest import shown

_STUDIES = ("mechanism_evidence", "preclinical", "case", "trial", "synthesis", "observational_study")
_WITH_AGENT = (*_STUDIES, "adverse_event", "warning")


@check(
    "claim-agent",
    on=_WITH_AGENT,
    severity=Severity.WARNING,
    needs=("agent", "agent_name"),
    where=lambda study: study["agent"] == "same",
)
def agent_is_the_therapy(item: Item) -> Iterator[Problem]:
    """What is counted as the therapy has a name of the therapy, and not that of a related agent."""
    therapy = item.dossier.data["therapy"]
    related = {_plain(agent["name"]) for agent in therapy.get("related_agents", ())}
    if _plain(item.data["agent_name"]) in related:
        known_as, other = "is listed among the related agents", "remove it from `therapy.related_agents`"
    elif _may_be(item.data["agent_name"], therapy):
        return
    else:
        known_as, other = "is not a name of the therapy", "add the name to `therapy.other_names`"
    yield Problem(
        f"this is counted as the therapy itself, but {shown(item.data['agent_name'])} {known_as}",
        at=("agent",),
        hint=f"write `agent: related`, or {other}",
        related=((*item.path, "agent_name"),),
    )


@check(
    "claim-agent-unnamed",
    on=_WITH_AGENT,
    severity=Severity.NOTE,
    needs="agent",
    where=lambda study: study["agent"] == "related" and "agent_name" not in study,
)
def related_agent_named(_: Item) -> Iterator[Problem]:
    """A related agent has a name, so that readers can judge how near it is."""
    yield Problem(
        "the related agent is not named",
        at=("agent",),
        hint="name it in `agent_name`",
    )


@check(
    "claim-condition",
    on=_STUDIES,
    severity=Severity.WARNING,
    needs=("condition", "condition_name"),
    where=lambda study: study["condition"] == "same",
)
def condition_is_the_same(item: Item) -> Iterator[Problem]:
    """What is counted as a study of the condition has a name of the condition."""
    if not _may_be(item.data["condition_name"], item.dossier.data["condition"]):
        yield Problem(
            f"this is counted as the condition itself, but {shown(item.data['condition_name'])} is not a name of it",
            at=("condition",),
            hint="write `condition: related`, or add the name to `condition.other_names`",
            related=((*item.path, "condition_name"),),
        )


def _may_be(name: str, subject: Mapping[str, Any]) -> bool:
    """Whether a name may mean a therapy or condition: one of its names, a part or a kind of one, or its initials."""
    given = _plain(name)
    names = [_plain(one) for one in (subject["name"], *subject.get("other_names", ()))]
    return any(given in one or one in given or given == _initials(one) or one == _initials(given) for one in names)


def _initials(name: str) -> str:
    return _plain("".join(word[0] for word in name.split()))


def _plain(text: str) -> str:
    """Return a name without capitals and signs, with a space about each word, so that only whole words match."""
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "
