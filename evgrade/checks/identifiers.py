"""Checks of identifiers: numbers of sources and trials that cannot be what they are given as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evgrade.checks.model import Item, Problem
from evgrade.checks.registry import check
from evgrade.model import Severity


@check("source-doi", on="reference", severity=Severity.WARNING, needs="doi")
def doi_alone(item: Item) -> Iterator[Problem]:
    """A DOI holds nothing that was copied with it."""
    from evgrade.facts.identifiers import doi_flaw  # noqa: PLC0415 - only a DOI needs it

    yield from _flaw(item, "doi", doi_flaw, "this is hardly the DOI", "copy it from the article or from doi.org")


@check("source-pmid", on="reference", severity=Severity.WARNING, needs="pmid")
def pmid_possible(item: Item) -> Iterator[Problem]:
    """A PMID is a number that PubMed can have given."""
    from evgrade.facts.identifiers import pmid_flaw  # noqa: PLC0415 - only a PMID needs it

    yield from _flaw(item, "pmid", pmid_flaw, "this is no PMID", "look the article up in PubMed")


@check("source-pmcid", on="reference", severity=Severity.WARNING, needs="pmcid")
def pmcid_possible(item: Item) -> Iterator[Problem]:
    """A PMCID is a number that PubMed Central can have given."""
    from evgrade.facts.identifiers import pmcid_flaw  # noqa: PLC0415 - only a PMCID needs it

    yield from _flaw(item, "pmcid", pmcid_flaw, "this is no PMCID", "look the article up in PubMed Central")


@check("source-issn", on="reference", severity=Severity.WARNING, needs="issn")
def issn_check_digit(item: Item) -> Iterator[Problem]:
    """The check digit of an ISSN fits its other digits."""
    from evgrade.facts.identifiers import issn_flaw  # noqa: PLC0415 - only an ISSN needs it

    yield from _flaw(item, "issn", issn_flaw, "this is no ISSN", "compare it with the journal, digit by digit")


@check("source-isbn", on="reference", severity=Severity.WARNING, needs="isbn")
def isbn_check_digit(item: Item) -> Iterator[Problem]:
    """An ISBN has 10 or 13 digits, and its check digit fits the others."""
    from evgrade.facts.identifiers import isbn_flaw  # noqa: PLC0415 - only an ISBN needs it

    yield from _flaw(item, "isbn", isbn_flaw, "this is no ISBN", "compare it with the book, digit by digit")


@check("source-registry", on="trial", severity=Severity.WARNING, needs="registry")
def registry_form(item: Item) -> Iterator[Problem]:
    """The number of a registry that is known here has that registry's form; any other passes."""
    if not item.data.get("registry"):
        return
    from evgrade.facts.identifiers import registry_flaw  # noqa: PLC0415 - only a registered trial needs it

    for place, number in enumerate(item.data["registry"]):
        flaw = registry_flaw(number)
        if flaw is not None:
            hint = "copy the number from the registry; one entry a number, and nothing else in it"
            yield Problem(f"`{number}` is not well formed: {flaw}", at=("registry", place), hint=hint)


def _flaw(item: Item, key: str, flaw_of: Callable[[Any], str | None], told: str, hint: str) -> Iterator[Problem]:
    flaw = flaw_of(item.data[key])
    if flaw is not None:
        yield Problem(f"{told}: {flaw}", at=(key,), hint=hint)
