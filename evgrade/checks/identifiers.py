"""Checks of identifiers: numbers of sources and trials that cannot exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts.identifiers import doi_flaw, isbn_flaw, issn_flaw, pmcid_flaw, pmid_flaw, registry_flaw
from evgrade.model import Severity


@check(
    "source-doi",
    on="reference",
    severity=Severity.WARNING,
    needs="doi",
    where=lambda source: doi_flaw(source["doi"]) is not None,
)
def doi_alone(item: Item) -> Iterator[Problem]:
    """A DOI holds nothing that was copied with it."""
    yield _flawed(item, "doi", doi_flaw, "this is hardly the DOI", "copy it from the article or from doi.org")


@check(
    "source-pmid",
    on="reference",
    severity=Severity.WARNING,
    needs="pmid",
    where=lambda source: pmid_flaw(source["pmid"]) is not None,
)
def pmid_possible(item: Item) -> Iterator[Problem]:
    """A PMID is a number that PubMed can have given."""
    yield _flawed(item, "pmid", pmid_flaw, "this is not a PMID", "look the article up in PubMed")


@check(
    "source-pmcid",
    on="reference",
    severity=Severity.WARNING,
    needs="pmcid",
    where=lambda source: pmcid_flaw(source["pmcid"]) is not None,
)
def pmcid_possible(item: Item) -> Iterator[Problem]:
    """A PMCID is a number that PubMed Central can have given."""
    yield _flawed(item, "pmcid", pmcid_flaw, "this is not a PMCID", "look the article up in PubMed Central")


@check(
    "source-same-digits",
    on="reference",
    severity=Severity.WARNING,
    needs=("pmid", "pmcid"),
    where=lambda source: source["pmcid"].removeprefix("PMC") == str(source["pmid"]),
)
def pmid_and_pmcid_differ(item: Item) -> Iterator[Problem]:
    """A PMID and a PMCID of one article are numbers of two lists, and not the same."""
    yield Problem(
        f"PMID {item.data['pmid']} and {item.data['pmcid']} have the same digits",
        at=("pmid",),
        hint="each has numbers of its own, so one was copied from the other: look the article up in PubMed",
        related=((*item.path, "pmcid"),),
    )


@check(
    "source-issn",
    on="reference",
    severity=Severity.WARNING,
    needs="issn",
    where=lambda source: issn_flaw(source["issn"]) is not None,
)
def issn_check_digit(item: Item) -> Iterator[Problem]:
    """The check digit of an ISSN fits its other digits."""
    yield _flawed(item, "issn", issn_flaw, "this is not an ISSN", "compare it with the journal, digit by digit")


@check(
    "source-isbn",
    on="reference",
    severity=Severity.WARNING,
    needs="isbn",
    where=lambda source: isbn_flaw(source["isbn"]) is not None,
)
def isbn_check_digit(item: Item) -> Iterator[Problem]:
    """An ISBN has 10 or 13 digits, and its check digit fits the others."""
    yield _flawed(item, "isbn", isbn_flaw, "this is not an ISBN", "compare it with the book, digit by digit")


@check("source-registry", on="trial", severity=Severity.WARNING, needs="registry")
def registry_form(item: Item) -> Iterator[Problem]:
    """The number of a registry that is known here has that registry's form; any other passes."""
    for place, number in enumerate(item.data["registry"]):
        flaw = registry_flaw(number)
        if flaw is not None:
            hint = "copy the number from the registry; one entry a number, and nothing else in it"
            yield Problem(f"`{number}` is not well formed: {flaw}", at=("registry", place), hint=hint)


def _flawed(item: Item, key: str, flaw_of: Callable[[Any], str | None], wording: str, hint: str) -> Problem:
    return Problem(f"{wording}: {flaw_of(item.data[key])}", at=(key,), hint=hint)
