"""Checks for copied numbers: an effect recorded twice, means instead of standard deviations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.checks.model import Item, Problem, check
from evgrade.model import Path, Severity

FEWEST_DIGITS = 5
"""An estimate and interval with fewer digits in all, such as 0.8 (0.6 to 1.1), may be equal by chance."""

FEWEST_DIGITS_OF_ONE = 3
"""A mean and a standard deviation with fewer digits are often equal by chance."""

_NUMBERS = ("measure", "estimate", "ci_low", "ci_high", "ci_level", "p")
_WORDS = ("outcome", "time_point", "comparison", "unit")
_STUDIES = frozenset({"trials", "observational", "preclinical"})


@check("effect-twice", on=None, severity=Severity.WARNING, entrywise=True)
def effects_stand_once(item: Item) -> Iterator[Problem]:
    """No two effects, of one study or of two, have the same estimate and interval."""
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


@check("effect-copied-sd", on=None, severity=Severity.WARNING, entrywise=True)
def deviations_are_not_means(item: Item) -> Iterator[Problem]:
    """Standard deviations do not repeatedly equal, digit for digit, the mean of another arm."""
    found = [place for path, effect in item.whole.effects for place in _copied_deviations(item, path, effect)]
    if len({_study(path) for path, _ in found}) < 2:
        return
    for path, mean in found:
        yield Problem(
            f"the standard deviation, {item.dossier.document.written(path)}, equals the mean of another arm, and so "
            "does one in another study",
            at=path,
            hint="compare both with the source: two columns of a table may have been swapped or shifted",
            related=(mean,),
        )


def _copied_deviations(item: Item, path: Path, effect: Mapping[str, Any]) -> Iterator[tuple[Path, Path]]:
    """Yield the path of each standard deviation that equals another arm's mean, and the path of that mean."""
    arms = effect.get("arms", ())
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for number, arm in enumerate(arms):
        if "mean" in arm:
            first.setdefault(arm["mean"], number)
            last[arm["mean"]] = number
    for number, arm in enumerate(arms):
        others = {means[arm["sd"]] for means in (first, last) if arm.get("sd") in means} - {number}
        if not others:
            continue
        places = ((*path, "arms", number, "sd"), (*path, "arms", min(others), "mean"))
        one, same = map(item.dossier.document.written, places)
        if one == same and len(one.lstrip("0.").replace(".", "")) >= FEWEST_DIGITS_OF_ONE:
            yield places


def _study(path: Path) -> Path:
    """Return the path of an effect's study: each study effect of an outcome counts as a study."""
    return path[:4] if "study_effects" in path else path[:2]


def _kind(path: Path) -> tuple[str | int, ...]:
    """Return the group of effects to compare: outcomes may repeat the results of their studies and reviews."""
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
        message = "this effect is stated twice" if same_words else "two effects have identical numbers"
    else:
        message = f"the numbers are identical to those of {where}"
    # Two reviews may have pooled the same studies, and one study may report an effect under two names.
    maybe = path[0] == "syntheses" if not in_one_item else one.get("outcome") != other.get("outcome")
    key = "estimate" if "estimate" in other else "p"
    return Problem(
        f"{message}: {_describe(item, path, other)}",
        at=(*path, key),
        hint="remove one of the two"
        if same_words and in_one_item
        else "if one was copied by mistake, correct or remove it; "
        "if the source has both, say so in `notes` and waive this",
        related=((*first_path, key),),
        severity=Severity.NOTE if maybe else None,
    )


def _digits(effect: Mapping[str, Any]) -> int:
    """Return the number of significant digits of an estimate and its interval, 0 if one of the three is missing."""
    stated = (effect.get(key) for key in ("estimate", "ci_low", "ci_high"))
    numbers = [one for one in stated if isinstance(one, int | float)]
    if len(numbers) < 3:
        return 0
    return sum(len(f"{number:.15g}".lstrip("-0.").replace(".", "")) for number in numbers)


def _name(item: Item, path: Path) -> str:
    """Return the id of the study or outcome that an effect belongs to."""
    if "study_effects" in path:
        return f"study effect {int(path[3]) + 1}"
    return f"`{item.dossier.data[str(path[0])][path[1]]['id']}`"


def _describe(item: Item, path: Path, effect: Mapping[str, Any]) -> str:
    """Return the numbers of an effect as written."""

    def written(key: str) -> str:
        return item.dossier.document.written((*path, key))

    if "estimate" not in effect:
        return f"p {effect['p']}" if isinstance(effect["p"], str) else f"p = {written('p')}"
    measure = effect.get("measure", "other").replace("_", " ")
    bounds = f" ({written('ci_low')} to {written('ci_high')})" if "ci_low" in effect and "ci_high" in effect else ""
    return f"{'' if measure == 'other' else measure} {written('estimate')}{bounds}".strip()
