"""`evgrade new`."""

from __future__ import annotations

import os
from pathlib import Path

from evgrade.checking import check_contents
from evgrade.cli.exits import DONE
from evgrade.cli.files import write_file
from evgrade.cli.streams import say, write_payload
from evgrade.model import EvgradeError, UnreadableError
from evgrade.render.clean import for_terminal
from evgrade.schema.store import schema_text
from evgrade.template import checked, kinds, new_dossier, sections

SCHEMA_FILE = "dossier.schema.json"


def run_new(
    path: str,
    therapy: str,
    condition: str,
    kind: str | None,
    wanted: str | None,
    *,
    with_schema: bool,
    quiet: bool,
) -> int:
    """Write a dossier to start from, and beside it the schema for editors, if requested.

    A schema that is already there is used: the first line of the dossier refers to it.

    Raises:
        EvgradeError: the names cannot be in a dossier, or the format has no such kind or section.
        UnreadableError: the file exists already, or cannot be written.
    """
    if path == "-" and with_schema:
        raise EvgradeError("a schema can only be written beside a file", hint="name the file of the dossier")
    schema = Path(path).parent / SCHEMA_FILE
    has_schema = with_schema or (path != "-" and schema.is_file())
    text = new_dossier(
        therapy,
        condition,
        SCHEMA_FILE if has_schema else None,
        kind=None if kind is None else checked(kind, kinds(), "kind of therapy"),
        wanted=None if wanted is None else _names(wanted),
    )
    [result] = check_contents([(text.encode(), path)])
    if result.dossier is None:
        raise EvgradeError("a dossier cannot have these names", hint=result.findings[0].message)
    if path == "-":
        write_payload(text, None)
        return DONE
    if os.path.lexists(path):
        raise UnreadableError(f"{path} already exists", hint="choose another name, or remove it first")
    write_file(path, text)
    if with_schema and not schema.exists():
        write_file(str(schema), schema_text("dossier"))
        say(f"wrote {for_terminal(str(schema))}, which your editor reads", quiet=quiet)
    shown = for_terminal(path)
    say(f"wrote {shown}; next: evgrade validate {shown}", quiet=quiet)
    return DONE


def _names(wanted: str) -> list[str]:
    """Return the sections of a comma-separated list."""
    known = [*sections(), "therapy", "condition"]  # the last two are always included
    return [checked(name.strip(), known, "section of a dossier") for name in wanted.split(",")]
