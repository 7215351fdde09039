"""Whether and where `evgrade batch` caches rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evgrade.batch.row import Grading, Row, Tally
from evgrade.batch.work import NO_CACHE, ResultCache
from evgrade.cli.streams import say
from evgrade.render.clean import prose


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    """The cache, as the options have it.

    Attributes:
        wanted: whether there is to be one.
        folder: where it is; None for where the system has caches.
    """

    wanted: bool = True
    folder: str | None = None

    @property
    def _place(self) -> Path | None:
        return None if self.folder is None else Path(self.folder)

    @contextmanager
    def opened(self, grading: Grading, tally: Tally, *, quiet: bool) -> Iterator[ResultCache[Row]]:
        """Open the cache, and count what came from it in a whole run.

        What is wrong with it is said in a line, and the run does without it.
        """

        def tell(line: str) -> None:
            say(f"evgrade: {prose(line)}", quiet=quiet)

        if not self.wanted:
            yield NO_CACHE
            return
        try:
            from evgrade.batch.cache import row_cache
        except ImportError as error:  # some Pythons are built without SQLite
            tell(f"no cache: {error}")
            yield NO_CACHE
            return
        with row_cache(self._place, grading, tell) as recall:
            yield recall or NO_CACHE
            tally.recalled = 0 if recall is None else recall.found  # not of a run that ends early: some went nowhere
