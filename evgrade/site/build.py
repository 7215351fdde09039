"""All pages of a site, by name, from what became of its dossiers."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evgrade.render.page import spaced
from evgrade.report.html import Inline, inline
from evgrade.site.entry import Entry, Review
from evgrade.site.machine import feed, site_json
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
    ranked,
    state_of,
    system_of,
)
from evgrade.site.updates import Compared, Update, stable_id

SCRIPT = Path(__file__).with_name("templates") / "site.js"
_MOST_UPDATES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a site is made of.

    Attributes:
        settings: what all pages share.
        reviews: what is published.
        changes: what each edition changed.
        updates: what changed, the latest first.
        as_of: the day that due dates are compared with.
        pages: the pages of dossiers, compressed, by path.
    """

    settings: Settings
    reviews: Sequence[Review]
    changes: Compared
    updates: Sequence[Update]
    as_of: dt.date
    pages: Mapping[str, bytes]


def files_of(site: Site) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a site with its name, those that others lead to before the others.

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
    """Return the page of an edition, completed with what is known of the others."""
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
