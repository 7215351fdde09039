"""What is known of files without any work on them, as the pool asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from evgrade.discover import Source

T = TypeVar("T")


Known = tuple[Sequence[Source], Sequence[T | None]]
"""Some files, and what is known of each."""


class Memory(Protocol[T]):
    """Results that need no work. It stays in the process that asks for them, and no error leaves it.

    Attributes:
        at_once: about how many files it is best asked for at a time.
    """

    at_once: int

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[T]]:
        """Yield files with the result for each of them, None where there is work to do.

        Chunks are taken as they are needed; it may take a few more, to know of their files sooner.
        """

    def keep(self, results: Sequence[T]) -> None:
        """Take what was worked out, for the next time."""


class Forgetful:
    """Knows nothing."""

    at_once = 1

    def recall(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Known[Any]]:
        """Yield that there is work to do on every file."""
        return ((chunk, [None] * len(chunk)) for chunk in chunks)

    def keep(self, results: Sequence[object]) -> None:
        """Do nothing."""


FORGETFUL = Forgetful()
