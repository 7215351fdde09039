"""The site for programs: `index.json`, with a schema that `evgrade schema site` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.render.rows import row_data
from evgrade.rubric.model import Domain, Rubric
from evgrade.site.entry import Entry, Review
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
        "verdicts": row_data(entry.row, rubrics)["verdicts"],
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
