"""A reference under construction: takes the values of a source, and notes those that do not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from evgrade.importing.found import Record, glossary
from evgrade.importing.references import people, values
from evgrade.importing.references.values import Date, date
from evgrade.schema.store import schema

# Types of sources. A dossier has the types of CSL that evidence is published in. Any other type becomes the nearest
# one, and a remark names the original.

Kind = tuple[str, str]
"""A type, empty for none, and a remark, empty where the type says everything."""
UNKNOWN: Kind = ("", "")


@cache
def kinds(form: str) -> Mapping[str, Kind]:
    """Return the types by the words of a format."""
    rows = glossary(__file__)
    return {word: (row.get("type", ""), row.get("remark", "")) for row in rows for word in row.get(form, ())}


def csl_kind(written: str) -> Kind:
    """Return the type for a type of CSL; a dossier has only some of these."""
    if written in schema("dossier")["$defs"]["reference"]["properties"]["type"]["enum"]:
        return written, ""
    return kinds("csl").get(written, ("", f"Type: {written}." if written else ""))


# Retraction status

_GRAVITY = ("corrected", "expression_of_concern", "withdrawn", "retracted")
_HINT = re.compile(r"\W*(?:retracted|retraction|withdrawn|temporary removal|removed)\b(?: article)?\W", re.IGNORECASE)


def gravest(statuses: Sequence[tuple[str, str]]) -> str:
    """Return the gravest of several statuses, each with a date or an empty text.

    A reinstatement ends a retraction that is not later. If either has no date, their order is unknown and the
    retraction stays.
    """
    reinstated = max((when for status, when in statuses if status == "reinstated"), default=None)
    standing = [
        status
        for status, when in statuses
        if status != "reinstated" and not (reinstated and when and when <= reinstated and status != "corrected")
    ]
    worst = max(standing, key=_GRAVITY.index, default="reinstated")
    return "reinstated" if reinstated and worst == "corrected" else worst


def is_hinted(title: str) -> bool:
    """Whether a title begins with a word such as RETRACTED, which is a hint but not a status."""
    return _HINT.match(title) is not None


# References

ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ORDER = (
    *("type", "author", "title", "container_title", "issued", "available_online", "volume", "issue", "page"),
    *("publisher", "doi", "pmid", "pmcid", "issn", "isbn", "url", "accessed", "language", "retraction", "notes"),
)
_IDENTIFYING = ("title", "doi", "pmid", "pmcid", "isbn", "url")
_READ: dict[str, Callable[[str], int | str]] = {
    "title": values.plain,
    "container_title": values.plain,
    "publisher": values.plain,
    "volume": values.count_or_text,
    "issue": values.count_or_text,
    "page": values.count_or_text,
    "doi": values.doi,
    "pmid": values.pmid,
    "pmcid": values.pmcid,
    "issn": values.issn,
    "isbn": values.isbn,
    "url": values.url,
    "language": values.language,
}
_LONGEST = {"volume": 32, "issue": 32, "page": 64}
_NAMES = {
    "container_title": "a title of a journal or book",
    "issue": "an issue",
    "doi": "a DOI",
    "pmid": "a PMID",
    "pmcid": "a PMCID",
    "issn": "an ISSN",
    "isbn": "an ISBN",
    "url": "a web address",
    "issued": "a date of publication",
    "available_online": "a date online",
    "accessed": "a date of access",
}
_STATED = re.compile(
    "retraction: (none|retracted|withdrawn|corrected|expression_of_concern|reinstated|superseded|retired|unclear|"
    "not_reported)"
)
_NUMBERED = re.compile(r"(DOI|PMID|PMCID): ?(\S+)", re.IGNORECASE)
_LATIN = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ŋ": "n"}
)
_SMALL = frozenset({"a", "an", "and", "for", "in", "of", "on", "the", "to", "with"})


class Draft:
    """A reference built from a record of a source."""

    def __init__(self, record: Record) -> None:
        """Start empty; notes go to the record."""
        self.record = record
        self._place = record.place if record.place.startswith(":") else ""
        self.entry: dict[str, Any] = {}
        self._unused: dict[str, int] = {}
        self._statuses: list[tuple[str, str]] = []

    def put(self, field: str, written: str, place: str) -> bool:
        """Take a value unless it is malformed or the field has another; return whether the field has it."""
        if not written.strip():
            return False
        value = _READ[field](written)
        if value == "" or len(str(value)) > _LONGEST.get(field, 20_000):
            self.record.note(place, f"`{_shown(written)}` is not {_NAMES.get(field, f'a {field}')}")
            return False
        return self._take(field, value, place)

    def put_each(self, field: str, written: str, place: str) -> None:
        """Take each ISSN or ISBN in a text; note a text without any."""
        found = values.isbns(written) if field == "isbn" else values.issns(written)
        for one in found or [written]:
            self.put(field, one, place)

    def put_serial(self, written: str, place: str) -> None:
        """Take the ISBNs in a text, or else its ISSNs."""
        self.put_each("isbn" if values.isbns(written) else "issn", written, place)

    def put_date(self, field: str, written: str, place: str) -> bool:
        """Take the part of a date that is certain."""
        return bool(written.strip(" /-.")) and self.put_known_date(field, date(written), written, place)

    def put_known_date(self, field: str, found: Date, written: str, place: str) -> bool:
        """Take a parsed date."""
        if not found.value:
            self.record.note(place, f"`{_shown(written)}` is not {_NAMES[field]}")
            return False
        if not found.is_whole:
            self.record.note(place, f"of `{_shown(written)}` only {found.value} is certain")
        old = str(self.entry.get(field, ""))
        if old and str(found.value).startswith(old):  # 2019-05 says more than 2019
            del self.entry[field]
        elif old.startswith(str(found.value)):
            return True
        return self._take(field, found.value, place)

    def author(self, written: str, place: str) -> None:
        """Add the authors of a field."""
        for one in people.names(written):
            self.person(one)
        if people.is_cut(written):
            self.record.note(place, "`et al.`: some authors are not named")

    def person(self, name: str) -> None:
        """Add an author, named as in a dossier."""
        if name:
            self.entry.setdefault("author", []).append(name)

    def kind(self, kind: tuple[str, str]) -> None:
        """Take a type, and the remark that comes with it."""
        if kind[0]:
            self.entry["type"] = kind[0]
        if kind[1]:
            self.remark(kind[1])

    def remark(self, written: str) -> None:
        """Add to the notes of the reference."""
        text, before = values.lines(written), self.entry.get("notes", "")
        if text and text != before:
            self.entry["notes"] = f"{before}\n{text}" if before else text

    def said(self, line: str, place: str) -> bool:
        """Take a line of notes into its own field if it is one such as `PMID: 123`, as Zotero and evgrade write it."""
        stated = _STATED.fullmatch(line.strip())
        if stated:
            self.entry.setdefault("retraction", stated[1])
            return True
        numbered = _NUMBERED.fullmatch(line.strip())
        return numbered is not None and self.put(numbered[1].lower(), numbered[2], place)

    def remarks(self, written: str, place: str) -> None:
        """Add to the notes of the reference the lines that have no field of their own."""
        rest = [line for line in written.splitlines() if not self.said(line, place)]
        self.remark("\n".join(rest))

    def status(self, status: str, date: str = "") -> None:
        """Take a status after publication, with its date if known."""
        self._statuses.append((status, date))

    def unused(self, *names: str) -> None:
        """Count fields that a dossier has no place for."""
        for name in names:
            self._unused[name] = self._unused.get(name, 0) + 1

    def finish(self, keys: Iterable[str] = ()) -> Record:
        """Return the record with the reference, or with a note that there is nothing to cite.

        Args:
            keys: its keys in the source; the first that can be an id becomes its id.
        """
        entry, record = self.entry, self.record
        self._identifiers_of_address()
        if self._statuses:
            entry["retraction"] = gravest(self._statuses)
        if not any(one in entry for one in _IDENTIFYING):
            record.note(self._place, "there is no title and no identifier: the record was not taken")
            return record
        title = entry.get("title", "")
        if is_hinted(title) and "retraction" not in entry:
            record.note(
                self._place, f"the title says `{title.split(':')[0].split('—')[0][:40]}`: a hint, but not a status"
            )
        if any(values.is_mojibake(one) for one in (title, *entry.get("author", ()))):
            record.note(self._place, "letters look like UTF-8 read as Windows-1252: check the title and authors")
        if self._unused:
            record.note(self._place, f"not taken: {', '.join(self._unused)}")
        own = next((key for key in keys if ID.fullmatch(key) and re.search("[A-Za-z]", key)), "") or made_id(entry)
        record.name = record.name or own
        record.add("references", {"id": own} | {key: entry[key] for key in _ORDER if key in entry})
        return record

    def _identifiers_of_address(self) -> None:
        url = self.entry.get("url", "")
        for field, found in (
            ("doi", values.doi_of_address(url)),
            ("pmid", values.pmid_of_address(url)),
            ("pmcid", values.pmcid_of_address(url)),
        ):
            if found and field not in self.entry:
                self.entry[field] = int(found) if field == "pmid" else found

    def _take(self, field: str, value: int | str, place: str) -> bool:
        old = self.entry.setdefault(field, value)
        if str(old).casefold() == str(value).casefold():
            return True
        self.record.note(
            place, f"{_NAMES.get(field, f'a {field}')} too many: `{_shown(str(value))}` beside `{_shown(str(old))}`"
        )
        return False


def made_id(entry: dict[str, Any]) -> str:
    """Return a readable id: `family-year` of the first author, or else the PMID or words of the title."""
    author = str(next(iter(entry.get("author", ())), ""))
    family = re.sub(r" [^\W\d_a-z-]{1,4}(?:-[^\W\d_a-z])*(?: (?:Jr|Sr|2nd|3rd|4th))?$", "", author)
    named = _slug(family, 40)
    year = str(entry.get("issued", entry.get("available_online", "")))[:4]
    if named:
        return f"{named}-{year}" if year else named
    if "pmid" in entry:
        return f"pmid-{entry['pmid']}"
    titled = _slug(str(entry.get("title", "")), 30)
    return "-".join(part for part in (titled or "reference", year) if part)


def _slug(text: str, longest: int) -> str:
    """Return the words of a text in lower-case ASCII with hyphens, as many as fit."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    words = re.findall("[a-z0-9]+", re.sub("['\u2019\u0300-\u036f]", "", apart))
    if len(words) > 1 and words[0] in _SMALL:
        del words[0]
    while len(words) > 1 and (len("-".join(words)) > longest or words[-1] in _SMALL):
        words.pop()
    return "-".join(words)[:longest]


def _shown(text: str) -> str:
    said = values.one_line(text).replace("`", "'")
    return said if len(said) < 80 else f"{said[:77]}…"
