"""Checks of identifiers: numbers of sources and trials that cannot exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.facts.identifiers import doi_flaw, isbn_flaw, issn_flaw, pmcid_flaw, pmid_flaw, registry_flaw
from evgrade.model import Severity


def _check_form(code: str, key: str, flaw_of: Callable[[Any], str | None], wording: str, hint: str) -> None:
    """Register the check of an identifier of a source whose form says whether it can exist."""

    @check(
        code,
        on="reference",
        severity=Severity.WARNING,
        needs=key,
        where=lambda source: flaw_of(source[key]) is not None,
    )
    def find(item: Item) -> Iterator[Problem]:
        """The identifier has the form that all of its kind have, and its check digit fits where it has one."""
        yield Problem(f"{wording}: {flaw_of(item.data[key])}", at=(key,), hint=hint)


_check_form("source-doi", "doi", doi_flaw, "this is hardly the DOI", "copy it from the article or from doi.org")
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
    """A PMID and a PMCID of one article are numbers of two lists, and not the same."""
    yield Problem(
        f"PMID {item.data['pmid']} and {item.data['pmcid']} have the same digits",
        at=("pmid",),
        hint="each has numbers of its own, so one was copied from the other: look the article up in PubMed",
        related=((*item.path, "pmcid"),),
    )


@check("source-registry", on="trial", severity=Severity.WARNING, needs="registry")
def registry_form(item: Item) -> Iterator[Problem]:
    """The number of a registry that is known here has that registry's form; any other passes."""
    for place, number in enumerate(item.data["registry"]):
        flaw = registry_flaw(number)
        if flaw is not None:
            hint = "copy the number from the registry; one entry a number, and nothing else in it"
            yield Problem(f"`{number}` is not well formed: {flaw}", at=("registry", place), hint=hint)
