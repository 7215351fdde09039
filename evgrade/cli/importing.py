"""`evgrade import`: entries from the files of registries, printed, shown as a patch, or written."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Sequence

from evgrade.checking import check_contents
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.fetching import Online, sources_read
from evgrade.cli.streams import replace_dossier, say, terminal_sink, write_payload
from evgrade.importing.formats import records
from evgrade.importing.found import Note
from evgrade.importing.into import SECTIONS, Merged, merged
from evgrade.importing.options import Options
from evgrade.model import EvgradeError, Finding, Severity
from evgrade.render.clean import for_terminal, prose
from evgrade.render.findings import findings_text
from evgrade.schema.suggest import many
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.limits import LIMITS
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

_EMPTY = b"dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
_NOUNS = {
    "trials": "trial",
    "observational": "observational study",
    "cases": "case report",
    "outcomes": "outcome",
    "references": "reference",
}
_LINE = re.compile("[^\n]*\n|[^\n]+")


def run_import(
    sources: Sequence[str],
    into: str | None,
    options: Options,
    online: Online,
    *,
    write: bool,
    explain: bool,
    quiet: bool,
) -> int:
    """Print, show or write the entries of sources; the exit code is 1 if some of them are not valid.

    Raises:
        EvgradeError: a source is of no known format, or nothing can be added to the dossier as it is written.
        UnreadableError: a file cannot be read or written.
    """
    if into is None and write:
        raise EvgradeError("--write needs --into", hint="name the dossier: --into FILE")
    if into == STDIN:
        raise EvgradeError("entries are added to a file", hint="name the file of the dossier")
    document = read(_EMPTY if into is None else read_bytes(into), "entries" if into is None else shown_name(into))
    if not isinstance(document.data, dict) or HEADER not in document.data:
        raise EvgradeError(f"{document.name} is not a dossier", hint="`evgrade new` writes one to start from")
    read_now = sources_read(sources, online, quiet=quiet)
    found = (record for name, content in read_now for record in records(content, name, options))
    result = merged(document, found)
    errors = _new_errors(document, result)
    if errors:
        say(findings_text(errors, terminal_sink(sys.stderr, color=False)).rstrip())
        say("nothing was imported: these entries are not valid", quiet=quiet)
        return FINDINGS
    if into is None:
        write_payload(terminal_sink(sys.stdout, color=False).encodable(_to_paste(result, sources)), None)
    elif write and result.content != document.content:
        replace_dossier(into, document.content, result.content)
    elif not write:
        write_payload(_patch(document, result), None)
    _report(result, into, write=write, explain=explain, quiet=quiet)
    return DONE


def _new_errors(document: Document, result: Merged) -> list[Finding]:
    """Return the errors in what was added; what is wrong with the rest was so before."""
    if result.content == document.content:
        return []
    if len(result.content) > LIMITS.bytes:
        raise EvgradeError("the dossier would be larger than may be read", hint="import fewer records")
    old = {key: len(document.data.get(key) or ()) for key in SECTIONS}
    [checked] = check_contents([(result.content, document.name)])
    return [
        one
        for one in checked.findings
        if one.severity is Severity.ERROR
        and len(path := one.location.path) > 1
        and isinstance(path[1], int)
        and path[1] >= old.get(str(path[0]), sys.maxsize)
    ]


def _to_paste(result: Merged, sources: Sequence[str]) -> str:
    """Return the entries alone, with a comment that says where they come from."""
    names = ", ".join(for_terminal(shown_name(one)) for one in sources[:5]) + (" …" if len(sources) > 5 else "")
    head = f"# Imported from {names}.\n# Statements are made from registered facts: replace them by what was found.\n"
    return head + result.content[len(_EMPTY) :].decode() if result.added else ""


def _patch(document: Document, result: Merged) -> str:
    before, after = (_LINE.findall(content.decode()) for content in (document.content, result.content))
    name = for_terminal(document.name)
    lines = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(before, after, name, name)
    ]
    if sys.stdout is not None and sys.stdout.isatty():
        lines = [f"{for_terminal(line.rstrip())}\n" for line in lines]
    return terminal_sink(sys.stdout, color=False).encodable("".join(lines))


def _report(result: Merged, into: str | None, *, write: bool, explain: bool, quiet: bool) -> None:
    for one in result.differences:
        say(_said(one))
    for one in result.notes if explain else ():
        say(_said(one))
    verb = "added" if write else "to add" if into else "printed"
    added = ", ".join(f"{many(n, _NOUNS[key])} {verb}" for key, n in result.added.items()) or "nothing to add"
    left = f"; {many(len(result.notes), 'thing')} not taken" if result.notes else ""
    hint = " (--explain names them)" if result.notes and not explain else ""
    say(f"{many(result.records, 'record')} read: {added}{left}{hint}", quiet=quiet)


def _said(note: Note) -> str:
    return f"{note.source}{note.place}: {prose(note.message)}"
