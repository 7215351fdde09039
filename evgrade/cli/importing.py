"""`evgrade import`: entries from other files, printed, shown as a patch, or written; and a mapping for a table."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing

from evgrade.checking import check_contents
from evgrade.checks.model import all_checks
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.files import replace_dossier
from evgrade.cli.import_sources import Online, Registries, read_source, sources_of
from evgrade.cli.streams import say, terminal_sink, write_patch, write_payload
from evgrade.entries import entry_kinds
from evgrade.importing.content import Content, Options
from evgrade.importing.found import Note
from evgrade.importing.into import Merged, merged
from evgrade.importing.mapping import TableMapping, read_mapping
from evgrade.importing.tables.guess import guessed
from evgrade.model import EvgradeError, Finding, Severity
from evgrade.render.clean import for_terminal, prose
from evgrade.render.findings import findings_text
from evgrade.schema.suggest import listed, many
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import STDIN, read_bytes, shown_name

_EMPTY = b"dossier: 1\ntherapy: {name: a therapy}\ncondition: {name: a condition}\n"
_LINE = re.compile("[^\n]*\n|[^\n]+")


def run_import(
    sources: Sequence[str],
    into: str | None,
    options: Options,
    online: Online,
    *,
    bases: Sequence[str] = (),
    write: bool,
    explain: bool,
    quiet: bool,
) -> int:
    """Print, show or write the entries of sources, and return the exit code.

    The code is 1 if entries are not valid or contradict themselves, or if a person has to settle a conflict.

    Raises:
        EvgradeError: a source is not in a known format, or nothing can be added to the dossier as it is written.
        UnreadableError: a file cannot be read or written.
    """
    if into is None and (write or bases):
        raise EvgradeError(f"{'--write' if write else '--base'} needs --into", hint="name the dossier: --into FILE")
    if into == STDIN:
        raise EvgradeError("entries are added to a file", hint="name the file of the dossier")
    document = read(_EMPTY if into is None else read_bytes(into), "entries" if into is None else shown_name(into))
    if not isinstance(document.data, dict) or HEADER not in document.data:
        raise EvgradeError(f"{document.name} is not a dossier", hint="`evgrade new` writes one to start from")
    with ExitStack() as opened:
        registries = opened.enter_context(closing(Registries(online, quiet=quiet)))
        seen = _progress(opened, quiet=quiet)
        found = sources_of(sources, bases, options, registries, opened, history=into is not None)
        result = merged(document, found, seen)
    errors = _new_errors(document, result)
    contradictions = [one for one in errors if one.code in _checks()]
    if len(contradictions) < len(errors):
        say(findings_text(errors, terminal_sink(sys.stderr, color=False)).rstrip())
        say("nothing was imported: these entries are not valid", quiet=quiet)
        return FINDINGS
    if into is None:
        write_payload(terminal_sink(sys.stdout, color=False).encodable(_to_paste(result, sources)), None)
    elif write and result.content != document.content:
        replace_dossier(into, document.content, result.content)
    elif not write:
        write_patch(_patch(document, result))
    findings = sorted((*result.findings, *contradictions), key=Finding.sort_key)
    if findings:
        say(_said(findings, into))
    _report(result, into, write=write, explain=explain, quiet=quiet)
    return FINDINGS if any(one.severity is not Severity.NOTE for one in findings) else DONE


def _checks() -> frozenset[str]:
    """Return the codes of the consistency checks; sources that fail them are imported as they are."""
    return frozenset(check.code for check in all_checks())


def _progress(opened: ExitStack, *, quiet: bool) -> Callable[[], None]:
    """Return a function to call for each record, which shows the count on a terminal."""
    stream = sys.stderr
    if quiet or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb" or os.environ.get("CI"):
        return lambda: None
    from evgrade.render.progress import Bar

    # The number of records is known only after reading, so there is no total.
    bar = opened.enter_context(Bar(stream, None, color=terminal_sink(stream, color=None).color, verb="records"))
    return lambda: bar.advance(1)


def _new_errors(document: Document, result: Merged) -> list[Finding]:
    """Return the errors in new entries; errors elsewhere were there before."""
    if result.content == document.content:
        return []
    new = frozenset(result.changed)
    [checked] = check_contents([(result.content, document.name)])
    return [
        one
        for one in checked.findings
        if one.severity is Severity.ERROR
        and any(one.location.path[:length] in new for length in range(len(one.location.path) + 1))
    ]


def _said(findings: Sequence[Finding], into: str | None) -> str:
    """Return findings as text; without locations if entries are only printed, because they are in no file yet."""
    if into is not None:
        return findings_text(findings, terminal_sink(sys.stderr, color=False)).rstrip()
    return "\n".join(
        f"{one.severity.value}: {prose(one.message)} [{one.code}]" + (f"\n  = {prose(one.hint)}" if one.hint else "")
        for one in findings
    )


def _to_paste(result: Merged, sources: Sequence[str]) -> str:
    """Return the new entries, under a comment with their sources."""
    names = ", ".join(for_terminal(shown_name(one)) for one in sources[:5]) + (" …" if len(sources) > 5 else "")
    head = f"# Imported from {names}.\n# Statements are made from registered facts: replace them with what was found.\n"
    return head + result.content[len(_EMPTY) :].decode() if result.added else ""


def _patch(document: Document, result: Merged) -> Iterator[str]:
    before, after = (_LINE.findall(content.decode()) for content in (document.content, result.content))
    name = for_terminal(document.name)
    for line in difflib.unified_diff(before, after, name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _report(result: Merged, into: str | None, *, write: bool, explain: bool, quiet: bool) -> None:
    if explain and result.notes:
        say("\n".join(explained(result.notes)))
    verb = "added" if write else "to add" if into else "printed"
    counts = [f"{many(number, _noun(section))} {verb}" for section, number in result.added.items()]
    verb = "updated" if write else "to update"
    counts += [f"{many(number, _noun(section))} {verb}" for section, number in result.updated.items()]
    left = f"; {many(len(result.notes), 'item')} not imported" if result.notes else ""
    hint = " (--explain lists them)" if result.notes and not explain else ""
    said = ", ".join(counts) or "nothing to add"
    say(f"{many(result.records, 'record')} read: {said}{left}{hint}", quiet=quiet)


def _noun(section: str) -> str:
    """Return the noun for an entry of a section."""
    kinds = (one for one in entry_kinds().values() if ".".join(map(str, one.section)) == section)
    return next((one.noun.replace("-", " ") for one in kinds), section)


def explained(notes: Sequence[Note]) -> Iterator[str]:
    """Yield lines that list everything not taken, similar notes together, the most frequent first."""
    kinds: dict[str, list[Note]] = {}
    for note in notes:
        kinds.setdefault(_kind(note.message), []).append(note)
    for kind, alike in sorted(kinds.items(), key=lambda one: -len(one[1])):
        yield f"{many(len(alike), 'time')}: {prose(kind)}"
        yield from (f"  {note.source}{note.place}: {prose(note.message)}" for note in alike)


def _kind(message: str) -> str:
    """Return a message without the values in it."""
    return re.sub(r"(?<![\w.])[0-9][0-9.,]*", "N", re.sub("`[^`]*`", "`…`", message))


# Mappings


def mapping_of(file: str | None) -> TableMapping | None:
    """Return the mapping in a file.

    Raises:
        InvalidError: it is not a mapping.
        UnreadableError: it cannot be read.
    """
    return None if file is None else read_mapping(read_bytes(file), for_terminal(shown_name(file)))


def run_guess(sources: Sequence[str], options: Options) -> int:
    """Print a proposed mapping for a table.

    Raises:
        EvgradeError: the source is not a table, or has several.
        UnreadableError: it cannot be read.
    """
    if len(sources) != 1:
        raise EvgradeError("a mapping is proposed for one table at a time", hint="name one file")
    [source] = sources
    name = for_terminal(shown_name(source))
    data = read_source(source)
    tables = [table for table in Content(name, data, options).tables if table.columns]
    if not tables:
        raise EvgradeError(f"{name} is not a table", hint="a table is a header and rows below it: CSV, TSV or XLSX")
    if len(tables) > 1:
        hint = f"name one by --sheet: {listed(table.name.rpartition('!')[2] for table in tables)}"
        raise EvgradeError(f"{name} has several sheets", hint=hint)
    write_payload(guessed(tables[0], name), None)
    return DONE
