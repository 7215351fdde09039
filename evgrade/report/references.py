"""Numbered references in the Vancouver style, in the order of first citation or of another citation style."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.facts.authors import Author, author_of
from evgrade.render.page import Link, Span
from evgrade.report.links import doi_address, links_of

_WARNINGS = {
    "retracted": "Retracted",
    "withdrawn": "Withdrawn",
    "expression_of_concern": "Expression of concern",
    "corrected": "Corrected",
    "superseded": "Replaced by a newer edition",
    "retired": "No longer kept up to date",
}


_GRAVE = frozenset({"Retracted", "Withdrawn"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference on the page.

    Attributes:
        number: its number on the page.
        warning: a warning, such as a retraction; empty for none.
        line: the text of the reference.
        links: where to read it.
        cited: whether the page cites it.
    """

    number: int
    warning: str
    line: tuple[Span, ...]
    links: tuple[Link, ...]
    cited: bool

    @property
    def is_retracted(self) -> bool:
        """Whether it was retracted or withdrawn, so that nothing should rest on it."""
        return self.warning in _GRAVE


class Numbering:
    """Numbers each reference when it is first cited.

    Attributes:
        clusters: the references of each citation, in the order of the page.
    """

    def __init__(
        self, references: Mapping[str, Mapping[str, Any]], retracted: frozenset[str], order: Sequence[str] = ()
    ) -> None:
        """Start without citations.

        Args:
            references: the references by id.
            retracted: the ids of retracted references.
            order: ids in the order of a style that sorts references, to be numbered in advance.
        """
        self._references = references
        self._retracted = retracted
        self._numbers: dict[str, int] = {name: number for number, name in enumerate(order, start=1)}
        self._cited: set[str] = set()
        self.clusters: list[tuple[str, ...]] = []

    def cite(self, names: Iterable[str]) -> tuple[int, ...]:
        """Cite references, and return their numbers in ascending order."""
        known = list(dict.fromkeys(name for name in names if name in self._references))
        if not known:
            return ()
        self._cited.update(known)
        numbers = {self._numbers.setdefault(name, len(self._numbers) + 1): name for name in known}
        self.clusters.append(tuple(numbers[number] for number in sorted(numbers)))
        return tuple(sorted(numbers))

    def names(self) -> tuple[str, ...]:
        """Return the ids of all references by number, uncited ones last."""
        for name in self._references:
            self._numbers.setdefault(name, len(self._numbers) + 1)
        return tuple(sorted(self._numbers, key=self._numbers.__getitem__))

    def listed(self, lines: Mapping[str, tuple[Span, ...]] | None = None) -> tuple[Reference, ...]:
        """Return all references in the order of `names`, in the text of a style where given."""
        return tuple(
            self._reference(name, number, None if lines is None else lines.get(name))
            for number, name in enumerate(self.names(), start=1)
        )

    def _reference(self, name: str, number: int, line: tuple[Span, ...] | None) -> Reference:
        reference = self._references[name]
        links = links_of(reference)
        line, links = _with_link((Span(vancouver(reference)),) if line is None else line, links)
        return Reference(number, self._warning(name), line, links, name in self._cited)

    def _warning(self, name: str) -> str:
        if name in self._retracted:
            return "Withdrawn" if self._references[name].get("retraction") == "withdrawn" else "Retracted"
        return _WARNINGS.get(self._references[name].get("retraction", ""), "")


def _with_link(line: tuple[Span, ...], links: tuple[Link, ...]) -> tuple[tuple[Span, ...], tuple[Link, ...]]:
    """Turn the address at the end of a reference into a link."""
    *before, last = line
    for link in links:
        for words in (link.href, link.words):
            if last.text.endswith(f" {words}"):
                rest = (other for other in links if other is not link)
                shown = last._replace(text=last.text.removesuffix(f" {words}"))
                return (*before, shown), (Link(link.href, words), *rest)
    return line, links


# The Vancouver style, by Citing Medicine (2nd edition, National Library of Medicine, NBK7256)
#
# Unrecorded parts, such as the place of publication, are left out: a date or publisher that is merely not recorded is
# not called unknown. Journal titles stay as recorded; no abbreviation is guessed.
# Chapters: 1 journals, 2 books and parts of books, 5 conferences, 6 theses, 8 reports, 22 internet databases and 25 web
# sites, 26 electronic mail; preprints follow the library's samples for the ICMJE recommendations.

MOST_AUTHORS = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_REGISTRY = re.compile(
    r"\b(?:NCT[0-9]{8}|ISRCTN[0-9]{8}|ACTRN[0-9]{14}|ChiCTR[A-Z-]*[0-9]{6,12}|[0-9]{4}-[0-9]{6}-[0-9]{2}(?:-[0-9]{2})?|"
    r"DRKS[0-9]{8}|CTRI/[0-9]{4}/[0-9]{2,3}/[0-9]{6}|UMIN[0-9]{9}|jRCTs?[0-9]{9,10}|NL[0-9]{3,5}|NTR[0-9]{3,5})\b"
)
_LABELS = {"dataset": "dataset", "software": "software", "thesis": "thesis"}
"""Labels after the title for works that are not articles or books."""
_DASHES = dict.fromkeys(range(0x2010, 0x2015), "-")
_LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "hu": "Hungarian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "zh": "Chinese",
}
_ONLINE = frozenset({"webpage", "post", "post-weblog", "dataset", "software"})


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Group consecutive numbers."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return found


def vancouver(reference: Mapping[str, Any]) -> str:
    """Return the text of a reference."""
    kind = reference.get("type", "")
    registry = _registry(reference)
    if registry:
        parts = _registry_entry(reference, registry)
    elif kind in ("chapter", "paper-conference") and "container_title" in reference:
        parts = _part_of_book(reference)
    elif kind == "article":
        parts = _preprint(reference)
    elif kind in _ONLINE or ("accessed" in reference and "url" in reference and not _place(reference)):
        parts = _online(reference)
    elif "container_title" in reference and kind != "book":
        parts = _article(reference)
    else:
        parts = _book(reference)
    return " ".join(map(_ended, [part for part in parts if part] or [str(reference["id"])]))


def authors(names: Iterable[str]) -> str:
    """Return authors (chapter 1): people separated by commas, organizations by semicolons; six, then et al."""
    found = [author_of(name) for name in names]
    wording = ""
    for number, author in enumerate(found[:MOST_AUTHORS]):
        both = number and author.is_person and found[number - 1].is_person
        wording += (", " if both else "; " if number else "") + _author(author)
    return f"{wording}, et al" if len(found) > MOST_AUTHORS else wording


def _author(author: Author) -> str:
    return " ".join(part for part in (author.name, author.initials.replace("-", ""), author.suffix) if part)


def date_words(date: object) -> str:
    """Return a date in the library's format: 2010 Dec 21."""
    if date is None:
        return ""
    year, *rest = str(date).split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    return " ".join([year, *month, *([str(int(rest[1]))] if len(rest) > 1 else [])])


def pages(written: str) -> str:
    """Shorten the second number of page ranges: 585-91, S93-9; but 126A-127A is unchanged."""
    return ", ".join(_range(part.strip()) for part in written.split(","))


def _range(written: str) -> str:
    plain = "-".join(part.strip() for part in written.translate(_DASHES).split("-"))
    found = re.fullmatch(r"(?P<lead>[^\W\d_]*)(?P<first>[0-9]+)-(?P<same>[^\W\d_]*)(?P<last>[0-9]+)", plain)
    if found is None or found["same"] not in ("", found["lead"]):
        return plain
    lead, first, last = found["lead"], found["first"], found["last"]
    if len(first) == len(last) and first <= last:
        same = next((n for n, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), None)
        if same is None:
            return f"{lead}{first}"
        last = last[same:]
    return f"{lead}{first}-{last}"


# Kinds of sources


def _article(reference: Mapping[str, Any]) -> list[str]:
    """Chapter 1: «Author. Title. Journal. 1994 Mar 3;330(9):585-91. Epub 1994 Jan 2.»."""
    date, place = date_words(reference.get("issued")), _place(reference)
    located = f"{date}{';' if date and place and not place.startswith(':') else ''}{place}"
    online = reference.get("available_online")
    return [
        authors(reference.get("author", ())),
        _title(reference),
        _text(reference, "container_title"),
        located,
        f"Epub {date_words(online)}" if online is not None else "",
        _LANGUAGES.get(_text(reference, "language")[:2].lower(), ""),
    ]


def _place(reference: Mapping[str, Any]) -> str:
    """Return volume, issue and pages: 330(9):585-91, 246 Suppl 3:III22-6, (3):CD001447."""
    volume, issue = _text(reference, "volume"), _text(reference, "issue")
    if issue and re.match(r"suppl", issue, re.IGNORECASE):
        numbered = f"{volume} {issue}".strip()
    else:
        numbered = f"{volume}({issue})" if issue else volume
    shown = pages(_text(reference, "page"))
    return f"{numbered}:{shown}" if shown else numbered


def _book(reference: Mapping[str, Any]) -> list[str]:
    """Chapters 2, 6 and 8: «Author. Title. Publisher; 2002. p. 23-5.»."""
    date, publisher = date_words(reference.get("issued")), _text(reference, "publisher")
    container = _text(reference, "container_title")
    volume, page = _text(reference, "volume"), pages(_text(reference, "page"))
    issued = "; ".join(part for part in (publisher or container, date) if part)
    return [
        authors(reference.get("author", ())),
        _labelled(reference),
        f"Vol. {volume}" if volume else "",
        issued,
        f"p. {page}" if page else "",
    ]


def _part_of_book(reference: Mapping[str, Any]) -> list[str]:
    """Chapters 2 and 5: «Author. Title. In: Book. Publisher; 2002. p. 93-113.»."""
    date, publisher, page = date_words(reference.get("issued")), _text(reference, "publisher"), _text(reference, "page")
    return [
        authors(reference.get("author", ())),
        _title(reference),
        f"In: {_text(reference, 'container_title')}",
        "; ".join(part for part in (publisher, date) if part),
        f"p. {pages(page)}" if page else "",
    ]


def _preprint(reference: Mapping[str, Any]) -> list[str]:
    """«Author. Title. bioRxiv [Preprint]. 2016 [posted 2016 Aug 11; cited 2017 Jan 12]. Available from: …»."""
    issued = str(reference.get("issued", ""))
    posted = f"posted {date_words(issued)}" if "-" in issued else ""
    container = _text(reference, "container_title") or _text(reference, "publisher")
    title = _title(reference)
    address = doi_address(reference["doi"]) if "doi" in reference else reference.get("url")
    return [
        authors(reference.get("author", ())),
        *([title, f"{container} [Preprint]"] if container else [f"{title} [Preprint]"]),
        f"{issued[:4]}{_bracketed(posted, _cited(reference))}".strip(),
        _available(address),
    ]


def _online(reference: Mapping[str, Any]) -> list[str]:
    """Chapter 25: «Author. Title. In: Site [Internet]. Publisher; 2010 [cited 2021 Oct]. Available from: …»."""
    title, container = _labelled(reference), _text(reference, "container_title")
    is_part = bool(title and container)
    site = container if is_part else title or container
    medium = " [Internet]" if "url" in reference and site else ""
    dated = f"{date_words(reference.get('issued'))}{_bracketed(_cited(reference))}".strip()
    return [
        authors(reference.get("author", ())),
        title if is_part else "",
        f"{'In: ' if is_part else ''}{site}{medium}",
        "; ".join(part for part in (_text(reference, "publisher"), dated) if part),
        _available(reference.get("url")),
    ]


def _registry_entry(reference: Mapping[str, Any], number: str) -> list[str]:
    """Chapter 22 and the ICMJE samples: «ClinicalTrials.gov [Internet]. … Identifier NCT…, Title; 2014 [cited …].»."""
    before, _, after = _text(reference, "title").partition(number)
    title = f"{before.rstrip(' (:,;[')} {after.lstrip(' ):,;]')}".strip()
    dated = f"{date_words(reference.get('issued'))}{_bracketed(_cited(reference))}".strip()
    registry = _text(reference, "container_title") or _text(reference, "publisher")
    publisher = _text(reference, "publisher") if "container_title" in reference else ""
    entry = ", ".join(part for part in (f"Identifier {number}", title.rstrip(".")) if part)
    return [
        authors(reference.get("author", ())),
        f"{registry} [Internet]" if registry else "",
        publisher,
        "; ".join(part for part in (entry, dated) if part),
        _available(reference.get("url")),
    ]


def _registry(reference: Mapping[str, Any]) -> str:
    """Return the registry number if a reference is the registry entry of a trial; otherwise empty."""
    if reference.get("type") not in ("webpage", "dataset", "post"):
        return ""
    found = _REGISTRY.search(f"{reference.get('url', '')} {reference.get('title', '')}")
    return found.group() if found else ""


# Parts


def _text(reference: Mapping[str, Any], key: str) -> str:
    return " ".join(str(reference.get(key, "")).split())


def _title(reference: Mapping[str, Any]) -> str:
    title = _text(reference, "title")
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def _labelled(reference: Mapping[str, Any]) -> str:
    """Return a title, followed by a label for the kind of work where needed."""
    title, label = _title(reference), _LABELS.get(reference.get("type", ""))
    return f"{title} [{label}]" if title and label else title


def _cited(reference: Mapping[str, Any]) -> str:
    return f"cited {date_words(reference['accessed'])}" if "accessed" in reference else ""


def _bracketed(*parts: str) -> str:
    wording = "; ".join(part for part in parts if part)
    return f" [{wording}]" if wording else ""


def _available(address: object) -> str:
    return f"Available from: {address}" if address else ""


def _ended(part: str) -> str:
    """End a part with a full stop, unless it has end punctuation or is an address."""
    return part if part.endswith((".", "?", "!")) or part.startswith("Available from: ") else f"{part}."
