"""What one study found, on the scale where it is symmetric, and by how much it may be off."""

from __future__ import annotations

from dataclasses import dataclass

from evgrade.stats.normal import Estimate, wald

LARGEST = 1e50
"""Effects and standard errors stay below it, and standard errors above its inverse: their fourth powers are summed."""


@dataclass(frozen=True, slots=True)
class Study:
    """What one study found, on a scale where it is symmetric: the logarithm of a ratio, or a difference as it stands.

    Raises:
        ValueError: a number is infinite or beyond `LARGEST`, or the standard error is not above 0.
    """

    effect: float
    standard_error: float

    def __post_init__(self) -> None:
        if not abs(self.effect) < LARGEST:
            raise ValueError(f"an effect is a number of a usual size, not {self.effect}")
        if not 1 / LARGEST < self.standard_error < LARGEST:
            raise ValueError(f"a standard error is a number above 0 of a usual size, not {self.standard_error}")

    @property
    def weight(self) -> float:
        """One over its variance."""
        return self.standard_error**-2

    def interval(self, level: float = 95) -> Estimate:
        """Return the effect with its Wald interval.

        Raises:
            ValueError: the level is not between 0 and 100.
        """
        return wald(self.effect, self.standard_error, level)
