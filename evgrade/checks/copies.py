"""The check for one effect that stands in a dossier twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.model import Path, Severity

FEWEST_DIGITS = 5
"""An estimate and an interval of fewer digits in all may be the same by chance, as 0.8 (0.6 to 1.1)."""

_NUMBERS = ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p")
_WORDS = ("outcome", "time_point", "comparison", "unit")
_STUDIES = frozenset({"trials", "observational", "preclinical"})


@check("effect-twice", on=None, severity=Severity.WARNING)
def effects_stand_once(item: Item) -> Iterator[Problem]:
    """No two effects of a study, and none of two studies, have the same estimate and interval."""
    first_by_numbers: dict[tuple[Any, ...], tuple[Path, Mapping[str, Any]]] = {}
    for path, effect in item.whole.effects:
        if "estimate" not in effect and "p" not in effect:
            continue
        numbers = (_kind(path), *map(effect.get, _NUMBERS))
        first = first_by_numbers.setdefault(numbers, (path, effect))
        if first[0] == path:
            continue
        problem = _problem(item, first, (path, effect))
        if problem is not None:
            yield problem


def _kind(path: Path) -> tuple[str | int, ...]:
    """Return what effects are compared with each other: an outcome repeats what its studies and reviews found."""
    if "study_effects" in path:
        return path[:3]
    return ("studies",) if path[0] in _STUDIES else path[:1]


def _problem(
    item: Item, first: tuple[Path, Mapping[str, Any]], second: tuple[Path, Mapping[str, Any]]
) -> Problem | None:
    (first_path, one), (path, other) = first, second
    same_words = all(one.get(key) == other.get(key) for key in _WORDS)
    in_one_item = first_path[:2] == path[:2] and "study_effects" not in path
    if not (same_words and in_one_item) and _digits(one) < FEWEST_DIGITS:
        return None
    where = _name(item, first_path)
    if in_one_item:
        message = "this effect is stated twice" if same_words else "two effects have the very same numbers"
    else:
        message = f"the numbers are the very same as those of {where}"
    # Two reviews may have pooled the same studies, and one study may print one effect under two names.
    maybe = path[0] == "syntheses" if not in_one_item else one.get("outcome") != other.get("outcome")
    key = "estimate" if "estimate" in other else "p"
    return Problem(
        f"{message}: {_told(item, path, other)}",
        at=(*path, key),
        hint="remove one of the two"
        if same_words and in_one_item
        else "was one of them copied? correct it, or remove it; "
        "if the source has both, say so in `notes` and waive this",
        related=((*first_path, key),),
        severity=Severity.NOTE if maybe else None,
    )


def _digits(effect: Mapping[str, Any]) -> int:
    """Return how many significant digits an estimate with its interval has, 0 if one of the three is not stated."""
    numbers = [effect.get(key) for key in ("estimate", "ci_low", "ci_high")]
    return 0 if None in numbers else sum(len(f"{number:.15g}".lstrip("-0.").replace(".", "")) for number in numbers)


def _name(item: Item, path: Path) -> str:
    """Return the id of the study or outcome that an effect belongs to."""
    if "study_effects" in path:
        return f"study effect {int(path[3]) + 1}"
    return f"`{item.dossier.data[str(path[0])][path[1]]['id']}`"


def _told(item: Item, path: Path, effect: Mapping[str, Any]) -> str:
    """Say the numbers of an effect, as they are written."""

    def written(key: str) -> str:
        return item.dossier.document.written((*path, key))

    if "estimate" not in effect:
        return f"p {effect['p']}" if isinstance(effect["p"], str) else f"p = {written('p')}"
    measure = effect.get("measure", "other").replace("_", " ")
    bounds = f" ({written('ci_low')} to {written('ci_high')})" if "ci_low" in effect and "ci_high" in effect else ""
    return f"{'' if measure == 'other' else measure} {written('estimate')}{bounds}".strip()
