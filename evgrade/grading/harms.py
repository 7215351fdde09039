"""All harms and warnings that a dossier lists, with their numbers, the most serious first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts import known
from evgrade.grading.account import Harm, HarmKind, Harms
from evgrade.grading.reasons import evidence_at
from evgrade.grading.sides import how_many
from evgrade.model import Path
from evgrade.rubric.phrases import number
from evgrade.schema.shape import dossier_shape

_COUNTS = ("died", "serious", "hospitalized", "any")
_WARNINGS = {
    "boxed_warnings": HarmKind.BOXED_WARNING,
    "contraindications": HarmKind.CONTRAINDICATION,
    "interactions": HarmKind.INTERACTION,
    "theoretical_harms": HarmKind.THEORETICAL_HARM,
}
_GRAVE = frozenset({"died", "serious", "hospitalized"})
_COUNTED = {"attributed": "attributed to the therapy", "all_causes": "from any cause"}


def harms_of(dossier: Dossier) -> Harms | None:
    """Return the harms of a dossier; None where it has no section on them."""
    safety = dossier.data.get("safety")
    if safety is None:
        return None
    entries = sorted(_entries(dossier, safety), key=_place)
    return Harms(
        exposed=known(safety, "exposed"),
        concern=known(safety, "concern"),
        concern_reason=safety.get("concern_reason"),
        entries=tuple(entries),
    )


def _place(harm: Harm) -> tuple[bool, bool, bool, int, float]:
    """Return where a harm belongs: counts, then what is grave, deaths first; then by kind, the most frequent first."""
    rate = harm.n / harm.of if harm.n is not None and harm.of else (harm.percent or 0) / 100
    is_count = harm.kind is HarmKind.COUNT
    deaths_last = not is_count and harm.seriousness != "died"
    return (
        not (is_count or harm.grave),
        not is_count,
        deaths_last,
        list(HarmKind).index(harm.kind),
        0 if is_count else -rate,
    )


def _entries(dossier: Dossier, safety: Mapping[str, Any]) -> Iterator[Harm]:
    shape = dossier_shape().key("safety")
    for key in _COUNTS:
        if key in safety:
            title = shape and (field := shape.key(key)) and field.title
            yield _harm(dossier, ("safety", key), safety[key], HarmKind.COUNT, title or key, key)
    for place, event in enumerate(safety.get("adverse_events", ())):
        seriousness = known(event, "seriousness")
        path: Path = ("safety", "adverse_events", place)
        yield _harm(dossier, path, event, HarmKind.ADVERSE_EVENT, event["name"], seriousness)
    for key, kind in _WARNINGS.items():
        for place, warning in enumerate(safety.get(key, ())):
            name = warning.get("statement") or warning.get("harm") or kind.words
            yield _harm(dossier, ("safety", key, place), warning, kind, name, known(warning, "severity"))


def _harm(
    dossier: Dossier, path: Path, entry: Mapping[str, Any], kind: HarmKind, name: str, seriousness: str | None
) -> Harm:
    return Harm(
        kind=kind,
        evidence=evidence_at(dossier, path),
        name=name,
        seriousness=seriousness,
        n=known(entry, "n"),
        of=known(entry, "of"),
        percent=_exact(known(entry, "percent")),
        numbers=_numbers(entry),
        about=tuple(_about(entry)),
        grave=seriousness in _GRAVE or kind is HarmKind.BOXED_WARNING,
    )


def _exact(percent: float | str | None) -> float | None:
    """Return a percentage, None for one of which only a limit is printed, such as `< 1`; words tell that."""
    return None if isinstance(percent, str) else percent


def _numbers(entry: Mapping[str, Any]) -> str:
    """Return the counts of an entry in words: «3 of 178 people (1.7%), 0 of 90 (0%) in the control group»."""
    wording = _proportion(entry, people=True)
    control = _proportion(entry.get("control") or {}, people=False)
    return wording + (f", {control} in the control group" if wording and control else "")


def _proportion(entry: Mapping[str, Any], *, people: bool) -> str:
    n, of, percent = (known(entry, key) for key in ("n", "of", "percent"))
    if percent is None and n is not None and of:
        percent = round(100 * n / of, 1)
    share = "" if percent is None else f"{percent}%" if isinstance(percent, str) else f"{percent:g}%"
    if n is None:
        return share + (f" of {number(of)}" if share and of else "")
    if not of:
        counted = how_many(n, "person", "people") if people else number(n)
        return counted + (f" ({share})" if share else "")
    return f"{number(n)} of {number(of)}{' people' if people else ''} ({share})"


def _about(entry: Mapping[str, Any]) -> Iterator[str]:
    counts = _COUNTED.get(known(entry, "counts") or "")
    if counts:
        yield counts
    dose = _dose(entry.get("dose") or {})
    if dose:
        yield f"at {dose}"
    if known(entry, "therapy_dose") is False:
        yield "not at the dose under review"
    if known(entry, "agent") == "related":
        yield f"of a related agent ({entry['agent_name']})" if "agent_name" in entry else "of a related agent"


def _dose(dose: Mapping[str, Any]) -> str:
    if "text" in dose:
        return str(dose["text"])
    if "amount" not in dose:
        return ""
    high = f" to {number(dose['amount_high'])}" if "amount_high" in dose else ""
    per = f" a {dose['per']}" if dose.get("per") not in (None, "once") else ""
    return f"{number(dose['amount'])}{high} {dose.get('unit', '')}".strip() + per
