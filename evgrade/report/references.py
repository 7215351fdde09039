"""Numbered references in the style of Vancouver: in the order in which the page first cites them.

Source: Citing Medicine, 2nd edition, National Library of Medicine (NBK7256); ICMJE sample references. Six authors, then
et al.; the pages of a range are shortened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.report.links import Link, links_of

_MOST_AUTHORS = 6
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WARNINGS = {
    "retracted": "Retracted",
    "withdrawn": "Withdrawn",
    "expression_of_concern": "Expression of concern",
    "corrected": "Corrected",
    "superseded": "Replaced by a newer edition",
    "retired": "No longer kept up to date",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference on the page.

    Attributes:
        number: by which the page cites it.
        warning: what happened to it, such as a retraction; empty where nothing did.
        text: the reference in words.
        links: where to read it.
        cited: whether the page cites it.
    """

    number: int
    warning: str
    text: str
    links: tuple[Link, ...]
    cited: bool


class Numbering:
    """Gives each reference a number when it is first cited."""

    def __init__(self, references: Mapping[str, Mapping[str, Any]], retracted: frozenset[str]) -> None:
        self._references = references
        self._retracted = retracted
        self._numbers: dict[str, int] = {}

    def cite(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, in order."""
        known = [name for name in names if name in self._references]
        return tuple(sorted({self._numbers.setdefault(name, len(self._numbers) + 1) for name in known}))

    def listed(self) -> tuple[Reference, ...]:
        """Return all references: those that were cited by number, then the others."""
        cited = frozenset(self._numbers)
        for name in self._references:
            self._numbers.setdefault(name, len(self._numbers) + 1)
        return tuple(
            Reference(
                number,
                self._warning(name),
                vancouver(self._references[name]),
                links_of(self._references[name]),
                name in cited,
            )
            for name, number in self._numbers.items()
        )

    def _warning(self, name: str) -> str:
        if name in self._retracted:
            return "Withdrawn" if self._references[name].get("retraction") == "withdrawn" else "Retracted"
        return _WARNINGS.get(self._references[name].get("retraction", ""), "")


def study_name(dossier: Dossier, study: Mapping[str, Any] | None, identifier: str) -> str:
    """Return what readers call a study: the short form of its first reference, or its id."""
    refs = [] if study is None else study.get("refs", [])
    return dossier.citation(refs[0]) if refs else identifier


def vancouver(reference: Mapping[str, Any]) -> str:
    """Return a reference in words."""
    authors = list(reference.get("author", ()))
    names = ", ".join(authors[:_MOST_AUTHORS]) + (", et al" if len(authors) > _MOST_AUTHORS else "")
    parts = [names, str(reference.get("title", ""))]
    source = str(reference.get("container_title", ""))
    date, place = _date(reference.get("issued")), _place(reference)
    if source and (date or place):
        parts.append(f"{source}. {date}{';' if date and place else ''}{place}")
    elif source:
        parts.append(source)
    else:
        publisher = str(reference.get("publisher", ""))
        parts.append("; ".join(part for part in (publisher, date) if part))
        parts.append(f"p. {place}" if place else "")
    if not any(parts):
        parts = [str(reference["id"])]
    return " ".join(_ended(part) for part in parts if part)


def _ended(part: str) -> str:
    return part if part.endswith((".", "?", "!")) else f"{part}."


def _date(issued: object) -> str:
    if issued is None:
        return ""
    year, *rest = str(issued).split("-")
    return " ".join(
        [year, *([_MONTHS[int(rest[0]) - 1]] if rest else []), *([str(int(rest[1]))] if len(rest) > 1 else [])]
    )


def _place(reference: Mapping[str, Any]) -> str:
    """Return volume, issue and pages, such as «330(9):585-91»."""
    volume = str(reference.get("volume", ""))
    issue = f"({reference['issue']})" if "issue" in reference else ""
    pages = _pages(str(reference["page"])) if "page" in reference else ""
    return f"{volume}{issue}{':' if pages and (volume or issue) else ''}{pages}"


def _pages(pages: str) -> str:
    """Return a range of pages with what both have in common left out: 585-91."""
    found = re.fullmatch(r"([0-9]+)\s*[-\u2013]\s*([0-9]+)", pages)
    if found is None or len(found[1]) != len(found[2]):
        return pages
    first, last = found.groups()
    same = next((n for n, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(first) - 1)
    return f"{first}-{last[same:]}"
