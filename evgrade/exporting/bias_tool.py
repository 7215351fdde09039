"""The tools for risk of bias that robvis draws."""

from __future__ import annotations

from enum import StrEnum


class BiasTool(StrEnum):
    """A tool, as `--tool` names it."""

    ROB_2 = "rob2"
    ROB_2_CLUSTER = "rob2-cluster"
    ROB_1 = "rob1"
    ROBINS_I = "robins-i"
    ROBINS_E = "robins-e"
