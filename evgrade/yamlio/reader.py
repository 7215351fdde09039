"""Bytes to plain data with a position for every key and value, strict and bounded.

The reader walks PyYAML's event stream in a loop of its own (never `yaml.load`): equal keys, keys that
are not text, tags, merge keys, a second document, loops and bombs of aliases, deep nesting and huge
files are refused at their place, before they cost anything. Scalars follow YAML 1.2 (see `scalars`).
Aliases are allowed and expanded within bounds.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml import events

from evgrade.model import Finding, InvalidError, Severity
from evgrade.yamlio.document import Document, Lines, Positions
from evgrade.yamlio.scalars import Scalar, ScalarError, resolve

PurePythonParser: Any = yaml.SafeLoader
"""PyYAML's own parser (only its events are used), slower; the fall-back where libyaml is missing."""

try:
    from yaml.cyaml import CParser as _libyaml
except ImportError:
    _libyaml = PurePythonParser

FastParser: Any = _libyaml
"""libyaml's parser where PyYAML was built with it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read; a real dossier of thousands of studies stays far below them."""

    bytes: int = 8 * 1024 * 1024
    depth: int = 48
    alias_nodes: int = 10_000


LIMITS = Limits()

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NON_UTF8_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\x00\x00\xfe\xff", "UTF-32"))
_TEXT_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})
_NO_TAGS = frozenset({None, "!"})
_ABSENT: Any = object()
_CACHED_LENGTH = 32
_HINTS = (
    ("cannot start any token", "indent with spaces, and put a value that starts with % @ or ` in quotes"),
    ("mapping values are not allowed", "a value with a colon and a space in it needs quotes"),
    ("could not find expected ':'", "a key needs a colon and a space after it; longer text needs quotes or `>-`"),
    ("did not find expected", "look at the indentation and for an unclosed quote or bracket, here or on the line above"),
    ("expected <block end>", "look at the indentation and for an unclosed quote or bracket, here or on the line above"),
    ("unexpected end of stream", "a quote or a bracket is not closed"),
    ("unknown escape character", "in double quotes a backslash starts an escape; use single quotes"),
)


def read(content: bytes, name: str, *, parser: Any = FastParser, limits: Limits = LIMITS) -> Document:
    """Read one YAML document from UTF-8 bytes.

    Args:
        content: the bytes of the file.
        name: the file's name for messages.
        parser: a PyYAML event parser; both parsers read every document alike.
        limits: bounds on size, depth and expansion.

    Raises:
        InvalidError: with one finding at the place that could not be read.
    """
    text = _decode(content, name, limits)
    digest = hashlib.sha256(content).hexdigest()
    walk = _Walk(text, name, limits)
    try:
        data = walk.run(parser(text))
    except yaml.MarkedYAMLError as error:
        raise walk.syntax_error(error) from None
    except (ValueError, OverflowError):
        # The pure parser turns "\U00110000" into a character without checking that there is one.
        raise walk.error("yaml-syntax", "an escape that is no character", walk.offset) from None
    return Document(name, data, text, digest, walk.marks)


def _decode(content: bytes, name: str, limits: Limits) -> str:
    if len(content) > limits.bytes:
        message = f"the file is larger than {limits.bytes // 1024 // 1024} MiB"
        raise _failure("yaml-too-large", message, Lines.of(""), name, 0, hint="split it into one dossier a therapy")
    for mark, encoding in _NON_UTF8_MARKS:
        if content.startswith(mark):
            message = f"the file is in {encoding}, not in UTF-8"
            raise _failure("yaml-encoding", message, Lines.of(""), name, 0, hint="save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode("utf-8-sig")
        line = good + content[error.start :].split(b"\n", 1)[0].decode("latin-1")
        message = f"byte {error.start + 1} of the file (0x{content[error.start]:02x}) is not UTF-8"
        hint = "save the file as UTF-8"
        raise _failure("yaml-encoding", message, Lines.of(line), name, len(good), hint=hint) from None
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        message = f"the character U+{ord(forbidden.group()):04X} is not allowed in a YAML file"
        hint = 'remove it, or write it as an escape in double quotes, such as "\\u2028"'
        raise _failure("yaml-character", message, Lines.of(text), name, forbidden.start(), hint=hint)
    return text


def _failure(
    code: str, message: str, lines: Lines, name: str, offset: int, *, hint: str | None = None, first: int | None = None
) -> InvalidError:
    finding = Finding(
        code=code,
        severity=Severity.ERROR,
        message=message,
        location=lines.location(name, offset),
        excerpt=lines.excerpt(offset),
        hint=hint,
        related=() if first is None else (lines.location(name, first),),
    )
    return InvalidError(f"{name} could not be read", (finding,))


class _Walk:
    """One pass over the events of one document."""

    def __init__(self, text: str, name: str, limits: Limits) -> None:
        self.text = text
        self.name = name
        self.limits = limits
        self.marks: list[int] = []
        self.offset = 0

    def error(self, code: str, message: str, offset: int, *, hint: str | None = None, first: int | None = None) -> InvalidError:
        return _failure(code, message, Lines.of(self.text), self.name, min(offset, len(self.text)), hint=hint, first=first)

    def syntax_error(self, error: yaml.MarkedYAMLError) -> InvalidError:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        hint = next((hint for sign, hint in _HINTS if sign in problem), None)
        context = error.context_mark
        first = context.index if context is not None and mark is not None and context.index < mark.index else None
        return self.error("yaml-syntax", problem, mark.index if mark else self.offset, hint=hint, first=first)

    def run(self, parser: Any) -> Any:
        """Return the data of the only document; see the module for what is refused."""
        get_event = parser.get_event
        get_event()  # the start of the stream
        start = get_event()
        if isinstance(start, events.StreamEndEvent):
            raise self.error("yaml-empty", "the file is empty", 0, hint="`evgrade new` writes a dossier to start from")
        self._check_directives(start)
        data = self._document(get_event)
        end = get_event()
        if not isinstance(end, events.StreamEndEvent):
            hint = "keep one dossier a file"
            raise self.error("yaml-documents", "a second document starts here", end.start_mark.index, hint=hint)
        return data

    def _check_directives(self, start: Any) -> None:
        if start.version not in (None, (1, 2)):
            message = "the file asks to be read as YAML {}.{}".format(*start.version)
            raise self.error("yaml-directive", message, start.start_mark.index, hint="evgrade reads YAML 1.2; remove the line")
        if start.tags:
            raise self.error("yaml-tag", "tags are not supported", start.start_mark.index, hint="remove the %TAG line")

    def _document(self, get_event: Any) -> Any:
        """Build the data of one document, without recursion.

        `holder` is the mapping or list being filled and `key` the key that waits for its value
        (`_ABSENT` when a key comes next). Containers are attached when they start, so `data` is whole,
        up to the event at hand, at every moment.
        """
        marks, mark = self.marks, self.marks.append
        scalars: dict[str, Scalar] = {}
        stack: list[tuple[Any, str, str | None, int]] = []
        anchors: dict[str, tuple[Any, int, int] | None] = {}
        expanded = 0
        data: Any = _ABSENT
        holder: Any = None
        is_mapping = False
        key: Any = _ABSENT
        anchor: str | None = None
        begin = 0

        while True:
            event = get_event()
            kind = type(event)
            self.offset = offset = event.start_mark.index
            if kind is events.ScalarEvent:
                text = event.value
                plain = event.implicit[0] and event.tag is None
                if event.tag not in _TEXT_TAGS:
                    raise self._tag(event)
                if not plain and not text.isascii() and _SURROGATE.search(text):
                    raise self.error("yaml-syntax", "half of a surrogate pair is no character", offset)
                if is_mapping and key is _ABSENT:
                    key = self._key(event, plain, holder, begin)
                    mark(offset)
                    continue
                value: Any = text
                if plain:
                    if text in scalars:
                        value = scalars[text]
                    else:
                        try:
                            value = resolve(text)
                        except ScalarError as error:
                            hint = "put it in quotes if it is an identifier"
                            raise self.error("yaml-number", f"{error}", offset, hint=hint) from None
                        if len(text) <= _CACHED_LENGTH:
                            scalars[text] = value
                if event.anchor is not None:
                    anchors[event.anchor] = (value, len(marks), len(marks) + 1)
                mark(offset)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                if event.tag not in _NO_TAGS:
                    raise self._tag(event)
                if is_mapping and key is _ABSENT:
                    raise self.error("yaml-key", "a key must be text", offset, hint="keys are plain words")
                if len(stack) >= self.limits.depth:
                    raise self.error("yaml-depth", f"more than {self.limits.depth} levels of nesting", offset)
                value = {} if kind is events.MappingStartEvent else []
                if data is _ABSENT:
                    data = value
                elif is_mapping:
                    holder[key] = value
                else:
                    holder.append(value)
                stack.append((holder, key, anchor, begin))
                if event.anchor is not None:
                    anchors[event.anchor] = None
                holder, is_mapping, key = value, kind is events.MappingStartEvent, _ABSENT
                anchor, begin = event.anchor, len(marks)
                mark(offset)
                continue
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                if anchor is not None:
                    anchors[anchor] = (holder, begin, len(marks))
                holder, _, anchor, begin = stack.pop()
                is_mapping, key = isinstance(holder, dict), _ABSENT
                continue
            elif kind is events.AliasEvent:
                if is_mapping and key is _ABSENT:
                    raise self.error("yaml-key", "a key must be text, not an alias", offset)
                value, first, last = self._anchored(event, anchors)
                expanded += last - first
                if expanded > self.limits.alias_nodes:
                    message = f"aliases stand for more than {self.limits.alias_nodes} values"
                    raise self.error("yaml-aliases", message, offset, hint="refer to items by id instead")
                marks.extend(marks[first:last])
            else:  # the end of the document
                return data
            if data is _ABSENT:
                data = value
            elif is_mapping:
                holder[key] = value
                key = _ABSENT
            else:
                holder.append(value)

    def _key(self, event: Any, plain: bool, holder: dict[str, Any], begin: int) -> str:
        """Return a mapping key, refusing what is no text and what stands in the mapping already."""
        key: str = event.value
        offset: int = event.start_mark.index
        if plain:
            if key == "<<":
                raise self.error("yaml-merge", "merge keys are not supported", offset, hint="write the keys out")
            try:
                is_text = isinstance(resolve(key), str)
            except ScalarError:
                is_text = False
            if not is_text:
                hint = f'write "{key}" in quotes' if key else "write the key before its colon"
                raise self.error("yaml-key", "a key must be text", offset, hint=hint)
        if key in holder:
            first = Positions.of(holder, self.marks, begin).keys[(key,)]
            line, column = Lines.of(self.text).place(first)
            message = f"the key {key!r} stands here again; it is first at line {line}, column {column}"
            raise self.error("yaml-duplicate-key", message, offset, hint="keep one of the two", first=first)
        if event.anchor is not None:
            raise self.error("yaml-key", "a key cannot have an anchor", offset)
        return key

    def _anchored(self, event: Any, anchors: dict[str, tuple[Any, int, int] | None]) -> tuple[Any, int, int]:
        offset = event.start_mark.index
        if event.anchor not in anchors:
            raise self.error("yaml-alias", f"the alias *{event.anchor} has no anchor above it", offset)
        anchored = anchors[event.anchor]
        if anchored is None:
            raise self.error("yaml-alias", f"the alias *{event.anchor} stands inside what it refers to", offset)
        return anchored

    def _tag(self, event: Any) -> InvalidError:
        hint = "remove the tag; quotes make text of a number"
        return self.error("yaml-tag", "tags are not supported", event.start_mark.index, hint=hint)
