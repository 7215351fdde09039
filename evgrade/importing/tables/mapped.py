"""The entries in any table, read by a mapping of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, count
from typing import Any

from evgrade.importing.content import Content
from evgrade.importing.found import Entry, Record, stated
from evgrade.importing.mapping import PLACEHOLDER, TableMapping
from evgrade.importing.shapes import field_shape, shape_of
from evgrade.importing.table import Row, Table, place
from evgrade.importing.tables.cells import Reading, Unread, is_missing, read
from evgrade.importing.tables.studies import Outcomes, reading, record_of, slug, untaken
from evgrade.schema.aliases import folded
from evgrade.schema.shape import Kind, Shape

Spec = str | Mapping[str, Any]
_ANSWERING = ("trials", "observational")
_SPLIT = {"registry": re.compile(r"[;,\s]")}
_SEMICOLON = re.compile(";")
_LONGEST_CELL = 200
"""The most characters of a cell with several values; the time to match it grows with a power of its length."""


def mapped_records(content: Content, table: Table, mapping: TableMapping) -> Iterator[Record]:
    """Yield the record of a table.

    Raises:
        InvalidError: the mapping names columns that the table does not have.
    """
    mapping.refuse_unknown(table.columns, table.name)
    record, reference = record_of(content, table)
    yield _Mapped(record, reference, table, mapping).filled()


class _Mapped:
    """A table, read by a mapping into one record."""

    def __init__(self, record: Record, reference: str, table: Table, mapping: TableMapping) -> None:
        self.record = record
        self.reference = reference
        self.table = table
        self.mapping = mapping
        self.cells: Reading = reading(record, table, mapping.decimal)
        self.outcomes = Outcomes(record, reference)
        self.seen: set[tuple[int, str | None, str]] = set()

    def filled(self) -> Record:
        """Return the record with an entry for each study."""
        ids: set[str] = set()
        for number, (label, rows) in enumerate(self._studies().items(), 1):
            entry = self._entry(label, rows)
            wanted = slug(str(entry["x-label"]), f"entry-{number}")
            proposed = chain((wanted,), (f"{wanted}-{again}" for again in count(2)))
            entry["id"] = next(one for one in proposed if one not in ids)
            ids.add(entry["id"])
            self.record.add(self.mapping.section, entry)
        untaken(self.record, self.table, [one for _, one in self.mapping.columns()])
        return self.record

    def _studies(self) -> Mapping[str, list[Row]]:
        """Return the rows to take, by the name of their study."""
        found: dict[str, list[Row]] = {}
        names: dict[str, str] = {}
        wanted = self.mapping.data.get("rows", {})
        others = 0
        for row in self.table.rows:
            if not self._says(row, wanted):
                others += 1
                continue
            label = " ".join(filter(None, (self.table.cell(row, one) for one in self.mapping.study)))
            if not label:
                self.record.note(place(row), "the row names no study: not taken")
                continue
            found.setdefault(names.setdefault(label.casefold(), label), []).append(row)
        if others:
            said = ", ".join(f"{key}: {value}" for key, value in wanted.items())
            self.record.note(":1", f"{others} rows without `{said}`: not taken")
        return found

    def _says(self, row: Row, where: Mapping[str, Any]) -> bool:
        return all(folded(self.table.cell(row, key)) == folded(_word(value)) for key, value in where.items())

    def _entry(self, label: str, rows: Sequence[Row]) -> Entry:
        """Return the entry of a study."""
        data, shape = self.mapping.data, self.mapping.shape
        known = data.get("studies", {}).get(label, {})
        own = str(known.get("x-label", label))
        entry: Entry = {"id": "", "x-label": own}
        values = self._values(rows, data, shape)
        refs = [self.reference]
        paper = self._reference(label, rows, known)
        if paper is not None:
            refs.append(paper)
        if "statement" in shape.node.get("required", ()) and "statement" not in values:
            entry["statement"] = f"Listed in {self.record.name} as {label}."
        for field, value in values.items():
            _put(entry, field, value)
        if "registry" in known:
            entry["registry"] = list(dict.fromkeys([*entry.get("registry", ()), *known["registry"]]))
        if isinstance(entry.get("risk_of_bias"), dict):
            entry["risk_of_bias"].setdefault("judged_by", f"as tabulated in {self.record.name}")
        if self.mapping.section != "references":
            entry["refs"] = refs
        arms = [self._part(rows, one, shape.field("arms").item)[0] for one in data.get("arms", ())]
        if any(arms):
            entry["arms"] = [one for one in arms if one]
        effects = [made for one in data.get("effects", ()) for made in self._effects(rows, one)]
        if effects:
            entry["effects"] = effects
        return entry

    def _reference(self, label: str, rows: Sequence[Row], known: Mapping[str, Any]) -> str | None:
        """Add the paper that reports a study, and return its id."""
        values = self._values(rows, {"fields": self.mapping.data.get("reference", {})}, shape_of("references"))
        values |= {key: known[key] for key in ("doi", "pmid") if key in known}
        if not values:
            return None
        own = slug(label, f"paper-{rows[0].line}")
        entry: Entry = {"id": own} | ({} if values.keys() & {"doi", "pmid", "pmcid"} else {"x-label": label})
        self.record.add("references", entry | values)
        return own

    def _effects(self, rows: Sequence[Row], spec: Mapping[str, Any]) -> Iterator[Entry]:
        """Yield the effects of a study: one for each row, or a single one if each arm has its own row."""
        shape = self.mapping.shape.field("effects").item
        chosen = [row for row in rows if self._says(row, spec.get("where", {}))]
        by_arm = any("where" in arm for arm in spec.get("arms", ()))
        for group in ([chosen] if chosen else []) if by_arm else [[row] for row in chosen]:
            values = self._values(group, spec, shape)
            numbers = _numbers(values)
            arms = []
            for one in spec.get("arms", ()):
                arm, counted = self._part(group, one, shape.field("arms").item)
                if arm:
                    arms.append(arm)
                    numbers += counted
            if not numbers and "p" not in values:
                continue
            outcome = str(values.get("outcome", f"As tabulated in {self.record.name}"))
            effect: Entry = {"outcome": outcome}
            if self.mapping.section in _ANSWERING and "answers" not in values:
                effect["answers"] = self.outcomes.id_of(outcome)
            for field, value in values.items():
                _put(effect, field, value)
            yield effect | stated(arms=arms)

    def _part(self, rows: Sequence[Row], spec: Mapping[str, Any], shape: Shape) -> tuple[Entry, int]:
        """Return an arm, and the count of its numbers in the table."""
        chosen = [row for row in rows if self._says(row, spec.get("where", {}))]
        if len(chosen) > 1 and "where" in spec:
            self.record.note(place(chosen[1]), f"{len(chosen)} rows for one arm: the arm was not taken")
            return {}, 0
        made: Entry = {}
        values = self._values(chosen, spec, shape) if chosen else {}
        for field, value in values.items():
            _put(made, field, value)
        fixed = {field for field, one in spec["fields"].items() if not isinstance(one, str) and "is" in one}
        return made, _numbers({field: value for field, value in values.items() if field not in fixed})

    # Values

    def _values(self, rows: Sequence[Row], spec: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
        """Return the values of the fields on which all rows of a study agree."""
        found: dict[str, Any] = {}
        for field, one in spec.get("fields", {}).items():
            value = self._agreed(rows, field, [self._value(row, field, one, shape) for row in rows])
            if value is not None:
                found[field] = value
        for cell in spec.get("cells", ()):
            several = [self._several(row, cell, shape) for row in rows]
            for field in PLACEHOLDER.findall(cell["pattern"]):
                value = self._agreed(rows, field, [one.get(field) for one in several])
                if value is not None:
                    found[field] = value
        return found

    def _agreed(self, rows: Sequence[Row], field: str, values: Sequence[Any]) -> Any:
        stated = [value for value in values if value is not None]
        if any(value != stated[0] for value in stated):
            shown = ", ".join(str(value)[:40] for value in stated[:4])
            self._tell(rows[0], None, f"rows of one study differ in `{field}`: {shown}: not taken")
            return None
        return stated[0] if stated else None

    def _value(self, row: Row, field: str, spec: Spec, shape: Shape) -> Any:
        """Return the value of a field in a row, None if there is none."""
        if not isinstance(spec, str) and "is" in spec:
            return spec["is"]
        column = spec if isinstance(spec, str) else spec["column"]
        words = (
            {} if isinstance(spec, str) else {folded(str(key)): value for key, value in spec.get("words", {}).items()}
        )
        text = self.table.cell(row, column)
        if text.casefold() in self.mapping.missing:
            return None
        if folded(text) in words:
            return words[folded(text)]
        node = field_shape(shape, field) if not field.startswith("x-") else None
        if node is None:
            return text or None
        if node.kind is Kind.LIST:
            parts = [part.strip() for part in _SPLIT.get(field, _SEMICOLON).split(text) if part.strip()]
            if field == "registry":
                parts = [part for part in parts if self._is_registered(row, column, part)]
            read_parts = [self._read(row, column, words.get(folded(part), part), node.item, field) for part in parts]
            return [part for part in read_parts if part is not None] or None
        return self._read(row, column, text, node, field)

    def _is_registered(self, row: Row, column: str, text: str) -> bool:
        if re.search("[0-9]{4}", text):
            return True
        if not is_missing(text):
            self._tell(row, column, f"`{text[:60]}` is not a registry number: not taken")
        return False

    def _read(self, row: Row, column: str, text: Any, shape: Shape, field: str) -> Any:
        if not isinstance(text, str):
            return text
        found = read(text, shape.node, field.rpartition(".")[2], self.cells.mark(column))
        if isinstance(found, Unread):
            self._tell(row, column, f"{found.why}: not taken")
            return None
        return found

    def _several(self, row: Row, cell: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
        """Return the values in a cell by its pattern."""
        column, pattern = cell["column"], cell["pattern"]
        text = self.table.cell(row, column)
        if text.casefold() in self.mapping.missing or is_missing(text):
            return {}
        if len(text) > _LONGEST_CELL:
            self._tell(row, column, f"the cell is longer than {_LONGEST_CELL} characters: not taken")
            return {}
        fields = PLACEHOLDER.findall(pattern)
        parts = [_loose(part) for part in PLACEHOLDER.split(pattern)[::2]]
        found = re.fullmatch("(.+?)".join(parts), text.strip())
        if found is None:
            self._tell(row, column, f"`{text[:60]}` is not written as `{pattern}`: not taken")
            return {}
        return {
            field: self._read(row, column, part.strip(), field_shape(shape, field), field)
            for field, part in zip(fields, found.groups(), strict=True)
        }

    def _tell(self, row: Row, column: str | None, message: str) -> None:
        """Note a message once, even if several fields or effects use the cell."""
        if (row.line, column, message) not in self.seen:
            self.seen.add((row.line, column, message))
            self.record.note(place(row, column), message)


def _numbers(values: Mapping[str, Any]) -> int:
    """Return the count of numbers in an effect, without the participants of its arms."""
    return sum(isinstance(value, int | Decimal) for field, value in values.items() if field != "participants")


def _loose(literal: str) -> str:
    """Return a pattern for the text between fields, with optional spaces and percent sign."""
    signs = [re.escape(sign) + ("?" if sign == "%" else "") for sign in "".join(literal.split())]
    return r"\s*" + r"\s*".join(signs) + r"\s*" if signs else r"\s+" if literal else ""


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _put(entry: Entry, field: str, value: Any) -> None:
    """Set a field by its dotted path."""
    *parents, last = field.split(".")
    for key in parents:
        entry = entry.setdefault(key, {})
    entry[last] = value
