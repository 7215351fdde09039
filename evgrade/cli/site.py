"""`evgrade site`: a static site for a folder of dossiers."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Sequence
from contextlib import closing

from evgrade.batch.columns import columns_of
from evgrade.batch.pool import Pool, usable_cores
from evgrade.batch.row import Problem, Row, Tally, unchecked
from evgrade.checked import Outcome, left_out
from evgrade.cli.arguments import refused
from evgrade.cli.exits import DONE, FAILED, FINDINGS
from evgrade.cli.retractions import read_notices
from evgrade.cli.site_folder import bring_up_to_date
from evgrade.cli.stopwatch import Stopwatch
from evgrade.cli.streams import say
from evgrade.discover import Skipped, Source, check_listable, discover, is_folder
from evgrade.git import GitError
from evgrade.model import EvgradeError, NothingToGradeError
from evgrade.render.clean import for_terminal, prose
from evgrade.report.links import web
from evgrade.rubric.load import DEFAULT, read_rubric, shipped_names
from evgrade.schema.suggest import many
from evgrade.site.build import Site, files_of, updates_in_order
from evgrade.site.entry import Entry, Review, reviews_of
from evgrade.site.making import Comparing, Made, Making, Settings
from evgrade.site.past import updates_in_git
from evgrade.site.updates import Compared, Update, updates_of

_FEW = 64
"""Up to how many files one process is done before others would have begun."""


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
        as_of: the day on which due dates are looked at in dossiers; None for that of each dossier.
        today: the day that the next reviews are compared with.
        retractions: the file that sources are looked up in.
        templates: a folder whose templates replace those of evgrade.
        base_url: the address that the site will have.
        since: the revision since when git is asked what changed.
        jobs: how many processes work; None for one a core.
        quiet: whether to leave out the summary.

    Raises:
        EvgradeError: a folder, a rubric, a template or an address cannot be used, or a file in the way is not ours.
        NothingToGradeError: there is no dossier in the folder.
    """
    if not is_folder(folder):
        raise EvgradeError(f"{folder} is not a folder", hint="evgrade report makes the page of a single dossier")
    check_listable(folder)
    names = [one for name in rubric_names or [DEFAULT] for one in (shipped_names() if name == "all" else [name])]
    settings = Settings(
        folder=folder,
        title=title,
        rubrics=tuple(read_rubric(name) for name in dict.fromkeys(names)),
        templates=templates,
        base=_base(base_url),
        as_of=as_of,
        retractions=retractions,
    )
    columns_of(settings.systems)  # no two of them have the same name
    read_notices(retractions)  # what is odd about them is reported once
    watch = Stopwatch()
    gc.freeze()  # what was imported stays; the collector need not look at it again and again
    pool = Pool(jobs or usable_cores(), few=_FEW if jobs is None else 0)
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
        say(f"evgrade: {for_terminal(name)} is not part of the site any more; it was changed by hand, so it is kept")
    published = f"{many(len(reviews), 'review')} published from {many(len(entries), 'dossier')}"
    files = f"{done.written} written, {done.same} unchanged, {done.removed} removed"
    say(f"{published}; {many(done.written + done.same, 'file')}: {files}\n{watch.summary(tally.files)}", quiet=quiet)
    if tally.statuses[Outcome.VALID] == tally.dossiers:
        return DONE
    return FAILED if tally.unreadable else FINDINGS


def _base(address: str | None) -> str:
    """Return the address of the site, ending in a slash.

    Raises:
        typer.BadParameter: it is no address of the web.
    """
    if address is None:
        return ""
    if web(address, address) is None or "?" in address or "#" in address:
        error = EvgradeError(f"{address} is not the address of a site", hint="such as https://example.org/reviews/")
        raise refused(error, "--base-url")
    return f"{address.rstrip('/')}/"


def _published(settings: Settings, pool: Pool, tally: Tally) -> tuple[list[Entry], dict[str, bytes]]:
    """Return what can be published, with its pages by path, and report what cannot.

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
        hint = "a dossier is a YAML file that begins with `dossier: 1`"
        raise NothingToGradeError(f"no dossier was found in {settings.folder}", hint=hint)
    return entries, pages


def _report(made: Made) -> None:
    """Say why a dossier is not published, with its errors."""
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
    """Return what changed since the edition before, by the path of each edition that has one."""
    before = {new.path: old.path for one in reviews for old, new in zip(one.editions, one.editions[1:], strict=False)}
    sources = [Source(path, named=True) for path in before]
    with closing(pool.run(Comparing(settings, before), sources)) as changes:
        return dict(zip(before, changes, strict=True))


def _in_git(settings: Settings, since: str | None, reviews: Sequence[Review]) -> list[Update]:
    """Return what git knows of the folder; nothing where it is in no repository.

    Raises:
        GitError: there is no such revision as one asks for.
    """
    try:
        return list(updates_in_git(settings.folder, since, reviews, settings.systems))
    except GitError as error:
        if since is not None:
            raise
        if "not a git repository" not in error.message:
            say(f"evgrade: what changed is taken from editions alone: {prose(error.message)}")
        return []
