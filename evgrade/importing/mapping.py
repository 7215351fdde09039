"""The mapping file, which explains the columns of a table; every mistake in it is reported at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evgrade.importing.shapes import shape_of
from evgrade.model import Finding, InvalidError, Path, Severity
from evgrade.schema.shape import Kind, Shape
from evgrade.schema.suggest import did_you_mean, listed
from evgrade.schema.validate import validate
from evgrade.yamlio.document import Document
from evgrade.yamlio.reader import read

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")
_MARKS = {"point": ".", "comma": ","}
_OWN_FIELD = "x-label"


@dataclass(frozen=True)
class TableMapping:
    """A valid mapping."""

    document: Document

    @property
    def data(self) -> Mapping[str, Any]:
        """Its data."""
        found: Mapping[str, Any] = self.document.data
        return found

    @property
    def section(self) -> str:
        """The list of the dossier for the entries."""
        return str(self.data.get("section", "trials"))

    @property
    def decimal(self) -> str | None:
        """The decimal mark, None to infer it from the numbers."""
        return _MARKS.get(self.data.get("decimal", ""))

    @property
    def missing(self) -> frozenset[str]:
        """Words for unknown values."""
        return frozenset(str(one).casefold() for one in self.data.get("missing", ()))

    @property
    def study(self) -> Sequence[str]:
        """The columns that name the study."""
        named = self.data["study"]
        return [named] if isinstance(named, str) else named

    @cached_property
    def shape(self) -> Shape:
        """The schema of an entry."""
        return shape_of(self.section)

    def columns(self) -> Iterator[tuple[Path, str]]:
        """Yield every column in the mapping, with its place."""
        named = self.data["study"]
        for number, one in enumerate(self.study):
            yield (("study",) if isinstance(named, str) else ("study", number)), one
        yield from _columns(self.data, (), self.document.data)

    def refuse_unknown(self, columns: Sequence[str], table: str) -> None:
        """Refuse columns that a table does not have.

        Raises:
            InvalidError: there are some.
        """
        findings = []
        for path, one in self.columns():
            if one not in columns:
                hint = did_you_mean(one, columns) or f"its columns are {listed(columns[:30])}"
                findings.append(self.finding(path, "mapping-column", f"{table} has no column `{one}`", hint))
        self.raise_if(findings)

    def finding(self, path: Path, code: str, message: str, hint: str | None = None) -> Finding:
        """Return a finding at a place in the file."""
        place, excerpt = self.document.location(path), self.document.excerpt(path)
        return Finding(code=code, severity=Severity.ERROR, message=message, location=place, excerpt=excerpt, hint=hint)

    def raise_if(self, findings: Sequence[Finding]) -> None:
        """Raise an error if there are findings.

        Raises:
            InvalidError: there are some.
        """
        if findings:
            raise InvalidError(f"{self.document.name} does not fit", tuple(findings), hint="nothing was imported")


def read_mapping(content: bytes, name: str) -> TableMapping:
    """Return the mapping in a file.

    Raises:
        InvalidError: it is not YAML, not a mapping, or names fields that a dossier does not have.
    """
    document = read(content, name)
    findings = validate(document, "mapping")
    if findings:
        hint = "`evgrade import --guess TABLE` proposes a mapping; `evgrade schema mapping` prints its format"
        raise InvalidError(f"{name} is not a mapping", tuple(findings), hint=hint)
    mapping = TableMapping(document)
    mapping.raise_if(list(_wrong(mapping)))
    return mapping


def _wrong(mapping: TableMapping) -> Iterator[Finding]:
    """Yield findings for fields that are unknown, are judgements, or hold more than one value."""
    data = mapping.data
    for key in ("effects", "arms"):
        if key in data and mapping.shape.key(key) is None:
            yield mapping.finding((key,), "mapping-field", f"entries of {mapping.section} have no {key}")
    for path, fields in _levels(data):
        shape = _shape_at(mapping, path)
        if shape is None:
            continue
        for place, field in fields:
            yield from _wrong_field(mapping, place, field, shape)


def _shape_at(mapping: TableMapping, path: Path) -> Shape | None:
    """Return the schema for a level of a mapping, None if entries of its section have no such list."""
    if path[:1] == ("reference",):
        return shape_of("references")
    shape = mapping.shape
    for step in path:
        if step in ("arms", "effects"):
            inside = shape.key(str(step))
            if inside is None:
                return None
            shape = inside.item
    return shape


def _wrong_field(mapping: TableMapping, path: Path, field: str, shape: Shape) -> Iterator[Finding]:
    if field == _OWN_FIELD or field.startswith("x-"):
        return
    if field in ("id", "refs"):
        yield mapping.finding(path, "mapping-field", f"`{field}` is set by evgrade", "remove it")
        return
    known = shape
    for key in field.split("."):
        if known.only_reviewers_fill(key):
            said = f"`{field}` is a judgement, which is never imported"
            yield mapping.finding(path, "mapping-judgement", said, "write it into the dossier by hand, with its reason")
            return
        inside = known.key(key) if known.kind is Kind.MAPPING else None
        if inside is None:
            hint = did_you_mean(key, known.keys) or f"known fields: {listed(known.keys)}"
            yield mapping.finding(path, "mapping-field", f"`{field}` is not a field here", hint)
            return
        known = inside
    if known.kind is Kind.MAPPING or (known.kind is Kind.LIST and known.item.kind is Kind.MAPPING):
        inner = f"its fields: {listed(known.keys)}"
        hint = inner if known.kind is Kind.MAPPING else "it has a key of its own in a mapping"
        yield mapping.finding(path, "mapping-field", f"`{field}` holds more than one value", hint)


def _levels(data: Mapping[str, Any]) -> Iterator[tuple[Path, list[tuple[Path, str]]]]:
    """Yield each level of a mapping with its fields and their places."""
    for key in ("fields", "reference"):
        if key in data:
            yield (key,), [((key, field), field) for field in data[key]]
    yield ("cells",), _placeholders(data, ())
    for path, part in _parts(data):
        yield path, [((*path, "fields", field), field) for field in part["fields"]] + _placeholders(part, path)


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for number, arm in enumerate(data.get("arms", ())):
        yield ("arms", number), arm
    for number, effect in enumerate(data.get("effects", ())):
        yield ("effects", number), effect
        for at, arm in enumerate(effect.get("arms", ())):
            yield ("effects", number, "arms", at), arm


def _placeholders(part: Mapping[str, Any], path: Path) -> list[tuple[Path, str]]:
    return [
        ((*path, "cells", number, "pattern"), field)
        for number, cell in enumerate(part.get("cells", ()))
        for field in PLACEHOLDER.findall(cell["pattern"])
    ]


def _columns(data: Mapping[str, Any], path: Path, whole: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("fields", "reference"):
        for field, value in data.get(key, {}).items():
            if isinstance(value, str):
                yield (*path, key, field), value
            elif "column" in value:
                yield (*path, key, field, "column"), value["column"]
    for key in ("rows", "where"):
        for one in data.get(key, {}):
            yield (*path, key, one), one
    for number, cell in enumerate(data.get("cells", ())):
        yield (*path, "cells", number, "column"), cell["column"]
    for number, one in enumerate(data.get("ignored", ())):
        yield (*path, "ignored", number), one
    if data is whole:
        for inside, part in _parts(data):
            yield from _columns(part, inside, whole)
