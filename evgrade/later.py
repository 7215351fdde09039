"""Values that are worked out when they are asked for: a thousand grades need no reasons until one is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")
_UNASKED: Any = object()


class Later(Generic[T]):
    """A value that `work` returns, worked out when it is first asked for, and once.

    It compares, hashes, prints and travels to another process as the value itself would.
    """

    __slots__ = ("_value", "_work")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: T = _UNASKED

    @property
    def value(self) -> T:
        """The value."""
        if self._value is _UNASKED:
            self._value = self._work()
        return self._value

    def map(self, change: Callable[[T], S]) -> Later[S]:
        """Return what becomes of the value, later too."""
        return Later(lambda: change(self.value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __reduce__(self) -> tuple[Callable[[T], Later[T]], tuple[T]]:
        return _known, (self.value,)


def _known(value: T) -> Later[T]:
    return Later(lambda: value)
