"""Checks of claims: what a study is said to be or to show, against its own facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem, check
from evgrade.checks.reported import describe_effect, is_number, plain_p, reported
from evgrade.facts.effects import DIFFERENCES, RATIOS, no_effect
from evgrade.facts.known import known
from evgrade.model import Path, Severity
from evgrade.schema.suggest import shown

_WITH_RESULT = ("trial", "synthesis", "observational_study", "outcome")
_SIGNIFICANT = 0.05
_USUAL_LEVEL = 95


@check(
    "claim-benefit",
    on=_WITH_RESULT,
    severity=Severity.WARNING,
    needs="result",
    needs_one_of=("effects", "effect"),
    where=lambda study: study["result"] == "benefit",
)
def benefit_shown(item: Item) -> Iterator[Problem]:
    """A study said to show benefit has a relevant effect with an interval that excludes no effect."""
    if known(item.data, "hypothesis") in ("noninferiority", "equivalence"):
        return
    effects = _effects_that_count(item.data)
    if any(_is_of_noninferiority(effect) for _, effect in effects):
        return
    included = [(path, effect) for path, effect in effects if _includes_no_effect(effect) is True]
    if included and all(_shows_nothing(effect) for _, effect in effects):
        path, effect = included[0]
        what = "the interval includes" if len(included) == 1 else f"all {len(included)} intervals include"
        yield Problem(
            f"the result is `benefit`, but {what} no effect: {_describe(item, path, effect)}",
            at=("result",),
            hint="this is also compatible with no effect or harm: write `unclear` or `no_benefit`, or add the effect "
            "that shows the benefit",
            related=((*item.path, *path, "ci_low"),),
        )


@check(
    "claim-no-benefit",
    on=_WITH_RESULT,
    severity=Severity.WARNING,
    needs="result",
    needs_one_of=("effects", "effect"),
    where=lambda study: study["result"] == "no_benefit",
)
def no_benefit_shown(item: Item) -> Iterator[Problem]:
    """A study said to show no benefit has no primary effect in favour of the therapy that excludes no effect."""
    if known(item.data, "smallest_important_effect") is not None:
        return
    for path, effect in _primary(item.data):
        if known(effect, "favours") == "therapy" and _includes_no_effect(effect) is False:
            yield Problem(
                "the result is `no_benefit`, but the interval excludes the null value (no effect) and favours the"
                " therapy: " + _describe(item, path, effect),
                at=("result",),
                hint="if the effect is too small to matter, say so in `notes` and waive this; else correct `result` "
                "or `favours`",
                related=((*item.path, *path, "ci_low"),),
            )
            return


def _effects_that_count(data: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """Return the primary effects of a study, or all if none is marked; for an outcome, its effect."""
    everything: list[tuple[Path, Mapping[str, Any]]] = [
        (("effects", number), effect) for number, effect in enumerate(data.get("effects", ()))
    ]
    return _primary(data) or everything


def _primary(data: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """Return the effects that a study marks as primary, and the effect of an outcome."""
    if "effect" in data:
        return [(("effect",), data["effect"])]
    effects = enumerate(data.get("effects", ()))
    return [(("effects", number), effect) for number, effect in effects if effect.get("primary")]


def _is_of_noninferiority(effect: Mapping[str, Any]) -> bool:
    """Whether an effect can show benefit with an interval that includes no effect, by not reaching a margin."""
    return known(effect, "p_for") in ("noninferiority", "equivalence") or "noninferiority_margin" in effect


def _includes_no_effect(effect: Mapping[str, Any]) -> bool | None:
    """Whether the 95% interval of an effect includes no effect; None if unknown.

    A bound printed as no effect itself, such as 1.00, may be rounded from either side.
    """
    measure = known(effect, "measure")
    middle = known(effect, "null_value") if measure == "other" else no_effect(measure)
    low, high, level = known(effect, "ci_low"), known(effect, "ci_high"), known(effect, "ci_level") or _USUAL_LEVEL
    if middle is None or low is None or high is None or low > high or middle in (low, high):
        return None
    if low < middle < high:
        return True if level <= _USUAL_LEVEL else None
    return False if level >= _USUAL_LEVEL else None


def _shows_nothing(effect: Mapping[str, Any]) -> bool:
    """Whether nothing stated about an effect can show benefit."""
    included = _includes_no_effect(effect)
    if included is not None:
        return included
    p, favours = known(effect, "p"), known(effect, "favours")
    if isinstance(p, int | float) and known(effect, "p_for") in (None, "superiority"):
        return p >= _SIGNIFICANT
    return favours in ("neither", "control")


def _describe(item: Item, path: Path, effect: Mapping[str, Any]) -> str:
    low, high = (item.written(*path, key) for key in ("ci_low", "ci_high"))
    return f"{effect['measure']} {low} to {high}"


@check(
    "claim-masking",
    on="trial",
    severity=Severity.WARNING,
    needs="masking",
    needs_one_of=("intervention_model", "arms"),
    where=lambda trial: trial["masking"] in ("double", "triple", "quadruple"),
)
def masked_with_a_group_to_compare(item: Item) -> Iterator[Problem]:
    """A trial with a single group is not double masked."""
    reason = _single_group(item)
    if reason is not None:
        yield Problem(
            f"the masking is `{item.data['masking']}`, but the trial has a single group",
            at=("masking",),
            hint="with only one treatment, participants and staff know what is given: correct `masking` or the design",
            related=((*item.path, reason),),
        )


@check(
    "claim-randomized",
    on="trial",
    severity=Severity.WARNING,
    needs="allocation",
    needs_one_of=("intervention_model", "arms", "control"),
    where=lambda trial: trial["allocation"] == "randomized",
)
def randomized_to_something(item: Item) -> Iterator[Problem]:
    """A randomized trial has more than one group, and a comparison."""
    reason = _single_group(item)
    if reason is None and known(item.data, "control") == "none":
        reason = "control"
    if reason is not None:
        what = "has no control" if reason == "control" else "has a single group"
        yield Problem(
            f"the allocation is `randomized`, but the trial {what}",
            at=("allocation",),
            hint="randomization needs at least two groups: correct `allocation`, or state in `control` what the "
            "therapy was compared with (`dose_comparison` for another dose)",
            related=((*item.path, reason),),
        )


def _single_group(item: Item) -> str | None:
    """Return the key that says that a trial has a single group, None if nothing does.

    A single arm counts only if nothing else mentions a comparison, as dossiers may omit arms.
    """
    if known(item.data, "intervention_model") == "single_group":
        return "intervention_model"
    compared = known(item.data, "control") not in (None, "none", "historical")
    alone = len(item.data.get("arms", ())) == 1 and known(item.data, "intervention_model") is None
    return "arms" if alone and not compared else None


@check("claim-unanswered", on="claim", severity=Severity.WARNING)
def claims_answered(item: Item) -> Iterator[Problem]:
    """A claim names the relevant evidence, or says that there is none.

    It says so with `untested`, or with a reason if it is `unsupported` or its standing is unknown. Only evidence can
    support or contradict a claim.
    """
    standing = known(item.data, "standing")
    if item.data.get("answered_by") or standing == "untested":
        return
    if standing in (None, "unsupported") and "standing_reason" in item.data:
        return
    yield Problem(
        f"no evidence is named for this claim{'' if standing is None else f', which is `{standing}`'}",
        at=("statement",) if standing is None else ("standing",),
        hint="list the relevant items in `answered_by`, or write `standing: untested`",
    )


_PURPOSES = {"noninferiority": "non-inferiority", "equivalence": "equivalence"}


@check("claim-noninferiority", on="trial", severity=Severity.WARNING, needs="effects")
def noninferior_within_the_margin(item: Item) -> Iterator[Problem]:
    """If non-inferiority or equivalence is claimed, the interval does not reach the margin."""
    marked = any(effect.get("primary") for effect in item.data["effects"])
    for number, effect in enumerate(item.data["effects"]):
        if not is_number(effect.get("noninferiority_margin")) or effect.get("measure") not in RATIOS | DIFFERENCES:
            continue
        # If primary outcomes are marked, the result of a trial says nothing about the others.
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
            hint="an interval that includes the margin does not show that: compare margin, interval and claim with the "
            "source",
            related=((*item.path, *path, "noninferiority_margin"),),
        )


def _claim(trial: Mapping[str, Any], effect: Mapping[str, Any], *, decides: bool) -> str | None:
    """Return the claim that the therapy is non-inferior or equivalent; None if there is none."""
    purpose = known(effect, "p_for")
    if purpose in _PURPOSES and "p" in effect:
        relation, number = plain_p(effect["p"])
        if relation != ">" and number < _SIGNIFICANT:
            return f"p for {_PURPOSES[purpose]} is significant"
    tested = purpose in _PURPOSES or known(trial, "hypothesis") in _PURPOSES
    return "`result` is `benefit`" if tested and decides and trial.get("result") == "benefit" else None


def _past(item: Item) -> tuple[str, str] | None:
    """Return the margin that an interval goes past, whatever the rounding, and which bound does; None if none does."""
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
        # One of the risk differences may be in percent and the other not.
        if effect["measure"] == "RD" and (abs(limit) >= 1) is not (abs(number.value) >= 1):
            return None
        if (number.low > limit) if above else (number.high < limit):
            return item.written("noninferiority_margin"), bound
    return None


def _hypothesis(item: Item) -> Any:
    return known(item.above(2), "hypothesis")


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
    """An agent counted as the therapy has a name of the therapy, not that of a related agent."""
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
    """A related agent has a name, so that readers can judge how similar it is."""
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
    """A condition counted as the one under review has one of its names."""
    if not _may_be(item.data["condition_name"], item.dossier.data["condition"]):
        yield Problem(
            f"this is counted as the condition itself, but {shown(item.data['condition_name'])} is not a name of it",
            at=("condition",),
            hint="write `condition: related`, or add the name to `condition.other_names`",
            related=((*item.path, "condition_name"),),
        )


def _may_be(name: str, subject: Mapping[str, Any]) -> bool:
    """Whether a name may mean a therapy or condition: it contains, is part of, or abbreviates one of its names."""
    given = _plain(name)
    names = [_plain(one) for one in (subject["name"], *subject.get("other_names", ()))]
    return any(given in one or one in given or given == _initials(one) or one == _initials(given) for one in names)


def _initials(name: str) -> str:
    return _plain("".join(word[0] for word in name.split()))


def _plain(text: str) -> str:
    """Return a name in lower case without punctuation, with spaces around each word so that only whole words match."""
    words = re.findall(r"\w+", text.casefold())
    return f" {' '.join(words)} "
