"""Summary of findings and evidence profile as tables, one row per outcome, with the columns of GRADE.

Source: Cochrane Handbook for Systematic Reviews of Interventions, version 6, chapter 14; GRADE guidelines 12, J Clin
Epidemiol 2013;66:158-172. Absolute effects: sections 14.1.5 and 15.4 of the Handbook, by `evgrade.stats.absolute`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from string import ascii_lowercase
from typing import Any

from evgrade.computed.absolute import Absolute
from evgrade.computed.methods import Method
from evgrade.computed.numbers import OutcomeNumbers
from evgrade.computed.words import estimate_words, people_words, stated_words
from evgrade.exporting.exported import Data, Exported, LeftOut, Named, left_out
from evgrade.exporting.table import csv_text
from evgrade.facts.effects import RATIOS, two_arms
from evgrade.facts.known import known
from evgrade.grading.assess import by_grade, certainties

_DOWN = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
_UP = ("large_effect", "dose_response", "plausible_confounding")

_WHICH = ("dossier", "comparison", "outcome", "id", "lay_name", "importance", "more_is_better", "time_point")
_HOW_MANY = ("studies", "participants", "design")
_EFFECT = ("measure", "estimate", "ci_low", "ci_high", "ci_level", "unit", "p", "relative_effect", "effect_from")
_PEOPLE = (
    *("absolute_effect", "absolute_from", "risk_of", "baseline_risk"),
    *("without_per_1000", "with_per_1000", "with_low_per_1000", "with_high_per_1000"),
    *("difference_per_1000", "difference_low_per_1000", "difference_high_per_1000"),
)
_ARMS = ("events_with", "participants_with", "events_without", "participants_without")
_CERTAINTY = ("certainty", "certainty_reason", "certainty_by_evgrade")
_JUDGED = tuple(column for domain in (*_DOWN, *_UP) for column in (domain, f"{domain}_reason"))
_MORE = ("result", "effect_size", "smallest_important_effect", "scale")
_SOURCE = ("contributing", "locator", "quote", "notes", "refs")

_SUMMARY = (*_WHICH, *_EFFECT, *_PEOPLE, *_HOW_MANY, *_CERTAINTY, "footnotes", *_MORE, *_SOURCE)
_PROFILE = (*_WHICH, *_HOW_MANY, *_JUDGED, *_ARMS, *_EFFECT, *_PEOPLE, *_CERTAINTY, *_MORE, *_SOURCE)

_CARRIED = frozenset({"name", "comparison_id", "effect", "baseline_risk_source", "certainty", *_DOWN, *_UP})
_CARRIED_OF_EFFECT = frozenset({"id", "outcome", "arms", *_WHICH, *_EFFECT, *_SOURCE})


def summary_of_findings_csv(dossiers: Sequence[Named]) -> Exported:
    return _exported(dossiers, _SUMMARY)


def evidence_profile_csv(dossiers: Sequence[Named]) -> Exported:
    return _exported(dossiers, _PROFILE)


def _exported(dossiers: Sequence[Named], columns: Sequence[str]) -> Exported:
    rows = [row for one in dossiers for row in _rows(one)]
    outcomes = [outcome for one in dossiers for outcome in one.dossier.data.get("outcomes", ())]
    left = [
        *left_out("outcomes", outcomes, _CARRIED | set(columns)),
        *(
            LeftOut(f"outcomes.effect.{field}", outcome["id"])
            for outcome in outcomes
            for field in outcome.get("effect", ())
            if field not in _CARRIED_OF_EFFECT
        ),
        *(LeftOut("outcomes.effect_size.reason", it["id"]) for it in outcomes if "reason" in it.get("effect_size", ())),
    ]
    return Exported(csv_text(columns, rows), tuple(left))


def _rows(one: Named) -> Iterator[dict[str, Any]]:
    graded = by_grade(one.dossier)
    numbers = {} if graded is None else {found.path[1]: found for found in graded.numbers.outcomes}
    rated = certainties(graded)
    comparisons = {it["id"]: it.get("name", it["id"]) for it in one.dossier.data.get("comparisons", ())}
    for number, outcome in enumerate(one.dossier.data.get("outcomes", ())):
        effect, comparison = known(outcome, "effect") or {}, outcome.get("comparison_id", "")
        words = stated_words(effect, ("outcomes", number, "effect"), one.dossier.document.written)
        yield {
            **outcome,
            **_effect(effect, words, numbers.get(number)),
            **_arms(effect),
            **_judged(outcome),
            "dossier": one.name,
            "outcome": outcome["name"],
            "comparison": comparisons.get(comparison, comparison),
            "time_point": effect.get("time_point"),
            "effect_size": outcome.get("effect_size", {}).get("judgement"),
            "scale": _scale(outcome.get("scale", {})),
            "baseline_risk": _risk(outcome.get("baseline_risk", {})),
            "certainty_by_evgrade": [grade.replace("_", " ") for grade in rated.get(number, ("", ()))[1]],
            "footnotes": [f"{mark}. {note}" for mark, note in zip(ascii_lowercase, _footnotes(outcome), strict=False)],
            "notes": " ".join(it["notes"] for it in (outcome, effect) if "notes" in it) or None,
            "refs": list(dict.fromkeys([*outcome.get("refs", ()), *effect.get("refs", ())])),
        }


def _effect(effect: Data, words: str, counted: OutcomeNumbers | None) -> dict[str, Any]:
    """Return the stated effect, or else the pooled one, and the absolute effect.

    Any effect but a ratio, such as a difference in means, is absolute itself.
    """
    row = {key: effect.get(key) for key in _EFFECT}
    if known(effect, "estimate") is not None:
        row["effect_from"] = "stated"
    elif counted is not None and (pooled := counted.pooled_effect) is not None and pooled.pooling.effect is not None:
        found = pooled.pooling.effect
        row |= zip(("estimate", "ci_low", "ci_high"), astuple(found.estimate), strict=True)
        row |= {"measure": pooled.pooling.measure, "ci_level": 95, "effect_from": _computed(found.method)}
        words = estimate_words(pooled.pooling.measure or "", found.estimate)
    else:
        words = ""
    is_relative = row["measure"] in RATIOS
    people = None if counted is None else counted.in_people
    absolute = {"absolute_effect": words if words and not is_relative else None} if people is None else _people(people)
    return {**row, "relative_effect": words if is_relative else None, **absolute}


def _people(found: Absolute) -> dict[str, Any]:
    """Return an absolute effect per 1,000 people, computed by its method."""
    row: dict[str, Any] = {
        "absolute_effect": people_words(found),
        "absolute_from": _computed(found.method),
        "risk_of": found.risk_of,
        "without_per_1000": None if found.without is None else _rounded(found.without),
    }
    for name, estimate in (("with", found.with_therapy), ("difference", found.difference)):
        if estimate is not None:
            ends = zip(("", "_low", "_high"), astuple(estimate), strict=True)
            row |= {f"{name}{end}_per_1000": _rounded(value) for end, value in ends}
    return row


def _computed(method: Method) -> str:
    return f"computed by evgrade: {method.name}"


def _rounded(number: float) -> float:
    return float(f"{number:.4g}")


def _arms(effect: Data) -> dict[str, Any]:
    """Return the counts of both arms for an evidence profile."""
    return {
        f"{ours}_{side}": known(arm, theirs)
        for side, arm in zip(("with", "without"), two_arms(effect) or (), strict=False)
        for ours, theirs in (("events", "events"), ("participants", "participants"))
    }


def _judged(outcome: Data) -> dict[str, Any]:
    return {
        column: value
        for domain in (*_DOWN, *_UP, "certainty")
        for column, value in (
            (domain, str(outcome.get(domain, {}).get("judgement", "")).replace("_", " ")),
            (f"{domain}_reason", outcome.get(domain, {}).get("reason")),
        )
    }


def _footnotes(outcome: Data) -> Iterator[str]:
    """Yield the reasons for rating certainty down or up."""
    for domain in (*_DOWN, *_UP):
        judgement = known(outcome.get(domain, {}), "judgement")
        if judgement not in (None, "not_serious", "undetected", "no"):
            reason = outcome[domain].get("reason", "no reason is given")
            yield f"{domain.capitalize().replace('_', ' ')}, {judgement.replace('_', ' ')}: {reason}"


def _scale(scale: Data) -> str:
    """Return a scale with its limits, if stated."""
    ends = f"({scale['low']} to {scale['high']})" if "low" in scale and "high" in scale else ""
    return f"{scale.get('name', '')} {ends}".strip()


def _risk(risk: Data) -> str | None:
    """Return a baseline risk as stated: a count or a percentage."""
    if "n" in risk and "of" in risk:
        return f"{risk['n']} of {risk['of']}"
    return f"{risk['percent']} %" if "percent" in risk else None
