"""Work for a pool of processes: files become entries and pages, pairs of editions become changes."""

from __future__ import annotations

import datetime as dt
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from evgrade.batch.changes import Change, compared
from evgrade.batch.row import Problem, Row, lost, row_of, unchecked
from evgrade.checked import Checked, Outcome, opened
from evgrade.checking import check_contents
from evgrade.discover import Source
from evgrade.dossier import Dossier
from evgrade.model import EvgradeError, Finding, Severity, unexpected
from evgrade.report.html import STYLE, filled, inline
from evgrade.report.view import graded_view
from evgrade.retraction_watch import Notices
from evgrade.rubric.load import RubricText
from evgrade.rubric.model import Rubric
from evgrade.site.entry import Entry, entry_of
from evgrade.yamlio.source import shown_name

OWN = Path(__file__).with_name("templates")
SITE_STYLE = OWN / "site.css"
NOTICE, EDITIONS = "<!--notice-->", "<!--editions-->"
"""Placeholders, filled once all dossiers are known. No dossier can inject them, as `<` is always escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings that all pages share; they are sent to other processes.

    Attributes:
        folder: the folder of dossiers.
        title: the title of the site.
        rubrics: the grading systems; the first ranks.
        templates: a folder whose templates replace those of evgrade; None for none.
        base: the address of the site, ending in a slash; empty if not known.
        as_of: the day for checking due dates in dossiers; None for the date of each dossier.
        retractions: the file of retraction notices; None for none.
    """

    folder: str
    title: str
    rubrics: tuple[RubricText, ...]
    templates: str | None = None
    base: str = ""
    as_of: dt.date | None = None
    retractions: str | None = None

    @property
    def systems(self) -> list[Rubric]:
        return [text.compiled() for text in self.rubrics]

    def page(self, template: str, **values: object) -> str:
        """Return a template of the site filled in.

        Raises:
            EvgradeError: a template cannot be used.
        """
        return filled(template, self.templates, str(OWN), site=self, style=inline(STYLE, SITE_STYLE), **values)


class Made(NamedTuple):
    """The result for one file.

    Attributes:
        row: its row.
        errors: its first errors.
        entry: its entry; None unless it can be published.
        page: its page with placeholders, compressed, as a site may have many.
        mistake: an error in a template, for which the file is not to blame.
    """

    row: Row
    errors: tuple[Problem, ...] = ()
    entry: Entry | None = None
    page: bytes = b""
    mistake: str = ""


_MOST_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Making:
    """Grades files and makes their pages."""

    settings: Settings

    def __call__(self, sources: Iterable[Source]) -> Iterator[Made]:
        """Yield the result for each file; errors are never raised."""
        return map(self._made, sources)

    def prepare(self) -> None:
        """Compile the rubrics, which all processes need."""
        for rubric in self.settings.rubrics:
            rubric.compiled()

    def lost(self, source: Source, reason: str) -> Made:
        return Made(lost(source.path, reason))

    def _made(self, source: Source) -> Made:
        try:
            loaded = _loaded(source, self.settings)
            if isinstance(loaded, Made):
                return loaded
            row, dossier = loaded
            view = graded_view(dossier, self.settings.systems, in_brief=True)
        except Exception as error:  # a bug in evgrade must not stop the other files
            return self.lost(source, unexpected(error))
        try:
            page = self.settings.page("site-therapy.html", view=view, root="../", here="")
        except EvgradeError as error:
            return Made(row, mistake=error.message)
        entry = entry_of(source.path, _from(self.settings.folder, source.path), row, dossier)
        return Made(row, entry=entry, page=zlib.compress(page.encode(), 1))


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares editions with their predecessors.

    Attributes:
        settings: the settings of the site.
        before: the path of the predecessor of each edition, by path.
    """

    settings: Settings
    before: Mapping[str, str]

    def __call__(self, sources: Iterable[Source]) -> Iterator[Change | None]:
        """Yield the change since the previous edition; None if it cannot be determined.

        Editions of one review are adjacent, so the predecessor is usually the file read last.
        """
        last: tuple[str, _Loaded] | None = None
        for source in sources:
            earlier = self.before[source.path]
            try:
                if last is None or last[0] != earlier:
                    last = earlier, _loaded(Source(earlier, named=True), self.settings)
                old, new = last[1], _loaded(source, self.settings)
                last = source.path, new
                if isinstance(old, Made) or isinstance(new, Made):  # it has changed since, and is no longer a dossier
                    yield None
                else:
                    yield compared(old, new, self.settings.systems)
            except Exception:  # the page says that they could not be compared
                yield None

    def prepare(self) -> None:
        Making(self.settings).prepare()

    def lost(self, source: Source, reason: str) -> Change | None:  # noqa: ARG002 - nothing is known to have moved
        return None


_Loaded = tuple[Row, Dossier] | Made
"""The row and dossier of a file, or its result if it cannot be published."""


def _loaded(source: Source, settings: Settings) -> _Loaded:
    content = opened(source)
    if isinstance(content, Checked):
        return Made(unchecked(content))
    notices = None if settings.retractions is None else _notices(settings.retractions, os.getpid())
    [checked] = check_contents([(content, shown_name(source.path))], (), settings.as_of, notices)
    row = row_of(content, checked, settings.systems)
    if checked.dossier is None or row.status is not Outcome.VALID:
        return Made(row, errors=tuple(_errors(checked.findings))[:_MOST_ERRORS])
    return row, checked.dossier


@cache
def _notices(path: str, _process: int) -> Notices:
    """Return the notices of a file, opened anew in each process: forked copies would share a read position."""
    return Notices(path)


def _errors(findings: Iterable[Finding]) -> Iterator[Problem]:
    for one in findings:
        if one.severity is Severity.ERROR and one.waived is None:
            yield Problem(one.message, one.location.line, one.location.column, one.code)


def _from(folder: str, path: str) -> str:
    """Return a path relative to the folder of the site, with slashes on every system."""
    return os.path.relpath(path, folder).replace(os.sep, "/")
