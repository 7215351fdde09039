"""`evgrade add`: entries from options, from YAML on standard input or from questions, inserted at their place."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.cli.asking import Questions, Terminal
from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.streams import replace_dossier, say, terminal_sink
from evgrade.dossier import examine
from evgrade.entries import EntryKind, as_printed, entry_kind, ids_of, objections, proposed_id, typed_value
from evgrade.inserting import inserted
from evgrade.model import EvgradeError, Finding, Path, Severity
from evgrade.render.clean import for_terminal, prose
from evgrade.render.findings import findings_text
from evgrade.schema.shape import Kind, Shape
from evgrade.schema.suggest import did_you_mean, listed, shown
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import STDIN, STDIN_NAME, read_bytes, shown_name


def run_add(name: str, path: str, options: Sequence[str], *, quiet: bool) -> int:
    """Add entries of one kind to a dossier; the exit code is 1 if they are not valid, and then nothing is written.

    Raises:
        EvgradeError: the format has no such kind, or nothing can be added to the file as it is written.
        InvalidError: the file, or standard input, cannot be read as YAML.
        UnreadableError: the file cannot be read or written.
    """
    kind = entry_kind(name)
    if path == STDIN:
        raise EvgradeError("an entry is added to a file", hint="name the file of the dossier")
    document = read(read_bytes(path), shown_name(path))
    if not isinstance(document.data, dict) or HEADER not in document.data:
        raise EvgradeError(f"{document.name} is not a dossier", hint="`evgrade new` writes one to start from")
    if options:
        entries: list[Any] = [_from_options(kind, options)]
    elif sys.stdin is not None and sys.stdin.isatty():
        questions = Questions(kind, document.data, Terminal())
        entries = [questions.entry()]
    else:
        entries = _from_input()
    entries = _with_ids(kind, entries, document.data)
    findings = [finding for entry in entries for finding in _objections(kind, entry)]
    if not findings:
        content = inserted(document, kind.section, entries)
        findings = _new_errors(document, content, kind.section)
    if findings:
        say(findings_text(findings, terminal_sink(sys.stderr, color=False)).rstrip())
        say(f"nothing was added to {for_terminal(document.name)}", quiet=quiet)
        return FINDINGS
    replace_dossier(path, document.content, content)
    after = read(content, document.name)
    start = len(_old(document, kind.section))
    for number, entry in enumerate(entries, start):
        line = after.location((*kind.section, number)).line
        called = f"{kind.noun} `{prose(str(entry['id']))}`" if "id" in entry else _a(kind.noun)
        say(f"added {called} at line {line} of {for_terminal(document.name)}", quiet=quiet)
    return DONE


def _old(document: Document, section: Path) -> Sequence[Any]:
    """Return the entries that are there already."""
    value: Any = document.data
    for key in section:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else ()


def _objections(kind: EntryKind, entry: Any) -> list[Finding]:
    if not isinstance(entry, dict):
        raise EvgradeError(f"{shown(entry)} is not {_a(kind.noun)}", hint="an entry has a field on each line: `id: x`")
    return objections(kind, entry)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _new_errors(document: Document, content: bytes, section: Path) -> list[Finding]:
    """Return the errors in what was added; what is wrong with the rest was so before."""
    start, depth = len(_old(document, section)), len(section)
    errors = []
    for finding in examine(content, document.name)[1]:
        path = finding.location.path
        number = path[depth] if len(path) > depth and path[:depth] == section else -1
        if finding.severity is Severity.ERROR and isinstance(number, int) and number >= start:
            errors.append(finding)
    return errors


def _with_ids(kind: EntryKind, entries: Sequence[Any], data: Mapping[str, Any]) -> list[Any]:
    """Return entries, each with an id where it can have one, which comes first."""
    if "id" not in kind.shape.keys:
        return list(entries)
    taken = ids_of(data, of_references=kind.section == ("references",))
    named = []
    for entry in entries:
        if not isinstance(entry, dict):
            named.append(entry)
            continue
        one = {"id": entry["id"] if "id" in entry else proposed_id(kind, entry, taken)}
        taken.add(str(one["id"]))
        named.append(one | entry)
    return named


def _from_input() -> list[Any]:
    """Return the entries that standard input holds: one mapping, or a list of them."""
    content = read_bytes(STDIN)
    if not content.strip():
        raise EvgradeError(
            "there is nothing to add", hint="give --set FIELD=VALUE, or YAML on standard input; a terminal asks for it"
        )
    entries = as_printed(read(content, STDIN_NAME))
    return entries if isinstance(entries, list) else [entries]


def _from_options(kind: EntryKind, options: Sequence[str]) -> dict[str, Any]:
    """Return the entry that options of the form FIELD=VALUE describe; FIELD may lead inside, as in `dose.unit`.

    Raises:
        EvgradeError: one has another form, or a field that there is not.
    """
    entry: dict[str, Any] = {}
    for option in options:
        name, equals, text = option.partition("=")
        if not equals:
            raise EvgradeError(f"--set {shown(option)} has no `=`", hint="write it as --set FIELD=VALUE")
        owner, shape = entry, kind.shape
        *steps, last = name.strip().split(".")
        for step in steps:
            shape = _field(shape, step)
            inside = owner.setdefault(step, {})
            if shape.kind is not Kind.MAPPING or not isinstance(inside, dict):
                raise EvgradeError(f"`{step}` has no fields of its own", hint=f"give it as YAML: --set {step}='[…]'")
            owner = inside
        shape = _field(shape, last)
        value = typed_value(text, shape)
        if shape.kind is Kind.LIST and last in owner and isinstance(value, list):
            owner[last] = [*owner[last], *value]
        elif last in owner:
            raise EvgradeError(f"--set gives `{name.strip()}` twice", hint="only a list can have several values")
        else:
            owner[last] = value
    return entry


def _field(shape: Shape, name: str) -> Shape:
    inside = shape.key(name)
    if inside is None and name.startswith("x-"):
        return Shape({}, None, "")
    if inside is None:
        hint = did_you_mean(name, shape.keys) or f"known are {listed(shape.keys)}"
        raise EvgradeError(f"{_a(shape.noun)} has no field {shown(name)}", hint=hint)
    return inside
