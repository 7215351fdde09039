"""Handle interrupts from the keyboard and the system, but never in the middle of a write."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupts:
    """Raises KeyboardInterrupt when asked to end; while something is held together, after it, or the second time."""

    def __init__(self) -> None:
        self._is_held = False
        self._is_requested = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Take SIGTERM as SIGINT, and both in good order. Who had SIGINT ignored goes on ignoring it."""
        numbers = [signal.SIGTERM]
        if sys.platform == "win32":
            numbers.append(signal.SIGBREAK)  # Ctrl+Break, and what ends a job: Windows knows no SIGTERM from outside
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            numbers.append(signal.SIGINT)
        before = {number: signal.signal(number, self._asked) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def held(self) -> Interrupts:
        """Do something as a whole, and be interrupted after it."""
        return self

    def __enter__(self) -> Interrupts:
        self._is_held = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._is_held = False
        if kind is None and self._is_requested:
            raise KeyboardInterrupt

    def _asked(self, _number: int, _frame: object) -> None:
        if self._is_held and not self._is_requested:
            self._is_requested = True
        else:
            raise KeyboardInterrupt
