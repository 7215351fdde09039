"""All files of a site: its pages, `index.json` for programs, and a feed of updates."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evgrade._version import __version__
from evgrade.render.clean import for_uri, for_xml
from evgrade.render.page import spaced
from evgrade.render.rows import row_data
from evgrade.report.html import Inline, inline
from evgrade.rubric.model import Domain, Rubric
from evgrade.site.entry import Entry, Key, Review
from evgrade.site.making import EDITIONS, NOTICE, Settings
from evgrade.site.shown import (
    LATER,
    OVERDUE,
    SOON,
    EditionRow,
    Names,
    due_rows,
    edition_rows,
    filter_domain,
    grade_pages,
    grades_of,
    is_on,
    ranked,
    state_of,
    system_of,
)
from evgrade.site.updates import Compared, Update, stable_id

SCRIPT = Path(__file__).with_name("templates") / "site.js"
_MOST_UPDATES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site to build.

    Attributes:
        settings: the settings that all pages share.
        reviews: the published reviews.
        changes: the changes by each edition.
        updates: the updates, latest first.
        as_of: the day for checking due dates.
        pages: the pages of dossiers, compressed, by path.
    """

    settings: Settings
    reviews: Sequence[Review]
    changes: Compared
    updates: Sequence[Update]
    as_of: dt.date
    pages: Mapping[str, bytes]


def files_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a site with its name; linked pages come before the pages that link to them.

    Raises:
        EvgradeError: a template cannot be used.
    """
    for name, text in _texts(site):
        yield name, text.encode()


def _texts(site: Site) -> Iterator[tuple[str, str]]:
    settings, rubrics = site.settings, site.settings.systems
    names = Names.of(site.reviews, rubrics)

    def at_top(name: str, script: Inline | None = None, **values: object) -> tuple[str, str]:
        page = f"{name}.html"
        return page, settings.page(f"site-{page}", root="", here=page, script=script, **values)

    for review in site.reviews:
        rows = edition_rows(review, site.changes, rubrics, names)
        for entry in review.editions:
            yield names.edition(review, entry), _therapy(site, review, entry, rows, names)
    for page in grade_pages(site.reviews, rubrics, names):
        yield page.page, settings.page("site-grade.html", grade=page, root="../", here="", script=None)
    yield at_top(
        "changed",
        updates=site.updates[:_MOST_UPDATES],
        more=max(0, len(site.updates) - _MOST_UPDATES),
        names=names,
    )
    yield at_top(
        "due",
        rows=due_rows(site.reviews, names, site.as_of),
        states=(OVERDUE, SOON, LATER),
        as_of=site.as_of.isoformat(),
    )
    yield at_top("reading", systems=[system_of(one, names) for one in rubrics])
    index = ranked(site.reviews, rubrics[0], names, site.as_of)
    least = filter_domain(rubrics[0])
    conditions = sorted({one.condition for one in index}, key=lambda one: (one.casefold(), one))
    yield at_top(
        "index",
        script=inline(SCRIPT),
        rows=index,
        rubric=system_of(rubrics[0], names),
        domains=[domain.title for domain in rubrics[0].domains],
        has_levels=rubrics[0].recommendation is not None,
        score="" if rubrics[0].score is None else rubrics[0].score.title,
        levels=[] if rubrics[0].recommendation is None else [one.title for one in rubrics[0].recommendation.levels],
        conditions={name: place for place, name in enumerate(conditions, 1)},
        least=least.title,
        least_grades=[spaced(one.name) for one in least.scale.grades],
        overdue=sum(state_of(one.current.next_review, site.as_of) == OVERDUE for one in site.reviews),
        latest=[one for one in site.updates if one.moved or one.notes or one.date][:5],
        names=names,
    )
    by_page = {row.page: place for place, row in enumerate(index)}
    in_order = sorted(site.reviews, key=lambda one: by_page[names.review(one.key)])
    yield "feed.xml", feed(settings.title, _feed_name(settings), settings.base, site.updates, names.review)
    yield "index.json", site_json(settings.title, in_order, site.updates, rubrics, names)


def _therapy(site: Site, review: Review, entry: Entry, rows: Sequence[EditionRow], names: Names) -> str:
    """Fill the placeholders in the page of an edition."""
    page = zlib.decompress(site.pages[entry.path]).decode()
    values = {
        "rows": rows,
        "here": names.edition(review, entry).rpartition("/")[2],
        "history": review.current.history,
        "is_current": entry is review.current,
        "current": names.review(review.key).rpartition("/")[2],
        "overdue": entry.next_review if state_of(entry.next_review, site.as_of) == OVERDUE else "",
        "as_of": site.as_of.isoformat(),
    }
    for mark, template in ((NOTICE, "site-notice.html"), (EDITIONS, "site-editions.html")):
        page = page.replace(mark, site.settings.page(template, **values).strip())
    return page


def _feed_name(settings: Settings) -> str:
    return f"{settings.base}feed.xml" if settings.base else stable_id("feed", settings.title)


SITE = "evgrade.site/1"


def site_json(
    title: str, reviews: Sequence[Review], updates: Sequence[Update], rubrics: Sequence[Rubric], names: Names
) -> str:
    """Return the site as `evgrade.site/1`, in ASCII, so that no control character reaches a terminal.

    Args:
        title: the title of the site.
        reviews: the published reviews, in the order of the index.
        updates: the updates, latest first.
        rubrics: the grading systems.
        names: the addresses of pages.
    """
    data = {
        "schema": SITE,
        "evgrade": __version__,
        "title": title,
        "rubrics": [_rubric(one, names) for one in rubrics],
        "reviews": [_review(one, rubrics, names) for one in reviews],
        "changes": [_update(one, names) for one in updates],
    }
    return json.dumps(data, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def _rubric(rubric: Rubric, names: Names) -> dict[str, Any]:
    levels = () if rubric.recommendation is None else rubric.recommendation.levels
    return {
        "name": rubric.name,
        "title": rubric.title,
        "version": rubric.version,
        "sha256": rubric.sha256,
        "domains": [
            {
                "name": domain.name,
                "title": domain.title,
                "about": domain.about,
                "grades": [_grade(rubric, domain, grade, names) for grade in grades_of(domain)],
            }
            for domain in rubric.domains
        ],
        "levels": [{"name": one.name, "title": one.title, "means": one.means} for one in levels],
    }


def _grade(rubric: Rubric, domain: Domain, grade: str, names: Names) -> dict[str, Any]:
    return {
        "grade": grade,
        "means": domain.scale.means(grade),
        "judged": is_on(domain.scale, grade),
        "page": names.grade(rubric, domain, grade),
    }


def _review(review: Review, rubrics: Sequence[Rubric], names: Names) -> dict[str, Any]:
    entry = review.current
    return {
        "therapy": entry.therapy,
        "other_names": list(entry.other_names),
        "condition": entry.condition,
        "title": entry.title or None,
        "next_review": entry.next_review or None,
        "conclusion": entry.conclusion or None,
        "editions": [_edition(review, one, rubrics, names) for one in reversed(review.editions)],
    }


def _edition(review: Review, entry: Entry, rubrics: Sequence[Rubric], names: Names) -> dict[str, Any]:
    return {
        "page": names.edition(review, entry),
        "file": entry.file,
        "sha256": entry.row.sha256,
        "edition": entry.edition or None,
        "date": entry.date or None,
        "verdicts": row_data(entry.row, [rubric.outline for rubric in rubrics])["verdicts"],
    }


def _update(update: Update, names: Names) -> dict[str, Any]:
    return {
        "id": update.id,
        "date": update.date or None,
        "therapy": update.therapy,
        "condition": update.condition,
        "page": names.review(update.key) or None,
        "what": update.what,
        "moved": list(update.moved),
        "notes": list(update.notes),
    }


# Updates as an Atom feed (RFC 4287), dated by reviews and commits, never by the clock

_MOST = 50
_NEVER = "1970-01-01T00:00:00Z"
"""The date of an empty feed: Atom requires one."""


def feed(title: str, name: str, base: str, updates: Iterable[Update], page: Callable[[Key], str]) -> str:
    """Return the feed.

    Args:
        title: the title of the site.
        name: the permanent, unique id of the feed.
        base: the address of the site, ending in a slash; if empty, links are relative to the feed.
        updates: the updates, latest first; undated ones are left out, as Atom requires dates.
        page: returns the page for a key; empty if there is none.
    """
    dated = [one for one in updates if one.moment][:_MOST]
    return "".join(f"{line}\n" for line in _lines(title, name, base, dated, page))


def _lines(title: str, name: str, base: str, updates: list[Update], page: Callable[[Key], str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield f"<title>{for_xml(title)}: what changed</title>"
    yield f"<id>{for_xml(name)}</id>"
    yield f"<updated>{updates[0].moment if updates else _NEVER}</updated>"
    yield f"<author><name>{for_xml(title)}</name></author>"
    yield f'<link rel="alternate" href="{for_xml(base)}changed.html"/>'
    if base:
        yield f'<link rel="self" href="{for_xml(base)}feed.xml"/>'
    for one in updates:
        yield "<entry>"
        yield f"<title>{for_xml(f'{one.therapy} for {one.condition}: {one.what}')}</title>"
        yield f"<id>{one.id}</id>"
        yield f"<updated>{one.moment}</updated>"
        yield f'<link rel="alternate" href="{for_xml(base)}{for_uri(page(one.key) or "changed.html")}"/>'
        yield f"<content>{for_xml(' '.join((*one.moved, *one.notes)) or one.what)}</content>"
        yield "</entry>"
    yield "</feed>"
