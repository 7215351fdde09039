"""Bytes to plain data with a position for every key and value, strict and bounded.

The reader walks PyYAML's event stream in its own loop (never `yaml.load`). It refuses duplicate keys, keys that are not
text, tags, merge keys, a second document, alias loops and bombs, deep nesting and huge files at their position, before
they cost anything. Scalars follow YAML 1.2 (see `scalars`). Aliases are expanded within bounds. Text that both parsers
read differently from YAML 1.2 is corrected or refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import yaml
from yaml import events, tokens

from evgrade.model import InvalidError
from evgrade.yamlio.document import Place
from evgrade.yamlio.scalars import Scalar, ScalarError, is_plain_text, resolve
from evgrade.yamlio.source import LIMITS, Limits
from evgrade.yamlio.text import SourceText, decode

_NO_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u|U0000)[dD][89a-fA-F]|\\U(?!000|0010))")


class PythonParser(yaml.SafeLoader):
    """PyYAML's parser in Python, the fallback if PyYAML was built without libyaml: some 20 times slower.

    It refuses some documents that libyaml reads, such as those with tabs between words, and has other error messages;
    a law in the tests checks that both read the same from what both accept.
    """

    def scan_flow_scalar(self, style: str) -> Any:
        """Read quoted text; an escape of an invalid character is an error, as in libyaml."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
            token.value.encode()
        except (ValueError, OverflowError):  # from chr(), or from encoding half of a surrogate pair
            escape = _NO_CHARACTER.search(self.buffer, start.index)
            index = escape.start(1) if escape else start.index
            problem = "found invalid Unicode character escape code"
            mark = yaml.Mark(start.name, index, start.line, start.column, None, 0)
            raise yaml.MarkedYAMLError("while parsing a quoted scalar", start, problem, mark) from None
        return token


FastParser: Any = getattr(yaml, "CSafeLoader", PythonParser)
"""libyaml's parser, if PyYAML has it. Only the parser's events are used, never objects constructed from them."""


_TOO_DEEP = "exceeded maximum nesting depth"
"""The error of libyaml 0.2.6 about brackets that it found by looking ahead, before our own bound on depth."""

_TEXT_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})
_NO_TAGS = frozenset({None, "!"})
_NEXT: Any = object()
_ENTRY: Any = object()
_SHOWN_CHARACTERS = 40

Anchored = tuple[Any, int, int]
"""The value of an anchor, and the slice of its marks."""


def read_events(source: SourceText, parser: Any = FastParser, limits: Limits = LIMITS) -> tuple[Any, Sequence[int]]:
    """Return the data of one YAML document, and the offset of every key and value (see `Document.marks`).

    Args:
        source: the source from `decode`.
        parser: a PyYAML event parser.
        limits: bounds on size, depth and expansion.

    Raises:
        InvalidError: with one finding at the position that could not be read.
    """
    refuse_stuck_question_marks(source, parser, limits)
    walk = _Walk(source, limits)
    try:
        data = walk.run(parser(with_last_line_end(source.text)))
    except yaml.MarkedYAMLError as error:
        if error.problem == _TOO_DEEP:
            return read_events(source, PythonParser, limits)  # which does not look ahead
        from evgrade.yamlio.messages import explain  # noqa: PLC0415 - a good file needs no messages

        found = explain(error, source.lines)
        raise source.error(found.code, found.message, found.offset, hint=found.hint, related=found.related) from None
    return data, walk.marks


def _shown(name: str) -> str:
    """Return a key or an anchor's name for a message."""
    return name if len(name) <= _SHOWN_CHARACTERS else name[:_SHOWN_CHARACTERS] + "…"


class _Walk:
    """One pass over the events of one document."""

    def __init__(self, source: SourceText, limits: Limits) -> None:
        self.source = source
        self.error = source.error
        self.limits = limits
        self.marks: list[int] = []
        self.expanded = 0

    def run(self, parser: Any) -> Any:
        """Return the data of the only document."""
        get_event = parser.get_event
        get_event()  # the start of the stream
        if type(get_event()) is events.StreamEndEvent:
            nothing = SourceText(self.source.name, "")
            hint = "`evgrade new` writes a dossier to start from"
            raise nothing.error("yaml-empty", "the file is empty", 0, hint=hint)
        data = self._document(get_event)
        following = get_event()
        if type(following) is not events.StreamEndEvent:
            offset = following.start_mark.index
            raise self.error(
                "yaml-documents", "a second document starts here", offset, hint="keep one document per file"
            )
        return data

    def _document(self, get_event: Any) -> Any:
        """Build the data of one document, without recursion.

        `holder` is the mapping or list being filled, at first a list for the document itself. `key` is the key waiting
        for its value, `_NEXT` if a key comes next, `_ENTRY` in a list. A mapping or list is added to its holder when it
        ends. Nearly all events are unquoted text, for which no function is called.
        """
        marks = self.marks
        anchors: dict[str, Anchored | None] = {}
        stack: list[tuple[Any, Any, str | None, int]] = []
        holder: Any = []
        key: Any = _ENTRY
        anchor: str | None = None  # of the holder
        begin = 0  # of the holder's marks

        for _ in range(self.limits.values):
            event = get_event()
            kind = type(event)
            if kind is events.ScalarEvent:
                value: Any = event.value
                is_bare = event.tag is None and event.anchor is None
                if not is_bare or (event.implicit[0] and not is_plain_text(value)):  # else text, quoted or not
                    value = self._check_key(event) if key is _NEXT else self._scalar(event, anchors)
                marks.append(event.start_mark.index)
                if key is _NEXT:
                    if value in holder:
                        raise self._twice(event, holder, begin)
                    key = value
                    continue
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                value = holder
                if anchor is not None:
                    anchors[anchor] = (value, begin, len(marks))
                holder, key, anchor, begin = stack.pop()
            elif kind is events.DocumentEndEvent:
                return holder[0]
            elif key is _NEXT:
                raise self._no_key(event)
            elif kind is events.AliasEvent:
                value = self._alias(event, anchors, len(stack))
            else:  # a mapping or a list starts
                self._check_start(event, anchors, len(stack))
                stack.append((holder, key, anchor, begin))
                holder, key = ({}, _NEXT) if kind is events.MappingStartEvent else ([], _ENTRY)
                anchor, begin = event.anchor, len(marks)
                marks.append(event.start_mark.index)
                continue
            if key is _ENTRY:
                holder.append(value)
            else:
                holder[key] = value
                key = _NEXT
        message = f"the file holds more than {self.limits.values:,} keys and values"
        raise self.error(
            "yaml-too-large", message, event.start_mark.index, hint="split it into one dossier per therapy"
        )

    def _scalar(self, event: Any, anchors: dict[str, Anchored | None]) -> Scalar:
        """Return the value of any scalar, and record its anchor."""
        value: Scalar = event.value
        if event.tag is not None:
            self._check_tag(event, _TEXT_TAGS)
        elif event.implicit[0]:
            try:
                value = resolve(event.value)
            except ScalarError as error:
                hint = "put it in quotes if it is an identifier"
                raise self.error("yaml-number", str(error), event.start_mark.index, hint=hint) from None
        if event.anchor is not None:
            self._open(event, anchors, (value, len(self.marks), len(self.marks) + 1))
        return value

    def _check_key(self, event: Any) -> str:
        """Return a key; refuse keys that are not text or have a special meaning in YAML."""
        key: str = event.value
        offset: int = event.start_mark.index
        if event.anchor is not None:
            self._check_name(event, "&")
            raise self.error("yaml-key", "a key cannot have an anchor", offset, hint="put the anchor before the value")
        if event.tag is not None:
            self._check_tag(event, _TEXT_TAGS)
        elif event.implicit[0]:
            self._check_plain_key(key, offset)
        return key

    def _check_plain_key(self, key: str, offset: int) -> None:
        if key == "<<":
            raise self.error("yaml-merge", "merge keys are not supported", offset, hint="write the keys out")
        try:
            is_text = isinstance(resolve(key), str)
        except ScalarError:
            is_text = False
        if not is_text:
            hint = f'write "{_shown(key)}" in quotes' if key else "write the key before its colon"
            if self.source.text[max(offset - 1, 0) : offset] == ",":  # {means: under 1,200}
                hint = "between { and }, text with a comma in it needs quotes"
            raise self.error("yaml-key", "a key must be text", offset, hint=hint)

    def _no_key(self, event: Any) -> InvalidError:
        hint = "write the key out, in quotes if need be"
        return self.error("yaml-key", "a key must be text", event.start_mark.index, hint=hint)

    def _twice(self, event: Any, holder: dict[str, Any], begin: int) -> InvalidError:
        first = Place.of(holder, self.marks, begin).inside[event.value].key
        line, column = self.source.lines.place(first)
        message = f"duplicate key {_shown(event.value)!r}; it first appears at line {line}, column {column}"
        return self.error(
            "yaml-duplicate-key", message, event.start_mark.index, hint="keep one of the two", related=first
        )

    def _check_tag(self, event: Any, allowed: frozenset[str | None]) -> None:
        if event.tag not in allowed:
            hint = "remove the tag; to make a number text, put it in quotes"
            raise self.error("yaml-tag", "tags are not supported", event.start_mark.index, hint=hint)

    def _check_start(self, event: Any, anchors: dict[str, Anchored | None], depth: int) -> None:
        """Refuse a mapping or list that has a tag or is too deep; record its anchor."""
        self._check_tag(event, _NO_TAGS)
        self._check_depth(depth + 1, event.start_mark.index)
        if event.anchor is not None:
            self._open(event, anchors, None)

    def _check_depth(self, depth: int, offset: int) -> None:
        if depth > self.limits.depth:
            message = f"more than {self.limits.depth} levels of lists and mappings"
            raise self.error("yaml-depth", message, offset, hint="close the brackets, or nest less deeply")

    def _open(self, event: Any, anchors: dict[str, Anchored | None], anchored: Anchored | None) -> None:
        """Record an anchor, as None until its value is complete."""
        self._check_name(event, "&")
        if event.anchor in anchors:
            message = f"duplicate anchor &{_shown(event.anchor)}"
            raise self.error("yaml-alias", message, event.start_mark.index, hint="give each anchor its own name")
        anchors[event.anchor] = anchored

    def _check_name(self, event: Any, sign: str) -> None:
        """Refuse an anchor or alias with a name that the parsers cut short: `&a:b` is one name in YAML 1.2."""
        text, written = self.source.text, sign + event.anchor
        end = text.find(written, event.start_mark.index) + len(written)
        following = text[end : end + 1]
        if following and following not in " \t\r\n,[]{}":
            hint = "use letters, digits, - and _, then a space; put text that starts with & or * in quotes"
            message = f"the name of an anchor or alias cannot contain {following}"
            raise self.error("yaml-alias", message, event.start_mark.index, hint=hint)

    def _alias(self, event: Any, anchors: dict[str, Anchored | None], depth: int) -> Any:
        """Return the value of an alias, within the bounds on depth and on all aliases together."""
        self._check_name(event, "*")
        offset: int = event.start_mark.index
        name = _shown(event.anchor)
        if event.anchor not in anchors:
            hint = "put text that starts with * in quotes"
            raise self.error("yaml-alias", f"the alias *{name} has no anchor &{name} above it", offset, hint=hint)
        anchored = anchors[event.anchor]
        if anchored is None:
            hint = "a value cannot contain itself"
            raise self.error("yaml-alias", f"the alias *{name} refers to itself", offset, hint=hint)
        value, first, last = anchored
        self.expanded += last - first
        if self.expanded > self.limits.alias_values:
            message = f"aliases stand for more than {self.limits.alias_values:,} keys and values"
            raise self.error("yaml-alias", message, offset, hint="refer to items by id instead")
        self._check_depth(depth + _levels(value), offset)
        self.marks.extend(self.marks[first:last])
        return value


def _levels(value: Any) -> int:
    """Return how many levels of lists and mappings a value has; the recursion is bounded, as the value was read."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(_levels, value), default=0) if isinstance(value, list) else 0


_STUCK_MARK = re.compile(r"(?<![^\s,\[{?])\?(?=\S)")
_OPENING = (tokens.FlowSequenceStartToken, tokens.FlowMappingStartToken)
_CLOSING = (tokens.FlowSequenceEndToken, tokens.FlowMappingEndToken)


def with_last_line_end(text: str) -> str:
    """Return a text with a line end after a last line of blanks, as the YAML test suite requires (JEF9, L24T).

    In a block of text it is a separate line, but the parsers leave out its end.
    """
    return text + "\n" if text[-1:] in (" ", "\t") and text.rstrip(" \t")[-1:] in ("\n", "\r") else text


def refuse_stuck_question_marks(source: SourceText, parser: Any, limits: Limits) -> None:
    """Refuse `[?x]` and `{?x: 1}`: the question mark is part of the text, but the parsers read it as an indicator.

    Raises:
        InvalidError: there is such text.
    """
    text = source.text
    if "?" not in text or not ("[" in text or "{" in text) or not _STUCK_MARK.search(text):
        return
    depth, sign = 0, -1
    scanner = parser(text)
    try:
        while depth <= limits.depth and scanner.check_token():
            token = scanner.get_token()
            start = token.start_mark.index
            if depth > 0 and sign >= 0 and start > sign and not text[sign + 1 : sign + 2].isspace():
                hint = "put text that starts with a question mark in quotes"
                raise source.error(
                    "yaml-syntax", "inside brackets, text cannot start with a question mark", sign, hint=hint
                )
            sign = start if isinstance(token, tokens.KeyToken) and text[start : start + 1] == "?" else -1
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
    except yaml.YAMLError:
        return  # reading the text reports it


_STARTS = (events.MappingStartEvent, events.SequenceStartEvent)
_ENDS = (events.MappingEndEvent, events.SequenceEndEvent)


class _UnclearError(Exception):
    """The keys cannot be determined without building the data."""


def root_keys(content: bytes, *, parser: Any = FastParser, limits: Limits = LIMITS) -> Collection[str] | None:
    """Return the keys of the outermost mappings of a file; None if they cannot be read, or not with certainty.

    The values are never built.
    """
    try:
        return set(_keys(parser(decode(content, "", limits.bytes).text), limits))
    except (InvalidError, yaml.YAMLError, _UnclearError):
        return None


def _keys(parser: Any, limits: Limits) -> Iterator[str]:
    depth = 0
    is_key = False  # whether the next value at depth 1 is a key
    anchored: dict[str, str] = {}
    for _ in range(limits.values):
        event = parser.get_event()
        kind = type(event)
        if kind is events.StreamEndEvent:
            return
        is_node = kind is events.ScalarEvent or kind is events.AliasEvent or kind in _STARTS
        if depth == 0 and is_node:
            is_mapping = is_key = kind is events.MappingStartEvent
        elif depth == 1 and is_node and is_mapping:
            key = anchored.get(event.anchor) if kind is events.AliasEvent else getattr(event, "value", None)
            if is_key and key == "<<":
                raise _UnclearError
            if is_key and key is not None:
                yield key
            is_key = not is_key
        if kind is events.ScalarEvent and event.anchor is not None:
            anchored[event.anchor] = event.value
        depth += (kind in _STARTS) - (kind in _ENDS)
        if depth > limits.depth:
            raise _UnclearError
    raise _UnclearError


def parser_name() -> str:
    """Return the parser with its version, such as «libyaml 0.2.5», or «Python» without libyaml.

    Error messages may depend on it.
    """
    if not hasattr(yaml, "CSafeLoader"):
        return "Python"
    from yaml._yaml import get_version_string  # noqa: PLC0415 - does not exist without libyaml

    return f"libyaml {get_version_string()}"
