"""Which studies answer an outcome, and whether they can be pooled at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.facts.known import known
from evgrade.model import Path

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An effect that answers an outcome.

    Attributes:
        name: what its study is called: an id, or its number.
        study: the study; empty for one that the outcome itself lists.
        effect: the effect.
        path: where the effect is.
    """

    name: str
    study: Data
    effect: Data
    path: Path

    @property
    def is_randomized(self) -> bool | None:
        """Whether it is of a randomized trial; None where that is not known."""
        if self.path[0] == "observational":
            return False
        return {"randomized": True, "non_randomized": False, "na": False}.get(known(self.study, "allocation") or "")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that answers an outcome and is not pooled, and why."""

    name: str
    reason: str


class Links:
    """What answers which outcome, and what the comparisons are called."""

    def __init__(self, data: Data) -> None:
        self._answers: dict[str, list[Candidate]] = {}
        for section in ("trials", "observational"):
            for number, study in enumerate(data.get(section, ())):
                for place, effect in enumerate(study.get("effects", ())):
                    if "answers" in effect:
                        path = (section, number, "effects", place)
                        one = Candidate(name=study["id"], study=study, effect=effect, path=path)
                        self._answers.setdefault(effect["answers"], []).append(one)
        self._comparisons = {
            one[key]: one["id"] for one in data.get("comparisons", ()) for key in ("name", "id") if key in one
        }

    def to(self, outcome: Data) -> list[Candidate]:
        """Return the effects of studies whose `answers` is an outcome, in document order."""
        return self._answers.get(outcome["id"], [])

    def comparison(self, name: str | None) -> str | None:
        """Return the id of the comparison of that id or name, None for the name of something else."""
        return None if name is None else self._comparisons.get(name)


def listed_by(outcome: Data, path: Path) -> list[Candidate]:
    """Return the effects of studies that an outcome itself lists; their refs or their number name them."""
    return [
        Candidate(
            name=str(effect.get("id") or ", ".join(effect.get("refs", ())) or f"study {place + 1}"),
            study={},
            effect=effect,
            path=(*path, "study_effects", place),
        )
        for place, effect in enumerate(outcome.get("study_effects", ()))
    ]


def usable(
    links: Links, outcome: Data, candidates: Sequence[Candidate], retracted: Collection[Path]
) -> tuple[list[Candidate], list[LeftOut]]:
    """Return the candidates that may be pooled, and those that may not, each with the reason.

    Args:
        links: of the dossier.
        outcome: the outcome.
        candidates: those that answer it.
        retracted: the paths of the evidence that rests on retracted papers alone.
    """
    taken, left = [], []
    for one in candidates:
        reason = _reason(links, outcome, one, retracted)
        if reason is None:
            taken.append(one)
        else:
            left.append(LeftOut(one.name, reason))
    return taken, left


def _reason(links: Links, outcome: Data, one: Candidate, retracted: Collection[Path]) -> str | None:
    if any(one.path[:end] in retracted for end in range(1, len(one.path) + 1)):
        return "its report is retracted"
    compared, requested = links.comparison(known(one.effect, "comparison")), known(outcome, "comparison_id")
    if None not in (compared, requested) and compared != requested:
        return f"it is of another comparison, {compared}"
    wanted = {"randomized": True, "non_randomized": False}.get(known(outcome, "design") or "")
    if wanted is not None and one.is_randomized is (not wanted):
        kind = "randomized" if wanted else "non-randomized"
        return f"the outcome is of {kind} studies, which it is not"
    return None


def refusal(candidates: Sequence[Candidate]) -> str | None:
    """Return why studies cannot be pooled: people who would count twice, or designs that do not mix."""
    for name, many in Counter(one.name for one in candidates if one.study).items():
        if many > 1:
            return (
                f"{name} has {many} effects that answer it, so its people would count twice: link the effect to pool, "
                "or combine the arms that share a control group"
            )
    shared = _shared(candidates)
    if shared is not None:
        return shared
    designs = {one.is_randomized for one in candidates if one.study} - {None}
    if len(designs) > 1:
        return "randomized and non-randomized studies answer it: say under `design` which of them it is of"
    return None


def _shared(candidates: Sequence[Candidate]) -> str | None:
    """Return which two studies have people in common, by their cohort, registry number or reports."""
    seen: dict[tuple[str, str], str] = {}
    for one in candidates:
        for kind, marks in _marks(one.study):
            for mark in marks:
                first = seen.setdefault((kind, mark), one.name)
                if first != one.name:
                    return f"{first} and {one.name} share {kind} {mark}, so its people would count twice"
    return None


def _marks(study: Data) -> Iterator[tuple[str, Sequence[str]]]:
    yield "the cohort", [study["cohort"].casefold()] if known(study, "cohort") else []
    yield "the registration", [number.upper() for number in study.get("registry", ())]
    yield "the report", study.get("reports", ())
