"""`evgrade site`: a static site for a folder of dossiers, updated without touching any other file there.

A list in the folder of the site records which files are ours and what we wrote into them. It is trusted only where the
files agree, because anyone may have written it: a file with a name that we never use, or with other content, is not
ours.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from evgrade.batch.columns import columns_of
from evgrade.batch.pool import Pool
from evgrade.batch.row import Problem, Row, Tally, unchecked
from evgrade.checked import Outcome, left_out
from evgrade.cli.destinations import refused
from evgrade.cli.execution import Stopwatch, local_pool
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.files import mode_of, put
from evgrade.cli.options import read_notices
from evgrade.cli.streams import say
from evgrade.discover import Skipped, Source, check_listable, discover, is_folder
from evgrade.git import GitError
from evgrade.model import EvgradeError, NothingToGradeError, UnreadableError
from evgrade.regular import NotRegularError, read_regular
from evgrade.render.clean import for_terminal, prose
from evgrade.report.links import web
from evgrade.rubric.load import read_rubric, requested_names
from evgrade.schema.suggest import listed, many
from evgrade.site.build import Site, files_of
from evgrade.site.entry import Entry, Review, reviews_of
from evgrade.site.making import Comparing, Made, Making, Settings
from evgrade.site.updates import Compared, Update, updates_in_git, updates_in_order, updates_of


def run_site(
    folder: str,
    output: str,
    rubric_names: Sequence[str],
    title: str,
    *,
    as_of: dt.date | None,
    today: dt.date,
    retractions: str | None,
    templates: str | None,
    base_url: str | None,
    since: str | None,
    jobs: int | None,
    quiet: bool,
) -> int:
    """Bring the site of a folder up to date, and return the exit code.

    Args:
        folder: the folder of dossiers.
        output: the folder of the site.
        rubric_names: the grading systems; the first one ranks.
        title: of the site.
        as_of: the day to check due dates in dossiers against; None for no check.
        today: the day to compare the dates of next reviews with.
        retractions: the file of notices to look up sources in.
        templates: a folder whose templates replace those of evgrade.
        base_url: the address of the published site.
        since: the revision in git since which changes are shown.
        jobs: the number of processes; None for one per core.
        quiet: whether to leave out the summary.

    Raises:
        EvgradeError: a folder, a rubric, a template or an address cannot be used, or another file is in the way.
        NothingToGradeError: there is no dossier in the folder.
    """
    if not is_folder(folder):
        raise EvgradeError(f"{folder} is not a folder", hint="evgrade report makes a page for a single dossier")
    check_listable(folder)
    settings = Settings(
        folder=folder,
        title=title,
        rubrics=tuple(map(read_rubric, requested_names(rubric_names))),
        templates=templates,
        base=_base(base_url),
        as_of=as_of,
        retractions=retractions,
    )
    columns_of([one.outline for one in settings.systems])  # refuses two of the same name
    read_notices(retractions)  # to report odd records once
    watch = Stopwatch()
    gc.freeze()  # imported objects stay, so the collector need not look at them again and again
    pool = local_pool(jobs)
    tally = Tally()
    entries, pages = _published(settings, pool, tally)
    reviews = reviews_of(entries)
    changes = _compared(settings, pool, reviews)
    updates = [*updates_of(reviews, changes, settings.systems), *_in_git(settings, since, reviews)]
    site = Site(
        settings=settings,
        reviews=reviews,
        changes=changes,
        updates=updates_in_order(updates),
        as_of=today,
        pages=pages,
    )
    done = bring_up_to_date(output, files_of(site))
    for name in done.kept:
        say(f"evgrade: {for_terminal(name)} no longer belongs to the site, but was changed by hand and is kept")
    published = f"{many(len(reviews), 'review')} published from {many(len(entries), 'dossier')}"
    files = f"{done.written} written, {done.same} unchanged, {done.removed} removed"
    say(f"{published}; {many(done.written + done.same, 'file')}: {files}\n{watch.summary(tally.files)}", quiet=quiet)
    if tally.statuses[Outcome.VALID] == tally.dossiers:
        return DONE
    return FAILED if tally.unreadable else FINDINGS


def _base(address: str | None) -> str:
    """Return the address of the site, ending in a slash.

    Raises:
        typer.BadParameter: it is not a web address.
    """
    if address is None:
        return ""
    if web(address, address) is None or "?" in address or "#" in address:
        error = EvgradeError(
            f"{address} is not the address of a site", hint="use one such as https://example.org/reviews/"
        )
        raise refused(error, "--base-url")
    return f"{address.rstrip('/')}/"


def _published(settings: Settings, pool: Pool, tally: Tally) -> tuple[list[Entry], dict[str, bytes]]:
    """Return the dossiers to publish, with their pages by path, and report the others.

    Raises:
        EvgradeError: a template cannot be used.
        NothingToGradeError: there is no dossier.
    """
    entries: list[Entry] = []
    pages: dict[str, bytes] = {}
    skipped = Skipped()
    with closing(pool.run(Making(settings), discover([settings.folder], skipped))) as made:
        for one in made:
            if one.mistake:
                raise EvgradeError(one.mistake)
            tally.add([one.row])
            if one.entry is not None:
                entries.append(one.entry)
                pages[one.entry.path] = one.page
            elif one.row.status is not Outcome.SKIPPED:
                _report(one)
    for checked in left_out(skipped):
        row = unchecked(checked)
        tally.add([row])
        if row.status is not Outcome.SKIPPED:
            _report(Made(row))
    if not tally.dossiers:
        raise NothingToGradeError(f"no dossier was found in {settings.folder}")
    return entries, pages


def _report(made: Made) -> None:
    """Say why a dossier is not published, and print its errors."""
    problems = made.errors or ((made.row.problem,) if made.row.problem is not None else ())
    say(f"evgrade: {for_terminal(made.row.file)} is not published:")
    for problem in problems:
        say(f"  {_place(made.row, problem)}{prose(problem.message)}{f' [{problem.code}]' if problem.code else ''}")
    more = made.row.counts.errors - len(problems)
    if more > 0:
        say(f"  and {many(more, 'more error')}; evgrade validate {for_terminal(made.row.file)} lists them")


def _place(row: Row, problem: Problem) -> str:
    return "" if problem.line is None else f"{for_terminal(row.file)}:{problem.line}:{problem.column}: error: "


def _compared(settings: Settings, pool: Pool, reviews: Sequence[Review]) -> Compared:
    """Return what changed since the previous edition, by the path of each edition that has one."""
    before = {new.path: old.path for one in reviews for old, new in zip(one.editions, one.editions[1:], strict=False)}
    sources = [Source(path, named=True) for path in before]
    with closing(pool.run(Comparing(settings, before), sources)) as changes:
        return dict(zip(before, changes, strict=True))


def _in_git(settings: Settings, since: str | None, reviews: Sequence[Review]) -> list[Update]:
    """Return the changes in git; none if the folder is in no repository.

    Raises:
        GitError: the revision that was given does not exist.
    """
    try:
        return list(updates_in_git(settings.folder, since, reviews, settings.systems))
    except GitError as error:
        if since is not None:
            raise
        if "not a git repository" not in error.message:
            say(f"evgrade: what changed is taken from editions alone: {prose(error.message)}")
        return []


LIST = ".evgrade-site.json"
_FORMAT = "evgrade.site-files/1"
_NAME = re.compile(r"(?:[a-z]+/)?[a-z0-9-]+\.(?:html|json|xml)")
_MOST = 1 << 28
"""The most bytes of a file of a site."""
_SHOWN = 5

Hashes = Mapping[str, tuple[str, ...]]
"""SHA-256 of what we may have written, by the name of the file: two hashes while it is being replaced."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many files were written, removed and left as they were, and the names of files that were not removed."""

    written: int
    removed: int
    same: int
    kept: tuple[str, ...]


def bring_up_to_date(folder: str, files: Iterable[tuple[str, bytes]]) -> Done:
    """Write new and changed files into a folder, and remove those of an earlier run that are no longer needed.

    Each file is written whole, after those that it links to.

    Args:
        folder: the folder, created if missing.
        files: all files with their names, link targets first.

    Raises:
        EvgradeError: a file in the way is not ours; nothing was written.
        UnreadableError: something cannot be read or written.
    """
    top = Path(os.path.realpath(folder))
    wanted = dict(files)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in wanted.items()}
    try:
        top.mkdir(parents=True, exist_ok=True)
        before = _listed(top)
        found = {name: _digest(top, name) for name in sorted({*wanted, *before})}
        _refuse(folder, [name for name in wanted if _is_foreign(found[name], digests[name], before.get(name, ()))])
        other = [name for name in wanted if found[name] != digests[name]]
        stale = [name for name in before if name not in wanted and found[name] is not None]
        ours = [name for name in stale if found[name] in before[name]]
        if other or ours:
            # Before anything is written, so that after a killed run the next one knows which files may be ours.
            both = {name: tuple(dict.fromkeys((*before.get(name, ()), digests[name]))) for name in wanted}
            _write_list(top, both | {name: before[name] for name in ours})
        for name in other:
            _write(top, name, wanted[name])
        for name in ours:
            if _digest(top, name) in before[name]:
                (top / name).unlink()
        _write_list(top, {name: (digest,) for name, digest in digests.items()})
    except OSError as error:
        raise UnreadableError(f"{folder} could not be written: {error.strerror or error}") from error
    kept = tuple(name for name in stale if name not in ours)
    return Done(len(other), len(ours), len(wanted) - len(other), kept)


def _is_foreign(found: str | None, wanted: str, ours: tuple[str, ...]) -> bool:
    return found is not None and found != wanted and found not in ours


def _refuse(folder: str, names: list[str]) -> None:
    """Refuse to replace files that are not ours.

    Raises:
        EvgradeError: there are some.
    """
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        wording = f"{listed(names[:_SHOWN])}{more}"
        raise EvgradeError(
            f"this command did not write {many(len(names), 'file')} in {folder} that it would replace, "
            f"or they changed since: {wording}",
            hint="give another folder to --output, or move these files away",
        )


def _digest(top: Path, name: str) -> str | None:
    """Return the SHA-256 of a file in the folder; None if it does not exist.

    For anything but a regular file, return a text that is not a hash.

    Raises:
        OSError: it cannot be read.
    """
    place = top / name
    if place.parent != top and not _is_own_folder(place.parent):
        return None if not os.path.lexists(place.parent) else "not a folder"
    try:
        content = read_regular(str(place), _MOST, follow=False)
    except FileNotFoundError:
        return None
    except NotRegularError:
        return "not a regular file"
    return hashlib.sha256(content).hexdigest()


def _is_own_folder(place: Path) -> bool:
    """Whether a path is a real folder, and not a link."""
    try:
        return stat.S_ISDIR(place.lstat().st_mode)
    except FileNotFoundError:
        return False


def _write(top: Path, name: str, content: bytes) -> None:
    """Write a file whole.

    Raises:
        OSError: it cannot be written.
    """
    target = top / name
    if target.parent != top:
        with suppress(FileExistsError):
            target.parent.mkdir()
        if not _is_own_folder(target.parent):
            raise NotADirectoryError(20, f"{target.parent} is not a folder")
    put(target, content, mode_of(target))


def _write_list(top: Path, hashes: Hashes) -> None:
    """Write the list of our files, unless it is unchanged.

    Raises:
        OSError: it cannot be written.
    """
    files = {name: list(hashes[name]) for name in sorted(hashes)}
    content = (json.dumps({"schema": _FORMAT, "files": files}, indent=1) + "\n").encode()
    if _digest(top, LIST) != hashlib.sha256(content).hexdigest():
        _write(top, LIST, content)


def _listed(top: Path) -> Hashes:
    """Return the hashes of the files of the last run, without names that we never use.

    Raises:
        EvgradeError: the file is not such a list.
        OSError: it cannot be read.
    """
    odd = EvgradeError(
        f"{top / LIST} is not the list of files that this command writes", hint="move it away, or use another folder"
    )
    try:
        content = read_regular(str(top / LIST), _MOST, follow=False)
    except FileNotFoundError:
        return {}
    except NotRegularError:
        raise odd from None
    try:
        data = json.loads(content)
        listed_files = {
            name: tuple(map(str, hashes)) for name, hashes in data["files"].items() if _NAME.fullmatch(name)
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise odd from None
    if data.get("schema") != _FORMAT:
        raise odd
    return listed_files
