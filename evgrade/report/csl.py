"""References and citations in the style of a journal, from a file in the Citation Style Language.

The only module that uses citeproc-py and lxml. A style is an untrusted file: it is read without entities, document
types and network access, and its size is bounded. This module corrects some departures of citeproc-py from the CSL
specification (1.0.2, https://docs.citationstyles.org/en/stable/specification.html):

- It loses the delimiter of a date that a style localizes, so such dates are expanded in the style first.
- It repeats what a macro shows in place of missing names, so that is suppressed in the rest of the entry.
- It doubles full stops across markup, and puts no blank between a label and its entry.
- It does not collapse three consecutive citation numbers to a range.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from evgrade.facts.authors import author_of
from evgrade.model import EvgradeError, Excerpt, Finding, InvalidError, Location, Severity, is_short_of_memory
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import part_of_prose
from evgrade.render.page import Span
from evgrade.render.page import Style as Look
from evgrade.report.references import runs

_MOST_BYTES = 2 * 1024 * 1024
_MOST_STEPS = 1_000_000
"""How many texts a macro may expand to, with all that it calls; those of Chicago expand to tens of thousands."""
_CSL = "http://purl.org/net/xbiblio/csl"
_TAG = f"{{{_CSL}}}"
_GIVE = "give a file in the Citation Style Language, such as vancouver.csl"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LESS = "\x02"
"""Replaces `<` from a dossier while citeproc-py, which parses tags in titles, has it; no cleaned text contains it."""
_OPEN, _CLOSE = "\x03", "\x04"
"""Enclose styled text; a letter for the style follows the first."""
_LOOKS = {"i": Look.EMPHASIS, "b": Look.STRONG, "s": Look.RAISED, "p": Look.PLAIN}


@dataclass(frozen=True, slots=True)
class Cited:
    """References and citations in a style.

    Attributes:
        order: the ids of all references, in the order of the style.
        lines: the text of each reference.
        labels: the label of each, such as `1.` or `[1]`; empty in author-date styles.
        citations: the citation of each group of references.
    """

    order: tuple[str, ...]
    lines: Mapping[str, tuple[Span, ...]]
    labels: Mapping[str, str]
    citations: Mapping[frozenset[str], tuple[Span, ...]]


def check_csl() -> None:
    """Check that styles can be used.

    Raises:
        EvgradeError: citeproc-py is not installed.
    """
    try:
        import citeproc  # noqa: F401, PLC0415 - it is optional and slow to import
    except ImportError as error:
        if is_short_of_memory(error):
            raise
        raise EvgradeError("citation styles need citeproc-py", hint="pip install 'evgrade[csl]'") from None


@dataclass(frozen=True, slots=True)
class CitationStyle:
    """A style that can be used.

    Attributes:
        path: its file.
        content: its XML, prepared for citeproc-py.
        numbered: whether it cites by number.
        collapses: whether it collapses consecutive numbers to ranges.
    """

    path: str
    content: bytes
    numbered: bool
    collapses: bool

    def cited(
        self,
        references: Mapping[str, Mapping[str, Any]],
        clusters: Sequence[tuple[str, ...]],
        names: Sequence[str],
    ) -> Cited:
        """Return references and citations in the style.

        Args:
            references: the references by id.
            clusters: the references of each citation, in the order of the text.
            names: the ids of all references, cited ones first.

        Raises:
            EvgradeError: citeproc-py cannot apply the style.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # citeproc-py warns about unknown fields
                return self._cited(references, clusters, names)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # citeproc-py raises errors of any kind
            raise EvgradeError(
                f"citeproc-py cannot apply {self.path} ({type(error).__name__}: {error})",
                hint="try another style, or leave out --csl",
            ) from None

    def _cited(
        self,
        references: Mapping[str, Mapping[str, Any]],
        clusters: Sequence[tuple[str, ...]],
        names: Sequence[str],
    ) -> Cited:
        from citeproc import (  # noqa: PLC0415
            Citation,
            CitationItem,
            CitationStylesBibliography,
            CitationStylesStyle,
        )
        from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

        keys = {name: f"r{number}" for number, name in enumerate(names)}
        made = CiteProcJSON([csl_item(references[name], keys[name]) for name in names])
        style = CitationStylesStyle(io.BytesIO(self.content), validate=False)
        bibliography = CitationStylesBibliography(style, made, _formatter())
        groups = {frozenset(group): Citation([CitationItem(keys[name]) for name in group]) for group in clusters}
        for citation in (*groups.values(), *(Citation([CitationItem(key)]) for key in keys.values())):
            bibliography.register(citation)
        bibliography.sort()
        by_key = {key: name for name, key in keys.items()}
        order = tuple(by_key[key] for key in bibliography.keys)
        lines, labels = {}, {}
        for number, (name, item) in enumerate(zip(order, bibliography.items, strict=True), start=1):
            entry = _spans("".join(map(str, style.render_bibliography([item]))))
            labels[name], line = _labelled(entry, number) if self.numbered else ("", entry)
            if line:  # a style may skip some kinds of sources; the built-in one is used for those
                lines[name] = line
        return Cited(
            order=order,
            lines=lines,
            labels=labels,
            citations={group: self._citation(str(bibliography.cite(one, _lost))) for group, one in groups.items()},
        )

    def _citation(self, written: str) -> tuple[Span, ...]:
        spans = _spans(written)
        if self.collapses:
            spans = tuple(span._replace(text=_drawn_together(span.text)) for span in spans)
        is_raised = bool(spans) and spans[0].style is Look.RAISED
        return spans if is_raised else (Span(" "), *spans)


def _lost(item: object) -> str:
    raise KeyError(item)


# Reading a style


def read_style(path: str) -> CitationStyle:
    """Read a style from a file.

    Raises:
        UnreadableError: the file cannot be read.
        InvalidError: it is not a style for in-text citations with a bibliography.
    """
    check_csl()
    from lxml import etree  # noqa: PLC0415 - it comes with citeproc-py

    try:
        content = read_regular(path, _MOST_BYTES)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if len(content) > _MOST_BYTES:
        raise _wrong(path, content, 1, 1, "the file is too large for a style", _GIVE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        wording = str(error.msg).split(", line ")[0]
        raise _wrong(
            path,
            content,
            line,
            max(1, column),
            f"this is not XML: {wording}",
            _GIVE,
        ) from None
    _check(path, content, root)
    _write_dates_out(root)
    citation = root.find(f"{_TAG}citation")
    layouts = list(root.iter(f"{_TAG}layout"))
    numbered = any(_shows_number(root, layout) for layout in layouts)
    return CitationStyle(
        path=path,
        content=etree.tostring(root),
        numbered=numbered,
        collapses=citation is not None and citation.get("collapse") == "citation-number",
    )


def _check(path: str, content: bytes, root: Any) -> None:
    """Check that a file is a usable style.

    Raises:
        InvalidError: it is not.
    """

    def refuse(element: Any, message: str, hint: str) -> InvalidError:
        return _wrong(path, content, element.sourceline or 1, 1, message, hint)

    if root.getroottree().docinfo.doctype:
        raise refuse(root, "a style must not have a document type", "remove the DOCTYPE")
    if root.tag != f"{_TAG}style":
        raise refuse(root, "this is not a style", f"the root element must be `style` in the namespace {_CSL}")
    parents = [link.get("href", "") for link in root.iter(f"{_TAG}link") if link.get("rel") == "independent-parent"]
    if root.find(f"{_TAG}citation") is None and parents:
        raise refuse(root, f"this style only points to another one, {parents[0]}", "give the file of that style")
    if root.get("class") == "note":
        raise refuse(root, "this style cites in footnotes", "give a style of the class in-text")
    for name in ("citation", "bibliography"):
        if root.find(f"{_TAG}{name}/{_TAG}layout") is None:
            raise refuse(root, f"it has no `{name}` with a `layout`", "give a style that has both")
    macros = {macro.get("name") for macro in root.iter(f"{_TAG}macro")}
    for element in root.iter(f"{_TAG}text", f"{_TAG}key"):
        if element.get("macro") is not None and element.get("macro") not in macros:
            raise refuse(element, f"there is no macro `{element.get('macro')}`", "correct its name, or add it")
    _refuse_endless(root, refuse)


def _refuse_endless(root: Any, refuse: Any) -> None:
    """Refuse macros that call themselves, or call others so often that citeproc-py would not finish.

    Raises:
        InvalidError: there is such a macro.
    """
    from graphlib import CycleError, TopologicalSorter  # noqa: PLC0415

    macros = {macro.get("name"): macro for macro in root.iter(f"{_TAG}macro")}
    calls = {name: [text.get("macro") for text in macro.iter(f"{_TAG}text")] for name, macro in macros.items()}
    sorter = TopologicalSorter({name: [one for one in called if one] for name, called in calls.items()})
    sizes: dict[str | None, int] = {}
    try:
        for name in sorter.static_order():
            sizes[name] = len(calls[name]) + sum(sizes[one] for one in calls[name] if one)
            if sizes[name] > _MOST_STEPS:
                raise refuse(macros[name], f"the macro `{name}` calls others too often", "call each of them once")
    except CycleError as error:
        name = error.args[1][0]
        raise refuse(macros[name], f"the macro `{name}` calls itself", "remove the call") from None


def _wrong(path: str, content: bytes, line: int, column: int, message: str, hint: str) -> InvalidError:
    text = content.decode("utf-8", "replace").split("\n")
    shown = text[line - 1].rstrip("\r") if line <= len(text) else ""
    finding = Finding(
        code="journal-style",
        severity=Severity.ERROR,
        message=message,
        location=Location(file=path, line=line, column=column),
        excerpt=Excerpt(text=shown, length=1),
        hint=hint,
    )
    return InvalidError(f"{path} cannot be used as a citation style", (finding,))


def _shows_number(root: Any, element: Any) -> bool:
    """Whether an element, or a macro that it calls, shows the number of a reference."""
    macros = {macro.get("name"): macro for macro in root.iter(f"{_TAG}macro")}
    for text in element.iter(f"{_TAG}text", f"{_TAG}number"):
        if text.get("variable") == "citation-number":
            return True
        if text.get("macro") is not None and _shows_number(root, macros[text.get("macro")]):
            return True
    return False


def _write_dates_out(root: Any) -> None:
    """Expand each use of a date that the style localizes with a delimiter."""
    language = root.get("default-locale", "en-US")
    order = (language, language.split("-")[0], None)
    locales = [one for name in order for one in root.findall(f"{_TAG}locale") if one.get(_LANG) == name]
    for date in list(root.iter(f"{_TAG}date")):
        form = date.get("form")
        if form is None or date.getparent().tag == f"{_TAG}locale":
            continue
        local = next(
            (one for place in locales for one in place.findall(f"{_TAG}date") if one.get("form") == form), None
        )
        if local is None or local.get("delimiter") is None:
            continue
        shown = date.get("date-parts", "year-month-day").split("-")
        own = {part.get("name"): dict(part.attrib) for part in date.findall(f"{_TAG}date-part")}
        for part in list(date):
            date.remove(part)
        for part in local.findall(f"{_TAG}date-part"):
            if part.get("name") in shown:
                copy = deepcopy(part)
                copy.attrib.update(own.get(part.get("name"), {}))
                date.append(copy)
        date.set("delimiter", local.get("delimiter"))
        for name in ("form", "date-parts"):
            date.attrib.pop(name, None)


# References for a style


def csl_item(reference: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return a reference as CSL-JSON (https://github.com/citation-style-language/schema) with cleaned text."""
    item: dict[str, Any] = {"id": key, "type": _TYPES.get(reference.get("type", ""), reference.get("type", "document"))}
    for name, field in _FIELDS.items():
        if name in reference:
            item[field] = _kept(str(reference[name]))
    if "page" in item:
        item["page"] = _full_range(item["page"])
    authors = [_name(name) for name in reference.get("author", ())]
    if authors:
        item["author"] = authors
    for name, field in (("issued", "issued"), ("accessed", "accessed"), ("available_online", "available-date")):
        if name in reference:
            item[field] = {"date-parts": [[int(part) for part in str(reference[name]).split("-")]]}
    if "title" not in item:  # a whole website has no other title
        item["title"] = item.pop("container-title", _kept(str(reference["id"])))
    return item


_TYPES = {"article": "article", "": "document"}
_FIELDS = {
    "title": "title",
    "container_title": "container-title",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "publisher": "publisher",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "issn": "ISSN",
    "isbn": "ISBN",
    "url": "URL",
    "language": "language",
}


def _kept(text: str) -> str:
    return part_of_prose(text).strip().replace("<", _LESS)


def _full_range(pages: str) -> str:
    """Expand a shortened page range, as styles expect it: 213-27 becomes 213-227."""
    found = re.fullmatch("([0-9]+) ?[-\u2013] ?([0-9]+)", pages)
    if found is None or len(found[2]) >= len(found[1]):
        return pages
    return f"{found[1]}-{found[1][: -len(found[2])]}{found[2]}"


def _name(written: str) -> dict[str, str]:
    author = author_of(written)
    if not author.is_person:
        return {"literal": _kept(author.name)}
    particle = author.particle
    wording = {"family": _kept(author.name[len(particle) :]), "given": _kept(_given(author.initials))}
    if particle:
        wording["non-dropping-particle"] = _kept(particle)
    if author.suffix:
        wording["suffix"] = _kept(author.suffix)
    return wording


def _given(initials: str) -> str:
    """Return initials as given names: L. H., or J.-P. with a hyphen."""
    return re.sub(r"(\w)(?=\w|-|\Z)", r"\1. ", initials).replace(". -", ".-").strip()


# The output of a style


@cache
def _formatter() -> Any:
    """Return a formatter by which citeproc-py marks styled text; and fix its handling of substitutes, once."""
    from types import SimpleNamespace  # noqa: PLC0415

    from citeproc import model  # noqa: PLC0415
    from citeproc.string import String  # noqa: PLC0415

    def marked(letter: str) -> Any:
        return lambda text: f"{_OPEN}{letter}{text}{_CLOSE}"

    model.Substitute.render = _substitute
    plain = marked("p")
    return SimpleNamespace(
        preformat=lambda text: String(str(text)),
        Italic=marked("i"),
        Oblique=marked("i"),
        Bold=marked("b"),
        Light=plain,
        Underline=plain,
        Superscript=marked("s"),
        Subscript=plain,
        SmallCaps=plain,
    )


def _substitute(self: Any, item: Any, context: Any = None, **kwargs: Any) -> Any:
    """Render the first available substitute for missing names, and suppress it later in the entry (CSL, Substitute)."""
    from citeproc.model import Names  # noqa: PLC0415
    from citeproc.source import VariableError  # noqa: PLC0415

    for child in self.getchildren():
        try:
            if isinstance(child, Names) and child.name is None:
                text = child.render(item, names_context=self.getparent(), context=context, **kwargs)
            else:
                text = child.render(item, context=context, **kwargs)
        except VariableError:
            continue
        if text:
            if child.get("macro") is None:
                self.add_to_repressed_list(child, context)
            else:
                repressed = context.get_layout().repressed.setdefault(child.tag, [])
                shown = str(text).casefold()
                repressed += [
                    name for name in ("title", "container-title") if _value(item, name) and _value(item, name) in shown
                ]
            return text
    return None


def _value(item: Any, name: str) -> str:
    return str(item.reference.get(name.replace("-", "_"), "")).casefold()


def _spans(written: str) -> tuple[Span, ...]:
    """Return marked text as spans, without doubled full stops or blanks."""
    spans: list[Span] = []
    looks: list[Look] = []
    for piece in re.split("(\x03[ibsp]|\x04)", written):
        if piece.startswith(_OPEN):
            looks.append(_LOOKS[piece[1]])
        elif piece == _CLOSE:
            looks.pop()
        elif piece:
            look = next((one for one in reversed(looks) if one is not Look.PLAIN), Look.PLAIN)
            text = re.sub(r"([.,;:]) \.(?= |\Z)", r"\1", piece.replace(_LESS, "<"))  # around a missing part
            before = spans[-1].text[-1] if spans else " "
            if text[0] == before and before in ".,;: ":
                text = text[1:]
            if text and spans and spans[-1].style is look:
                spans[-1] = Span(spans[-1].text + text, look)
            elif text:
                spans.append(Span(text, look))
    if spans:
        spans[-1] = spans[-1]._replace(text=spans[-1].text.rstrip())
    return tuple(span for span in spans if span.text)


def _labelled(spans: tuple[Span, ...], number: int) -> tuple[str, tuple[Span, ...]]:
    """Split the label off an entry: citeproc-py puts no blank between them."""
    if not spans:
        return "", spans
    first = spans[0].text.lstrip()
    found = re.match(r"([\[(]?([0-9]+)[\])]?[.:)]?)(?![0-9])", first)
    if found is None or found[2] != str(number):
        return "", spans
    rest = first[found.end() :].lstrip()
    return found[1], (*([spans[0]._replace(text=rest)] if rest else []), *spans[1:])


def _drawn_together(text: str) -> str:
    """Collapse three or more consecutive numbers to a range: 1,2,3 becomes 1\u20133 (CSL, citation collapsing)."""
    parts = re.split("([0-9]+)", text)
    numbers, between = parts[1::2], parts[2:-1:2]
    if len(numbers) < 3 or len(set(between)) != 1:
        return text
    together = runs(map(int, numbers))
    wording = [f"{run[0]}\u2013{run[-1]}" if len(run) > 2 else between[0].join(map(str, run)) for run in together]
    return f"{parts[0]}{between[0].join(wording)}{parts[-1]}"
