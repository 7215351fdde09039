"""Groups of results: which arms they are, and which of them count no participant twice.

Groups have their own numbers, different in each part of a record, and no key to the arms, so titles match them. Groups
that are sums of others, or that share participants, are recognized by their sizes and titles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from evgrade.importing.ctgov.part import Part
from evgrade.importing.found import Entry

_TOTAL = re.compile(
    r"\b(total|overall|combined|pooled|(all|both) (\w+ )?(arms?|groups?|doses?|participants|patients|subjects))\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[(\[][^()\[\]]*+[)\]]")
_SIDES = {
    "experimental": "intervention",
    "placebo_comparator": "control",
    "sham_comparator": "control",
    "active_comparator": "control",
    "no_intervention": "control",
}


@dataclass(slots=True)
class Groups:
    """The groups of a part of the results.

    Attributes:
        titles: of all groups, by number.
        apart: the titles of groups that do not overlap.
        arms: the arm of each group, if all groups that do not overlap have one.
        sides: `intervention` or `control` for each group, if the roles of the arms tell.
        why: the reason if `apart` is empty.
    """

    titles: dict[str, str] = field(default_factory=dict)
    apart: dict[str, str] = field(default_factory=dict)
    arms: dict[str, Entry] = field(default_factory=dict)
    sides: dict[str, str] = field(default_factory=dict)
    why: str = ""


def groups_of(parts: list[Part], sizes: Mapping[str, int | None], study: Entry) -> Groups:
    """Return the groups of a part of the results.

    Args:
        parts: the groups in the record.
        sizes: the number of participants in each group, by its number.
        study: the trial, with its arms and participants.
    """
    found = Groups()
    named: dict[str, str] = {}
    used: set[str] = set()
    places: dict[str, Part] = {}
    for part in parts:
        key, title = part.text("id"), part.text("title")
        if not key or not title or key in found.titles:
            part.note("a group without its own number and title")
            continue
        part.taken("id", "title")
        named[key], places[key] = title, part
        found.titles[key] = title if title not in used else f"{title} ({key})"
        used.add(found.titles[key])
    matched = _matched(named, study)
    kept = dict(found.titles)
    known = {key: size for key in kept if (size := sizes.get(key)) is not None}
    people = study.get("participants")
    for key in _again(named, known, matched, people):
        places[key].note(f"`{named[key][:80]}` counts participants of other groups again")
        del kept[key]
    found.why = _shared({key: known[key] for key in kept if key in known}, kept, matched, people)
    if found.why:
        return found
    found.apart = kept
    if set(kept) <= set(matched):
        found.arms = {key: matched[key] for key in kept}
        found.sides = _sides(found.arms, study)
    return found


def _matched(titles: Mapping[str, str], study: Entry) -> dict[str, Entry]:
    """Return the arms whose names are titles of groups: exactly, or else apart from case and brackets."""
    found: dict[str, Entry] = {}
    for form in (str, _plain):
        taken = {arm["name"] for arm in found.values()}
        names: dict[str, list[Entry]] = {}
        for arm in study.get("arms", ()):
            if arm["name"] not in taken:
                names.setdefault(form(arm["name"]), []).append(arm)
        open_titles = {key: form(title) for key, title in titles.items() if key not in found}
        wanted = Counter(open_titles.values())
        for key, plain in open_titles.items():
            if wanted[plain] == 1 and len(own := names.get(plain, [])) == 1:
                found[key] = own[0]
    return found


def _plain(title: str) -> str:
    return " ".join(_BRACKETED.sub(" ", title).casefold().split())


def _again(
    titles: Mapping[str, str], sizes: Mapping[str, int], matched: Mapping[str, Entry], people: int | None
) -> list[str]:
    """Return the groups that combine others."""
    others = [key for key in titles if key not in matched]
    total = sum(sizes.values())
    if len(titles) < 2 or len(sizes) < len(titles) or not total:
        named = [key for key in others if _TOTAL.search(titles[key])]
        return named if len(named) < len(titles) else []
    too_many = people is not None and total > people
    sums = [key for key in others if len(titles) > 2 and 2 * sizes[key] == total]
    named = [key for key in others if _TOTAL.search(titles[key]) and sizes[key] == max(sizes.values())]
    whole = [key for key in named if too_many or 2 * sizes[key] == total] or [key for key in sums if too_many]
    if len(whole) == 1 and _fits(total - sizes[whole[0]], people):
        return whole
    if (too_many or whole) and matched and _fits(sum(sizes[key] for key in matched), people):
        return others
    return whole if whole and len(whole) < len(titles) and all(key in named for key in whole) else []


def _fits(total: int, people: int | None) -> bool:
    return people is None or total <= people


def _shared(sizes: Mapping[str, int], kept: Mapping[str, str], matched: Mapping[str, Entry], people: int | None) -> str:
    """Return why groups may overlap, empty if they do not."""
    total = sum(sizes.values())
    if people is not None and total > people:
        added = " + ".join(str(one) for one in sizes.values())
        if len(sizes) == 1:
            return f"the group has {added} participants, but the study {people}"
        return f"its groups share participants: {added} is more than the {people} of the study"
    if len(sizes) == len(kept) > 2 and total != people:
        sums = [kept[key] for key, size in sizes.items() if key not in matched and size and 2 * size == total]
        if sums:
            return f"`{sums[0][:80]}` has as many participants as all other groups, and may be their sum"
    return ""


def _sides(arms: Mapping[str, Entry], study: Entry) -> dict[str, str]:
    """Return the side of each group; none in a crossover, where each participant is on both."""
    roles = {key: str(arm.get("role")) for key, arm in arms.items()}
    if study.get("intervention_model") == "crossover" or any(role not in _SIDES for role in roles.values()):
        return {}
    found = {key: _SIDES[role] for key, role in roles.items()}
    return found if len(set(found.values())) == 2 else {}  # some sponsors call every arm experimental
