"""The effects on each outcome to show on pages and in terminals: those of studies, then pooled ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evgrade.computed import methods
from evgrade.computed.absolute import Absolute
from evgrade.computed.effect import Computed, is_in_percent
from evgrade.computed.linked import Links, listed_by
from evgrade.computed.pooled import Linking, PooledEffect, Pooling
from evgrade.computed.words import estimate_words, interval_words, named, stated_words
from evgrade.dossier import Dossier
from evgrade.facts.effects import DIFFERENCES, RATIOS, interval, no_effect
from evgrade.facts.known import known
from evgrade.model import Path
from evgrade.stats.normal import Estimate

Data = Mapping[str, Any]

_OF_EVENTS = frozenset({"RR", "OR", "HR", "rate_ratio", "RD"})

ONE_STATED = "As the source states it"
"""The label of an effect on an outcome with one study, which is not pooled."""

POOLED_STATED = "Pooled, as the source states it"
POOLED_COMPUTED = "Pooled, computed by evgrade"


class Origin(StrEnum):
    """Where an interval comes from."""

    REPORTED = "reported"
    COMPUTED = "computed"
    NONE = "none"
    """There are no numbers."""


class Kind(StrEnum):
    """What an effect belongs to."""

    STUDY = "study"
    POOLED = "pooled"
    PREDICTION = "prediction"
    """The prediction interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """An effect.

    Attributes:
        kind: what it belongs to.
        id: the id of the effect; empty if it has none.
        name: the study's short name, or the model of a pooled effect.
        refs: the ids of its references.
        data: the underlying counts or means, the comparison and the time point.
        words: the estimate with its interval, without the measure.
        origin: where the interval comes from.
        note: how it was computed.
        estimate: the estimate in numbers; None if there is no interval.
    """

    kind: Kind = Kind.STUDY
    id: str = ""
    name: str
    refs: tuple[str, ...] = ()
    data: str = ""
    words: str
    origin: Origin
    note: str = ""
    estimate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The effects on one outcome in one measure.

    Attributes:
        outcome: the outcome.
        id: its id; empty if only studies name it.
        measure: the measure.
        unit: the unit of a difference.
        rows: studies, then pooled effects.
        more_is_better: whether more of it is better; None if unknown.
        pooling: the result of pooling the studies; None if none are linked.
        absolute: the absolute effect.
    """

    outcome: str
    id: str = ""
    measure: str
    unit: str = ""
    rows: tuple[ShownRow, ...]
    more_is_better: bool | None = None
    pooling: Pooling | None = None
    absolute: Absolute | None = None

    @property
    def sides(self) -> tuple[str, str]:
        """What lies left and right of no effect: which side is favoured, or if unknown, fewer or lower and more."""
        if self.more_is_better is None:
            less, more = ("fewer", "more") if self.measure in _OF_EVENTS else ("lower", "higher")
            return f"{less} with therapy", f"{more} with therapy"
        sides = ("favours therapy", "favours control")
        return (sides[1], sides[0]) if self.more_is_better else sides


@dataclass(frozen=True, slots=True)
class Found:
    """What was computed for an outcome: the poolings of its studies with their absolute effects, and its own."""

    poolings: tuple[tuple[Pooling, Absolute | None], ...] = ()
    absolute: Absolute | None = None


def shown_of(
    dossier: Dossier, found: Mapping[Path, Found], computed: Mapping[Path, Computed | None]
) -> Iterator[Shown]:
    """Yield the effects on each outcome of a dossier, then those on outcomes that only studies name.

    An effect that is not linked to an outcome, but has its name and measure, is shown with it.

    Args:
        dossier: the dossier.
        found: what was computed for outcomes, by path.
        computed: what was computed for effects of studies, by path.
    """
    loose = _loose(dossier, computed)
    names = set[str]()
    for number, outcome in enumerate(dossier.data.get("outcomes", ())):
        names.add(outcome["name"].casefold())
        path = ("outcomes", number)
        yield from _of_outcome(dossier, path, outcome, found.get(path, Found()), loose)
    for (name, measure), group in loose.items():
        other = ", other analyses" if name in names else ""  # two plots with one name would look like a mistake
        yield Shown(
            outcome=group.outcome + other, measure=measure, rows=tuple(group.rows), more_is_better=group.more_is_better
        )


def _of_outcome(
    dossier: Dossier, path: Path, outcome: Data, found: Found, loose: dict[tuple[str, str], _Group]
) -> Iterator[Shown]:
    effect = known(outcome, "effect") or {}
    wanted = known(effect, "measure")
    drawn: list[tuple[Pooling | None, Absolute | None, str]] = [
        (one, absolute, one.measure) for one, absolute in found.poolings if one.measure
    ]
    if not drawn and wanted in RATIOS | DIFFERENCES:
        drawn.append((None, None, wanted))
    for pooling, absolute, measure in drawn:
        rows, group = list[ShownRow](), None
        if pooling is None:
            group = loose.pop((outcome["name"].casefold(), measure), None)
            rows += group.rows if group else []
        else:
            rows += _studies(dossier, path, outcome, pooling)
        stated = _stated(effect, measure)
        if stated is not None:
            rows.append(
                ShownRow(
                    kind=Kind.POOLED,
                    name=ONE_STATED if known(outcome, "studies") == 1 else POOLED_STATED,
                    refs=tuple(effect.get("refs", ())),
                    words=_bare(stated_words(effect, (*path, "effect"), dossier.document.written), measure),
                    origin=Origin.REPORTED,
                    estimate=stated,
                )
            )
        if pooling is not None and pooling.effect is not None:
            rows += _pooled(pooling.effect, measure, len(pooling.studies))
        better = known(outcome, "more_is_better")
        if not isinstance(better, bool):
            better = _better(effect, stated, measure) if group is None else group.more_is_better
        yield Shown(
            outcome=outcome["name"],
            id=outcome["id"],
            measure=measure,
            unit=known(effect, "unit") or "",
            rows=tuple(rows),
            more_is_better=better,
            pooling=pooling,
            absolute=found.absolute or absolute,
        )


def _studies(dossier: Dossier, path: Path, outcome: Data, pooling: Pooling) -> Iterator[ShownRow]:
    """Yield the studies of a pooling."""
    measure = pooling.measure or ""
    linked = pooling.origin is Linking.LINKED
    candidates = {one.name: one for one in (Links(dossier.data).to(outcome) if linked else listed_by(outcome, path))}
    for one in pooling.studies:
        candidate = candidates[one.name]
        effect, study = candidate.effect, candidate.study
        is_stated = one.method is methods.FROM_INTERVAL
        own = _stated(effect, measure) if is_stated else None
        words = estimate_words(measure, one.estimate)
        if own is not None:  # as printed, rather than recomputed from the estimate and the width
            words = stated_words(effect, candidate.path, dossier.document.written)
        yield ShownRow(
            id=effect.get("id", ""),
            name=dossier.study_name(study or effect, one.name),
            refs=(*effect.get("refs", ()), *study.get("refs", ())),
            data=_joined(_data(effect), str(effect.get("time_point", ""))),
            words=_bare(words, measure),
            origin=Origin.REPORTED if is_stated else Origin.COMPUTED,
            note="" if is_stated else one.method.name,
            estimate=own or one.estimate,
        )


def _pooled(pooled: PooledEffect, measure: str, many: int) -> Iterator[ShownRow]:
    yield ShownRow(
        kind=Kind.POOLED,
        name=POOLED_COMPUTED,
        data=f"{many} studies",
        words=_bare(estimate_words(measure, pooled.estimate), measure),
        origin=Origin.COMPUTED,
        note=pooled.method.name,
        estimate=pooled.estimate,
    )
    if pooled.prediction is not None:
        yield ShownRow(
            kind=Kind.PREDICTION,
            name="Prediction interval",
            data="expected effect of a new study",
            words=interval_words(pooled.prediction, measure),
            origin=Origin.COMPUTED,
            note=methods.PREDICTION.name,
            estimate=pooled.prediction,
        )


@dataclass(frozen=True, slots=True)
class _Group:
    """Effects of studies on one outcome in one measure, and whether they say that more is better."""

    outcome: str
    rows: list[ShownRow] = field(default_factory=list)
    better: set[bool] = field(default_factory=set)

    @property
    def more_is_better(self) -> bool | None:
        return next(iter(self.better)) if len(self.better) == 1 else None


def _loose(dossier: Dossier, computed: Mapping[Path, Computed | None]) -> dict[tuple[str, str], _Group]:
    """Return the effects of studies that are not linked to an outcome, by outcome name and measure."""
    groups: dict[tuple[str, str], _Group] = {}
    for section in ("trials", "observational"):
        for number, study in enumerate(dossier.data.get(section, ())):
            for place, effect in enumerate(study.get("effects", ())):
                path = (section, number, "effects", place)
                found = computed.get(path)
                measure = known(effect, "measure") or (found.measure if found else None)
                if "answers" in effect or measure not in RATIOS | DIFFERENCES:
                    continue
                own = _stated(effect, measure)
                shown = own or (found.estimate if found is not None and found.measure == measure else None)
                words = stated_words(effect, path, dossier.document.written)
                if own is None and shown is not None:
                    words = estimate_words(measure, shown)
                group = groups.setdefault((effect["outcome"].casefold(), measure), _Group(effect["outcome"]))
                group.rows.append(
                    ShownRow(
                        id=effect.get("id", ""),
                        name=dossier.study_name(study, study["id"]),
                        refs=(*effect.get("refs", ()), *study.get("refs", ())),
                        data=_joined(
                            _data(effect), *(str(effect.get(key, "")) for key in ("comparison", "time_point"))
                        ),
                        words=_bare(words, measure) or "no numbers",
                        origin=Origin.REPORTED if own else Origin.COMPUTED if shown else Origin.NONE,
                        note="" if own or found is None else found.method.name,
                        estimate=shown,
                    )
                )
                better = _better(effect, shown, measure)
                if better is not None:
                    group.better.add(better)
    return groups


def _stated(effect: Data, measure: str) -> Estimate | None:
    """Return the stated effect with its 95% interval; a risk difference in percent is divided by 100."""
    ends, estimate = interval(effect), known(effect, "estimate")
    if ends is None or estimate is None or known(effect, "measure") != measure:
        return None
    unit = 100 if is_in_percent(effect) else 1
    return Estimate(float(estimate) / unit, ends[0].low / unit, ends[1].high / unit)


def _better(effect: Data, shown: Estimate | None, measure: str) -> bool | None:
    """Whether more is better, judging by what the source says the effect favours; None if unknown."""
    favours, null = known(effect, "favours"), no_effect(measure)
    if shown is None or null is None or favours not in ("therapy", "control") or shown.value == null:
        return None
    return (shown.value > null) is (favours == "therapy")


def _bare(words: str, measure: str) -> str:
    return words.removeprefix(named(measure)).strip()


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _data(effect: Data) -> str:
    """Return the counts or the means of the arms in words."""
    arms = effect.get("arms", ())
    return " v ".join(filter(None, map(_arm, arms))) if len(arms) > 1 else ""


def _arm(arm: Data) -> str:
    people, events, mean, sd = (known(arm, key) for key in ("participants", "events", "mean", "sd"))
    if events is not None and people is not None:
        return f"{events}/{people}"
    if mean is None:
        return ""
    of = f", n {people}" if people is not None else ""
    return f"{mean:g}{f' (SD {sd:g}{of})' if sd is not None else ''}"
