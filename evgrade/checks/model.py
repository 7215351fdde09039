"""Consistency checks: what they are, what they look at, what they find, and all of them by code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from evgrade.dossier import Dossier
from evgrade.facts.known import PartialDate
from evgrade.model import Path, Severity
from evgrade.notices import Notice


class Problem(NamedTuple):
    """One inconsistency.

    Attributes:
        message: what is wrong, with the numbers.
        at: where, as a path below the item that was checked.
        hint: what would be right.
        related: other places that matter, as paths from the top of the dossier.
        severity: the severity, if it is not that of its check.
    """

    message: str
    at: Path = ()
    hint: str | None = None
    related: tuple[Path, ...] = ()
    severity: Severity | None = None


class Whole(NamedTuple):
    """A dossier with everything that checks need to know about it.

    Attributes:
        dossier: the dossier.
        as_of: the day to compare dates with, None if not given.
        notices: the notices in force about its references, by the id of the reference.
        effects: all its effects with their paths, in the order of the schema.
        answering: the effects of studies that answer an outcome, by the id of the outcome.
        versions: the retraction of another version of a reference, with its DOI, by the id of the reference.
        complete: whether the dossier has no unknown parts.
    """

    dossier: Dossier
    as_of: PartialDate | None
    notices: Mapping[str, tuple[Notice, ...]]
    effects: Sequence[tuple[Path, Mapping[str, Any]]]
    answering: Mapping[str, Sequence[tuple[Path, Mapping[str, Any]]]]
    versions: Mapping[str, tuple[str, Notice]]
    complete: bool = True


class Item(NamedTuple):
    """A mapping of a dossier to check; the path of the whole dossier is ()."""

    data: Mapping[str, Any]
    path: Path
    whole: Whole

    @property
    def dossier(self) -> Dossier:
        """The dossier."""
        return self.whole.dossier

    def above(self, steps: int) -> Any:
        """Return the value this many steps further up the path."""
        value: Any = self.dossier.data
        for step in self.path[:-steps]:
            value = value[step]
        return value

    def studies(self) -> list[Item]:
        """Return the effects of all studies of an outcome, or none if some are or may be missing.

        These are the effects that it lists, or else those that answer it, if their number is that of its studies.
        """
        stated = self.data.get("studies")
        if "study_effects" in self.data:
            listed = enumerate(self.data["study_effects"])
            found = [Item(effect, (*self.path, "study_effects", number), self.whole) for number, effect in listed]
            return found if not isinstance(stated, int) or stated == len(found) else []
        if not self.whole.complete or not isinstance(stated, int):  # an unknown effect may answer it too
            return []
        found = [Item(effect, path, self.whole) for path, effect in self.whole.answering.get(self.data["id"], ())]
        return found if stated == len(found) else []

    def written(self, *keys: str | int) -> str:
        """Return a number below the item as the file writes it, with trailing zeros, which show its precision."""
        return self.dossier.document.written((*self.path, *keys))


Find = Callable[[Item], Iterable[Problem]]
"""Returns what a check finds in a mapping."""

Where = Callable[[Mapping[str, Any]], bool]
"""Takes a quick look at a mapping: whether there may be anything to find."""


@dataclass(frozen=True, slots=True)
class Check:
    """A consistency check.

    Attributes:
        code: its stable name, beginning with its group and a dash.
        on: the schema definitions whose mappings it checks; empty for the whole dossier.
        severity: the severity of its findings, unless a finding has its own.
        find: the function.
        needs: the keys that a mapping must have to be checked.
        needs_one_of: the keys of which it must have at least one, if there are any here.
        where: a quick look that rules out mappings with nothing to find; None to check all.
        entrywise: whether findings in some entries of the dossier's lists are true whatever the other entries say.
    """

    code: str
    on: tuple[str, ...]
    severity: Severity
    find: Find
    needs: frozenset[str] = frozenset()
    needs_one_of: frozenset[str] = frozenset()
    where: Where | None = None
    entrywise: bool = False

    def has_something_in(self, definition: str | None, keys: Collection[str]) -> bool:
        """Whether there may be anything to find in a mapping with this schema definition and these keys."""
        return (
            definition in (self.on or (None,))
            and self.needs.issubset(keys)
            and not (self.needs_one_of and self.needs_one_of.isdisjoint(keys))
        )


_MODULES = (
    "arms",
    "bias",
    "claims",
    "conduct",
    "copies",
    "counts",
    "effects",
    "harms",
    "multi_arm",
    "p_values",
    "pooled",
    "reported_values",
    "retractions",
    "sources",
    "versions",
    "widths",
)
"""The modules with checks."""

_CHECKS: dict[str, Check] = {}


def check(
    code: str,
    *,
    on: str | tuple[str, ...] | None,
    severity: Severity,
    needs: str | tuple[str, ...] = (),
    needs_one_of: tuple[str, ...] = (),
    where: Where | None = None,
    entrywise: bool = False,
) -> Callable[[Find], Find]:
    """Register a function as a check; its explanation is in `prose/`, under the same code.

    `on` names one or more schema definitions whose mappings it checks; None is the whole dossier. Most mappings
    have few keys to check, and are right, so a check runs only on mappings that have all keys that it `needs`, at least
    one of those that it `needs_one_of`, and that pass the quick look `where`. Checks with the same `where` share it.

    A check ends when it reads a value with an error. A check of the whole dossier is `entrywise` if it looks at entries
    of lists and its findings in some are true whatever the others say; it then runs on the entries without errors.
    """
    definitions = (on,) if isinstance(on, str) else on or ()
    keys = frozenset((needs,) if isinstance(needs, str) else needs)

    def register(find: Find) -> Find:
        if code in _CHECKS:
            raise ValueError(f"there are two checks {code}")
        _CHECKS[code] = Check(code, definitions, severity, find, keys, frozenset(needs_one_of), where, entrywise)
        return find

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Return all checks, sorted by code."""
    for name in _MODULES:
        import_module(f"evgrade.checks.{name}")
    return tuple(sorted(_CHECKS.values(), key=lambda one: one.code))
