"""The entries that can be added to a dossier, by the schema: their kinds and fields, and the meaning of typed text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

from evgrade.model import EvgradeError, Finding, InvalidError, Path
from evgrade.schema.explain import explain
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.schema.store import schema
from evgrade.schema.suggest import did_you_mean, listed, shown
from evgrade.template import examples
from evgrade.yamlio.document import Document
from evgrade.yamlio.emit import mapping_lines
from evgrade.yamlio.reader import read
from evgrade.yamlio.scalars import ScalarError, resolve

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of entry.

    Attributes:
        noun: its name on the command line.
        section: the keys that lead to its list.
        shape: the schema of an entry.
    """

    noun: str
    section: Path
    shape: Shape


@cache
def entry_kinds() -> Mapping[str, EntryKind]:
    """Return every kind of entry by its noun: the lists of mappings that are sections or fields of a section."""
    root = dossier_shape()
    kinds = {}
    for key in root.keys:
        section = root.field(key)
        if _is_list_of_mappings(section):
            kinds[_dashed(section.item.noun)] = EntryKind(_dashed(section.item.noun), (key,), section.item)
        for inner in section.keys if section.kind is Kind.MAPPING else ():
            shape = section.field(inner)
            if _is_list_of_mappings(shape):
                noun = str(shape.node.get("x-noun") or _dashed(inner.removesuffix("s")))
                kinds[noun] = EntryKind(noun, (key, inner), shape.item)
    return kinds


def entry_kind(name: str) -> EntryKind:
    """Return a kind of entry by its noun, or by the name of its section or its definition.

    Raises:
        EvgradeError: there is no such kind.
    """
    kinds = entry_kinds()
    wanted = _dashed(name.lower())
    for kind in kinds.values():
        section = _dashed(str(kind.section[-1]))
        short = _dashed(kind.shape.definition or "") if len(kind.section) == 1 else section.removesuffix("s")
        if wanted in (kind.noun, section, short):
            return kind
    hint = did_you_mean(name, kinds.keys()) or f"known kinds: {listed(kinds)}"
    raise EvgradeError(f"{shown(name)} is not a kind of entry", hint=hint)


def _is_list_of_mappings(shape: Shape) -> bool:
    return shape.kind is Kind.LIST and shape.item.kind is Kind.MAPPING


def _dashed(name: str) -> str:
    return name.replace(" ", "-").replace("_", "-")


def requested_fields(shape: Shape) -> Sequence[str]:
    """Return the fields to ask for: required fields, then those of the template, and an id last."""
    required = shape.node.get("required", [])
    usual = examples().get(shape.definition or "", ())
    fields = list(dict.fromkeys([*required, *(usual or shape.keys)]))
    return sorted(fields, key=lambda field: field == "id")


def typed_value(text: str, shape: Shape) -> Any:
    """Return the value of typed text for a field: a number or a choice if the field can hold one, else the text.

    A number that is not whole is a `Decimal`, which keeps its digits.

    Raises:
        EvgradeError: it has characters that a dossier cannot hold.
        InvalidError: it is written in brackets, like a list or a mapping, and cannot be read.
    """
    found = _CONTROL.search(text)
    if found:
        raise EvgradeError(f"the character U+{ord(found.group()):04X} cannot be in a dossier", hint="leave it out")
    if shape.kind in (Kind.LIST, Kind.MAPPING):
        if text[:1] in ("[", "{"):
            return as_printed(read(text.encode(), shown(text)))
        return [typed_value(text, shape.item)] if shape.kind is Kind.LIST else text
    try:
        value = resolve(text) if text else text
    except ScalarError:
        return text
    if isinstance(value, str) or not _may_be(value, shape.node):
        return text
    return Decimal(text) if isinstance(value, float) else value


def _may_be(value: Any, node: Mapping[str, Any]) -> bool:
    """Whether a field can hold values of that type, so that a typed number is meant as a number."""
    if "anyOf" in node or "oneOf" in node:
        return any(_may_be(value, one) for one in node.get("anyOf", node.get("oneOf")))
    if "$ref" in node:
        return _may_be(value, schema("dossier")["$defs"][node["$ref"].removeprefix("#/$defs/")])
    if "enum" in node:
        return value in node["enum"] and not isinstance(value, float)
    types = node.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    if isinstance(value, bool):
        return "boolean" in types
    return "number" in types or ("integer" in types and (isinstance(value, int) or "string" not in types))


def as_printed(document: Document) -> Any:
    """Return the data of a document, with decimal numbers as they are written."""
    return _printed(document, document.data, ())


def _printed(document: Document, value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _printed(document, part, (*path, key)) for key, part in value.items()}
    if isinstance(value, list):
        return [_printed(document, part, (*path, number)) for number, part in enumerate(value)]
    return Decimal(document.written(path)) if isinstance(value, float) else value


def objections(kind: EntryKind, data: Mapping[str, Any], within: Path = ()) -> list[Finding]:
    """Return the findings of the schema about an entry, or about the value at a path in it."""
    text = "\n".join(mapping_lines(data, 0)) + "\n"
    try:
        document = read(text.encode(errors="surrogatepass"), f"the {kind.noun}")
    except InvalidError as error:
        return list(error.findings)
    whole = schema("dossier")
    words = {key: table for key, table in whole.items() if key.startswith("x-")}  # the vocabulary of the format
    wanted = {"$ref": f"#/$defs/{kind.shape.definition}", "$defs": whole["$defs"], **words}
    findings = explain(document, wanted)
    if not within:
        return findings
    # Required fields beside or inside it may still be added.
    return [one for one in findings if one.location.path[: len(within)] == within and one.code != "schema-missing"]


def ids_of(data: Any, *, of_references: bool) -> set[str]:
    """Return the ids of the references of a dossier, or all others."""
    if not isinstance(data, dict):
        return set()
    found = (data.get("references"),) if of_references else (data[key] for key in data if key != "references")
    return set(chain.from_iterable(map(_ids, found)))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for part in value.values():
            yield from _ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _ids(part)


def proposed_id(kind: EntryKind, entry: Mapping[str, Any], taken: Collection[str]) -> str:
    """Return a descriptive id for an entry, such as smith-2020, that is not taken."""
    year = re.match(r"[0-9]{4}", str(entry.get("issued", entry.get("year", ""))))
    author = entry.get("author")
    name = str(author[0]) if isinstance(author, list) and author else ""
    registry = entry.get("registry")
    if name:
        words = re.sub(r" [A-Z]{1,4}$", "", name)
    elif isinstance(registry, list) and registry:
        words = str(registry[0])
    else:
        said = (str(entry[key]) for key in ("name", "title", "statement", "agency", "by") if key in entry)
        words = next(said, kind.noun)
    parts = [*re.findall(r"[A-Za-z0-9]+", _plain_letters(words).lower())[:4], *([year.group()] if year else [])]
    base = "-".join(parts)[:50].strip("-") or kind.noun
    return next(one for one in (base, *(f"{base}-{number}" for number in range(2, 1000))) if one not in taken)


def _plain_letters(text: str) -> str:
    import unicodedata  # noqa: PLC0415 - a table of its own, for this alone

    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
