"""The site for programs: `index.json`, with a schema that `evgrade schema site` prints, and a feed of what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.render.clean import for_uri, for_xml
from evgrade.render.rows import row_data
from evgrade.rubric.model import Domain, Rubric
from evgrade.site.entry import Entry, Review
from evgrade.site.names import Key
from evgrade.site.shown import Names, grades_of, is_on
from evgrade.site.updates import Update

SITE = "evgrade.site/1"


def site_json(
    title: str, reviews: Sequence[Review], updates: Sequence[Update], rubrics: Sequence[Rubric], names: Names
) -> str:
    """Return the site as data that follows the schema `evgrade.site/1`, in ASCII: no control reaches a terminal.

    Args:
        title: of the site.
        reviews: what is published, in the order of the index.
        updates: what changed, the latest first.
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


# What changed as an Atom feed (RFC 4287). Its dates are those of reviews and commits; no clock is looked at

_MOST = 50
_NEVER = "1970-01-01T00:00:00Z"
"""When a feed without entries was updated: Atom requires a date."""


def feed(title: str, name: str, base: str, updates: Iterable[Update], page: Callable[[Key], str]) -> str:
    """Return the feed.

    Args:
        title: of the site.
        name: an address that is the feed's own and stays so.
        base: the address of the site, ending in a slash; where it is empty, links are relative to the feed.
        updates: what changed, the latest first; what has no date is left out, since Atom requires one.
        page: returns the page about something; nothing where there is none.
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
