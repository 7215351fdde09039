"""BibTeX and BibLaTeX, read by bibtexparser, which skips broken entries and reports their lines.

The only module that imports bibtexparser and pylatexenc, both from the extra `bibtex`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.references import people, values
from evgrade.importing.references.draft import UNKNOWN, Draft, csl_kind, kinds
from evgrade.model import EvgradeError

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_VALUES = {
    "title": "title",
    "journal": "container_title",
    "journaltitle": "container_title",
    "booktitle": "container_title",
    "howpublished": "container_title",
    "organization": "container_title",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "publisher": "publisher",
    "institution": "publisher",
    "school": "publisher",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "language": "language",
    "langid": "language",
}
_VERBATIM = {"doi": "doi", "url": "url"}
_USED = frozenset(
    {"author", "subtitle", "date", "year", "month", "day", "urldate", "pages", "issn", "isbn", "note", "annotation"}
    | {"annote", "eid", "article-number", "art_number", "entrysubtype", *_VALUES, *_VERBATIM}
)
_MOST_BRACES = 100
_START = re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)


def _recognizes(content: Content) -> bool:
    if content.start[:1] in ("{", "[", "<") or content.data[:2] == b"PK":
        return False
    return _START.search(content.text) is not None


def _records(content: Content) -> Iterator[Record]:
    try:
        from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - an extra
        from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock  # noqa: PLC0415
    except ImportError:
        hint = "pip install 'evgrade[bibtex]'; or export RIS or CSL-JSON"
        raise EvgradeError(f"{content.name} is BibTeX, which needs bibtexparser", hint=hint) from None
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its messages become notes
    library = parse_string(_one_newline(content.text), parse_stack=[])
    strings = {one.key.casefold(): _unwrapped(one.value, {}) for one in library.strings}
    for block in library.blocks:
        failed = block if isinstance(block, ParsingFailedBlock) else None
        entry = block if failed is None else failed.ignore_error_block
        record = Record(content.name, f":{(block.start_line or 0) + 1}", "")
        if isinstance(entry, Entry):
            if isinstance(block, DuplicateBlockKeyBlock):
                record.note(record.place, f"the key `{block.key}` is in the file twice")
            yield _reference(entry, strings, record)
        elif failed is not None:
            record.note(record.place, f"{_reason(failed.error)}: the record was not taken")
            yield record


READER = Reader(_recognizes, _records)


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: Exception) -> str:
    said = values.one_line(str(getattr(error, "abort_reason", error)))[:200]
    return (said[:1].lower() + said[1:]).rstrip(".") or "not an entry"


def _reference(entry: Entry, strings: Mapping[str, str], record: Record) -> Record:
    draft = Draft(record)
    fields: dict[str, tuple[str, str]] = {}
    for one in entry.fields:
        line = entry.start_line if one.start_line is None else one.start_line
        place, key = f":{(line or 0) + 1}", one.key.strip().casefold()
        value = _unwrapped(str(one.value), strings)
        if key in fields and key in _USED and value != fields[key][0]:
            record.note(place, f"a second `{key}`: the first is taken")
        fields.setdefault(key, (value, place))
    _kind(entry.entry_type.casefold(), fields, draft)
    for name in _names(fields.get("author", ("", ""))[0]):
        draft.person(name) if name else record.note(fields["author"][1], "`and others`: some authors are not named")
    _values(fields, draft)
    _date(fields, draft)
    _notes(fields, draft)
    draft.unused(*(key for key, (value, _) in fields.items() if value and key not in _USED))
    return draft.finish([entry.key])


def _kind(kind: str, fields: Mapping[str, tuple[str, str]], draft: Draft) -> None:
    if kind == "misc" and ("eprint" in fields or "archiveprefix" in fields):
        kind = "preprint"
    said = fields.get("entrysubtype", ("", ""))[0]
    if kind not in kinds("bibtex"):
        draft.record.note(draft.record.place, f"`{kind[:40]}` is not a known type")
    own = csl_kind(said) if said else UNKNOWN
    draft.kind(own if own[0] else kinds("bibtex").get(kind, UNKNOWN))


def _values(fields: dict[str, tuple[str, str]], draft: Draft) -> None:
    title, subtitle = (fields.get(key, ("", ""))[0] for key in ("title", "subtitle"))
    if title and subtitle:
        fields["title"] = f"{title}: {subtitle}", fields["title"][1]
    for theirs, ours in _VALUES.items():
        value, place = fields.get(theirs, ("", ""))
        text = _plain(re.sub("--+", "-", value) if ours == "issue" else value)
        if theirs == "howpublished" and values.url(text):
            draft.put("url", text, place)
        elif theirs not in ("howpublished", "organization") or "container_title" not in draft.entry:
            draft.put(ours, text, place)
    for theirs, ours in _VERBATIM.items():
        value, place = fields.get(theirs, ("", ""))
        draft.put(ours, re.sub(r"\\([_&%#$~])", r"\1", value).replace("{", "").replace("}", ""), place)
    for key in ("issn", "isbn"):
        draft.put_each(key, *fields.get(key, ("", "")))
    for key in ("pages", "eid", "article-number", "art_number"):
        value, place = fields.get(key, ("", ""))
        if "page" not in draft.entry:
            draft.put("page", _plain(re.sub("--+", "-", value)), place)


def _date(fields: Mapping[str, tuple[str, str]], draft: Draft) -> None:
    for key, field in (("date", "issued"), ("urldate", "accessed")):
        value, place = fields.get(key, ("", ""))
        first, _, last = value.partition("/")
        if last.strip(" .") and last != first:
            draft.put_date(field, f"{first[:4]} to {last}", place)
        else:
            draft.put_date(field, first.rstrip("~?%"), place)
    year, month, day = (fields.get(key, ("", ""))[0] for key in ("year", "month", "day"))
    place = fields.get("year", ("", draft.record.place))[1]
    if year and "issued" not in draft.entry:
        draft.put_date(
            "issued", f"{_plain(year)}-{month}-{day}" if month.isdecimal() else f"{year} {month} {day}", place
        )


def _notes(fields: Mapping[str, tuple[str, str]], draft: Draft) -> None:
    for key in ("note", "annotation", "annote"):
        value, place = fields.get(key, ("", ""))
        if re.match("cited by", value, re.IGNORECASE):
            draft.unused(key)
        else:
            draft.remarks(_plain(value), place)


def _names(written: str) -> Iterator[str]:
    """Yield the authors; an empty text means `and others`."""
    from bibtexparser.middlewares.names import (  # noqa: PLC0415
        InvalidNameError,
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    for one in split_multiple_persons_names(written) if written.strip() else ():
        text = _plain(one)
        if not text:
            continue
        if text.casefold() in ("others", "et al."):
            yield ""
        elif re.fullmatch(r"\{.*\}", one.strip(), re.DOTALL) or ("," not in text and people.is_body(text)):
            yield text
        elif re.match(r"(?:family|given|prefix)=", one.strip()):
            said = dict(part.strip().partition("=")[::2] for part in one.split(","))
            family = " ".join(said[key] for key in ("prefix", "family") if said.get(key))
            yield people.person(_plain(family), _plain(said.get("given", "")), _plain(said.get("suffix", "")))
        else:
            try:
                parts = parse_single_name_into_parts(one, strict=False)
            except InvalidNameError:
                yield people.name(text)
                continue
            family = _plain(" ".join((*parts.von, *parts.last)))
            given = _plain(" ".join(parts.first))
            yield (
                people.name(text)
                if "," in one and people.is_body(family)
                else people.person(family, given, _plain(" ".join(parts.jr)))
            )


def _unwrapped(raw: str, strings: Mapping[str, str]) -> str:
    """Return the text of a value without braces or quotes, with parts joined by `#` put together."""
    found = re.fullmatch(r'\s*(?:"[^"]*"|\{[^{}]*\}|[\w:-]+)(?:\s*#\s*(?:"[^"]*"|\{[^{}]*\}|[\w:-]+))+\s*', raw)
    parts = re.findall(r'"[^"]*"|\{[^{}]*\}|[\w:-]+', raw) if found else [raw.strip()]
    return "".join(
        part[1:-1].strip(" \n\t" if len(parts) == 1 else "")
        if part[:1] + part[-1:] in ('""', "{}") and len(part) > 1
        else strings.get(part.casefold(), part)
        for part in parts
    )


def _plain(latex: str) -> str:
    """Return LaTeX as text."""
    if not re.search(r"[\\{}~$`]|--|''", latex):
        return values.one_line(latex)
    if latex.count("{") > _MOST_BRACES:  # the library recurses into each
        return values.one_line(re.sub("[{}]", "", latex))
    from pylatexenc.latex2text import LatexNodes2Text  # noqa: PLC0415

    # The library turns this into a combining accent.
    known = latex.replace(r"\textasciicircum{}", "\x00")
    text = LatexNodes2Text(math_mode="text", strict_latex_spaces=True, keep_comments=True).latex_to_text(known)
    return values.one_line(str(text).replace("\x00", "^")) or values.one_line(re.sub("[{}]", "", latex))
