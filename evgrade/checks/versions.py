"""Checks of versions: one work under two references, and retracted versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from evgrade.checks.citing import cited
from evgrade.checks.model import Item, Problem, check
from evgrade.checks.retractions import retracted
from evgrade.facts.identifiers import folded_title, same_doi, without_version
from evgrade.model import Path, Severity

MOST_YEARS = 2
"""The usual maximum between a preprint and its paper, or a paper and its correction, in years."""

FEWEST_WORDS = 5
"""Several works may share a title with fewer words, such as "Amyotrophic lateral sclerosis"."""

Reference = Mapping[str, Any]


@check("source-same-study", on=None, severity=Severity.WARNING, needs="references", entrywise=True)
def studies_stand_once(item: Item) -> Iterator[Problem]:
    """No two references are versions or reports of one work, unless the dossier says so."""
    references = item.data["references"]
    groups: dict[tuple[str, str], list[int]] = {}
    for number, reference in enumerate(references):
        for key in _keys(reference):
            groups.setdefault(key, []).append(number)
    if all(len(numbers) < 2 for numbers in groups.values()):
        return
    joined = _joined(item.data)
    seen: set[frozenset[str]] = set()
    for (kind, _), (first, *others) in groups.items():
        for again in others:
            one, other = references[first], references[again]
            pair = frozenset((one["id"], other["id"]))
            if pair in joined or pair in seen or _is_reported_elsewhere(one, other):
                continue
            if kind == "title" and not _may_be_one(one, other):
                continue
            seen.add(pair)
            at = {"title": "title", "PMCID": "pmcid"}.get(kind, "doi")
            yield Problem(
                f"`{one['id']}` and `{other['id']}` seem to be the same work: {_SAME[kind]}",
                at=("references", again, at),
                hint="cite only one of them, or state with `version_of` which is a version of the other, or list both "
                "under `reports` of the study",
                related=(("references", first, at),),
            )


_SAME = {
    "PMCID": "they have the same PMCID",
    "version": "their DOIs are for versions of one preprint",
    "title": "they have the same title, and are at most two years apart",
}


def _keys(reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield what two references of one work have in common."""
    if "pmcid" in reference:
        yield "PMCID", str(reference["pmcid"])
    if "doi" in reference:
        yield "version", without_version(str(reference["doi"]))
    title = folded_title(str(reference.get("title", "")))
    if len(title.split()) >= FEWEST_WORDS:
        yield "title", title


def _is_reported_elsewhere(one: Reference, other: Reference) -> bool:
    """Whether two references have the same DOI or PMID, which `source-same-reference` says."""
    same = (("doi", same_doi), ("pmid", str))
    return any(key in one and key in other and fold(str(one[key])) == fold(str(other[key])) for key, fold in same)


def _may_be_one(one: Reference, other: Reference) -> bool:
    """Whether two references with the same title may be one work, judging by years and first authors."""
    years = [int(str(it["issued"])[:4]) for it in (one, other) if "issued" in it]
    authors = [_family(it["author"][0]) for it in (one, other) if it.get("author")]
    return max(years, default=0) - min(years, default=0) <= MOST_YEARS and len(set(authors)) < 2


def _family(author: str) -> str:
    """Return the longest word of a name, whatever their order."""
    return max(folded_title(author).split(), key=len, default="")


def _joined(data: Mapping[str, Any]) -> frozenset[frozenset[str]]:
    """Return the pairs of references that the dossier says are one work."""
    versions = {frozenset((it["id"], it["version_of"])) for it in data.get("references", ()) if "version_of" in it}
    for section in ("trials", "observational"):
        for study in data.get(section, ()):
            versions |= set(map(frozenset, combinations(study.get("reports", ())[:_MOST_REPORTS], 2)))
    return frozenset(versions)


_MOST_REPORTS = 50


@check("retraction-other-version", on=None, severity=Severity.WARNING, needs="references", entrywise=True)
def no_other_version_was_retracted(item: Item) -> Iterator[Problem]:
    """No evidence cites a work with another version that was retracted."""
    references = item.data["references"]
    gone = retracted(item.data, item.whole.notices)
    if not gone and not item.whole.versions:
        return
    used, numbers = cited(item.data), {it["id"]: number for number, it in enumerate(references)}
    # References that a retracted one links to, and those with the DOI of another version of it.
    links = {it["version_of"]: it["id"] for it in references if it["id"] in gone and "version_of" in it}
    works = {without_version(str(it["doi"])): it["id"] for it in references if it["id"] in gone and "doi" in it}
    for number, reference in enumerate(references):
        name = reference["id"]
        if name in gone or name not in used or reference.get("retraction") == "reinstated":
            continue
        other = links.get(name) or works.get(without_version(str(reference.get("doi", ""))))
        if reference.get("version_of") in gone:
            other = reference["version_of"]
        related: tuple[Path, ...] = ()
        if other is not None:
            seen, related = f"`{other}`", (("references", numbers[other], "id"),)
        elif name in item.whole.versions:
            doi, notice = item.whole.versions[name]
            seen = doi + (f", on {notice.date}" if notice.date else "")
        else:
            continue
        yield Problem(
            f"`{name}` is cited, but another version of it was retracted: {seen}",
            at=("references", number, "doi" if "doi" in reference else "id"),
            hint="read why: the reason for the retraction usually applies to every version; waive this if it does not",
            related=related,
        )
