"""Checks of sources: entered twice, missing, newer than the review, or with impossible identifiers; overdue reviews."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evgrade.checks.citing import EVIDENCE_SECTIONS, cited
from evgrade.checks.model import Item, Problem, check
from evgrade.facts.identifiers import (
    doi_flaw,
    folded_title,
    isbn_flaw,
    issn_flaw,
    pmcid_flaw,
    pmid_flaw,
    registry_flaw,
    same_trial,
)
from evgrade.facts.known import PartialDate, is_after, partial_date
from evgrade.model import Path, Severity


@check("source-same-reference", on=None, severity=Severity.WARNING, needs="references", entrywise=True)
def references_differ(item: Item) -> Iterator[Problem]:
    """No two references have the same DOI or the same PMID."""
    references = item.data["references"]
    seen: set[tuple[str, str]] = set()
    for key, called, same in (("doi", "DOI", str.lower), ("pmid", "PMID", str)):
        numbers = [same(str(one[key])) for one in references if key in one]
        if len(set(numbers)) == len(numbers):
            continue
        given: list[tuple[Path, Any]] = [
            (("references", place, key), one[key]) for place, one in enumerate(references) if key in one
        ]
        for first, again, number in _repeated(given, same):
            one, other = (references[path[1]]["id"] for path in (first, again))
            if (one, other) not in seen:  # one finding is enough if both numbers are equal
                seen.add((one, other))
                yield Problem(
                    f"the references `{one}` (line {_line(item, first)}) and `{other}` (line {_line(item, again)}) "
                    f"have the same {called}, {number}",
                    at=again,
                    hint="cite one of them everywhere and remove the other, or correct the wrong number",
                    related=(first,),
                )


@check("source-same-trial", on=None, severity=Severity.WARNING, needs="trials", entrywise=True)
def trials_differ(item: Item) -> Iterator[Problem]:
    """No two trials have the same registry number."""
    trials = item.data["trials"]
    numbers = [same_trial(number) for trial in trials for number in trial.get("registry", ())]
    if len(set(numbers)) == len(numbers):
        return
    given: list[tuple[Path, str]] = [
        (("trials", place, "registry", entry), number)
        for place, trial in enumerate(trials)
        for entry, number in enumerate(trial.get("registry", []))
    ]
    for first, again, number in _repeated(given, same_trial):
        if first[1] != again[1]:
            one, other = (trials[path[1]]["id"] for path in (first, again))
            yield Problem(
                f"the trials `{one}` (line {_line(item, first)}) and `{other}` (line {_line(item, again)}) have the "
                f"same registry number, {number}",
                at=again,
                hint="merge them into one trial, so that its participants count once, or correct the wrong number; or, "
                "if each was randomized separately, say so in `notes` and waive this",
                related=(first,),
            )


@check("source-uncited", on=None, severity=Severity.WARNING, entrywise=True)
def evidence_is_cited(item: Item) -> Iterator[Problem]:
    """Every item of evidence cites a source, itself or through the mapping that contains it."""
    for section in ("mechanism", "preclinical", "cases", "trials", "syntheses", "observational"):
        for place, one in enumerate(item.data.get(section, ())):
            if not _cites(one):
                yield from _uncited(one, (section, place))
    safety = item.data.get("safety", {})
    if not safety.get("refs"):
        for place, event in enumerate(safety.get("adverse_events", [])):
            if "item" not in event and not _cites(event):
                yield from _uncited(event, ("safety", "adverse_events", place))


def _cites(one: Mapping[str, Any]) -> bool:
    """Whether an item itself cites a source."""
    return bool(one.get("refs") or one.get("registry"))


def _uncited(one: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Yield an item that does not cite a source, or its evidence that does not."""
    evidence = one.get("evidence", [])
    if not evidence and not _cites_within(one):
        hint = "cite the source under `refs`"
        if path[0] == "trials":
            hint += ", or give the trial's number under `registry`"
        yield Problem(f"`{one['id']}` cites no source", at=(*path, "id"), hint=hint)
    for place, inner in enumerate(evidence):
        if not _cites(inner):
            yield from _uncited(inner, (*path, "evidence", place))


def _cites_within(value: Any) -> bool:
    """Whether anything inside an item, such as an effect, cites a source."""
    if isinstance(value, dict):
        return any(bool(child) if key == "refs" else _cites_within(child) for key, child in value.items())
    return isinstance(value, list) and any(map(_cites_within, value))


@check("source-newer", on=None, severity=Severity.WARNING, needs="review", entrywise=True)
def evidence_is_older(item: Item) -> Iterator[Problem]:
    """No evidence was published after the review or its search."""
    review = item.data["review"]
    limits = _limits(review)
    if not limits:
        return
    newer: set[str] = set()
    own = _own(item.data, review)
    evidence: frozenset[str] | None = None
    year = min([_year(limit) for _, limit in limits])
    for place, reference in enumerate(item.data.get("references", [])):
        key = "available_online" if "available_online" in reference else "issued"
        if key not in reference or _year(reference[key]) < year or reference["id"] in own:
            continue
        if not any(is_after(partial_date(reference[key]), partial_date(limit)) for _, limit in limits):
            continue
        evidence = cited(item.data) if evidence is None else evidence
        if reference["id"] in evidence:
            newer.add(reference["id"])
            yield from _newer(reference, key, ("references", place), limits)
    for path, one in _dated_items(item.data):
        refs = one.get("refs", [])
        if newer.isdisjoint(refs) and not (refs and own.issuperset(refs)):  # otherwise its source was reported above
            yield from _newer(one, "date" if "date" in one else "year", path, limits)


def _own(data: Mapping[str, Any], review: Mapping[str, Any]) -> frozenset[str]:
    """Return the ids of references to the review itself, which is often published after its date."""
    own, title = set(review.get("refs", [])), folded_title(review.get("title", ""))
    for reference in data.get("references", []):
        if reference.get("version_of") in own or (title and folded_title(reference.get("title", "")) == title):
            own.add(reference["id"])
    return frozenset(own)


Written = str | int
"""A date as written."""

Limit = tuple[Path, Written]
"""A date that evidence should not be after, with its path."""

_OF_REVIEW: Path = ("review", "date")
_OF_SEARCH: Path = ("review", "search", "date")


def _limits(review: Mapping[str, Any]) -> tuple[Limit, ...]:
    """Return the date of a review, then that of its search, which is less important."""
    limits: list[Limit] = []
    if "date" in review:
        limits.append((_OF_REVIEW, review["date"]))
    if "date" in review.get("search", ()):
        limits.append((_OF_SEARCH, review["search"]["date"]))
    return tuple(limits)


def _year(date: Written) -> int:
    return int(str(date)[:4])


def _dated_items(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the items of evidence with a publication date."""
    for section in EVIDENCE_SECTIONS[:-2]:
        for place, one in enumerate(data.get(section, [])):
            if "date" in one or "year" in one:
                yield (section, place), one
            if "evidence" in one:
                for number, entry in enumerate(one["evidence"]):
                    if "date" in entry or "year" in entry:
                        yield (section, place, "evidence", number), entry


def _newer(one: Mapping[str, Any], key: str, path: Path, limits: tuple[Limit, ...]) -> Iterator[Problem]:
    """Yield a problem if a date is after a limit: only for the first such limit."""
    for place, limit in limits:
        if is_after(partial_date(one[key]), partial_date(limit)):
            what = "review" if place is _OF_REVIEW else "search for evidence"
            yield Problem(
                f"`{one['id']}` is from {one[key]}, but the {what} from {_written(partial_date(limit))}",
                at=(*path, key),
                hint="correct the wrong date; or, if the review was updated, its date",
                related=(place,),
                severity=None if place is _OF_REVIEW else Severity.NOTE,
            )
            return


@check("source-overdue", on="review", severity=Severity.WARNING, needs="next_review")
def review_is_current(item: Item) -> Iterator[Problem]:
    """A review is not past its `next_review` date, if a day to compare with is given."""
    if item.whole.as_of is not None:
        due = item.data["next_review"]
        if is_after(item.whole.as_of, partial_date(due)):
            yield Problem(
                f"the next review was due by {due}; on {_written(item.whole.as_of)} it is overdue",
                at=("next_review",),
                hint="look for newer evidence, then set `date` and `next_review`",
            )


def _written(date: PartialDate) -> str:
    return "-".join(f"{part:02}" for part in date)


def _line(item: Item, path: Path) -> int:
    return item.dossier.document.location(path).line


def _repeated(
    given: Sequence[tuple[Path, Any]], same: Callable[[str], str]
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...], Any]]:
    """Yield the path of a number, the path of its repetition, and the number as repeated."""
    first: dict[str, Path] = {}
    for path, number in given:
        known = first.setdefault(same(str(number)), path)
        if known is not path:
            yield known, path, number


def _check_form(code: str, key: str, flaw_of: Callable[[Any], str | None], wording: str, hint: str) -> None:
    """Register a check of the form and check digit of an identifier of a source."""

    @check(
        code,
        on="reference",
        severity=Severity.WARNING,
        needs=key,
        where=lambda source: flaw_of(source[key]) is not None,
    )
    def find(item: Item) -> Iterator[Problem]:
        """The identifier is well formed, with the right check digit if it has one."""
        yield Problem(f"{wording}: {flaw_of(item.data[key])}", at=(key,), hint=hint)


_check_form("source-doi", "doi", doi_flaw, "this is probably not the DOI", "copy it from the article or from doi.org")
_check_form("source-pmid", "pmid", pmid_flaw, "this is not a PMID", "look the article up in PubMed")
_check_form("source-pmcid", "pmcid", pmcid_flaw, "this is not a PMCID", "look the article up in PubMed Central")
_check_form("source-issn", "issn", issn_flaw, "this is not an ISSN", "compare it with the journal, digit by digit")
_check_form("source-isbn", "isbn", isbn_flaw, "this is not an ISBN", "compare it with the book, digit by digit")


@check(
    "source-same-digits",
    on="reference",
    severity=Severity.WARNING,
    needs=("pmid", "pmcid"),
    where=lambda source: source["pmcid"].removeprefix("PMC") == str(source["pmid"]),
)
def pmid_and_pmcid_differ(item: Item) -> Iterator[Problem]:
    """The PMID and PMCID of an article have different digits."""
    yield Problem(
        f"PMID {item.data['pmid']} and {item.data['pmcid']} have the same digits",
        at=("pmid",),
        hint="the two are numbered separately, so one was copied from the other: look the article up in PubMed",
        related=((*item.path, "pmcid"),),
    )


@check("source-registry", on="trial", severity=Severity.WARNING, needs="registry")
def registry_form(item: Item) -> Iterator[Problem]:
    """The number of a known registry has that registry's form; others pass."""
    for place, number in enumerate(item.data["registry"]):
        flaw = registry_flaw(number)
        if flaw is not None:
            hint = "copy the number from the registry; write one number per entry, and nothing else"
            yield Problem(f"`{number}` is not well formed: {flaw}", at=("registry", place), hint=hint)
