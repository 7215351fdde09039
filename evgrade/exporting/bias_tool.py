"""The risk-of-bias tools that robvis draws."""

from __future__ import annotations

from enum import StrEnum


class BiasTool(StrEnum):
    """A tool by its name in `--tool`."""

    ROB_2 = "rob2"
    ROB_2_CLUSTER = "rob2-cluster"
    ROB_1 = "rob1"
    ROBINS_I = "robins-i"
    ROBINS_E = "robins-e"
