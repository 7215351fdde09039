"""The mapping of `evgrade import`: read from a file, or proposed for a table."""

from __future__ import annotations

from collections.abc import Sequence

from evgrade.cli.exits import DONE
from evgrade.cli.streams import write_payload
from evgrade.importing.content import LARGEST, Content
from evgrade.importing.mapping import TableMapping, read_mapping
from evgrade.importing.options import Options
from evgrade.importing.tables.guess import guessed
from evgrade.model import EvgradeError
from evgrade.regular import read_regular, unreadable
from evgrade.render.clean import for_terminal
from evgrade.schema.suggest import listed
from evgrade.yamlio.source import STDIN, read_bytes, shown_name


def mapping_of(file: str | None) -> TableMapping | None:
    """Return the mapping in a file.

    Raises:
        InvalidError: it is not a mapping.
        UnreadableError: it cannot be read.
    """
    return None if file is None else read_mapping(read_bytes(file), for_terminal(shown_name(file)))


def run_guess(sources: Sequence[str], options: Options) -> int:
    """Print a mapping for a table.

    Raises:
        EvgradeError: it is no table, or there are several.
        UnreadableError: it cannot be read.
    """
    if len(sources) != 1:
        raise EvgradeError("a mapping is proposed for one table at a time", hint="name one file")
    [source] = sources
    name = for_terminal(shown_name(source))
    try:
        data = read_bytes(source) if source == STDIN else read_regular(source, LARGEST)
    except (OSError, ValueError) as error:
        raise unreadable(shown_name(source), error) from error
    tables = [table for table in Content(name, data, options).tables if table.columns]
    if not tables:
        raise EvgradeError(f"{name} is not a table", hint="a table is a header and rows below it: CSV, TSV or XLSX")
    if len(tables) > 1:
        hint = f"name one by --sheet: {listed(table.name.rpartition('!')[2] for table in tables)}"
        raise EvgradeError(f"{name} has several sheets", hint=hint)
    write_payload(guessed(tables[0], name), None)
    return DONE
