"""Conditions, as a rubric has them, and dossiers that answer them, drawn by hypothesis.

All ask about a handful of fields, so that two that are drawn have something to do with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
Data = dict[str, Any]

CHOICES: dict[str, list[Any]] = {
    "allocation": ["randomized", "non_randomized", "na"],
    "result": ["benefit", "no_benefit", "mixed"],
    "powered": [True, False],
}
NUMBERS = ("participants", "completed")
BY = ("cohort", ["cohort"], ["cohort", "group"], ["group", "cohort"], "group")
WHOSE = ("a", "b", "none")
CONCERNS = ["none", "minor", "serious"]
FAVOURS = ["therapy", "control"]
_LIMITS = {"at_least", "above", "at_most", "below"}


@cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


class Author:
    """Writes conditions and dossiers; all that it decides is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pick(self, options: Sequence[T]) -> T:
        return options[self._draw(_below(len(options)))]

    def some(self, options: Sequence[T]) -> list[T]:
        """Pick one to three of some options."""
        return list(dict.fromkeys(self.pick(options) for _ in range(self.pick((1, 2, 3)))))

    # Conditions

    def condition(self, depth: int = 2) -> Any:
        """Return a condition on the dossier."""
        if depth and self.pick((True, False)):
            return self.joined(self.condition, depth)
        return self.pick((self.on_safety, self.on_trials))(depth)

    def on_safety(self, _: int) -> Any:
        if self.pick((True, False)):
            return {"safety.concern": self.pick((self.pick(CONCERNS), self.some(CONCERNS)))}
        return {"safety.exposed": self.number()}

    def on_trials(self, depth: int) -> Any:
        return self.over("trials", self.on_a_trial, depth, number="participants")

    def on_a_trial(self, depth: int) -> Any:
        if depth and self.pick((True, False)):
            return self.joined(self.on_a_trial, depth)
        if self.pick((True, False, False)):
            return self.over("effects", self.on_an_effect, depth)
        name = self.pick((*CHOICES, *NUMBERS))
        if name in NUMBERS:
            return {name: self.number()}
        return {name: self.pick((self.pick(CHOICES[name]), self.some(CHOICES[name])))}

    def on_an_effect(self, _: int) -> Any:
        return self.pick(({"favours": self.pick(FAVOURS)}, {"primary": self.pick((True, False))}))

    def joined(self, maker: Callable[[int], Any], depth: int) -> Any:
        parts = [maker(depth - 1) for _ in range(self.pick((1, 2, 2, 3)))]
        some = {"number_of": parts, **self.pick(({"at_least": 1}, {"exactly": 1}, {"at_most": 1}))}
        return self.pick((parts, {"all": parts}, {"any": parts}, some, {"not": parts[0]}))

    def over(self, path: str, maker: Callable[[int], Any], depth: int, number: str = "") -> Data:
        """Return a condition on a list, of which perhaps a number can be added up."""
        where = {"where": maker(max(0, depth - 1))} if self.pick((True, True, False)) else {}
        words = ("any", "none", "every", "count", "share", *(["sum"] if number else []))
        match self.pick(words):
            case "count":
                by = {"by": self.pick(BY)} if number and self.pick((True, False)) else {}
                return {"count": path, **by, **where, **self.pick((self.bounds(), {"exactly": self.pick((0, 1, 2))}))}
            case "sum":
                return {"sum": f"{path}.{number}", **where, **self.bounds()}
            case "share":
                of = {"of": maker(max(0, depth - 1))} if self.pick((True, False)) else {}
                return {"share": path, **where, **of, **self.bounds((0, 0.5, 0.75, 1))}
            case word:
                return {word: path, **where}

    def bounds(self, numbers: Sequence[float] = (0, 1, 2, 3)) -> Data:
        one, other = sorted([self.pick(numbers), self.pick(numbers)])
        low, high = self.pick(("at_least", "above")), self.pick(("at_most", "below"))
        return self.pick(({low: one}, {high: one}, {low: one, high: other} if one < other else {low: one}))

    def number(self) -> Any:
        return self.pick((self.bounds(), self.pick((0, 1, 2, 3)), self.some((0, 1, 2, 3))))

    # A condition that is like another one

    def alike(self, condition: Any) -> Any:
        """Return a condition with other numbers, or with something more, or less."""
        other = self.changed(condition)
        less = condition[:1] if isinstance(condition, list) else condition
        more = self.condition(1)
        return self.pick((other, other, other, [other, more], {"any": [other, more]}, less, more))

    def changed(self, condition: Any) -> Any:
        """Return a condition with other numbers in its bounds, or with values left out."""
        if isinstance(condition, list):
            return [self.changed(part) for part in condition]
        if not isinstance(condition, dict):
            return condition
        only = [*_LIMITS & {*condition}]
        changed: Data = {}
        for key, value in condition.items():
            if only == [key] and "number_of" in condition:
                changed[key] = self.pick((value, max(0, value - 1)))
            elif only == [key]:
                changed[key] = self.pick((0, 0.5, 1) if "share" in condition else (value, value + 1, max(0, value - 1)))
            elif key == "by":
                changed[key] = self.pick((value, *BY))
            elif key in CHOICES and isinstance(value, list):
                changed[key] = self.pick((value, value[:1]))
            else:
                changed[key] = self.changed(value)
        return changed

    # Dossiers

    def complete(self) -> Data:
        """Return a dossier that states all that the conditions ask for."""
        trials = [self._trial() for _ in range(self.pick((0, 1, 2, 3)))]
        return {"trials": trials, "safety": {"concern": self.pick(CONCERNS), "exposed": self.pick((0, 1, 2, 3))}}

    def _trial(self) -> Data:
        trial: Data = {name: self.pick(values) for name, values in CHOICES.items()}
        trial |= {name: self.pick((0, 1, 2, 3)) for name in NUMBERS}
        trial |= {name: self.pick(WHOSE) for name in ("cohort", "group")}
        sides = range(self.pick((0, 1, 2)))
        trial["effects"] = [{"favours": self.pick(FAVOURS), "primary": self.pick((True, False))} for _ in sides]
        return trial

    def partly(self, stated: Any, *, closed: bool = True) -> Any:
        """Return a dossier that states only some of what another one states; its sections stay whole."""
        if isinstance(stated, list):
            return [self.partly(entry, closed=False) for entry in stated]
        if not isinstance(stated, dict):
            return stated
        return {
            key: self.partly(value, closed=False)
            for key, value in stated.items()
            if closed or self.pick((True, True, False))
        }
