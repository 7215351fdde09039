"""Checks of claims against data: what a study is said to be or to show, and what its own facts show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts import known
from evgrade.facts.measures import no_effect
from evgrade.model import Path, Severity

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
    """A study said to show benefit has an effect that counts whose interval does not include no effect."""
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
            hint="such data are also compatible with no effect or harm: write `unclear` or `no_benefit`, or add the "
            "effect that shows the benefit",
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
    """A study said to show no benefit has no primary effect for the therapy whose interval excludes no effect."""
    if known(item.data, "smallest_important_effect") is not None:
        return
    for path, effect in _primary(item.data):
        if known(effect, "favours") == "therapy" and _includes_no_effect(effect) is False:
            yield Problem(
                "the result is `no_benefit`, but the interval excludes no effect, in favour of the therapy: "
                + _describe(item, path, effect),
                at=("result",),
                hint="if the effect is too small to matter, say so in `notes` and waive this; else correct `result` "
                "or `favours`",
                related=((*item.path, *path, "ci_low"),),
            )
            return


def _effects_that_count(data: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """Return the primary effects of a study, or all where none is marked; of an outcome its effect."""
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
    """Whether an effect shows a benefit although its interval includes no effect, if it ends before a margin."""
    return known(effect, "p_for") in ("noninferiority", "equivalence") or "noninferiority_margin" in effect


def _includes_no_effect(effect: Mapping[str, Any]) -> bool | None:
    """Whether the 95% interval of an effect includes no effect; None where that is not known.

    A bound printed as no effect itself, such as 1.00, may have been rounded from either side of it.
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
    """Whether nothing that is stated of an effect could be what shows a benefit."""
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
            hint="if there is only one treatment, participants and staff know it: correct `masking` or the design",
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
    """A trial that is randomized has more than one group, and a comparison."""
    reason = _single_group(item)
    if reason is None and known(item.data, "control") == "none":
        reason = "control"
    if reason is not None:
        what = "has no control" if reason == "control" else "has a single group"
        yield Problem(
            f"the allocation is `randomized`, but the trial {what}",
            at=("allocation",),
            hint="randomization needs two groups or more: correct `allocation`, or state in `control` what the therapy "
            "was compared with (`dose_comparison` for another dose of it)",
            related=((*item.path, reason),),
        )


def _single_group(item: Item) -> str | None:
    """Return the key that says that a trial has a single group, None if nothing does.

    One arm does where nothing else says that there was something to compare it with: arms may be left out of a dossier.
    """
    if known(item.data, "intervention_model") == "single_group":
        return "intervention_model"
    compared = known(item.data, "control") not in (None, "none", "historical")
    alone = len(item.data.get("arms", ())) == 1 and known(item.data, "intervention_model") is None
    return "arms" if alone and not compared else None


@check("claim-unanswered", on="claim", severity=Severity.WARNING)
def claims_answered(item: Item) -> Iterator[Problem]:
    """A claim names the evidence that bears on it, or says that there is none.

    It says so as `untested`; a reason says it of one that is `unsupported`, or where the standing is not known. What is
    supported or contradicted is so by something.
    """
    standing = known(item.data, "standing")
    if item.data.get("answered_by") or standing == "untested":
        return
    if standing in (None, "unsupported") and "standing_reason" in item.data:
        return
    yield Problem(
        f"no evidence answers this claim{'' if standing is None else f', which is `{standing}`'}",
        at=("statement",) if standing is None else ("standing",),
        hint="list the relevant items in `answered_by`, or write `standing: untested`",
    )
