"""The entry point of checking: files, with all their findings.

Every command and the Python API use it, so they all find the same.
"""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from evgrade.checked import Checked, Outcome, Unchecked, left_out, opened, outcome_of
from evgrade.checks import with_checks
from evgrade.checks.run import found_in
from evgrade.discover import Skipped, Source, discover
from evgrade.dossier import Dossier, looked_at
from evgrade.model import Finding, InvalidDossierError, InvalidError, UnreadableError
from evgrade.schema.store import schema
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import shown_name

if TYPE_CHECKING:
    from evgrade.retraction_watch import Notices
    from evgrade.rubric.model import Rubric


def check(
    paths: Iterable[str | os.PathLike[str]],
    rubrics: Sequence[Rubric] = (),
    as_of: dt.date | None = None,
    notices: Notices | None = None,
) -> Iterator[Checked]:
    """Yield each dossier among files and folders with all findings, one at a time, then what was left out.

    Args:
        paths: the files and folders, or `-` for standard input.
        rubrics: rubrics whose missing facts and unread evidence are reported too.
        as_of: the day for which due dates are checked; by default that of each dossier, if it has one.
        notices: notices of retraction in which sources are looked up.

    Raises:
        UnreadableError: a folder that is named cannot be listed.
    """
    skipped = Skipped()
    for source in discover([os.fspath(path) for path in paths], skipped):
        yield check_source(source, rubrics, as_of, notices)
    yield from left_out(skipped)


def check_contents(
    files: Sequence[tuple[bytes, str]],
    rubrics: Sequence[Rubric] = (),
    as_of: dt.date | None = None,
    notices: Notices | None = None,
) -> list[Checked]:
    """Return the outcomes of files, given as their bytes and names, with all their findings.

    All files take one step before any takes the next, while the processor's caches still hold what the step needs.
    """
    examined = [_examined(content, name) for content, name in files]
    return [one if one.dossier is None else _judged(one, one.dossier, rubrics, as_of, notices) for one in examined]


def check_source(
    source: Source, rubrics: Sequence[Rubric] = (), as_of: dt.date | None = None, notices: Notices | None = None
) -> Checked:
    """Return the outcome of a file with all its findings."""
    content = opened(source)
    if isinstance(content, Checked):
        return content
    [checked] = check_contents([(content, shown_name(source.path))], rubrics, as_of, notices)
    return checked


def load_dossier(path: str) -> Dossier:
    """Return the dossier in a file, or on standard input for `-`, with all its findings.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidDossierError: it is not a valid dossier; its findings say why.
    """
    return dossier_of(check_source(Source(path, named=True)))


def dossier_of(checked: Checked) -> Dossier:
    """Return the dossier in a file that should hold one.

    Raises:
        UnreadableError: the file could not be read.
        InvalidDossierError: it is not a valid dossier; its findings say why.
    """
    if checked.dossier is not None:
        return checked.dossier
    if checked.reason is not None:
        raise UnreadableError(checked.reason)
    raise InvalidDossierError(f"{checked.file} is not a valid dossier", checked.findings)


def validate(
    *paths: str | os.PathLike[str],
    rubrics: Iterable[str | os.PathLike[str]] = (),
    as_of: dt.date | None = None,
    retractions: str | os.PathLike[str] | None = None,
) -> list[Finding]:
    """Return all findings in dossiers: files, folders, or `-` for standard input.

    Args:
        paths: the files and folders.
        rubrics: names or paths of rubrics whose missing facts and unread evidence are reported too.
        as_of: the day for which due dates are checked; by default that of each dossier, if it has one.
        retractions: the CSV file of Retraction Watch in which sources are looked up.

    Raises:
        UnreadableError: a path does not exist or cannot be read.
        UnknownRubricError: there is no such rubric.
        InvalidRubricError: a rubric is not valid.
        RecordsError: the file of retractions is not that of Retraction Watch, or a record in it could be missed.
    """
    notices: Notices | None = None
    if retractions is not None:
        from evgrade.retraction_watch import Notices  # noqa: PLC0415 - few have such a file

        notices = Notices(os.fspath(retractions))
        for odd in notices.oddities:
            warnings.warn(f"{notices.path}: {odd}", stacklevel=2)
    findings: list[Finding] = []
    for checked in check(paths, [_rubric(os.fspath(rubric)) for rubric in rubrics], as_of, notices):
        if checked.status is Outcome.UNREADABLE:
            raise UnreadableError(checked.reason or checked.file)
        findings.extend(checked.findings)
    return sorted(findings, key=Finding.sort_key)


def _examined(content: bytes, name: str) -> Checked:
    """Return a file that was read, with the findings about its form."""
    try:
        document = read(content, name)
    except InvalidError as error:
        return Checked(name, Outcome.INVALID, findings=error.findings, unchecked=(Unchecked.FACTS,))
    dossier = looked_at(document)
    return Checked(name, outcome_of(dossier.findings), dossier, dossier.findings, document=document)


def _judged(
    examined: Checked, dossier: Dossier, rubrics: Sequence[Rubric], as_of: dt.date | None, notices: Notices | None
) -> Checked:
    """Return a file with the findings of checks, of stated grades that do not follow from its facts, and of rubrics."""
    dossier = with_checks(dossier, as_of, notices)
    examined = replace(examined, unchecked=tuple(_unchecked(dossier, as_of, notices)))
    if dossier.unknown:
        return replace(examined, dossier=None, findings=dossier.findings)
    names = rubrics_of_stated_grades(dossier)
    if names:
        from evgrade.grading.noted import stated_grades  # noqa: PLC0415 - most dossiers state no grade

        dossier = replace(dossier, findings=_sorted(dossier.findings, stated_grades(dossier, map(_judging, names))))
    findings = dossier.findings
    if rubrics:
        from evgrade.grading.noted import remarks  # noqa: PLC0415 - few ask for them

        findings = _sorted(findings, remarks(dossier, rubrics))
    return replace(examined, status=outcome_of(findings), dossier=dossier, findings=findings)


def _unchecked(dossier: Dossier, as_of: dt.date | None, notices: Notices | None) -> Iterator[Unchecked]:
    """Yield what is not checked in a dossier, parts of which may be wrong."""
    data = dossier.document.data
    if () in dossier.unknown:
        yield Unchecked.FACTS
        return
    if notices is None and any({"doi", "pmid"} & one.keys() for one in _mappings(data.get("references"))):
        yield Unchecked.RETRACTIONS
    reviews = list(_mappings([data.get("review")]))
    dated = any("next_review" in one for one in reviews) or any(
        "until" in one for one in _mappings(data.get("waivers"))
    )
    if dated and as_of is None and not any("as_of" in one for one in reviews):
        yield Unchecked.DUE_DATES


def _mappings(entries: object) -> Iterator[dict[str, Any]]:
    return (one for one in (entries if isinstance(entries, list) else ()) if isinstance(one, dict))


def _sorted(findings: Sequence[Finding], more: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys([*findings, *more]), key=Finding.sort_key))


def _rubric(name: str) -> Rubric:
    from evgrade.rubric.load import load_rubric  # noqa: PLC0415 - most dossiers are checked without one

    return load_rubric(name)


_judging = cache(_rubric)
"""The rubrics by which stated grades are judged; each is read once, however many dossiers state grades."""


@cache
def _judged_by() -> Mapping[str, Mapping[str, str]]:
    """Return by schema definition the keys that state a grade, with the rubric that derives it."""
    found: dict[str, dict[str, str]] = {}
    for name, definition in schema("dossier")["$defs"].items():
        for key, node in definition.get("properties", {}).items():
            if "x-judged-by" in node:
                found.setdefault(name, {})[key] = node["x-judged-by"]
    return found


def rubrics_of_stated_grades(dossier: Dossier) -> tuple[str, ...]:
    """Return the names of the rubrics that derive the grades that a dossier states, each once."""
    judged_by = _judged_by()
    return tuple(
        dict.fromkeys(
            rubric
            for definition, _, data in found_in(dossier.data, frozenset(judged_by))
            for key, rubric in judged_by[definition].items()
            if key in data
        )
    )
