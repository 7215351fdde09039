"""Which tests run: the fast ones, all but those of the night, or these too.

A test is slow if it starts programs, which its fixtures show, or if it is marked so. What takes long and seldom breaks
alone belongs to the night: failures of a cluster, each input of the GitHub action, the same law with every system. A
cheaper test of each kind always runs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

import pytest

STARTING_PROGRAMS = frozenset({"run", "browser", "vnu"})
"""Fixtures with which a test starts evgrade anew, or a browser, which takes a third of a second and more each time."""


class Tier(StrEnum):
    """Which tests run."""

    FAST = "fast"
    ALL = "all"
    NIGHT = "night"


def tier_of(config: pytest.Config) -> Tier:
    """Return the tier that `--tier` names; without it, every test that is named, or the fast tier if none is."""
    wanted: str | None = config.getoption("--tier")
    if wanted is not None:
        return Tier(wanted)
    return Tier.FAST if config.args_source is pytest.Config.ArgsSource.TESTPATHS else Tier.NIGHT


def belongs(item: pytest.Item, tier: Tier) -> bool:
    """Whether a test runs in a tier."""
    match tier:
        case Tier.NIGHT:
            return True
        case Tier.ALL:
            return not _is_nightly(item)
        case Tier.FAST:
            return not (_is_slow(item) or _is_nightly(item))
        case _:
            assert_never(tier)


def _is_slow(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return item.get_closest_marker("slow") is not None or not STARTING_PROGRAMS.isdisjoint(fixtures)


def _is_nightly(item: pytest.Item) -> bool:
    return item.get_closest_marker("nightly") is not None
