"""Limits on input, so that a hostile file costs no more than an honest one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read; a real dossier of thousands of studies stays far below them.

    Attributes:
        bytes: size of the file.
        depth: levels of lists and mappings inside each other, aliases expanded.
        values: keys, values and ends of lists and mappings; this bounds the time and the memory.
        alias_values: keys and values that all aliases together refer to.
    """

    bytes: int = 8 * 1024 * 1024
    depth: int = 48
    values: int = 1_000_000
    alias_values: int = 10_000


LIMITS = Limits()
