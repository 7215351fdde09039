"""What a consistency check is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Item:
    """A mapping of a dossier that is checked, and where it stands; the whole dossier has the path ().

    Attributes:
        data: what it states.
        path: where it stands.
        dossier: the dossier that it is a part of.
        as_of: the day on which dates are looked at, None where nobody gave one.
        notices: those about the dossier's references that are in force, by the id of the reference.
    """

    data: Mapping[str, Any]
    path: Path
    dossier: Dossier
    as_of: PartialDate | None = None
    notices: Mapping[str, tuple[Notice, ...]] = field(default_factory=dict)

    def written(self, *keys: str | int) -> str:
        """Return a number below the item as the file has it: the last zero of 5.20 says how it was rounded."""
        return self.dossier.document.written((*self.path, *keys))


Find = Callable[[Item], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """A consistency check.

    Attributes:
        code: its stable name; what stands before the first dash is its group.
        on: the schema definitions whose mappings it looks at; empty for the whole dossier.
        severity: how much its findings matter, unless one says otherwise.
        find: the function.
        needs: the keys of which one at least must be stated, or there is nothing to check; empty for none.
    """

    code: str
    on: tuple[str, ...]
    severity: Severity
    find: Find
    needs: frozenset[str] = frozenset()
