"""Lazy values, worked out when first read: a thousand grades need no reasons until one of them is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, islice
from threading import RLock
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")
S = TypeVar("S")
_UNREAD: Any = object()


class Later(Generic[T]):
    """A value that `work` returns, worked out when it is first needed, and once.

    It compares, hashes, prints and travels to another process as the value itself would.
    """

    __slots__ = ("_value", "_work")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: T = _UNREAD

    @property
    def value(self) -> T:
        """The value."""
        if self._value is _UNREAD:
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


class Series(Sequence[T]):
    """A tuple of which only as much is worked out as is read: `make` makes an entry of each key, and none is kept.

    It compares, hashes, prints and travels to another process as the tuple would.
    """

    __slots__ = ("_keys", "_lock", "_make", "_rest")

    def __init__(self, make: Callable[[Any], T], keys: Iterable[Any]) -> None:
        self._make = make
        self._keys: list[Any] = []
        self._rest = iter(keys)
        self._lock = RLock()  # two threads may read the same result

    def _known(self, number: int | None) -> list[Any]:
        """Return the keys, of which at least so many are known by now if there are as many; all of them for None."""
        with self._lock:
            self._keys.extend(islice(self._rest, None if number is None else max(0, number - len(self._keys))))
        return self._keys

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        end = index.stop if isinstance(index, slice) else index + 1
        keys = self._known(end if end is not None and end > 0 else None)
        return tuple(map(self._make, keys[index])) if isinstance(index, slice) else self._make(keys[index])

    def __len__(self) -> int:
        return len(self._known(None))

    def __bool__(self) -> bool:
        return bool(self._known(1))

    def __iter__(self) -> Iterator[T]:
        return map(self._make, self._each_key())

    @property
    def keys(self) -> Iterator[Any]:
        """What the entries are made of."""
        return self._each_key()

    def _each_key(self) -> Iterator[Any]:
        for number in count():
            keys = self._known(number + 1)
            if number == len(keys):
                return
            yield keys[number]

    def where(self, wanted: Callable[[Any], bool]) -> Series[T]:
        """Return the entries with the keys that are wanted, none of which is made for that."""
        return Series(self._make, (key for key in self._each_key() if wanted(key)))

    def map(self, change: Callable[[T], S]) -> Series[S]:
        """Return what becomes of the entries, when they are read too."""
        make = self._make
        return Series(lambda key: change(make(key)), self._each_key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | list | Series) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Callable[[tuple[T, ...]], Series[T]], tuple[tuple[T, ...]]]:
        return made, (tuple(self),)


def made(entries: Iterable[T]) -> Series[T]:
    """Return entries that are there already as a series; each is its own key."""
    return Series(lambda entry: entry, entries)


def _known(value: T) -> Later[T]:
    return Later(lambda: value)
