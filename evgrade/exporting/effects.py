"""Effects of single studies as a table, one row per effect, with columns that metafor or meta can read directly.

Sources: the manuals of metafor 4 (`escalc`, `rma`) and meta 8 (`metabin`, `metacont`, `metainc`, `metagen`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evgrade.computed import effect as effects
from evgrade.computed.effect import groups_of
from evgrade.exporting.exported import Data, Exported, LeftOut, Named
from evgrade.exporting.table import csv_text, studies
from evgrade.facts.effects import counts_people, rates_of_two, two_arms
from evgrade.facts.known import known

_ABOUT = ("outcome", "answers", "primary", "time_point", "comparison", "measure", "unit")
_STATED = (
    *("estimate", "ci_low", "ci_high", "ci_level", "ci_sides", "se"),
    *("p", "p_for", "p_sides", "p_adjusted", "adjusted", "change_from_baseline", "noninferiority_margin", "favours"),
)
_SOURCE = ("locator", "quote", "notes", "refs")
_NUMBERS = ("ai", "n1i", "ci", "n2i", "x1i", "t1i", "x2i", "t2i", "m1i", "sd1i", "m2i", "sd2i", "yi", "vi", "sei")
_STUDY = ("section", "registry", "statement")
_OWN = ("arm1", "arm2", "computed", *(f"study_{field}" for field in _STUDY))
"""Columns to read the table back: the study, the names of its arms, and the cells that evgrade computed."""
_COLUMNS = (
    *("dossier", "study", "study_id", "id", *_ABOUT, *_NUMBERS, "yi_from", "arms_note"),
    *(*_STATED, *_SOURCE, *_OWN),
)

_OF_META = {
    "study": "studlab",
    "ai": "event.e",
    "n1i": "n.e",
    "ci": "event.c",
    "n2i": "n.c",
    "t1i": "time.e",
    "t2i": "time.c",
    "m1i": "mean.e",
    "sd1i": "sd.e",
    "m2i": "mean.c",
    "sd2i": "sd.c",
    "yi": "TE",
    "sei": "seTE",
    "yi_from": "TE_from",
}
"""The columns of meta, which has none for variances, and one column for events of people and in person-time."""
_EVENTS_OF_META = {"x1i": "ai", "x2i": "ci"}
_NOT_OF_META = frozenset({"vi", *_EVENTS_OF_META})

_METAFOR_MEASURES = {"rate_ratio": "IRR", "ratio_of_means": "ROM"}
_CARRIED = frozenset({"id", "arms", *_ABOUT, *_STATED, *_SOURCE})
_MEANS = {"m": "mean", "sd": "sd"}
_OF_ARM = ("name", "role", "participants", "events", "events_count", *_MEANS.values())
_TIME = ("person_time",)
_SECTIONS = ("trials", "observational")


def effects_csv(dossiers: Sequence[Named]) -> Exported:
    rows, left = _rows(dossiers)
    return Exported(csv_text(_COLUMNS, rows), left)


def effects_meta_csv(dossiers: Sequence[Named]) -> Exported:
    rows, left = _rows(dossiers)
    columns = [_OF_META.get(column, column) for column in _COLUMNS if column not in _NOT_OF_META]
    return Exported(csv_text(columns, map(_as_meta, rows)), left)


def _as_meta(row: Mapping[str, Any]) -> Mapping[str, Any]:
    events = {ours: row[rate] for rate, ours in _EVENTS_OF_META.items() if row.get(rate) is not None}
    own = {"computed": [_OF_META.get(name, name) for name in row["computed"]]}
    return {_OF_META.get(name, name): value for name, value in {**row, **events, **own}.items()}


def _rows(dossiers: Sequence[Named]) -> tuple[list[dict[str, Any]], tuple[LeftOut, ...]]:
    rows: list[dict[str, Any]] = []
    left: list[LeftOut] = []
    for one, section, _, study, name in studies(dossiers, _SECTIONS):
        for place, effect in enumerate(study.get("effects", ()), start=1):
            head = {"dossier": one.name, "study": name, "study_id": study["id"], "study_section": section}
            head |= {f"study_{field}": study.get(field) for field in _STUDY if field in study}
            rows.append(head | _row(effect, study))
            left += _left_out(f"{section}.effects", effect, str(effect.get("id") or f"{study['id']} ({place})"))
    for one in dossiers:
        for outcome in one.dossier.data.get("outcomes", ()):
            for place, effect in enumerate(outcome.get("study_effects", ()), start=1):
                own = str(effect.get("id") or f"{outcome['id']} ({place})")
                label = one.dossier.study_name(effect, own)
                head = {"dossier": one.name, "study": label, "answers": outcome["id"]}
                rows.append(_row(effect, {}) | head)
                left += _left_out("outcomes.study_effects", effect, own)
    return rows, tuple(left)


def _left_out(section: str, effect: Data, name: str) -> Iterator[LeftOut]:
    yield from (LeftOut(f"{section}.{field}", name) for field in effect if field not in _CARRIED)
    if "arms" in effect and two_arms(effect) is None:
        yield LeftOut(f"{section}.arms", name)
        return
    carried = {*_OF_ARM, *(_TIME if _states_years(effect) else ())}
    arms = two_arms(effect) or ()
    gone = [f"arms.{key}" for arm in arms for key in arm if key not in carried]
    gone += ["arms.events_count" for arm in arms if "events_count" in arm and known(arm, "events") is None]
    yield from (LeftOut(f"{section}.{path}", name) for path in dict.fromkeys(gone))


def _exact(value: Any) -> Any:
    """Return a stated number with all of its digits."""
    is_cut = isinstance(value, float) and float(f"{value:.10g}") != value
    return Decimal(repr(value)) if is_cut else value


def _states_years(effect: Data) -> bool:
    """Whether both arms state person-time in years, the unit of the table."""
    return rates_of_two(effect) is not None and all(
        known(arm, "person_time").get("unit") == "years" for arm in two_arms(effect) or ()
    )


def _computed(effect: Data, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns whose numbers are computed, among those that hold stated numbers otherwise."""
    for side, arm in enumerate(two_arms(effect) or (), start=1):
        for key, name in _MEANS.items():
            if known(arm, name) is None and row.get(f"{key}{side}i") is not None:
                yield f"{key}{side}i"
        if row.get(f"t{side}i") is not None and not _states_years(effect):
            yield f"t{side}i"
    if known(effect, "measure") is None and row["measure"] is not None:
        yield "measure"


def _row(effect: Data, study: Data) -> dict[str, Any]:
    """Return the cells of an effect; `yi_from` and `arms_note` say how unstated numbers were computed."""
    means, notes = _means(effect)
    barred = effects.not_of_arms(study) if two_arms(effect) is not None else None
    row = {key: effect.get(key) for key in ("id", *_ABOUT, *_STATED, *_SOURCE)} | _counts(effect) | means
    row["arms_note"] = [*filter(None, [barred]), *notes]
    measure, found = known(effect, "measure"), effects.stated(effect)
    made = effects.computed(effect, study) if found is None else None
    estimate = found[0] if found is not None else None if made is None else made.study
    if found is not None:
        row["yi_from"] = found[1].name
    elif made is not None and estimate is not None:
        chosen = [] if measure else ["evgrade chose the measure, as none is stated"]
        measure, row["yi_from"] = made.measure, [f"computed: {made.method.name}", *made.notes, *chosen]
    if estimate is not None:
        error = estimate.standard_error
        row |= {"yi": estimate.effect, "vi": error * error, "sei": error}
    row["measure"] = _METAFOR_MEASURES.get(measure or "", measure)
    row |= {f"arm{side}": arm["name"] for side, arm in enumerate(two_arms(effect) or (), start=1)}
    worked_out = list(_computed(effect, row))
    row["computed"] = worked_out
    made_here = {"yi", "vi", "sei", *worked_out}
    return {key: value if key in made_here else _exact(value) for key, value in row.items()}


def _counts(effect: Data) -> dict[str, Any]:
    """Return people with an event as `ai` and `ci`, and events that can recur in a person as `x1i` and `x2i`."""
    row: dict[str, Any] = {}
    rates = rates_of_two(effect)
    for side, events, arm in zip((1, 2), ("ai", "ci"), two_arms(effect) or (), strict=False):
        row[f"n{side}i"] = known(arm, "participants")
        row[events if counts_people(effect, arm) else f"x{side}i"] = known(arm, "events")
        if rates is not None:
            row[f"x{side}i"], row[f"t{side}i"] = rates[2 * side - 2 : 2 * side]
    return row


def _means(effect: Data) -> tuple[dict[str, Any], Sequence[str]]:
    """Return means and standard deviations, and how unstated ones were computed."""
    made = groups_of(effect)
    if made is None:
        arms = enumerate(two_arms(effect) or (), start=1)
        return {f"{key}{side}i": known(arm, name) for side, arm in arms for key, name in _MEANS.items()}, ()
    (one, other), notes = made
    return {"m1i": one.mean, "sd1i": one.sd, "m2i": other.mean, "sd2i": other.sd}, notes
