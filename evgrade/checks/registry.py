"""All consistency checks, by code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from evgrade.checks.model import Check, Find
from evgrade.model import Severity

_MODULES = ("counts", "effects", "p_values", "reported_values", "arms", "heterogeneity", "copies")
"""The modules whose functions are checks."""

_CHECKS: dict[str, Check] = {}


def check(code: str, *, on: str | None, severity: Severity) -> Callable[[Find], Find]:
    """Register a function as the check of that code; its prose stands in `prose/`, under the same code."""

    def register(find: Find) -> Find:
        if code in _CHECKS:
            raise ValueError(f"there are two checks {code}")
        _CHECKS[code] = Check(code, on, severity, find)
        return find

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Return every check, by code."""
    for name in _MODULES:
        import_module(f"evgrade.checks.{name}")
    return tuple(sorted(_CHECKS.values(), key=lambda one: one.code))
