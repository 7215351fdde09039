"""All consistency checks, by code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from evgrade.checks.model import Check, Find, Where
from evgrade.model import Severity

_MODULES = (
    "agents",
    "arms",
    "bias",
    "claims",
    "conduct",
    "copies",
    "counts",
    "effects",
    "harm_counts",
    "harms",
    "identifiers",
    "multi_arm",
    "noninferiority",
    "p_values",
    "pooled",
    "reported_values",
    "retractions",
    "sources",
    "totals",
    "versions",
    "widths",
)
"""The modules whose functions are checks."""

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
    """Register a function as the check of that code; its prose is in `prose/`, under the same code.

    `on` names the schema definition whose mappings it looks at, or several; None is the whole dossier. Most mappings
    state little of what could be checked, and are right, so a check is made only where it may find something: in a
    mapping that states all the keys that it `needs`, one at least of those that it `needs_one_of`, and of which the
    quick look `where` says yes. Checks with the same `where` share that look.

    A check is not made where it would read a value that is wrong. One of the whole dossier that is `entrywise` looks at
    entries of lists, and what it finds in some of them holds whatever the others say: it is made on those without
    anything wrong.
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
    """Return every check, by code."""
    for name in _MODULES:
        import_module(f"evgrade.checks.{name}")
    return tuple(sorted(_CHECKS.values(), key=lambda one: one.code))
