"""Posted results at ClinicalTrials.gov: participants by arm, outcomes, harms."""

from __future__ import annotations

from collections.abc import Mapping

from evgrade.importing.ctgov.groups import Groups, groups_of
from evgrade.importing.ctgov.outcomes import effects_of
from evgrade.importing.ctgov.part import Part
from evgrade.importing.found import Entry, stated
from evgrade.importing.tree import LONGEST
from evgrade.schema.suggest import many

_STEPS = {"STARTED": "participants", "COMPLETED": "completed"}
_LONG = 200
"""Characters of the time frame of harms; a longer one is given only with the totals."""


def add_results(results: Part, study: Entry, *, with_harms: bool) -> None:
    """Add results to a trial, or to an observational study, which has no arms and harms."""
    _flow(results.at("participantFlowModule"), study)
    effects = [
        effect
        for measure in results.at("outcomeMeasuresModule").items("outcomeMeasures")
        for effect in effects_of(measure, study)
    ]
    if effects:
        study["effects"] = effects
    module = results.at("adverseEventsModule")
    if with_harms and (harms := _harms(module, study)):
        study["harms"] = harms
    elif module.data and not with_harms:
        module.note(f"{_rows(module)}: an observational study of a dossier has no field for them")
    limits = results.at("moreInfoModule", "limitationsAndCaveats").take("description")
    _add_note(study, limits and f"Limitations, in the words of the record: {limits}")


def _add_note(study: Entry, words: str) -> None:
    if words:
        study["notes"] = f"{study.get('notes', '')} {words}".strip()[:LONGEST]


def _flow(flow: Part, study: Entry) -> None:
    """Add how many participants started and completed: by arm and in total, or as text."""
    periods = flow.items("periods")
    counts = [_period(period) for period in periods]
    if not counts:
        return
    groups = groups_of(flow.items("groups"), counts[0].get("participants", {}), study)
    started, completed = (counts[0].get(key, {}) for key in ("participants", "completed"))
    if len(periods) == 1 and groups.arms:
        for key, arm in groups.arms.items():
            if key in started:
                arm["participants"] = started[key]
            if key in completed and completed[key] <= started.get(key, completed[key]):
                arm["completed"] = completed[key]
    everyone = [started.get(key) for key in groups.apart]
    if groups.apart and None not in everyone and len(periods) == 1:
        total = sum(one for one in everyone if one is not None)
        ended = [completed.get(key) for key in groups.apart]
        if "participants" not in study and groups.arms:
            study["participants"] = total
        if None not in ended and (groups.arms or total == study.get("participants")):
            finished = sum(one for one in ended if one is not None)
            if finished <= total:
                study["completed"] = finished
    if len(periods) > 1 or not groups.arms:
        why = groups.why or (f"it has {len(periods)} periods" if len(periods) > 1 else "its groups are not the arms")
        flow.reading.note(flow.pointer, f"the flow of participants is given as text only: {why}")
        _add_note(study, _as_text(periods, counts, groups))


def _as_text(periods: list[Part], counts: list[dict[str, dict[str, int]]], groups: Groups) -> str:
    said = []
    words = (("participants", "started"), ("completed", "completed"))
    for period, found in zip(periods, counts, strict=True):
        rows = []
        for key, title in groups.titles.items():
            numbers = [f"{found[field][key]} {word}" for field, word in words if key in found.get(field, {})]
            rows += [f"{title}: {', '.join(numbers)}"] if numbers else []
        if rows:
            said.append(f"{period.take('title') or 'Period'}: {'; '.join(rows)}.")
    return f"Flow of participants. {' '.join(said)}" if said else ""


def _period(period: Part) -> dict[str, dict[str, int]]:
    """Return how many participants of each group started and completed a period."""
    found: dict[str, dict[str, int]] = {}
    for milestone in period.items("milestones"):
        field = _STEPS.get(milestone.text("type").upper())
        if field is None or field in found:
            milestone.note(f"`{milestone.text('type')[:60]}`: a milestone other than start and completion")
            continue
        milestone.taken("type")
        found[field] = {}
        for one in milestone.items("achievements"):
            key, people = one.text("groupId"), one.count("numSubjects")
            if people is None or key in found[field]:
                one.note(f"`{str(one.data.get('numSubjects'))[:40]}` is not the number of participants in one group")
            else:
                one.taken("groupId", "numSubjects")
                found[field][key] = people
    return found


def _rows(module: Part) -> str:
    return many(len(module.items("seriousEvents")) + len(module.items("otherEvents")), "harm")


def _harms(module: Part, study: Entry) -> list[Entry]:
    events = module.items("eventGroups")
    keys = ("deaths", "serious", "other")
    sizes = {
        one.text("id"): max((size for key in keys if (size := one.count(f"{key}NumAtRisk")) is not None), default=None)
        for one in events
    }
    groups = groups_of(events, sizes, study)
    if groups.why:
        module.note(f"{_rows(module)} not taken: {groups.why}")
        return []
    frame = module.take("timeFrame")
    above = module.take("frequencyThreshold").rstrip("% ")
    after = stated(time_point=frame)
    harms: list[Entry] = []
    totals = (
        ("Death from any cause", "deaths", "died"),
        ("Any serious adverse event", "serious", "serious"),
        (
            f"Any other adverse event{f', of those above {above}%' if above not in ('', '0') else ''}",
            "other",
            "not_serious",
        ),
    )
    for name, key, seriousness in totals:
        arms: dict[str, Entry] = {}
        for one in events:
            if (group := one.text("id")) in groups.apart:
                arms |= _harmed(one, group, f"{key}NumAffected", f"{key}NumAtRisk", groups, arms)
        if arms:
            harms.append({"name": name, "seriousness": seriousness} | after | {"arms": list(arms.values())})
    for key, seriousness in (("seriousEvents", "serious"), ("otherEvents", "not_serious")):
        unseen: dict[str, int] = {}
        for event in module.items(key):
            harm = _event(event, groups, after if len(frame) <= _LONG else {}, seriousness, unseen)
            if harm:
                harms.append(harm)
        for group, rows in unseen.items():
            message = (
                f"no participant in `{groups.titles[group][:80]}` was at risk ({rows} times), so none was examined"
            )
            module.reading.note(f"{module.pointer}/{key}", message)
    return harms


def _event(event: Part, groups: Groups, after: Entry, seriousness: str, unseen: dict[str, int]) -> Entry:
    name, organ = event.take("term"), event.take("organSystem")
    arms: dict[str, Entry] = {}
    for one in event.items("stats"):
        group = one.text("groupId")
        if group in groups.apart and one.count("numAtRisk") == 0 and not one.count("numAffected"):
            one.taken("groupId", "numAffected", "numAtRisk", "numEvents")
            unseen[group] = unseen.get(group, 0) + 1
        elif group in groups.apart:
            arms |= _harmed(one, group, "numAffected", "numAtRisk", groups, arms)
        elif group not in groups.titles:
            one.note(f"`{group[:40]}` is not a group of its own here")
        else:
            one.taken(*one.data)  # the group itself is noted
    if not name or not arms:
        event.note(
            "a harm without a name or a count of participants"
            if not name
            else f"`{name[:80]}` has no count of participants"
        )
        return {}
    return stated(name=name, seriousness=seriousness, organ_system=organ) | after | {"arms": list(arms.values())}


def _harmed(
    one: Part, group: str, harmed: str, at_risk: str, groups: Groups, arms: Mapping[str, Entry]
) -> dict[str, Entry]:
    """Return how many participants of a group were affected; nothing if none was at risk."""
    n, of = one.count(harmed), one.count(at_risk)
    if harmed not in one.data and at_risk not in one.data and "numEvents" not in one.data:
        return {}
    if n is None or group in arms or of == 0 or (of is not None and n > of) or (of is None and at_risk in one.data):
        events = f", {one.data['numEvents']} events" if "numEvents" in one.data else ""
        said = [str(one.data.get(key, "unknown"))[:40] for key in (harmed, at_risk)]
        message = f"`{groups.titles[group][:80]}`: {said[0]} affected of {said[1]} at risk{events[:60]}"
        one.reading.note(one.pointer, message)
        one.taken("groupId", harmed, at_risk, "numEvents")
        return {}
    one.taken("groupId", harmed, at_risk)
    found = stated(name=groups.apart[group], role=groups.sides.get(group), n=n, of=of)
    if (events_count := one.count("numEvents")) is not None and events_count >= n:
        one.taken("numEvents")
        found["events"] = events_count
    return {group: found}
