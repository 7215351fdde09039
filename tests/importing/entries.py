"""What a reader found, in a dossier of its own, as `evgrade validate` sees it."""

from __future__ import annotations

from evgrade.checking import check_contents
from evgrade.importing.found import Record
from evgrade.inserting import inserted
from evgrade.model import Finding, Severity
from evgrade.yamlio.reader import read

_EMPTY = b"dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"


def errors_of(record: Record) -> list[Finding]:
    """Return the errors of a dossier that has the entries of a record and nothing else."""
    content = _EMPTY
    for section, entries in record.entries.items():
        content = inserted(read(content, "entries"), tuple(section.split(".")), entries)
    [checked] = check_contents([(content, "entries")])
    return [one for one in checked.findings if one.severity is Severity.ERROR]
