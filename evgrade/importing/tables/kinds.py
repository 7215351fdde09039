"""Tables of evidence: which of the known sorts each is, by the names of its columns."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.importing.content import Content
from evgrade.importing.found import Reader, Record
from evgrade.importing.table import Table
from evgrade.importing.tables import bias_table, counts_table, effects_table, own_effects, own_trials, revman_package
from evgrade.importing.tables.mapped import mapped_records
from evgrade.importing.tables.studies import TableKind
from evgrade.model import EvgradeError
from evgrade.schema.suggest import listed

KINDS: tuple[TableKind, ...] = (
    own_trials.KIND,
    own_effects.KIND,
    revman_package.KIND,
    revman_package.OLD_KIND,
    effects_table.KIND,
    bias_table.KIND,
    counts_table.KIND,
    counts_table.REPORTS,
    counts_table.HARMS,
)
"""The sorts of tables that are read without a mapping; the first that matches reads it."""


def _records(content: Content) -> Iterator[Record]:
    mapping = content.options.mapping
    if mapping is not None:
        named = [table for table in content.tables if table.columns]
        if len(named) != 1:
            sheets = listed(table.name for table in named)
            raise EvgradeError(f"{content.name} has several tables: {sheets}", hint="name one: `sheet` of the mapping")
        yield from mapped_records(content, named[0], mapping)
        return
    kinds = [(table, _kind(table)) for table in content.tables]
    if all(kind is None for _, kind in kinds):
        raise _unknown([table for table, _ in kinds if table.columns])
    for table, kind in kinds:
        if kind is not None:
            yield from kind.records(content, table)
        else:
            record = Record(table.name, "", table.name)
            for place, message in table.notes or ((":1", "the columns of this sheet are not known: not taken"),):
                record.note(place, message)
            yield record


def _kind(table: Table) -> TableKind | None:
    return next((one for one in KINDS if table.columns and one.matches(table)), None)


def _unknown(tables: list[Table]) -> EvgradeError:
    if not tables:
        return EvgradeError("the workbook has no table", hint="a table is a header and rows below it")
    columns = [*tables[0].columns]
    shown = listed([*columns[:12], *([f"{len(columns) - 12} more"] if len(columns) > 12 else [])])
    hint = f"say what they mean in a mapping: `evgrade import --guess {tables[0].name}` proposes one"
    return EvgradeError(f"{tables[0].name} is a table whose columns are not known: {shown}", hint=hint)


READER = Reader(
    lambda content: bool(content.tables),
    _records,
)
