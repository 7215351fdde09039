"""What is known about harms: counted and named ones, warnings, and the counts of trials arm by arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Harm, HarmKind
from evgrade.grading.assessment import Assessment
from evgrade.report.references import Numbering, study_name
from evgrade.stats.proportion import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """A harm with a count; `note` says where it was counted, and what else is to be known of it."""

    name: str
    seriousness: str
    counted: str
    per_thousand: str
    control: str
    about: str
    note: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings of one kind; `none_found` says that it was looked for and there is none."""

    title: str
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    none_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What is known about harms."""

    recorded: bool
    summary: str
    concern: str
    counted: tuple[HarmRow, ...]
    named: tuple[tuple[str, tuple[int, ...]], ...]
    warnings: tuple[Warned, ...]
    trial_harms: tuple[tuple[str, str, str, tuple[int, ...]], ...]


_WARNINGS = {
    "boxed_warnings": (HarmKind.BOXED_WARNING, "Boxed warnings"),
    "contraindications": (HarmKind.CONTRAINDICATION, "Who must not take it"),
    "interactions": (HarmKind.INTERACTION, "What it must not be taken with"),
    "theoretical_harms": (HarmKind.THEORETICAL_HARM, "Argued, but not seen"),
}


def safety_of(dossier: Dossier, first: Assessment, numbering: Numbering) -> Safety:
    given, data = first.harms, dossier.data.get("safety", {})
    entries = given.entries if given else ()
    events = [one for one in entries if one.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT)]
    counted = tuple(
        _harm_row(dossier, one, numbering) for one in events if one.n is not None or one.percent is not None
    )
    trial_harms = tuple(_trial_harms(dossier, numbering))
    named = tuple(
        (_with_limits(dossier, one, one.name), numbering.cite(one.evidence.references))
        for one in events
        if one.n is None and one.percent is None
    )
    warnings = tuple(
        Warned(
            title,
            tuple(
                (_with_limits(dossier, it, it.evidence.statement or it.name), numbering.cite(it.evidence.references))
                for it in entries
                if it.kind is kind
            ),
            key in data and not data[key],
        )
        for key, (kind, title) in _WARNINGS.items()
        if key in data
    )
    return Safety(
        recorded=given is not None or any(trial.get("harms") for trial in dossier.data.get("trials", ())),
        summary=str(data.get("summary", "")),
        concern=""
        if given is None or given.concern is None
        else f"{given.concern}{f': {given.concern_reason}' if given.concern_reason else ''}",
        counted=counted,
        named=named,
        warnings=warnings,
        trial_harms=trial_harms,
    )


def _entry(dossier: Dossier, harm: Harm) -> Mapping[str, Any]:
    found: Any = dossier.data
    for step in harm.evidence.path:
        found = found[step]
    return found if isinstance(found, dict) else {}


def _with_limits(dossier: Dossier, harm: Harm, told: str) -> str:
    """Return a harm with what limits what it says of this therapy, such as another dose, and with its notes."""
    notes = _entry(dossier, harm).get("notes", "")
    limits = f" ({'; '.join(harm.about)})" if harm.about else ""
    end = "." if told.endswith(".") and limits else ""
    whole = f"{told.removesuffix('.') if limits else told}{limits}{end}"
    if not notes:
        return whole
    return f"{whole} {notes}" if whole.endswith((".", "?", "!")) else f"{whole}: {notes}"


def _harm_row(dossier: Dossier, harm: Harm, numbering: Numbering) -> HarmRow:
    entry = _entry(dossier, harm)
    source = str(entry.get("source", "")) if harm.kind is HarmKind.COUNT else ""
    return HarmRow(
        name=harm.name,
        seriousness=str(harm.seriousness or "").replace("_", " ") if harm.n != 0 else "",
        counted=harm.numbers,
        per_thousand=_of_thousand(harm),
        control="",
        about="; ".join(harm.about),
        note=". ".join(text.removesuffix(".") for text in (source, str(entry.get("notes", ""))) if text),
        cited=numbering.cite(harm.evidence.references),
    )


def _of_thousand(harm: Harm) -> str:
    """Return how many of 1,000 people have a harm, with Wilson's interval; of none, how many at most."""
    if harm.n is None or not harm.of or harm.n > harm.of:
        return "" if harm.percent is None else f"about {10 * harm.percent:,.0f} of 1,000"
    share = wilson(harm.n, harm.of)
    if harm.n == 0:
        return f"none of {harm.of:,} seen; there may be up to {1000 * share.high:,.0f} of 1,000"
    return f"{1000 * share.value:,.0f} of 1,000 ({1000 * share.low:,.0f} to {1000 * share.high:,.0f})"


def _trial_harms(dossier: Dossier, numbering: Numbering) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    for trial in dossier.data.get("trials", ()):
        cited = numbering.cite(trial.get("refs", ()))
        name = study_name(dossier, trial, trial["id"])
        for harm in trial.get("harms", ()):
            counts = "; ".join(
                f"{arm['name']}: {known(arm, 'n')} of {known(arm, 'of')}"
                for arm in harm.get("arms", ())
                if known(arm, "n") is not None and known(arm, "of") is not None
            )
            yield name, harm["name"], counts, cited
