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
from evgrade.stats.normal import Estimate
from evgrade.stats.proportion import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """A harm with a count.

    Attributes:
        seriousness: how bad it is; empty where nobody says, or nobody had it.
        counted: the count as the source states it.
        per_thousand, control: of 1,000 people with the therapy and without it, with an interval; empty where not known.
        plain: the first for readers without training.
        about: what limits what it says of this therapy.
        note: where it was counted, and what else is to be known of it.
        cited: the numbers of its references.
    """

    name: str
    seriousness: str
    counted: str
    per_thousand: str
    control: str
    plain: str
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
    control = known(entry, "control") or {}
    return HarmRow(
        name=harm.name,
        seriousness=str(harm.seriousness or "").replace("_", " ") if harm.n != 0 else "",
        counted=harm.numbers,
        per_thousand=of_thousand(harm.n, harm.of, harm.percent),
        control=of_thousand(known(control, "n"), known(control, "of"), None),
        plain=_in_plain_words(harm),
        about="; ".join(harm.about),
        note=". ".join(text.removesuffix(".") for text in (source, str(entry.get("notes", ""))) if text),
        cited=numbering.cite(harm.evidence.references),
    )


def _share(n: int | None, of: int | None) -> Estimate | None:
    return None if n is None or not of or n > of else wilson(n, of)


def of_thousand(n: int | None, of: int | None, percent: float | None) -> str:
    """Return how many of 1,000 people have a harm, with Wilson's interval; of none, how many there may be."""
    share = _share(n, of)
    if share is None:
        if percent == 0:
            return "none seen; of how many is not stated"
        return "" if percent is None else f"about {_number(percent / 100)} of 1,000"
    if n == 0:
        return f"none of {of:,} seen; there may be up to {_number(share.high)} of 1,000"
    return f"{_number(share.value)} of 1,000 ({_number(share.low)} to {_number(share.high)})"


def _in_plain_words(harm: Harm) -> str:
    share = _share(harm.n, harm.of)
    if share is None:
        return of_thousand(harm.n, harm.of, harm.percent)
    if harm.n == 0:
        return f"seen in none of {harm.of:,} people. It may still happen to up to {_whole(share.high)} of 1,000 people"
    about, low, high = _whole(share.value), _whole(share.low), _whole(share.high)
    return f"{about if about.startswith('fewer') else f'about {about}'} of 1,000 people (it may be {low} to {high})"


def _whole(share: float) -> str:
    """Return a share as a whole number of 1,000 people."""
    return "fewer than 1" if 0 < 1000 * share < 0.95 else f"{1000 * share:,.0f}"


def _number(share: float) -> str:
    """Return a share as a number of 1,000; what is more than nothing never becomes 0."""
    number = 1000 * share
    return f"{number:,.0f}" if number >= 9.95 or number == 0 else f"{number:.2g}" if number >= 0.95 else f"{number:.1g}"


def _trial_harms(dossier: Dossier, numbering: Numbering) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    for trial in dossier.data.get("trials", ()):
        cited = numbering.cite(trial.get("refs", ()))
        name = study_name(dossier, trial, trial["id"])
        for harm in trial.get("harms", ()):
            yield name, harm["name"], "; ".join(_arm(arm) for arm in harm.get("arms", ())), cited


def _arm(arm: Mapping[str, Any]) -> str:
    n, of, percent = known(arm, "n"), known(arm, "of"), known(arm, "percent")
    counted = f"{n} of {of}" if n and of is not None else ""
    told = of_thousand(n, of, None if isinstance(percent, str) else percent)
    return f"{arm['name']}: {', '.join(part for part in (counted, told) if part) or 'not counted'}"
