"""Reports on many dossiers, written one at a time where the format allows, to save memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from evgrade.grading.assessment import Assessment
from evgrade.render.clean import Sink
from evgrade.render.forms import PageFormat, render
from evgrade.render.machine import assessment_json
from evgrade.render.page import Part, Rule
from evgrade.render.pages.assessment import assessments_page, contents, contents_row, one_page


class Streamed(ABC):
    """A report on several dossiers, each graded under the same rubrics."""

    @abstractmethod
    def one(self, assessments: Sequence[Assessment]) -> Iterator[str]:
        """Yield what to write once another dossier is graded."""

    @abstractmethod
    def end(self) -> Iterator[str]:
        """Yield what to write after the last dossier; there was at least one."""


class StreamedText(Streamed):
    """One report after another, then a table of all: a terminal leaves the reader at the end."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._dossiers = 0
        self._rows: list[tuple[Part]] = []

    def one(self, assessments: Sequence[Assessment]) -> Iterator[str]:
        """Yield the report on the dossier."""
        if self._dossiers:
            yield from self._rule()
        yield from render(one_page(assessments), PageFormat.TEXT, self._sink)
        self._dossiers += 1
        self._rows += map(contents_row, assessments)

    def end(self) -> Iterator[str]:
        """Yield the table if there are several dossiers."""
        if self._dossiers > 1:
            yield from self._rule()
            yield from render(contents(self._rows), PageFormat.TEXT, self._sink)

    def _rule(self) -> Iterator[str]:
        yield "\n"
        yield from render([Rule()], PageFormat.TEXT, self._sink)
        yield "\n"


class StreamedMarkdown(Streamed):
    """A page that begins with a table of all dossiers, and so is written at the end."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._graded: list[Sequence[Assessment]] = []

    def one(self, assessments: Sequence[Assessment]) -> Iterator[str]:
        """Keep the assessments for the end."""
        self._graded.append(assessments)
        return iter(())

    def end(self) -> Iterator[str]:
        """Yield the page."""
        return render(assessments_page(self._graded), PageFormat.MARKDOWN, self._sink)


class StreamedJson(Streamed):
    """An array of assessments, or a single assessment."""

    def __init__(self, *, several: bool) -> None:
        self._several = several
        self._before = "[\n  "

    def one(self, assessments: Sequence[Assessment]) -> Iterator[str]:
        """Yield the assessments as JSON."""
        for assessment in assessments:
            if self._several:
                yield self._before
                self._before = ",\n  "
            yield from assessment_json(assessment, indent="  " if self._several else "")

    def end(self) -> Iterator[str]:
        """Close the array."""
        yield "\n]\n" if self._several else "\n"
