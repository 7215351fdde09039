"""All numbers that evgrade computes from a dossier: for outcomes, with pooled effects, and for studies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.computed.absolute import Absolute, of_counts, of_effect
from evgrade.computed.effect import Computed, computed, is_in_percent, not_of_arms, table_of
from evgrade.computed.linked import Links, listed_by, usable
from evgrade.computed.pooled import Linking, Pooling, pooling
from evgrade.computed.shown import Found, Shown, shown_of
from evgrade.computed.words import stated_words
from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.facts.people import risk_without
from evgrade.model import Location, Path
from evgrade.stats.normal import Estimate

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledNumbers:
    """A pooling, with the absolute effect of its pooled effect."""

    pooling: Pooling
    absolute: Absolute | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeNumbers:
    """The numbers of one outcome.

    Attributes:
        path, location: where the outcome is.
        name: its name.
        measure: the measure of its effect; None if not stated.
        stated: the effect as the dossier states it; empty if it does not.
        absolute: the absolute effect of the stated effect.
        pooled: the poolings of the studies linked to it, and of those that it lists.
    """

    path: Path
    location: Location
    name: str
    measure: str | None
    stated: str
    absolute: Absolute | None
    pooled: tuple[PooledNumbers, ...]

    @property
    def pooled_effect(self) -> PooledNumbers | None:
        """The first pooling that gives an effect."""
        return next((one for one in self.pooled if one.pooling.effect), None)

    @property
    def in_people(self) -> Absolute | None:
        """The absolute effect: that of the stated effect, or else of the pooled one."""
        return self.absolute or (self.pooled_effect.absolute if self.pooled_effect else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectNumbers:
    """The numbers of one effect of a study.

    Attributes:
        path, location: where the effect is.
        study: the id of the study.
        outcome: the outcome in words, with the comparison and the time point if stated.
        stated: the effect as the dossier states it; empty if it states no numbers.
        computed: the effect that evgrade computes; None if there is nothing to compute.
        reason: why the stated arms are not used.
        absolute: the absolute effect of the counts of its arms.
    """

    path: Path
    location: Location
    study: str
    outcome: str
    stated: str
    computed: Computed | None
    reason: str | None
    absolute: Absolute | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers of those outcomes and effects that have any; `shown` are the effects, stated or computed, to show."""

    outcomes: tuple[OutcomeNumbers, ...] = ()
    effects: tuple[EffectNumbers, ...] = ()
    shown: tuple[Shown, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.effects)


def numbers_of(dossier: Dossier, retracted: Collection[Path] = ()) -> Numbers:
    """Return the numbers of a dossier.

    Args:
        dossier: the dossier.
        retracted: the paths of evidence from retracted papers only, which is not pooled.
    """
    outcomes, effects = tuple(_outcomes(dossier, retracted)), tuple(_effects(dossier))
    found = {
        one.path: Found(tuple((pooled.pooling, pooled.absolute) for pooled in one.pooled), one.absolute)
        for one in outcomes
    }
    computed_ones = {one.path: one.computed for one in effects}
    return Numbers(outcomes=outcomes, effects=effects, shown=tuple(shown_of(dossier, found, computed_ones)))


def _outcomes(dossier: Dossier, retracted: Collection[Path]) -> Iterator[OutcomeNumbers]:
    data, links = dossier.data, Links(dossier.data)
    for number, outcome in enumerate(data.get("outcomes", ())):
        path: Path = ("outcomes", number)
        found = [
            pooling(origin, outcome, *usable(links, outcome, candidates, retracted))
            for origin, candidates in (
                (Linking.LINKED, links.to(outcome)),
                (Linking.LISTED, listed_by(outcome, path)),
            )
        ]
        pooled = tuple(_in_people(one, outcome) for one in found if one is not None)
        absolute = _stated_absolute(outcome)
        if pooled or absolute is not None:
            effect = known(outcome, "effect") or {}
            yield OutcomeNumbers(
                path=path,
                location=dossier.document.location(path),
                name=known(outcome, "name") or outcome["id"],
                measure=known(effect, "measure"),
                stated=stated_words(effect, (*path, "effect"), dossier.document.written),
                absolute=absolute,
                pooled=pooled,
            )


def _in_people(one: Pooling, outcome: Data) -> PooledNumbers:
    if one.effect is None or one.measure is None:
        return PooledNumbers(pooling=one, absolute=None)
    absolute = of_effect(one.measure, one.effect.estimate, *_risk(outcome), more_is_better=_is_good(outcome))
    return PooledNumbers(pooling=one, absolute=absolute)


def _stated_absolute(outcome: Data) -> Absolute | None:
    """Return the absolute effect of an outcome's stated effect, if its whole interval is stated."""
    effect = known(outcome, "effect") or {}
    found = [known(effect, key) for key in ("estimate", "ci_low", "ci_high")]
    measure = known(effect, "measure")
    if measure is None or None in found:
        return None
    unit = 100 if is_in_percent(effect) else 1
    value, low, high = (it / unit for it in found)
    shown = Estimate(value, min(low, high), max(low, high))
    return of_effect(measure, shown, *_risk(outcome), more_is_better=_is_good(outcome))


def _risk(outcome: Data) -> tuple[float | None, str]:
    """Return the risk without the therapy, and its source."""
    risk = risk_without(outcome)
    if risk is None:
        return None, ""
    if "baseline_risk" in outcome:
        return risk, known(outcome, "baseline_risk_source") or "the stated baseline risk"
    return risk, "the control arm"


def _is_good(outcome: Data) -> bool | None:
    found = known(outcome, "more_is_better")
    return found if isinstance(found, bool) else None


def _effects(dossier: Dossier) -> Iterator[EffectNumbers]:
    data = dossier.data
    answered = {outcome["id"]: outcome for outcome in data.get("outcomes", ())}
    for section in ("trials", "observational"):
        for number, study in enumerate(data.get(section, ())):
            for place, effect in enumerate(study.get("effects", ())):
                path: Path = (section, number, "effects", place)
                found, reason = computed(effect, study), None
                if found is None and len(effect.get("arms", ())) > 1:
                    reason = not_of_arms(study)
                absolute = _absolute(effect, study, answered.get(effect.get("answers"), {}))
                if found is not None or reason is not None or absolute is not None:
                    yield EffectNumbers(
                        path=path,
                        location=dossier.document.location(path),
                        study=study["id"],
                        outcome=", ".join(
                            effect[key] for key in ("outcome", "comparison", "time_point") if key in effect
                        ),
                        stated=stated_words(effect, path, dossier.document.written),
                        computed=found,
                        reason=reason,
                        absolute=absolute,
                    )


def _absolute(effect: Data, study: Data, outcome: Data) -> Absolute | None:
    """Return the absolute effect of the counts of two arms; None if follow-up may be unequal."""
    table = table_of(effect)
    if table is None or not_of_arms(study) or known(effect, "measure") not in (None, "RR", "OR", "RD"):
        return None
    return of_counts(table, more_is_better=_is_good(outcome))
