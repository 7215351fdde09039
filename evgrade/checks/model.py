"""What a consistency check is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from evgrade.dossier import Dossier
from evgrade.facts.dates import PartialDate
from evgrade.model import Path, Severity
from evgrade.notices import Notice


class Problem(NamedTuple):
    """One thing that does not fit.

    Attributes:
        message: what is wrong, with the numbers.
        at: where, as a path below the item that was checked.
        hint: what would be right.
        related: the other places that matter, as paths from the top of the dossier.
        severity: how much it matters, where that is not what its check says.
    """

    message: str
    at: Path = ()
    hint: str | None = None
    related: tuple[Path, ...] = ()
    severity: Severity | None = None


class Whole(NamedTuple):
    """The whole that a mapping is a part of, and what else is known of it.

    Attributes:
        dossier: the dossier.
        as_of: the day on which dates are looked at, None where nobody gave one.
        notices: those about the dossier's references that are in force, by the id of the reference.
        effects: every effect in it, with its path, in the order of the schema.
        answering: those of studies that say which outcome they answer, by the id of the outcome.
        versions: the retraction of another version of a reference, with its DOI, by the id of the reference.
        complete: whether all of it is known.
    """

    dossier: Dossier
    as_of: PartialDate | None
    notices: Mapping[str, tuple[Notice, ...]]
    effects: Sequence[tuple[Path, Mapping[str, Any]]]
    answering: Mapping[str, Sequence[tuple[Path, Mapping[str, Any]]]]
    versions: Mapping[str, tuple[str, Notice]]
    complete: bool = True


class Item(NamedTuple):
    """A mapping of a dossier that is checked, and where it is; the whole dossier has the path ().

    Attributes:
        data: what it states.
        path: where it is.
        whole: what it is a part of.
    """

    data: Mapping[str, Any]
    path: Path
    whole: Whole

    @property
    def dossier(self) -> Dossier:
        """The dossier that it is a part of."""
        return self.whole.dossier

    def above(self, steps: int) -> Any:
        """Return what holds the mapping, this many steps further up its path."""
        value: Any = self.dossier.data
        for step in self.path[:-steps]:
            value = value[step]
        return value

    def studies(self) -> list[Item]:
        """Return the effects of all studies of an outcome; empty where some are known to be missing, or may be.

        They are those that it lists, or else those that say they answer it, if they are as many as it has studies.
        """
        stated = self.data.get("studies")
        if "study_effects" in self.data:
            listed = enumerate(self.data["study_effects"])
            found = [Item(effect, (*self.path, "study_effects", number), self.whole) for number, effect in listed]
            return found if not isinstance(stated, int) or stated == len(found) else []
        if not self.whole.complete or not isinstance(stated, int):  # one that is not known may answer it too
            return []
        found = [Item(effect, path, self.whole) for path, effect in self.whole.answering.get(self.data["id"], ())]
        return found if stated == len(found) else []

    def written(self, *keys: str | int) -> str:
        """Return a number below the item as the file writes it: the last zero of 5.20 says how it was rounded."""
        return self.dossier.document.written((*self.path, *keys))


Find = Callable[[Item], Iterable[Problem]]
"""A check itself: what it finds in a mapping."""

Where = Callable[[Mapping[str, Any]], bool]
"""A quick look at what a mapping states: whether there may be anything to find."""


@dataclass(frozen=True, slots=True)
class Check:
    """A consistency check.

    Attributes:
        code: its stable name; what comes before the first dash is its group.
        on: the schema definitions whose mappings it looks at; empty for the whole dossier.
        severity: how much its findings matter, unless one says otherwise.
        find: the function.
        needs: the keys that must all be stated, or there is nothing to check.
        needs_one_of: the keys of which one at least must be stated too; empty for none.
        where: says no where there is nothing to find; None for a check that looks for itself.
        entrywise: whether what it finds in some entries of the dossier's lists holds whatever the others say.
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
        """Whether there may be anything to find in a mapping of a schema definition that has some keys."""
        return (
            definition in (self.on or (None,))
            and self.needs.issubset(keys)
            and not (self.needs_one_of and self.needs_one_of.isdisjoint(keys))
        )
