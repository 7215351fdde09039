"""BibTeX with the fields of BibLaTeX, for JabRef, Zotero, pandoc and LaTeX.

Sources: the biblatex manual 3.20, section 2, for types and fields; BibTeX's own rules, by which braces count even
after a backslash, so that all braces in texts are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.exporting.exported import Exported, left_out
from evgrade.exporting.references import Reference, References, one_line, pages, person

_TYPES = {
    "article-journal": "article",
    "article": "unpublished",
    "book": "book",
    "chapter": "incollection",
    "dataset": "dataset",
    "legislation": "legislation",
    "paper-conference": "inproceedings",
    "post": "online",
    "post-weblog": "online",
    "report": "report",
    "thesis": "thesis",
    "webpage": "online",
    "personal_communication": "letter",
    "regulation": "legislation",
    "software": "software",
}
_SUBTYPES = frozenset({"post", "post-weblog", "regulation"})
"""Types of sources that share an entry type with another; the field `entrysubtype` tells them apart."""

_CONTAINERS = {
    "article": "journal",
    "unpublished": "howpublished",
    "incollection": "booktitle",
    "inproceedings": "booktitle",
}
_TEXTS = {
    "volume": "volume",
    "issue": "number",
    "publisher": "publisher",
    "issn": "issn",
    "isbn": "isbn",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "language": "language",
    "notes": "annotation",
}
_VERBATIM = {"doi": "doi", "url": "url"}
"""Fields read verbatim, not as LaTeX."""

_DATES = {"issued": "date", "accessed": "urldate"}
_CARRIED = frozenset(
    {"id", "type", "author", "title", "container_title", "page", "retraction", *_TEXTS, *_VERBATIM, *_DATES}
)

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\ensuremath{\lbrace}",
    "}": r"\ensuremath{\rbrace}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{sign: f"\\{sign}" for sign in "$&%#_"},
}


def bibtex(references: References) -> Exported:
    left = tuple(left_out("references", references.entries, _CARRIED))
    return Exported("\n".join(map(_entry, references.entries)), left, references.remarks)


def _entry(reference: Reference) -> str:
    fields = (f"  {name} = {{{value}}},\n" for name, value in _fields(reference))
    return f"@{_TYPES.get(reference.get('type', ''), 'misc')}{{{reference['id']},\n{''.join(fields)}}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    kind = _TYPES.get(reference.get("type", ""), "misc")
    if reference.get("type") in _SUBTYPES:
        yield "entrysubtype", reference["type"]
    if "author" in reference:
        yield "author", " and ".join(map(_author, reference["author"]))
    if "title" in reference:
        yield "title", _title(reference["title"])
    if "container_title" in reference:
        yield _CONTAINERS.get(kind, "organization"), _latex(reference["container_title"])
    for field, name in _DATES.items():
        if field in reference:
            yield name, str(reference[field])
    if "issued" in reference:
        yield "year", str(reference["issued"])[:4]  # for BibTeX, which knows no `date`
    if "page" in reference:
        first, dash, last = pages(str(reference["page"]))
        yield "pages", f"{_latex(first)}{dash and '--'}{last}"
    for field, name in _TEXTS.items():
        if field in reference:
            yield name, _latex(str(reference[field]))
    for field, name in _VERBATIM.items():
        if field in reference:
            yield name, _verbatim(str(reference[field]))
    if "retraction" in reference:
        yield "note", f"retraction: {_latex(reference['retraction'])}"


def _author(author: str) -> str:
    """Return a person as `Family, F. I.`, or an organization in braces, which keep its name whole."""
    parts = person(author)
    if parts is None or re.search(r"(?i)\band\b", parts[0]):
        return f"{{{_latex(author)}}}"
    initials = "-".join(" ".join(f"{letter}." for letter in group) for group in parts[1].split("-"))
    return f"{_latex(parts[0])}, {initials}"


def _title(title: str) -> str:
    """Return a title with braces around words whose capitals a style would turn into lower case."""
    words = one_line(title).split(" ")
    capitals = (any(map(str.isupper, word[1:] if place == 0 else word)) for place, word in enumerate(words))
    return " ".join(
        f"{{{_latex(word)}}}" if capital else _latex(word) for word, capital in zip(words, capitals, strict=True)
    )


def _latex(text: str) -> str:
    return "".join(_LATEX.get(sign, sign) for sign in one_line(text))


def _verbatim(text: str) -> str:
    """Return an address with the characters that would end its field as `%XX`."""
    return re.sub(r"[{}\\]", lambda sign: f"%{ord(sign[0]):02X}", one_line(text))
