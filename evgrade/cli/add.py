"""`evgrade add`: entries from options, YAML on standard input or questions, inserted where they belong."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from evgrade.cli.exits import DONE, FINDINGS
from evgrade.cli.files import replace_dossier
from evgrade.cli.streams import say, terminal_sink
from evgrade.dossier import examine
from evgrade.entries import (
    EntryKind,
    as_printed,
    entry_kind,
    ids_of,
    objections,
    proposed_id,
    requested_fields,
    typed_value,
)
from evgrade.inserting import inserted
from evgrade.model import EvgradeError, Finding, InvalidError, Path, Severity
from evgrade.render.clean import for_terminal, prose
from evgrade.render.findings import findings_text
from evgrade.schema.shape import Kind, Shape
from evgrade.schema.suggest import did_you_mean, listed, shown
from evgrade.yamlio.document import Document
from evgrade.yamlio.header import HEADER
from evgrade.yamlio.reader import read
from evgrade.yamlio.source import STDIN, STDIN_NAME, read_bytes, shown_name


def run_add(name: str, path: str, options: Sequence[str], *, quiet: bool) -> int:
    """Add entries of one kind to a dossier, and return the exit code: 1 if they are not valid, and nothing was written.

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
    """Return the entries already in a section."""
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
    """Return the errors in new entries; errors elsewhere were there before."""
    start, depth = len(_old(document, section)), len(section)
    errors = []
    for finding in examine(content, document.name)[1]:
        path = finding.location.path
        number = path[depth] if len(path) > depth and path[:depth] == section else -1
        if finding.severity is Severity.ERROR and isinstance(number, int) and number >= start:
            errors.append(finding)
    return errors


def _with_ids(kind: EntryKind, entries: Sequence[Any], data: Mapping[str, Any]) -> list[Any]:
    """Return entries with ids, which come first, if entries of their kind have any."""
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
            "there is nothing to add",
            hint="give --set FIELD=VALUE, or YAML on standard input; in a terminal, evgrade prompts for each field",
        )
    entries = as_printed(read(content, STDIN_NAME))
    return entries if isinstance(entries, list) else [entries]


def _from_options(kind: EntryKind, options: Sequence[str]) -> dict[str, Any]:
    """Return the entry that options of the form FIELD=VALUE give; FIELD may be nested, as in `dose.unit`.

    Raises:
        EvgradeError: one has another form, or an unknown field.
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
        hint = did_you_mean(name, shape.keys) or f"known fields: {listed(shape.keys)}"
        raise EvgradeError(f"{_a(shape.noun)} has no field {shown(name)}", hint=hint)
    return inside


LEFT_OUT = object()
"""The value of an empty answer."""


class Talk(Protocol):
    """A place to ask questions and get answers."""

    def tell(self, text: str) -> None: ...

    def ask(self) -> str: ...


class Terminal:
    """Asks on standard error; answers are lines that can be edited."""

    def __init__(self) -> None:
        with suppress(ImportError):
            import readline  # noqa: F401 - lets `input` edit lines

    def tell(self, text: str) -> None:
        """Show a text."""
        say(text)

    def ask(self) -> str:
        """Return the next line.

        Raises:
            EvgradeError: the input has ended, or is not in UTF-8.
        """
        sys.stderr.flush()
        try:
            return input("> " if sys.stdout is not None and sys.stdout.isatty() else "").strip()
        except EOFError:
            raise EvgradeError("the answers ended before the entry did, so nothing was added") from None
        except UnicodeDecodeError:
            raise EvgradeError("the answer is not in UTF-8, so nothing was added") from None


class Questions:
    """Asks for one entry."""

    def __init__(self, kind: EntryKind, data: Mapping[str, Any], talk: Talk) -> None:
        self._kind = kind
        self._talk = talk
        self._references = ids_of(data, of_references=True)
        self._items = ids_of(data, of_references=False)
        self._taken = self._references if kind.section == ("references",) else self._items

    def entry(self) -> dict[str, Any]:
        """Ask for every field and return the entry.

        Raises:
            EvgradeError: the answers ended too early.
        """
        self._talk.tell(f"A new {self._kind.noun}. {_sentence(self._kind.shape)}")
        self._talk.tell("An empty answer leaves a field out; a choice can be its number or its first letters.")
        entry: dict[str, Any] = {}
        self._fill(entry, self._kind.shape, ())
        return entry

    def _fill(self, entry: dict[str, Any], shape: Shape, path: Path) -> None:
        """Ask for the fields of a mapping; an empty first required field leaves out a nested mapping."""
        required = shape.node.get("required", [])
        for field in requested_fields(shape):
            inside = shape.key(field)
            if inside is None or (path and field == "id" and not entry):
                continue
            may_end = bool(path) and not entry and field in required
            if field == "id":
                value = self._id(entry, inside, (*path, field))
            else:
                value = self._value(inside, (*path, field), required=field in required and not may_end)
            if value is not LEFT_OUT:
                entry[field] = value
            elif may_end:
                return

    def _value(self, shape: Shape, path: Path, *, required: bool) -> Any:
        if shape.kind is Kind.MAPPING:
            inside: dict[str, Any] = {}
            self._fill(inside, shape, path)
            return inside or LEFT_OUT
        if shape.kind is Kind.LIST:
            return self._list(shape, path)
        return self._scalar(shape, path, required=required)

    def _list(self, shape: Shape, path: Path) -> Any:
        """Ask for item after item, until one is left empty."""
        values: list[Any] = []
        while True:
            value = self._value(_titled(shape), (*path, len(values)), required=False)
            if value is LEFT_OUT:
                return values or LEFT_OUT
            values.append(value)

    def _id(self, entry: Mapping[str, Any], shape: Shape, path: Path) -> str:
        """Ask for an id, and propose a free one."""
        proposed = proposed_id(self._kind, entry, self._taken)
        while True:
            self._talk.tell(f"\n{_dotted(path)}: {shape.described} Enter takes {proposed}.")
            text = self._talk.ask() or proposed
            value = self._checked(text, shape, path)
            if value is LEFT_OUT:
                continue
            if value in self._taken:
                self._talk.tell(f"  the id {shown(value)} is taken")
                continue
            self._taken.add(str(value))
            return str(value)

    def _scalar(self, shape: Shape, path: Path, *, required: bool) -> Any:
        names = self._names(path)
        known: Sequence[Any] = names or tuple(shape.node.get("enum", ()))
        question = f"\n{_dotted(path)}{' (required)' if required else ''}: {shape.described}"
        if known:
            choices = ", ".join(f"{number} {_word(one)}" for number, one in enumerate(known, 1))
            question += f"\n  {prose(choices)}"
        while True:
            self._talk.tell(question)
            text = self._talk.ask()
            if not text:
                if not required:
                    return LEFT_OUT
                self._talk.tell("  this field is required")
                continue
            value = self._checked(_chosen(text, known), shape, path)
            if value is LEFT_OUT:
                continue
            if self._is_link(path) and value not in names:
                said = did_you_mean(str(value), names) or (
                    f"known are {listed(names)}" if names else "there is none yet"
                )
                self._talk.tell(f"  nothing in the dossier has the id {prose(shown(value))}: {prose(said)}")
                continue
            return value

    def _checked(self, text: str, shape: Shape, path: Path) -> Any:
        """Return the value of an answer; or say why it is wrong, and return LEFT_OUT."""
        try:
            value = typed_value(text, shape)
        except InvalidError as error:
            self._object(error.findings)
            return LEFT_OUT
        except EvgradeError as error:
            self._talk.tell(f"  {prose(error.message)}: {prose(error.hint or '')}")
            return LEFT_OUT
        plain = tuple(0 if isinstance(step, int) else step for step in path)
        findings = objections(self._kind, _under(plain, value), plain)
        self._object(findings)
        return LEFT_OUT if findings else value

    def _object(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            hint = f" ({prose(finding.hint)})" if finding.hint else ""
            self._talk.tell(f"  {prose(finding.message)}{hint}")

    def _is_link(self, path: Path) -> bool:
        return bool(self._links(path))

    def _names(self, path: Path) -> tuple[str, ...]:
        """Return the ids that a field can refer to, if it refers to any."""
        links = self._links(path)
        return tuple(sorted(self._references if links == "references" else self._items)) if links else ()

    def _links(self, path: Path) -> str | None:
        """Return the target of a field that holds ids: references, or other entries."""
        shape: Shape | None = self._kind.shape
        refers = None
        for step in path:
            if shape is None:
                return None
            if isinstance(step, int):
                shape = shape.item
                continue
            own = shape.node.get("properties", {}).get(step, {})
            refers = own.get("x-refers-to") or ("references" if own.get("$ref") == "#/$defs/refs" else None)
            shape = shape.key(step)
        return refers


def _titled(shape: Shape) -> Shape:
    """Return the shape of the items of a list, with the description of the list."""
    item = shape.item
    return Shape(item.node, item.definition, shape.described)


def _sentence(shape: Shape) -> str:
    return str(shape.node.get("description", shape.described))


def _dotted(path: Path) -> str:
    return "".join(f" {step + 1}" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chosen(text: str, known: Sequence[Any]) -> str:
    """Return the choice with this number or these first letters, or else the text itself."""
    words = [_word(one) for one in known]
    if text in words:
        return text
    if text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= len(words):
        return words[int(text[:9]) - 1]
    begin = [word for word in words if word.lower().startswith(text.lower())]
    return begin[0] if len(begin) == 1 else text


def _under(path: Path, value: Any) -> dict[str, Any]:
    """Return an entry with nothing but a value at a path."""
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    result: dict[str, Any] = value
    return result
