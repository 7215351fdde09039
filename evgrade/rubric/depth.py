"""How deep conditions may be inside each other, through the terms and labels that they use."""

from __future__ import annotations

from evgrade.rubric.language import Condition
from evgrade.rubric.splitting import inside

DEEPEST = 200
"""Each takes Python some calls, of which it bears 1,000."""

TOO_DEEP = f"conditions, with the terms and labels in them, are more than {DEEPEST} deep"
FEWER = "let terms rest on fewer others"


class Depths:
    """The depths of the conditions of a rubric, noted from the inside to the outside."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, Condition]] = {}  # with the condition, so that its identity stays its own

    def allow(self, condition: Condition) -> bool:
        """Note the depth of a condition, and return whether it may be so deep."""
        depth = 1 + max((self._known.get(id(part), (0,))[0] for part in inside(condition)), default=0)
        self._known[id(condition)] = depth, condition
        return depth <= DEEPEST
