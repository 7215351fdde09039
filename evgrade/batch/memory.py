"""What is known of files without any work on them, as the pool asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from evgrade.discover import Source

T = TypeVar("T")


class Memory(Protocol[T]):
    """Results that need no work. It stays in the process that asks for them, and no error leaves it.

    Attributes:
        at_once: about how many files it is best asked for at a time.
    """

    at_once: int

    def recall(self, chunk: Sequence[Source]) -> Sequence[T | None]:
        """Return the result for each of some files, None where there is work to do."""

    def keep(self, results: Sequence[T]) -> None:
        """Take what was worked out, for the next time."""


class Forgetful:
    """Knows nothing."""

    at_once = 1

    def recall(self, chunk: Sequence[Source]) -> Sequence[None]:
        """Return that there is work to do on every file."""
        return [None] * len(chunk)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


FORGETFUL = Forgetful()
