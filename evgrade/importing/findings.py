"""Where a dossier and a source disagree, as findings that point at both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evgrade.importing.found import Record
from evgrade.importing.identity import Slot
from evgrade.importing.merging import ABSENT, Disagreement, Kind
from evgrade.model import Finding, Location, Path, Severity, dotted
from evgrade.yamlio.document import Document
from evgrade.yamlio.layout import Edit, Put

_LONGEST = 80


def disagreement(document: Document, slot: Slot, name: str, one: Disagreement, record: Record) -> Finding:
    """Return the finding of a value for which a dossier keeps what it has."""
    field = dotted(one.path)
    has = f"`{name}` in {slot.section} has {shown(one.mine)} as `{field}`"
    if one.mine is ABSENT:
        has = f"`{name}` in {slot.section} has no `{field}`"
    match one.kind:
        case Kind.CONFLICT if one.now is ABSENT:
            message = f"{has}; the source said {shown(one.before)} and no longer says anything"
        case Kind.CONFLICT:
            message = f"{has}; the source now says {shown(one.now)}, and said {shown(one.before)} before"
        case Kind.VANISHED:
            message = f"{has}; the source no longer says it"
        case Kind.DIFFERENCE:
            message = f"{has}; the source says {shown(one.now)}"
    return _finding(document, one.kind.value, message, (*path_of(slot), *one.path), record)


def vanished(document: Document, slot: Slot, entry: Mapping[str, Any], record: Record) -> Finding:
    """Return the finding of an entry that its source no longer has."""
    message = f"`{entry.get('id')}` in {slot.section} came from a source that no longer has it"
    return _finding(document, Kind.VANISHED.value, message, path_of(slot), record)


def same_work(document: Document, slot: Slot, entry: Mapping[str, Any], record: Record) -> Finding:
    """Return the finding of a reference that may be there already."""
    message = f"`{entry.get('id')}` has the title, year and first author of another reference, but no identifier of it"
    return _finding(document, "import-same-work", message, path_of(slot), record)


def no_place_for(document: Document, edit: Edit) -> Finding:
    """Return the finding of a value that cannot be written into a dossier without changing something else."""
    path = (*edit.path, edit.key) if isinstance(edit, Put) else edit.path
    message = f"`{dotted(path)}` cannot be written here without changing something else; it was left out"
    return _located(document, "import-no-place", message, path, None, ())


def path_of(slot: Slot) -> Path:
    """Return the path of an entry."""
    return (*slot.section.split("."), slot.number)


def shown(value: Any) -> str:
    """Return a value for a sentence."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, list) and all(not isinstance(one, list | dict) for one in value):
        said = ", ".join(map(str, value)) or "an empty list"
    elif isinstance(value, list | dict):
        names = [str(one["name"]) for one in value if isinstance(one, dict) and "name" in one]
        number = f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        said = f"{number} ({', '.join(names)})" if names and isinstance(value, list) else number
        if isinstance(value, dict):
            said = ", ".join(f"{key} {shown(part)}" for key, part in value.items())
    else:
        said = str(value).lower() if isinstance(value, bool) else str(value)
    return said if len(said) < _LONGEST else f"{said[: _LONGEST - 3]}…"


def _finding(document: Document, code: str, message: str, path: Path, record: Record) -> Finding:
    source = f"{record.source}{record.place}"
    line = re.match(":([0-9]+)", record.place)
    related = (Location(file=record.source, line=int(line[1]), column=1),) if line else ()
    return _located(document, code, message, path, f"the source: {source}", related)


def _located(
    document: Document, code: str, message: str, path: Path, hint: str | None, related: tuple[Location, ...]
) -> Finding:
    path = _there(document.data, path)
    is_minor = code in (Kind.DIFFERENCE.value, "import-same-work")
    return Finding(
        code=code,
        severity=Severity.NOTE if is_minor else Severity.WARNING,
        message=message,
        location=document.location(path),
        excerpt=document.excerpt(path),
        hint=hint,
        related=related,
    )


def _there(data: Any, path: Path) -> Path:
    """Return as much of a path as there is: what is absent is shown where it would be."""
    for number, step in enumerate(path):
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return path[:number]
        elif not isinstance(data, dict) or step not in data:
            return path[:number]
        data = data[step]
    return path
