"""Posted results of a study at ClinicalTrials.gov: people by arm, outcomes and their analyses, harms.

Groups of results have numbers of their own and no key to the arms. They are matched by title, all of them or none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from evgrade.importing.found import Record
from evgrade.importing.tree import count, items, number, text, within

Entry = dict[str, Any]

_MEASURES = {
    "hazard ratio (hr)": "HR",
    "hazard ratio, log": None,
    "odds ratio (or)": "OR",
    "risk ratio (rr)": "RR",
    "risk difference (rd)": "RD",
    "mean difference (final values)": "MD",
    "mean difference (net)": "MD",
    "ls mean difference": "MD",
    "difference of ls means": "MD",
    "difference of ls mean": "MD",
    "difference in ls means": "MD",
}
_P = re.compile(r"(?:=|([<>]=?|[≤≥]))? ?([01]?\.[0-9]{1,15}|[01])")
_TOTAL = re.compile(r"\b(total|overall|all (participants|patients|subjects))\b", re.IGNORECASE)


def add_results(data: Any, trial: Entry, record: Record) -> None:
    """Add what results say to a trial."""
    results = within(data, "resultsSection")
    if not isinstance(results, dict):
        return
    _flow(results, trial, record)
    effects = [
        effect
        for at, one in items(results, "outcomeMeasuresModule", "outcomeMeasures")
        for effect in _outcome(one, trial, record, f"/resultsSection/outcomeMeasuresModule/outcomeMeasures/{at}")
    ]
    if effects:
        trial["effects"] = effects
    harms = _harms(within(results, "adverseEventsModule"), trial, record)
    if harms:
        trial["harms"] = harms
    baseline = within(results, "baselineCharacteristicsModule", "measures")
    if isinstance(baseline, list) and baseline:
        record.note(
            "/resultsSection/baselineCharacteristicsModule", f"{len(baseline)} baseline measures were not taken"
        )


def _plain(title: str) -> str:
    return re.sub(r"[(\[][^()\[\]]*+[)\]]", "", title).casefold().strip()


def _matched(groups: Sequence[tuple[str, str]], trial: Entry) -> dict[str, Entry]:
    """Return the arms of groups, given as number and title, by their numbers: each has its own arm, or none has."""
    arms = trial.get("arms", [])
    found: dict[str, Entry] = {}
    for key, title in groups:
        same = [arm for arm in arms if arm["name"] == title] or [
            arm for arm in arms if _plain(arm["name"]) == _plain(title)
        ]
        if len(same) != 1 or any(same[0] is one for one in found.values()):
            return {}
        found[key] = same[0]
    return found


def _groups(owner: Any, keys: str, trial: Entry, record: Record, pointer: str) -> dict[str, str]:
    """Return the titles of groups by their numbers; those that count people of other groups again are left out."""
    found: dict[str, str] = {}
    for at, one in items(owner, keys):
        key, title = text(one, "id"), text(one, "title")
        if not key or not title or key in found:
            record.note(f"{pointer}/{keys}/{at}", "a group without a number or a title of its own: not taken")
        elif _TOTAL.search(title) and not _matched([(key, title)], trial):
            record.note(f"{pointer}/{keys}/{at}", f"`{title[:60]}` counts people of other groups again: not taken")
        else:
            found[key] = title if title not in found.values() else f"{title} ({key})"
    return found


def _sides(groups: dict[str, str], trial: Entry) -> dict[str, str]:
    """Return `intervention` or `control` by group where every group is an arm of a role that says so."""
    roles = {key: arm.get("role") for key, arm in _matched(list(groups.items()), trial).items()}
    sides = {
        "experimental": "intervention",
        "placebo_comparator": "control",
        "sham_comparator": "control",
        "active_comparator": "control",
        "no_intervention": "control",
    }
    if trial.get("intervention_model") == "crossover" or any(role not in sides for role in roles.values()):
        return {}
    found = {key: sides[str(role)] for key, role in roles.items()}
    return found if len(set(found.values())) == 2 else {}  # some registers call every arm experimental


def _flow(results: Any, trial: Entry, record: Record) -> None:
    pointer = "/resultsSection/participantFlowModule"
    flow = within(results, "participantFlowModule")
    periods = list(items(flow, "periods"))
    groups = {text(one, "id"): text(one, "title") for _, one in items(flow, "groups")}
    arms = _matched(list(groups.items()), trial)
    if not periods:
        return
    if len(periods) != 1 or not arms:
        why = "its groups are not the arms" if not arms else f"it has {len(periods)} periods"
        record.note(pointer, f"the flow of participants was not taken: {why}")
        return
    for at, milestone in items(periods[0][1], "milestones"):
        field = {"STARTED": "participants", "COMPLETED": "completed"}.get(text(milestone, "type"))
        if field is None:
            record.note(
                f"{pointer}/periods/0/milestones/{at}", "a milestone other than start and completion: not taken"
            )
            continue
        for _, one in items(milestone, "achievements"):
            people, arm = count(one, "numSubjects"), arms.get(text(one, "groupId"))
            if arm is not None and people is not None:
                arm[field] = people


def _outcome(measure: Entry, trial: Entry, record: Record, pointer: str) -> list[Entry]:
    title = text(measure, "title")
    if not title or text(measure, "reportingStatus") == "NOT_POSTED":
        record.note(
            pointer, "an outcome without results: not taken" if title else "an outcome without a title: not taken"
        )
        return []
    common: Entry = {"outcome": title}
    kind, frame = text(measure, "type"), text(measure, "timeFrame")
    if kind in ("PRIMARY", "SECONDARY"):
        common["primary"] = kind == "PRIMARY"
    groups = _groups(measure, "groups", trial, record, pointer)
    after = {"time_point": frame} if frame else {}
    rows = _rows(measure, groups, trial, record, pointer)
    analyses = list(items(measure, "analyses"))
    effects = []
    for at, analysis in analyses:
        found = _analysis(analysis, record, f"{pointer}/analyses/{at}")
        keys = analysis.get("groupIds")
        named = [key for key in keys if isinstance(key, str) and key in groups] if isinstance(keys, list) else []
        if not found:
            continue
        effect = common | found | after
        if len(named) > 1:
            effect["comparison"] = " / ".join(groups[key] for key in named)
        effects.append(effect)
    for label, arms in rows:
        row = common | ({"outcome": f"{title}: {label}"} if label else {}) | after
        unit = text(measure, "unitOfMeasure")
        if unit:
            row["unit"] = unit
        effects.append(row | {"arms": arms})
    return effects


def _analysis(analysis: Entry, record: Record, pointer: str) -> Entry:
    """Return what an analysis states: measure, estimate, interval, p value."""
    kind = text(analysis, "paramType")
    measure = _MEASURES.get(kind.casefold(), "other")
    value = number(analysis, "paramValue")
    found: Entry = {}
    if value is not None and measure is not None and kind:
        found = {"measure": measure, "estimate": value}
        if measure == "other":
            found["notes"] = f"Parameter: {kind}"
        low, high = number(analysis, "ciLowerLimit"), number(analysis, "ciUpperLimit")
        level = number(analysis, "ciPctValue")
        if (
            text(analysis, "ciNumSides") in ("TWO_SIDED", "")
            and None not in (low, high, level)
            and 0 < (level or 0) < 100
        ):
            found |= {"ci_low": low, "ci_high": high, "ci_level": level}
        elif any(key in analysis for key in ("ciLowerLimit", "ciUpperLimit")):
            record.note(pointer, "an interval with one side, or without a limit or level: not taken")
        if measure in ("HR", "OR", "RR") and value <= 0:
            record.note(f"{pointer}/paramValue", f"{value} cannot be a ratio: not taken")
            found = {}
    elif kind or "paramValue" in analysis:
        record.note(f"{pointer}/paramValue", f"`{kind[:60]}` has no estimate that can be taken")
    said = text(analysis, "pValue")
    if said:
        p = _P.fullmatch(said)
        if p and (p[1] or float(p[2]) > 0) and float(p[2]) <= 1:
            found["p"] = f"{p[1]} {p[2]}" if p[1] else number(p[2])
        else:
            record.note(f"{pointer}/pValue", f"`{said[:40]}` is not a p value that can be taken")
    hypothesis = text(analysis, "nonInferiorityType")
    if "p" in found and hypothesis.startswith("NON_INFERIORITY") and "OR_" not in hypothesis:
        found["p_for"] = "noninferiority"
    elif "p" in found and hypothesis.startswith("EQUIVALENCE"):
        found["p_for"] = "equivalence"
    return found


def _rows(
    measure: Entry, groups: dict[str, str], trial: Entry, record: Record, at: str
) -> list[tuple[str, list[Entry]]]:
    """Return the numbers of the groups, for each class and category with its title."""
    units = text(measure, "typeUnitsAnalyzed")
    if units and units.casefold() not in ("participants", "participant"):
        record.note(f"{at}/typeUnitsAnalyzed", f"counts {units[:60]}, not people: numbers by group not taken")
        return []
    sides, rows = _sides(groups, trial), []
    for one, part in items(measure, "classes"):
        own = part if within(part, "denoms") else measure
        for two, category in items(part, "categories"):
            label = ", ".join(filter(None, (text(part, "title"), text(category, "title"))))
            pointer = f"{at}/classes/{one}/categories/{two}"
            arms = [
                {"name": groups[key]} | ({"role": sides[key]} if key in sides else {}) | found
                for three, each in items(category, "measurements")
                if (key := text(each, "groupId")) in groups
                and (found := _numbers(measure, each, _people(own, key), record, f"{pointer}/measurements/{three}"))
            ]
            if arms and len({arm["name"] for arm in arms}) == len(arms):
                rows.append((label, arms))
    return rows


def _people(owner: Any, group: str) -> int | None:
    """Return how many people of a group were analysed."""
    for _, denominator in items(owner, "denoms"):
        if text(denominator, "units").casefold() in ("participants", "participant"):
            return next(
                (count(one, "value") for _, one in items(denominator, "counts") if text(one, "groupId") == group), None
            )
    return None


def _numbers(measure: Entry, each: Entry, people: int | None, record: Record, pointer: str) -> Entry:
    kind, spread = (
        text(measure, "paramType"),
        text(measure, "dispersionType").upper().replace(" ", "_").replace("-", "_"),
    )
    value = number(each, "value")
    found: Entry = {}
    if value is None:
        if "value" in each:
            record.note(f"{pointer}/value", f"`{text(each, 'value')[:40]}` is not a number: not taken")
        return {}
    unit = text(measure, "unitOfMeasure").casefold()
    if kind == "COUNT_OF_PARTICIPANTS" and isinstance(value, int) and people is not None and 0 <= value <= people:
        found = {"events": value}
    elif kind == "MEAN":
        found = {"mean": value} | _spread(spread, each)
    elif kind == "MEDIAN":
        found = {"median": value} | _spread(spread, each)
    elif (
        kind == "NUMBER"
        and re.fullmatch(r"(percentage|percent) of (participants|patients|subjects)", unit)
        and 0 <= value <= 100
    ):
        found = {"percent": value}
    if not found:
        record.note(
            pointer, f"{value} ({kind or 'no kind'}, {unit[:40] or 'no unit'}) has no place in a dossier: not taken"
        )
        return {}
    return ({"participants": people} if people is not None else {}) | found


def _spread(kind: str, each: Entry) -> Entry:
    """Return a spread in the terms of a dossier."""
    value, low, high = number(each, "spread"), number(each, "lowerLimit"), number(each, "upperLimit")
    if kind in ("STANDARD_DEVIATION", "STANDARD_ERROR") and value is not None and value >= 0:
        return {"sd" if kind == "STANDARD_DEVIATION" else "se": value}
    if low is None or high is None or low > high:
        return {}
    names = {
        "INTER_QUARTILE_RANGE": ("q1", "q3"),
        "FULL_RANGE": ("min", "max"),
    }.get(kind)
    return {names[0]: low, names[1]: high} if names else {}


def _harms(module: Any, trial: Entry, record: Record) -> list[Entry]:
    pointer = "/resultsSection/adverseEventsModule"
    if not isinstance(module, dict):
        return []
    groups = _groups(module, "eventGroups", trial, record, pointer)
    sides, frame = _sides(groups, trial), text(module, "timeFrame")
    after: Entry = {"time_point": frame} if frame else {}
    harms: list[Entry] = []
    totals = (
        ("Death from any cause", "deaths", "died"),
        ("Any serious adverse event", "serious", "serious"),
        ("Any other adverse event above the registry's threshold", "other", "not_serious"),
    )
    for name, key, seriousness in totals:
        stats = [
            one
            | {
                "groupId": one.get("id"),
                "numAffected": one.get(f"{key}NumAffected"),
                "numAtRisk": one.get(f"{key}NumAtRisk"),
            }
            for _, one in items(module, "eventGroups")
        ]
        arms = _harmed(stats, groups, sides, record, f"{pointer}/eventGroups")
        if arms:
            harms.append({"name": name, "seriousness": seriousness} | after | {"arms": arms})
    for key, seriousness in (("seriousEvents", "serious"), ("otherEvents", "not_serious")):
        for at, event in items(module, key):
            stats = [one for _, one in items(event, "stats")]
            arms = _harmed(stats, groups, sides, record, f"{pointer}/{key}/{at}/stats")
            name, organ = text(event, "term"), text(event, "organSystem")
            if not name or not arms:
                record.note(f"{pointer}/{key}/{at}", "a harm without a name or a count of people: not taken")
                continue
            harms.append(
                {"name": name, "seriousness": seriousness}
                | ({"organ_system": organ} if organ else {})
                | after
                | {"arms": arms}
            )
    return harms


def _harmed(
    stats: Sequence[Entry], groups: dict[str, str], sides: dict[str, str], record: Record, at: str
) -> list[Entry]:
    """Return people harmed by group; where nobody was at risk, nobody was looked at."""
    arms: dict[str, Entry] = {}
    for place, one in enumerate(stats):
        key, n, of = text(one, "groupId"), count(one, "numAffected"), count(one, "numAtRisk")
        if key not in groups or key in arms or n is None:
            continue
        if of == 0 or (of is not None and n > of):
            record.note(f"{at}/{place}", f"{n} harmed of {of} at risk: not taken")
            continue
        side = {"role": sides[key]} if key in sides else {}
        arms[key] = {"name": groups[key]} | side | {"n": n} | ({"of": of} if of else {})
        if (events := count(one, "numEvents")) is not None and events >= n:
            arms[key]["events"] = events
    return list(arms.values())
