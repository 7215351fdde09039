"""The references of a dossier: where each is cited, missing identifiers, duplicates, and retractions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade._version import __version__
from evgrade.dossier import Dossier
from evgrade.facts.identifiers import folded_title, same_doi
from evgrade.model import Location, Path
from evgrade.notices import Notice
from evgrade.render.findings_json import dumps, location_data
from evgrade.render.page import Block, Bullets, Foot, Heading, Item, Line, Paragraph, Rule, Span, Style, spaced, strong
from evgrade.report.references import Numbering, Reference
from evgrade.report.view import graded_by, view_of
from evgrade.rubric.model import Rubric
from evgrade.schema.suggest import many

_WITH_DOI = frozenset({"article-journal", "article", "paper-conference"})
_WITH_PMID = frozenset({"article-journal"})
_SAME: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "doi": ("DOI", same_doi),
    "pmid": ("PMID", str),
    "pmcid": ("PMCID", str.upper),
}


@dataclass(frozen=True, slots=True)
class Citing:
    """An entry that cites a reference.

    Attributes:
        section: its dotted section, such as `safety.adverse_events`.
        entry: its id; empty for none.
        location: the location of its first citation.
    """

    section: str
    entry: str
    location: Location


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another reference that is, or may be, the same.

    Attributes:
        reference: its id.
        same: what both share: `DOI`, `PMID`, `PMCID`, or `title and year`, which is only a hint.
    """

    reference: str
    same: str

    @property
    def is_certain(self) -> bool:
        """Whether they share an identifier."""
        return self.same != "title and year"


@dataclass(frozen=True, slots=True)
class Listed:
    """A reference in the list.

    Attributes:
        id: its id in the dossier.
        reference: its number, text and links on the report page.
        location: its location in the dossier.
        cited_by: the entries that cite it, in document order.
        missing: identifiers that sources of its type usually have but it lacks.
        duplicates: other references that are, or may be, the same.
        stated: its retraction status in the dossier; empty if not stated.
        notices: the notices on it in a file of notices.
    """

    id: str
    reference: Reference
    location: Location
    cited_by: tuple[Citing, ...]
    missing: tuple[str, ...]
    duplicates: tuple[Duplicate, ...]
    stated: str
    notices: tuple[Notice, ...]

    @property
    def words(self) -> str:
        """The text of the reference, with the address at its end."""
        said = "".join(span.text for span in self.reference.line)
        links = [link.words for link in self.reference.links if link.words.startswith(("http", "doi:"))]
        return " ".join([said, *links[:1]])


@dataclass(frozen=True, slots=True)
class Listing:
    """The references of a dossier, in the order of the report page.

    Attributes:
        dossier: the dossier.
        references: its references.
        notices: the number of notices searched; None without a file of notices.
    """

    dossier: Dossier
    references: tuple[Listed, ...]
    notices: int | None


def listing_of(
    dossier: Dossier, rubric: Rubric, notices: Mapping[str, tuple[Notice, ...]], count: int | None
) -> Listing:
    """Return the references of a dossier.

    Args:
        dossier: the dossier.
        rubric: the grading system of the report page, whose order the list follows.
        notices: the notices on references, by id.
        count: the number of notices in the file; None without a file.
    """
    numbering = Numbering(dossier.references, dossier.retracted)
    shown = view_of(dossier, *graded_by(dossier, [rubric]), numbering).references
    cited = _cited(dossier)
    places = {one["id"]: place for place, one in enumerate(dossier.data.get("references", ()))}
    same = _duplicates(dossier.references)
    return Listing(
        dossier,
        tuple(
            Listed(
                name,
                reference,
                dossier.document.location(("references", places[name])),
                cited.get(name, ()),
                tuple(_missing(dossier.references[name])),
                same.get(name, ()),
                str(dossier.references[name].get("retraction", "")),
                notices.get(name, ()),
            )
            for name, reference in zip(numbering.names(), shown, strict=True)
        ),
        count,
    )


def _missing(reference: Mapping[str, Any]) -> Iterator[str]:
    kind = reference.get("type")
    if kind in _WITH_DOI and "doi" not in reference:
        yield "DOI"
    if kind in _WITH_PMID and "pmid" not in reference:
        yield "PMID"


def _cited(dossier: Dossier) -> Mapping[str, tuple[Citing, ...]]:
    """Return the entries that cite each reference, each once, at its first citation."""
    found: dict[str, dict[tuple[str, str], Citing]] = {}
    for name, path, entry, at in _citations(dossier.data, (), "", ""):
        citing = Citing(at, entry, dossier.document.location(path))
        found.setdefault(name, {}).setdefault((at, entry), citing)
    return {name: tuple(by_entry.values()) for name, by_entry in found.items()}


def _citations(value: Any, path: Path, entry: str, at: str) -> Iterator[tuple[str, Path, str, str]]:
    """Yield each citation: the id of the reference, its path, the id of the citing entry, and its section."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _citations(one, (*path, number), entry, at)
    elif isinstance(value, dict):
        if path and "id" in value:
            entry, at = str(value["id"]), _dotted(path[:-1])
        for key, child in value.items():
            if key.startswith("x-") or (not path and key == "references"):
                continue
            if key == "refs" and isinstance(child, list):
                yield from ((str(name), (*path, key, n), entry, at or _dotted(path)) for n, name in enumerate(child))
            else:
                yield from _citations(child, (*path, key), entry, at)


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path if not isinstance(step, int))


def _duplicates(references: Mapping[str, Mapping[str, Any]]) -> Mapping[str, tuple[Duplicate, ...]]:
    """Return the duplicates of each reference; versions of one work are not duplicates."""
    found: dict[str, dict[str, Duplicate]] = {}
    for mark, names in _marked(references).items():
        for name in names:
            for other in names:
                related = {references[name].get("version_of"), references[other].get("version_of")}
                if other != name and not (mark[0] == "title and year" and related & {name, other}):
                    found.setdefault(name, {}).setdefault(other, Duplicate(other, mark[0]))
    return {name: tuple(others.values()) for name, others in found.items()}


def _marked(references: Mapping[str, Mapping[str, Any]]) -> Mapping[tuple[str, str], list[str]]:
    """Group the references by what only duplicates share, identifiers first."""
    marks: dict[tuple[str, str], list[str]] = {}
    for key, (called, same) in _SAME.items():
        for name, one in references.items():
            if key in one:
                marks.setdefault((called, same(str(one[key]))), []).append(name)
    for name, one in references.items():
        title, year = folded_title(str(one.get("title", ""))), str(one.get("issued", ""))[:4]
        if title and year:
            marks.setdefault(("title and year", f"{title} {year}"), []).append(name)
    return marks


# For people

REFS = "evgrade.refs/1"


def listing_page(listings: Sequence[Listing]) -> Iterator[Block]:
    """Yield the references of dossiers."""
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
    """Return the status of a paper, and its source."""
    said = [f"{spaced(one.stated)}, says the dossier"] if one.stated not in ("", "none") else []
    said += [f"{_notice(notice)}, says Retraction Watch" for notice in one.notices]
    return "; ".join(said)


def _notice(notice: Notice) -> str:
    words = notice.nature.value.lower()
    date = f" {notice.date}" if notice.date else ""
    return f"{words}{date}{f' by {notice.doi}' if notice.doi else ''}"


def _summary(listing: Listing) -> str:
    """Count the references, and those that need attention."""
    listed = listing.references
    counts = {
        "not cited": sum(not one.cited_by for one in listed),
        "without DOI": sum("DOI" in one.missing for one in listed),
        "without PMID": sum("PMID" in one.missing for one in listed),
        "with a duplicate": sum(bool(one.duplicates) for one in listed),
        "retracted, corrected or under an expression of concern": sum(bool(_status(one)) for one in listed),
    }
    found = [f"{count} {words}" for words, count in counts.items() if count]
    looked = "" if listing.notices is not None else "; retractions were not looked up (add --retractions FILE)"
    return f"{many(len(listed), 'reference')}{': ' if found else ''}{', '.join(found)}{looked}"


# For programs


def listing_json(listings: Sequence[Listing]) -> str:
    """Return the references of dossiers as `evgrade.refs/1`."""
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
