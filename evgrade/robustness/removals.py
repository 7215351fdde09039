"""Evidence removed: an item, a source, a cohort, a sponsor, a group, or a whole class of evidence."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.facts.quality import worst_animal_risk, worst_risk
from evgrade.facts.strands import shared
from evgrade.grading.resting import pooling, resting_on, unknown_in
from evgrade.model import Path
from evgrade.robustness.standing import GONE, edited

ITEMS = ("mechanism", "preclinical", "cases", "trials", "syntheses", "observational", "outcomes")
_HIGH = 2


class What(enum.Enum):
    """The kind of evidence removed; the values appear in the JSON."""

    ITEM = "item"
    SOURCE = "source"
    COHORT = "cohort"
    SPONSOR = "sponsor"
    GROUP = "group"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class Removal:
    """Evidence to remove, with everything that rests on it alone.

    Attributes:
        what: its kind.
        name: an id, or the name of a cohort, sponsor, group or class.
        paths: the entries to remove first.
        references: the ids of the references to remove.
    """

    what: What
    name: str
    paths: tuple[Path, ...] = ()
    references: tuple[str, ...] = ()


def removals(data: Mapping[str, Any]) -> Iterator[Removal]:
    """Yield what can be removed from a dossier: each item, then sources, strands and classes.

    Removals of the same entries as an earlier one are left out.
    """
    entries = list(entries_in(data))
    seen: set[tuple[Path, ...]] = set()
    found = (
        *(Removal(What.ITEM, entry["id"], (path,)) for path, entry in entries),
        *(Removal(What.SOURCE, one["id"], references=(one["id"],)) for one in data.get("references", ())),
        *_alike(entries, What.COHORT, "cohort"),
        *_alike(entries, What.SPONSOR, "sponsor"),
        *_alike(entries, What.GROUP, "group"),
        *(
            Removal(What.CLASS, name, tuple(path for path, entry in entries if is_of(path, entry)))
            for name, is_of in CLASSES.items()
        ),
    )
    for one in found:
        gone = one.paths or resting_on(data, one.references)
        if gone and gone not in seen:
            seen.add(gone)
            yield one


def without(data: Mapping[str, Any], removal: Removal) -> tuple[Mapping[str, Any], tuple[Path, ...], tuple[Path, ...]]:
    """Return data without some evidence, the removed paths, and the paths of pooled results that became unknown."""
    gone = resting_on(data, removal.references, removal.paths)
    pooled = pooling(data, removal.references, gone)
    left: Mapping[str, Any] = edited(data, dict.fromkeys((*gone, *unknown_in(data, pooled)), GONE))
    return left, gone, pooled


def entries_in(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield each item of evidence with its path; evidence on a mechanism follows it."""
    for section in ITEMS:
        for number, entry in enumerate(data.get(section, ())):
            yield (section, number), entry
            for place, inner in enumerate(entry.get("evidence", ())):
                yield (section, number, "evidence", place), inner


def _alike(entries: list[tuple[Path, Mapping[str, Any]]], what: What, key: str) -> Iterator[Removal]:
    """Yield a removal for each value that entries share, named as first written; see `evgrade.facts.strands`."""
    names: dict[str, str] = {}
    paths: dict[str, list[Path]] = {}
    for path, entry in entries:
        if text := shared(entry.get(key)):
            names.setdefault(text, entry[key])
            paths.setdefault(text, []).append(path)
    yield from (Removal(what, name, tuple(paths[text])) for text, name in names.items())


def _is_at_high_risk(path: Path, entry: Mapping[str, Any]) -> bool:
    if "risk_of_bias" not in entry or path[0] == "outcomes":
        return False
    judge = worst_animal_risk if path[0] == "preclinical" else worst_risk
    risk = judge(entry["risk_of_bias"])
    return risk is not None and (risk if isinstance(risk, float | int) else risk.low) >= _HIGH


CLASSES: Mapping[str, Callable[[Path, Mapping[str, Any]], bool]] = {
    "studies at high risk of bias": _is_at_high_risk,
    "evidence on related agents": lambda _, entry: entry.get("agent") == "related",
    "evidence on other conditions": lambda _, entry: entry.get("condition") in ("related", "healthy"),
    "preprints": lambda _, entry: entry.get("publication") == "preprint",
    "industry-funded studies": lambda _, entry: entry.get("funder") == "industry",
}
