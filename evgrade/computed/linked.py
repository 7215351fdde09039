"""Which studies answer an outcome, and whether they can be pooled."""

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
        name: its study's id, or references or number.
        study: the study; empty if the outcome itself lists the effect.
        effect: the effect.
        path: the path of the effect.
    """

    name: str
    study: Data
    effect: Data
    path: Path

    @property
    def is_randomized(self) -> bool | None:
        """Whether its study is a randomized trial; None if unknown."""
        if self.path[0] == "observational":
            return False
        return {"randomized": True, "non_randomized": False, "na": False}.get(known(self.study, "allocation") or "")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study that answers an outcome but is not pooled, and the reason."""

    name: str
    reason: str


class Links:
    """The effects that answer each outcome, and the comparisons by id and name."""

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
        """Return the effects whose `answers` names an outcome, in document order."""
        return self._answers.get(outcome["id"], [])

    def comparison(self, name: str | None) -> str | None:
        """Return the id of the comparison with that id or name, None if there is none."""
        return None if name is None else self._comparisons.get(name)


def listed_by(outcome: Data, path: Path) -> list[Candidate]:
    """Return the study effects listed in an outcome, named by id, references or number."""
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
        candidates: the effects that answer it.
        retracted: the paths of evidence from retracted papers only.
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
        return f"it is from another comparison, {compared}"
    wanted = {"randomized": True, "non_randomized": False}.get(known(outcome, "design") or "")
    if wanted is not None and one.is_randomized is (not wanted):
        return f"the outcome is limited to {'randomized' if wanted else 'non-randomized'} studies, and this is not one"
    return None


def refusal(candidates: Sequence[Candidate]) -> str | None:
    """Return why studies cannot be pooled: people would count twice, or designs do not mix."""
    for name, many in Counter(one.name for one in candidates if one.study).items():
        if many > 1:
            return (
                f"{name} has {many} effects for it, so its participants would count twice: link only the effect to "
                "pool, or combine the arms that share a control group"
            )
    shared = _shared(candidates)
    if shared is not None:
        return shared
    designs = {one.is_randomized for one in candidates if one.study} - {None}
    if len(designs) > 1:
        return "both randomized and non-randomized studies answer it: state with `design` which to pool"
    return None


def _shared(candidates: Sequence[Candidate]) -> str | None:
    """Say which two studies share participants, by their cohort, registry number or reports."""
    seen: dict[tuple[str, str], str] = {}
    for one in candidates:
        for kind, marks in _marks(one.study):
            for mark in marks:
                first = seen.setdefault((kind, mark), one.name)
                if first != one.name:
                    return f"{first} and {one.name} share {kind} {mark}, so their participants would count twice"
    return None


def _marks(study: Data) -> Iterator[tuple[str, Sequence[str]]]:
    yield "the cohort", [study["cohort"].casefold()] if known(study, "cohort") else []
    yield "the registration", [number.upper() for number in study.get("registry", ())]
    yield "the report", study.get("reports", ())
