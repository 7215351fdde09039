"""`evgrade new`."""

from __future__ import annotations

import os
from pathlib import Path

from evgrade.cli.exits import DONE
from evgrade.cli.streams import say, write_file, write_payload
from evgrade.dossier import new_dossier
from evgrade.model import UnreadableError
from evgrade.render.clean import for_terminal
from evgrade.schema.store import schema_text

SCHEMA_FILE = "dossier.schema.json"


def run_new(path: str, therapy: str, condition: str, *, quiet: bool) -> int:
    """Write a dossier to start from; beside it, the schema that editors read.

    Raises:
        UnreadableError: the file exists already, or cannot be written.
    """
    text = new_dossier(therapy, condition, SCHEMA_FILE)
    if path == "-":
        write_payload(text, None)
        return DONE
    if os.path.lexists(path):
        raise UnreadableError(f"{path} exists already", hint="choose another name, or remove it first")
    schema = Path(path).parent / SCHEMA_FILE
    if not schema.exists():
        write_file(str(schema), schema_text("dossier"))
        say(f"wrote {for_terminal(str(schema))}, which your editor reads", quiet=quiet)
    write_file(path, text)
    shown = for_terminal(path)
    say(f"wrote {shown}; next: evgrade validate {shown}", quiet=quiet)
    return DONE
