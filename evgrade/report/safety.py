"""Harms: those counted, those only named, warnings, and the counts of trials arm by arm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Harm, HarmKind
from evgrade.grading.assessment import Assessment
from evgrade.render.page import spaced
from evgrade.report.references import Numbering
from evgrade.stats.normal import Estimate
from evgrade.stats.proportion import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """The share of people with a harm.

    Attributes:
        name: the group of people.
        n, of: the count and its denominator.
        share: the share with Wilson's interval; no interval without a count, None for an impossible count.
        is_control: whether the group is a control group.
    """

    name: str
    n: int | None
    of: int | None
    share: Estimate | None
    is_control: bool = False

    @property
    def counted(self) -> str:
        if self.n is None:
            return "" if self.share is None else f"{100 * self.share.value:g}%"
        return f"{self.n:,} of {self.of:,}" if self.of else f"{self.n:,}"

    @property
    def per_thousand(self) -> str:
        """How many of 1,000 people have the harm, in words."""
        return of_thousand(
            self.n, self.of, None if self.n is not None or self.share is None else 100 * self.share.value
        )

    @property
    def words(self) -> str:
        """The count, and the number per 1,000 people."""
        counted = self.counted if self.n and self.of else ""
        return ", ".join(filter(None, (counted, self.per_thousand))) or "not counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """A harm with a count.

    Attributes:
        name: the harm.
        seriousness: its seriousness; empty if not stated, or if it did not occur.
        share, control: the share with the therapy, and in the control group if stated.
        counted: the count as the source states it.
        plain: the share with the therapy in plain language.
        about: the limits of its relevance to this therapy.
        note: where it was counted, and other notes.
        cited: the numbers of its references.
    """

    name: str
    seriousness: str
    share: Share
    control: Share | None
    counted: str
    plain: str
    about: str
    note: str
    cited: tuple[int, ...]

    @property
    def per_thousand(self) -> str:
        return self.share.per_thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialHarm:
    """A harm in a trial, arm by arm; without arms if it was not counted."""

    trial: str
    name: str
    arms: tuple[Share, ...]
    cited: tuple[int, ...]

    @property
    def counts(self) -> str:
        return "; ".join(f"{arm.name}: {arm.words}" for arm in self.arms)


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings of one kind; `none_found` means that a search found none."""

    title: str
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    none_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """All that is recorded about harms."""

    recorded: bool
    summary: str
    concern: str
    counted: tuple[HarmRow, ...]
    named: tuple[tuple[str, tuple[int, ...]], ...]
    warnings: tuple[Warned, ...]
    trial_harms: tuple[TrialHarm, ...]


_WARNINGS = {
    "boxed_warnings": (HarmKind.BOXED_WARNING, "Boxed warnings"),
    "contraindications": (HarmKind.CONTRAINDICATION, "Who must not take it"),
    "interactions": (HarmKind.INTERACTION, "What it must not be taken with"),
    "theoretical_harms": (HarmKind.THEORETICAL_HARM, "Theoretical harms"),
}


def safety_of(dossier: Dossier, first: Assessment, numbering: Numbering) -> Safety:
    given, data = first.harms, dossier.data.get("safety", {})
    entries = given.entries if given else ()
    events = [one for one in entries if one.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT)]
    counted = tuple(_harm_row(dossier, one, numbering) for one in events if one.numbers)
    trial_harms = tuple(_trial_harms(dossier, numbering))
    named = tuple(
        (_with_limits(dossier, one, one.name), numbering.cite(one.evidence.references))
        for one in events
        if not one.numbers
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


def _with_limits(dossier: Dossier, harm: Harm, wording: str) -> str:
    """Return a harm with the limits of its relevance to this therapy, such as another dose, and its notes."""
    notes = _entry(dossier, harm).get("notes", "")
    limits = f" ({'; '.join(harm.about)})" if harm.about else ""
    end = "." if wording.endswith(".") and limits else ""
    whole = f"{wording.removesuffix('.') if limits else wording}{limits}{end}"
    if not notes:
        return whole
    return f"{whole} {notes}" if whole.endswith((".", "?", "!")) else f"{whole}: {notes}"


def _harm_row(dossier: Dossier, harm: Harm, numbering: Numbering) -> HarmRow:
    entry = _entry(dossier, harm)
    source = str(entry.get("source", "")) if harm.kind is HarmKind.COUNT else ""
    control = _control(entry)
    return HarmRow(
        name=harm.name,
        seriousness=spaced(harm.seriousness or "") if harm.n != 0 else "",
        share=_share("with the therapy" if control else "", harm.n, harm.of, harm.percent),
        control=control,
        counted=harm.numbers,
        plain=_in_plain_words(harm),
        about="; ".join(harm.about),
        note=". ".join(text.removesuffix(".") for text in (source, str(entry.get("notes", ""))) if text),
        cited=numbering.cite(harm.evidence.references),
    )


def _control(entry: Mapping[str, Any]) -> Share | None:
    """Return the share in the control group, if the entry states it."""
    stated = known(entry, "control")
    if not isinstance(stated, Mapping):
        return None
    counts = (known(stated, "n"), known(stated, "of"), known(stated, "percent"))
    shown = _share("without it", *counts, is_control=True)
    return shown if shown.share is not None else None


def of_thousand(n: int | None, of: int | None, percent: float | None) -> str:
    """Return how many of 1,000 people have a harm, with Wilson's interval; for zero events, the upper limit."""
    share = _counted(n, of)
    if share is None:
        if percent == 0:
            return "none seen; the denominator is not stated"
        return "" if percent is None else f"about {_number(percent / 100)} per 1,000"
    if n == 0:
        return f"none seen in {of:,} people; the true rate may be up to {_number(share.high)} per 1,000"
    return f"{_number(share.value)} per 1,000 ({_number(share.low)} to {_number(share.high)})"


def _in_plain_words(harm: Harm) -> str:
    share = _counted(harm.n, harm.of)
    if share is None:
        return of_thousand(harm.n, harm.of, harm.percent)
    if harm.n == 0:
        followed = f"not seen in any of the {harm.of:,} people followed"
        return f"{followed}. It could still happen to up to {_whole(share.high)} in 1,000 people"
    about, low, high = _whole(share.value), _whole(share.low), _whole(share.high)
    return f"{about if about.startswith('fewer') else f'about {about}'} in 1,000 people (it may be {low} to {high})"


def _whole(share: float) -> str:
    """Return a share as a whole number per 1,000 people."""
    return "fewer than 1" if 0 < 1000 * share < 0.95 else f"{1000 * share:,.0f}"


def _number(share: float) -> str:
    """Return a share as a number per 1,000; a share above 0 is never rounded to 0."""
    number = 1000 * share
    return f"{number:,.0f}" if number >= 9.95 or number == 0 else f"{number:.2g}" if number >= 0.95 else f"{number:.1g}"


def _counted(n: int | None, of: int | None) -> Estimate | None:
    return None if n is None or not of or n > of else wilson(n, of)


def _share(name: str, n: int | None, of: int | None, percent: float | str | None, *, is_control: bool = False) -> Share:
    if n is not None and of and 0 <= n <= of:
        return Share(name, n, of, wilson(n, of), is_control)
    if isinstance(percent, int | float) and (n is None or not of):
        value = percent / 100
        return Share(name, None, of, Estimate(value, value, value), is_control)
    return Share(name, n, of, None, is_control)


def _trial_harms(dossier: Dossier, numbering: Numbering) -> Iterator[TrialHarm]:
    for trial in dossier.data.get("trials", ()):
        cited = numbering.cite(trial.get("refs", ()))
        name = dossier.study_name(trial, trial["id"])
        for harm in trial.get("harms", ()):
            arms = [
                _share(
                    str(arm["name"]),
                    known(arm, "n"),
                    known(arm, "of"),
                    known(arm, "percent"),
                    is_control=known(arm, "role") == "control",
                )
                for arm in harm.get("arms", ())
            ]
            yield TrialHarm(trial=name, name=harm["name"], arms=tuple(arms), cited=cited)
