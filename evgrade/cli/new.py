"""`evgrade new`."""

from __future__ import annotations

import os
from pathlib import Path

from evgrade.checking import check_contents
from evgrade.cli.exits import DONE
from evgrade.cli.streams import say, write_file, write_payload
from evgrade.dossier import new_dossier
from evgrade.model import EvgradeError, UnreadableError
from evgrade.render.clean import for_terminal
from evgrade.schema.store import schema_text

SCHEMA_FILE = "dossier.schema.json"


def run_new(path: str, therapy: str, condition: str, *, quiet: bool) -> int:
    """Write a dossier to start from; beside it, the schema that editors read.

    Raises:
        EvgradeError: no dossier can have these names.
        UnreadableError: the file exists already, or cannot be written.
    """
    text = new_dossier(therapy, condition, SCHEMA_FILE)
    [checked] = check_contents([(text.encode(), path)])
    if checked.dossier is None:
        raise EvgradeError("no dossier can be about these", hint=checked.findings[0].message)
    if path == "-":
        write_payload(text, None)
        return DONE
    if os.path.lexists(path):
        raise UnreadableError(f"{path} exists already", hint="choose another name, or remove it first")
    write_file(path, text)
    schema = Path(path).parent / SCHEMA_FILE
    if not schema.exists():
        write_file(str(schema), schema_text("dossier"))
        say(f"wrote {for_terminal(str(schema))}, which your editor reads", quiet=quiet)
    shown = for_terminal(path)
    say(f"wrote {shown}; next: evgrade validate {shown}", quiet=quiet)
    return DONE
