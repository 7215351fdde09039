"""The SHA-256 of many files, by which their rows are known again.

Where all rows are known, to read the files and to hash them is half of the work. Another process shares it: that one
does nothing else, and this one does what is left of it beside the other half.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from evgrade.batch.row import Row
from evgrade.batch.task import content_of
from evgrade.discover import Source

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Digest = bytes | Row | None
"""The SHA-256 of a file that may be known, or its row where there is nothing to grade; None where there is work."""

_SIZE = hashlib.sha256().digest_size
_ENOUGH, _MOST = 4, 16
"""How many chunks the other process has to read, so few that its answers always have room in the pipe, and how many
wait at most where it is late with the first of them."""
_NONE = bytes(_SIZE)
"""What stands for a file that has no SHA-256."""


def digest_of(source: Source) -> Digest:
    """Return what a file may be known by; no error leaves this."""
    try:
        content = content_of(source)
    except Exception:  # whatever it is, the row will say it
        return None
    return content if isinstance(content, Row) else hashlib.sha256(content).digest()


class Digests:
    """Reads and hashes files, where there are many together with another process.

    Attributes:
        process: the other process, while there is one.
    """

    def __init__(self, *, many: int | None) -> None:
        """Have another process help if the first chunk has so many files, or never if that is None."""
        self._many = many
        self.process: Any = None
        self._pipe: Connection | None = None

    def of(self, chunks: Iterable[Sequence[Source]]) -> Iterator[tuple[Sequence[Source], list[Digest]]]:
        """Yield files, each with what it may be known by.

        The other process always has some to read. What comes while it has enough is read here, so that neither waits
        for the other, whichever has more to do.
        """
        waiting: deque[_Chunk] = deque()
        asked = 0
        for chunk in self._begun(chunks):
            if asked < _ENOUGH and self._ask(chunk):
                waiting.append(_Chunk(chunk, None))
                asked += 1
            else:
                waiting.append(_Chunk(chunk, list(map(digest_of, chunk))))
            while waiting and (waiting[0].digests is not None or len(waiting) >= _MOST or self._has_answered()):
                asked -= waiting[0].digests is None
                yield self._told(waiting.popleft())
        while waiting:
            yield self._told(waiting.popleft())

    def _begun(self, chunks: Iterable[Sequence[Source]]) -> Iterator[Sequence[Source]]:
        """Yield the chunks; with the first it turns out whether they are many."""
        for number, chunk in enumerate(chunks):
            if number == 0 and self._many is not None and len(chunk) >= self._many:
                self._start()
            yield chunk

    def close(self) -> None:
        """End the other process."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self.process is not None:
            self.process.terminate()
            self.process.join()
            self.process = None

    def _start(self) -> None:
        """Start another process, where it can be a copy of this one; nothing else would begin soon enough."""
        from multiprocessing import get_context  # noqa: PLC0415 - slow to import, and for few files not needed

        from evgrade.batch.copies import can_be_copied, interrupts_held  # noqa: PLC0415 - as above

        if not can_be_copied():
            return
        context: Any = get_context("fork")  # which the types of Windows do not know
        with suppress(OSError), interrupts_held():  # as where there are too many processes: then we read
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, ours), daemon=True)
            process.start()
            theirs.close()
            self.process, self._pipe = process, ours

    def _ask(self, chunk: Sequence[Source]) -> bool:
        """Send the other process files to read; return whether there is one that took them."""
        if self._pipe is None:
            return False
        try:
            self._pipe.send(list(map(tuple, chunk)))  # half the time of what they are
        except OSError:  # it has died
            return False
        return True

    def _has_answered(self) -> bool:
        """Whether the other process has read the files that it was asked for first, or has died."""
        return self._pipe is None or self._pipe.poll()

    def _told(self, chunk: _Chunk) -> tuple[Sequence[Source], list[Digest]]:
        """Return files with what they may be known by; what the other process does not tell is found out here."""
        files, digests = chunk
        if digests is None:
            pairs = zip(files, self._answer(len(files)), strict=True)
            digests = [digest or digest_of(source) for source, digest in pairs]
        return files, digests

    def _answer(self, count: int) -> list[bytes | None]:
        """Return the SHA-256 of the files that were asked for first; None for those that have to be looked at here."""
        if self._pipe is None:
            return [None] * count
        try:
            told = self._pipe.recv_bytes()
        except (EOFError, OSError):  # it has died, of what we may survive: one large file, say, as memory grew short
            self.close()
            return [None] * count
        parts = [told[start : start + _SIZE] for start in range(0, len(told), _SIZE)]
        return [None if part == _NONE else part for part in parts]


class _Chunk(NamedTuple):
    """Some files, with what they may be known by; None if the other process was asked for that."""

    files: Sequence[Source]
    digests: list[Digest] | None


def _serve(pipe: Connection, other_end: Connection) -> None:
    """Answer for one chunk after the other, until nobody asks any more."""
    from evgrade.batch.copies import leave_interrupts  # noqa: PLC0415 - as above

    leave_interrupts()
    other_end.close()  # else it would stay open when the process that asks has ended
    with suppress(EOFError, OSError):
        while True:
            digests = [digest_of(Source(*asked)) for asked in pipe.recv()]
            pipe.send_bytes(b"".join([digest if isinstance(digest, bytes) else _NONE for digest in digests]))
