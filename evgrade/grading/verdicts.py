"""Verdicts of people: the review group's own, published ones, and those of single raters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from evgrade.dossier import Dossier
from evgrade.grading.account import OtherVerdict, Source, text_or_none
from evgrade.grading.panel import is_meant, is_recommendation
from evgrade.model import Path
from evgrade.rubric.model import Rubric

_WORDS = {
    "recommended": "recommended",
    "conditional": "recommended under conditions",
    "trial_only": "only within a trial",
    "not_recommended": "not recommended",
    "against": "recommended against",
    "no_statement": "no recommendation",
}


def verdicts_in(dossier: Dossier, rubric: Rubric) -> tuple[OtherVerdict, ...]:
    """Return the verdicts that a dossier keeps, the review group's own first; none of them is graded."""
    found = [*_overrides(dossier, rubric), *_published(dossier), *_of_raters(dossier, rubric)]
    return tuple(sorted(found, key=lambda one: list(Source).index(one.source)))


def _group(dossier: Dossier) -> str | None:
    return text_or_none(dossier.data.get("review", {}).get("group"))


def _published(dossier: Dossier) -> Iterator[OtherVerdict]:
    group = _group(dossier)
    for place, given in enumerate(dossier.data.get("verdicts", ())):
        by = given.get("by")
        is_own = by is not None and group is not None and str(by).casefold() == group.casefold()
        yield _verdict(
            dossier,
            ("verdicts", place),
            given,
            source=Source.GROUP if is_own else Source.PUBLISHED,
            by=by,
            says=_WORDS.get(given.get("recommended", "")),
            statement=given.get("statement"),
            grades=tuple((str(one["domain"]), str(one["grade"])) for one in given.get("grades", ())),
        )


def _overrides(dossier: Dossier, rubric: Rubric) -> Iterator[OtherVerdict]:
    for place, given in enumerate(dossier.data.get("overrides", ())):
        if is_recommendation(given["domain"]) and is_meant(given, rubric):
            yield _verdict(
                dossier,
                ("overrides", place),
                given,
                source=Source.GROUP,
                by=given.get("by") or _group(dossier),
                says=_level(given["grade"], rubric),
                statement=given.get("reason"),
            )


def _of_raters(dossier: Dossier, rubric: Rubric) -> Iterator[OtherVerdict]:
    for place, rater in enumerate(dossier.data.get("panel", ())):
        graded = [one for one in rater.get("grades", ()) if is_recommendation(one["domain"])]
        says = rater.get("recommendation") or (graded[0]["grade"] if graded else None)
        if says is not None and is_meant(rater, rubric):
            yield _verdict(
                dossier,
                ("panel", place),
                rater,
                source=Source.RATER,
                by=rater.get("name") or rater["id"],
                says=_level(says, rubric),
                statement=graded[0].get("comment") if graded else rater.get("comment"),
            )


def _level(says: str, rubric: Rubric) -> str:
    """Return a level as the rubric calls it, and what is none as it is written."""
    levels = () if rubric.recommendation is None else rubric.recommendation.levels
    titles = {name.casefold(): level.title for level in levels for name in (level.name, level.title)}
    return titles.get(says.casefold()) or _WORDS.get(says, says)


def _verdict(
    dossier: Dossier,
    path: Path,
    given: Mapping[str, Any],
    *,
    source: Source,
    by: str | None,
    says: str | None,
    statement: str | None,
    grades: tuple[tuple[str, str], ...] = (),
) -> OtherVerdict:
    references = tuple(given.get("refs", ()))
    return OtherVerdict(
        source=source,
        by=by or _unnamed(source),
        says=says,
        statement=statement,
        date=text_or_none(given.get("date")),
        system=given.get("system"),
        grades=grades,
        location=dossier.document.location(path),
        references=references,
        citations=tuple(dict.fromkeys(dossier.citation(reference) for reference in references)),
    )


def _unnamed(source: Source) -> str:
    match source:
        case Source.GROUP:
            return "the reviewers"
        case Source.PUBLISHED | Source.RATER:
            return "not stated"
        case _:
            assert_never(source)
