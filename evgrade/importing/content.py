"""A file to import, as text, JSON, XML or tables, each parsed once and within limits; and its options."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evgrade.importing.mapping import TableMapping
from evgrade.importing.table import Table, table_of_text
from evgrade.importing.tree import Element, parse
from evgrade.importing.workbook import is_workbook, tables_of_workbook
from evgrade.model import EvgradeError


@dataclass(frozen=True, slots=True)
class Options:
    """The options for a source.

    Attributes:
        measure: the effect measure of a table of effects.
        outcome: the outcome of a table of effects.
        tool: the tool of a table of risk-of-bias judgements.
        time_unit: the unit of the person-time in a table of rates.
        sheet: the sheet of a workbook.
        mapping: the meanings of the columns of a table.
    """

    measure: str | None = None
    outcome: str | None = None
    tool: str | None = None
    time_unit: str | None = None
    sheet: str | None = None
    mapping: TableMapping | None = None


LARGEST = 256 * 1024 * 1024
"""Bytes of a source, or of one file in a zip."""
DEEPEST = 64
"""The deepest nesting of JSON and XML."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_GUESSED = "the text is not UTF-8 and was read as Windows-1252: check accented letters"


NO_OPTIONS = Options()


class Content:
    """A file for readers of formats.

    Attributes:
        name: its name in messages.
        data: its bytes.
        options: facts from the user that the file does not state.
    """

    def __init__(self, name: str, data: bytes, options: Options = NO_OPTIONS) -> None:
        self.name = name
        self.data = data
        self.options = options

    @cached_property
    def start(self) -> str:
        """The first characters, without byte order mark and white space, to recognize the format."""
        return self._decoded(self.data[:4096]).lstrip()

    @cached_property
    def text(self) -> str:
        """The text: UTF-16 with a byte order mark, else UTF-8, else Windows-1252."""
        return self._decoded(self.data)

    @cached_property
    def is_utf8(self) -> bool:
        """Whether the bytes are UTF-8, so that the encoding was not guessed."""
        try:
            self.data.decode()
        except UnicodeDecodeError:
            return False
        return True

    @cached_property
    def json(self) -> Any:
        """The data of a JSON file.

        Raises:
            EvgradeError: it is not JSON, nested too deeply, or has duplicate keys or invalid numbers.
        """
        try:
            data = json.loads(self.text, object_pairs_hook=self._object, parse_constant=self._constant)
        except json.JSONDecodeError as error:
            place = f"{self.name}:{error.lineno}:{error.colno}"
            raise EvgradeError(f"{place}: this is not JSON: {error.msg}", hint="download it again") from error
        except (RecursionError, ValueError) as error:
            raise EvgradeError(f"{self.name} is nested too deeply, or has a number that is too long") from error
        if _depth(data) > DEEPEST:
            raise EvgradeError(f"{self.name} is nested more than {DEEPEST} deep")
        return data

    @property
    def json_or_none(self) -> Any:
        """The data of a JSON file, None if it does not begin like one.

        Raises:
            EvgradeError: as `json` does.
        """
        return self.json if self.start[:1] in ("{", "[") else None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = next(key for key, many in Counter(key for key, _ in pairs).items() if many > 1)
            raise EvgradeError(
                f"{self.name}: the key {twice[:60]!r} occurs twice in one object", hint="keep one of them"
            )
        return found

    def _constant(self, said: str) -> Any:
        raise EvgradeError(f"{self.name}: {said} is not a valid number in JSON", hint="download it again")

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of a workbook, or of delimited text.

        Raises:
            EvgradeError: it is broken or too large, or has no sheet with the requested name.
        """
        if is_workbook(self.data):
            return tuple(tables_of_workbook(self.name, self.data, self._sheet))
        if self.start[:1] in ("{", "[", "<") or self.start[:5] == "%PDF-":
            return ()
        notes = () if self.is_utf8 or self.data[:2] in _UTF16 else ((":1", _GUESSED),)
        table = table_of_text(self.name, self.text, notes=notes)
        return () if table is None else (table,)

    @property
    def _sheet(self) -> str | None:
        mapping = self.options.mapping
        said = mapping.data.get("sheet") if mapping is not None else None
        return self.options.sheet or (None if said is None else str(said))

    @cached_property
    def xml(self) -> Element:
        """The root of an XML file.

        Raises:
            EvgradeError: it is not XML, nested too deeply, or declares entities.
        """
        return parse(self.name, self.data, DEEPEST)

    @staticmethod
    def _decoded(data: bytes) -> str:
        if data[:2] in _UTF16:
            return data.decode("utf-16", errors="replace")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252", errors="replace")


def _depth(data: Any) -> int:
    level, depth = [data], 0
    while level and depth <= DEEPEST:
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    return depth
