"""The list of references as a page for people and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evgrade._version import __version__
from evgrade.notices import Notice
from evgrade.render.findings_json import dumps, location_data
from evgrade.render.page import Block, Bullets, Foot, Heading, Item, Line, Paragraph, Rule, Span, Style, strong
from evgrade.report.listing import Citing, Listed, Listing
from evgrade.schema.suggest import many

REFS = "evgrade.refs/1"


def listing_page(listings: Sequence[Listing]) -> Iterator[Block]:
    """Yield the references of some dossiers."""
    for number, listing in enumerate(listings):
        if number:
            yield Rule()
        data = listing.dossier.data
        yield Heading(1, (f"{data['therapy']['name']} for {data['condition']['name']}",))
        yield Bullets([_item(one) for one in listing.references])
        yield Paragraph((_summary(listing),))
        yield Foot("references, numbered as on the report page", listing.dossier.document.name)


def _item(one: Listed) -> Item:
    line: Line = (strong(f"{one.reference.number}."), f" {one.words}")
    return Item(line, children=[Item(remark) for remark in _remarks(one)])


def _remarks(one: Listed) -> Iterator[Line]:
    yield (Span(f"{one.id}, line {one.location.line}", Style.DIM),)
    if status := _status(one):
        yield (strong(status),)
    yield (f"cited by {', '.join(map(_citing, one.cited_by))}" if one.cited_by else "not cited anywhere",)
    if one.missing:
        yield (f"missing: {', '.join(one.missing)}",)
    for other in one.duplicates:
        perhaps = "" if other.is_certain else "perhaps "
        yield (f"{perhaps}the same as {other.reference}: same {other.same}",)


def _citing(one: Citing) -> str:
    where = f"line {one.location.line}"
    return f"{one.entry} ({one.section}, {where})" if one.entry else f"{one.section} ({where})"


def _status(one: Listed) -> str:
    """Return what became of a paper, and who says so."""
    said = [f"{one.stated.replace('_', ' ')}, says the dossier"] if one.stated not in ("", "none") else []
    said += [f"{_notice(notice)}, says Retraction Watch" for notice in one.notices]
    return "; ".join(said)


def _notice(notice: Notice) -> str:
    words = notice.nature.value.lower()
    date = f" {notice.date}" if notice.date else ""
    return f"{words}{date}{f' by {notice.doi}' if notice.doi else ''}"


def _summary(listing: Listing) -> str:
    """Return how many references there are, and how many of them need a look."""
    listed = listing.references
    counts = {
        "not cited": sum(not one.cited_by for one in listed),
        "without DOI": sum("DOI" in one.missing for one in listed),
        "without PMID": sum("PMID" in one.missing for one in listed),
        "with a duplicate": sum(bool(one.duplicates) for one in listed),
        "retracted, corrected or doubted": sum(bool(_status(one)) for one in listed),
    }
    found = [f"{count} {words}" for words, count in counts.items() if count]
    looked = "" if listing.notices is not None else "; retractions were not looked up (add --retractions FILE)"
    return f"{many(len(listed), 'reference')}{': ' if found else ''}{', '.join(found)}{looked}"


def listing_json(listings: Sequence[Listing]) -> str:
    """Return the references of some dossiers as `evgrade.refs/1`."""
    return dumps({"schema": REFS, "evgrade": __version__, "dossiers": [_dossier(one) for one in listings]})


def _dossier(listing: Listing) -> dict[str, Any]:
    data = listing.dossier.data
    return {
        "file": listing.dossier.document.name,
        "sha256": listing.dossier.document.sha256,
        "therapy": data["therapy"]["name"],
        "condition": data["condition"]["name"],
        "retractions": listing.notices is not None,
        "references": [_listed(one) for one in listing.references],
    }


def _listed(one: Listed) -> dict[str, Any]:
    return {
        "number": one.reference.number,
        "id": one.id,
        "text": one.words,
        "location": location_data(one.location),
        "cited_by": [
            {"section": citing.section, "id": citing.entry or None, "location": location_data(citing.location)}
            for citing in one.cited_by
        ],
        "missing": [name.lower() for name in one.missing],
        "duplicates": [
            {"id": other.reference, "same": other.same, "certain": other.is_certain} for other in one.duplicates
        ],
        "retraction": one.stated or None,
        "notices": [
            {"nature": notice.nature.value, "date": notice.date, "reason": notice.reason, "doi": notice.doi}
            for notice in one.notices
        ],
    }
