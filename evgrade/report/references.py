"""Numbered references: in the order in which a page first cites them, or in the order that a style gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.render.page import Link, Span
from evgrade.report.links import links_of
from evgrade.report.vancouver import vancouver

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
        number: by which the page cites it.
        warning: what happened to it, such as a retraction; empty where nothing did.
        line: the reference in words.
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
        """Whether nobody should rest anything on it."""
        return self.warning in _GRAVE


class Numbering:
    """Gives each reference a number when it is first cited.

    Attributes:
        clusters: the references of each citation, in the order in which the page made them.
    """

    def __init__(
        self, references: Mapping[str, Mapping[str, Any]], retracted: frozenset[str], order: Sequence[str] = ()
    ) -> None:
        """Begin with no reference cited.

        Args:
            references: the references by id.
            retracted: those that were retracted.
            order: ids whose numbers are given beforehand, by a style that sorts references.
        """
        self._references = references
        self._retracted = retracted
        self._numbers: dict[str, int] = {name: number for number, name in enumerate(order, start=1)}
        self._cited: set[str] = set()
        self.clusters: list[tuple[str, ...]] = []

    def cite(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some references, in order."""
        known = list(dict.fromkeys(name for name in names if name in self._references))
        if not known:
            return ()
        self._cited.update(known)
        numbers = {self._numbers.setdefault(name, len(self._numbers) + 1): name for name in known}
        self.clusters.append(tuple(numbers[number] for number in sorted(numbers)))
        return tuple(sorted(numbers))

    def names(self) -> tuple[str, ...]:
        """Return the ids of all references: those that were cited by number, then the others."""
        for name in self._references:
            self._numbers.setdefault(name, len(self._numbers) + 1)
        return tuple(sorted(self._numbers, key=self._numbers.__getitem__))

    def listed(self, lines: Mapping[str, tuple[Span, ...]] | None = None) -> tuple[Reference, ...]:
        """Return all references, in the order of `names`; in the words of a style where it has some."""
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
    """Return a reference without the address that it ends with, and with a link of these words instead."""
    *before, last = line
    for link in links:
        for words in (link.href, link.words):
            if last.text.endswith(f" {words}"):
                rest = (other for other in links if other is not link)
                shown = last._replace(text=last.text.removesuffix(f" {words}"))
                return (*before, shown), (Link(link.href, words), *rest)
    return line, links
