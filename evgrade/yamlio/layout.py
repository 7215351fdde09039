"""The layout of a document, and where to insert or replace text to change its data.

There may be several candidates; reading the result shows which is right.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, assert_never

from yaml import tokens

from evgrade.model import Path
from evgrade.yamlio.document import Document, Place
from evgrade.yamlio.emit import entry_lines, flow_text, mapping_lines, scalar_text
from evgrade.yamlio.events import FastParser
from evgrade.yamlio.written import DOUBLE, SINGLE, Written, rewritten

Before = Callable[[Path, Mapping[str, Any], str], str | None]
"""Returns the key of the mapping at a path after which to insert a new key; None if it comes first."""


@dataclass(frozen=True, slots=True)
class Put:
    """Add a key to a mapping."""

    path: Path
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Extend:
    """Append entries to a list."""

    path: Path
    entries: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace a value."""

    path: Path
    value: Any


Edit = Put | Extend | Replace


@dataclass(frozen=True, slots=True)
class Change:
    """Replace the characters from `start` up to `end` by a text, which is in `column`."""

    start: int
    end: int
    text: str
    column: int = 0


_BRACKETS = {
    tokens.FlowSequenceStartToken: 1,
    tokens.FlowMappingStartToken: 1,
    tokens.FlowSequenceEndToken: -1,
    tokens.FlowMappingEndToken: -1,
}
_BEFORE_VALUE = (tokens.AnchorToken, tokens.TagToken)
_SIGNS = (tokens.BlockEntryToken, tokens.FlowEntryToken, tokens.KeyToken)
_COMMENT = re.compile(r"( *)# ?( *)(?=[^\s#])")
"""A comment, with the spaces before # and before its text: uncommented, an example would be indented by both."""
_SPACES = " \t"
_WIDEST = 100
"""The most characters of a list that stays on one line."""


class Layout:
    """The text of a document and its layout."""

    def __init__(self, document: Document, before: Before) -> None:
        self._document = document
        self._before = before
        self._text = document.text

    def changes(self, edit: Edit) -> Iterator[Change]:
        """Yield the changes to try, best first; none for an aliased value, which is written elsewhere."""
        found = self._found(edit.path)
        if found is None:
            return
        data, place, limit = found
        match edit:
            case Put():
                yield from self._new_key(edit.path, data, place, limit, edit.key, edit.value)
            case Extend():
                first = self._token_at(place.offset)
                if isinstance(first, tokens.FlowSequenceStartToken):
                    yield from self._in_brackets(place, first, edit.entries)
                else:
                    yield from self._after_entries(first.start_mark.index, limit, edit.entries)
            case Replace():
                yield from self._instead(data, place, limit, edit)
            case _:
                assert_never(edit)

    def _found(self, path: Path) -> tuple[Any, Place, int] | None:
        """Return the value at a path, its position, and the offset before which it ends; None if it is aliased."""
        data, place, limit = self._document.data, self._document.places, self._end
        for step in path:
            limit = self._limit(data, place, step, limit)
            data, place = data[step], place.inside[step]
            if not place.key <= place.offset < max(limit, place.key + 1):
                return None
        return data, place, limit

    @cached_property
    def _tokens(self) -> Sequence[Any]:
        """All tokens with characters; the ends of blocks have none."""
        scanner: Any = FastParser(self._text)
        found = []
        while scanner.check_token():
            token = scanner.get_token()
            if token.end_mark.index > token.start_mark.index:
                found.append(token)
        return found

    @cached_property
    def _starts(self) -> Sequence[int]:
        return [token.start_mark.index for token in self._tokens]

    @cached_property
    def _depths(self) -> Sequence[int]:
        """How many brackets are open after each token."""
        depth = 0
        return [depth := depth + _BRACKETS.get(type(token), 0) for token in self._tokens]

    @cached_property
    def _end(self) -> int:
        """The offset of the document's end: at `...`, or at the end of the text."""
        ends = (one.start_mark.index for one in self._tokens if isinstance(one, tokens.DocumentEndToken))
        return next(ends, len(self._text))

    @cached_property
    def _line_end(self) -> str:
        found = re.search(r"\r\n|\n|\r", self._text)
        return found.group() if found else "\n"

    @cached_property
    def _nested_dash(self) -> int:
        """The indentation of list dashes relative to their keys, as in the first list of the file."""
        for key, value in self._document.data.items():
            if isinstance(value, list) and value:
                place = self._document.places.inside[key]
                first = self._token_at(place.offset)
                if isinstance(first, tokens.BlockEntryToken | tokens.BlockSequenceStartToken):
                    return max(0, self._column(first.start_mark.index) - self._column(place.key))
        return 2

    def _token_at(self, offset: int) -> Any:
        """Return the first token of the value at an offset, after its anchor and tag."""
        number = bisect_left(self._starts, offset)
        while number < len(self._tokens) and isinstance(self._tokens[number], _BEFORE_VALUE):
            number += 1
        return self._tokens[number] if number < len(self._tokens) else None

    def _last_before(self, limit: int) -> Any:
        """Return the last token before a limit that is not an indicator for what follows."""
        number = bisect_left(self._starts, limit) - 1
        while number > 0 and isinstance(self._tokens[number], _SIGNS):
            number -= 1
        return self._tokens[number]

    def _limit(self, parent: Any, place: Place, key: str | int, limit: int) -> int:
        """Return the offset before which the value of a key ends: the next key or entry, or the end of its parent."""
        if isinstance(parent, list):
            following = place.inside.get(int(key) + 1)
            if following is None:
                return self._closed(place, limit)
            number = bisect_left(self._starts, following.offset) - 1
            return self._starts[number] if isinstance(self._tokens[number], _SIGNS) else following.offset
        own = place.inside[key].key
        later = min((place.inside[one].key for one in parent if place.inside[one].key > own), default=None)
        return self._closed(place, limit) if later is None else later

    def _closed(self, place: Place, limit: int) -> int:
        """Return the offset before which a list or mapping ends: its closing bracket, if it has one."""
        first = self._token_at(place.offset)
        if isinstance(first, tokens.FlowSequenceStartToken | tokens.FlowMappingStartToken):
            return min(limit, int(self._closing(first)[0].start_mark.index))
        return limit

    def _column(self, offset: int) -> int:
        return self._document.lines.place(offset)[1] - 1

    def _next_line(self, offset: int) -> int:
        """Return the offset of the line after that of an offset, or of the end of the text."""
        line = self._document.lines.place(offset)[0]
        starts = self._document.lines.starts
        return starts[line] if line < len(starts) else len(self._text)

    def _ends_of(self, limit: int, column: int) -> Iterator[int]:
        """Yield the offsets where lines can follow the text before a limit, after the comments that belong to it.

        A comment belongs to it if it is to the right of a column, and no blank line precedes it. A block of text may
        end in blank lines of its own, so the offset after these is another candidate.
        """
        last = self._last_before(limit)
        start, end = last.start_mark.index, min(last.end_mark.index, limit)
        at = self._next_line(start + max(0, len(self._text[start:end].rstrip()) - 1))
        while at < limit and (found := _COMMENT.match(self._text, at)) and len(found[1] + found[2]) > column:
            at = self._next_line(at)
        yield at
        yield end if self._column(end) == 0 else self._next_line(end)

    def _at(self, offset: int, lines: Sequence[str], column: int, *, before: str = "", after: str = "") -> Change:
        """Return the change that inserts lines at the start of a line; the file may lack a final line end."""
        block = self._line_end.join(lines)
        if offset and self._text[offset - 1] not in "\r\n":
            return Change(offset, offset, self._line_end + before + block, column)
        return Change(offset, offset, before + block + self._line_end + after, column)

    def _after_entries(self, first: int, limit: int, entries: Sequence[Any]) -> Iterator[Change]:
        """Yield the changes that append to a block list."""
        dash = self._column(first)
        lines = list(entry_lines(entries, dash, self._nested_dash))
        for offset in self._ends_of(limit, dash):
            yield self._at(offset, lines, dash)

    def _in_brackets(self, place: Place, first: Any, entries: Sequence[Any]) -> Iterator[Change]:
        """Yield the changes that append to a list in brackets; an empty list becomes a block list if possible."""
        close, last = self._closing(first)
        start, end = first.start_mark.index, close.end_mark.index
        is_short = not any(isinstance(one, list | dict) for one in entries) and len(flow_text(entries)) <= _WIDEST
        if last is first and not is_short and not self._is_inside_brackets(start):
            column = self._column(place.key)
            lines = entry_lines(entries, column + self._nested_dash, self._nested_dash)
            before = len(self._text[:start].rstrip(_SPACES))
            after = self._next_line(end - 1)
            rest = self._text[end:after].rstrip("\r\n")
            block = self._line_end.join([rest.rstrip(_SPACES), *lines])
            tail = self._text[end + len(rest) : after]
            yield Change(before, after, block + tail, column)
        yield self._before_bracket(first, ", ".join(map(flow_text, entries)))

    def _before_bracket(self, first: Any, text: str) -> Change:
        """Return the change that appends text inside brackets."""
        _, last = self._closing(first)
        at = last.end_mark.index
        comma = "" if last is first else " " if isinstance(last, tokens.FlowEntryToken) else ", "
        return Change(at, at, comma + text)

    def _closing(self, first: Any) -> tuple[Any, Any]:
        """Return the bracket that closes an opening one, and the last token before it."""
        number = bisect_left(self._starts, first.start_mark.index)
        outside = self._depths[number] - 1
        while self._depths[number] > outside:
            number += 1
        return self._tokens[number], self._tokens[number - 1]

    def _is_inside_brackets(self, offset: int) -> bool:
        number = bisect_left(self._starts, offset)
        return number > 0 and self._depths[number - 1] > 0

    def _instead(self, data: Any, place: Place, limit: int, edit: Replace) -> Iterator[Change]:
        """Yield the changes that replace a value without removing comments."""
        first, value = self._token_at(place.offset), edit.value
        if data is None and (first is None or place.key == place.offset or first.start_mark.index >= limit):
            yield from self._below(place.key, value)
            return
        start, last = first.start_mark.index, self._last_before(limit)
        end = last.start_mark.index + len(self._text[last.start_mark.index : last.end_mark.index].rstrip())
        if self._has_comment(start, end) or self._starts[bisect_left(self._starts, place.offset)] != start:
            return  # it would lose a comment, an anchor or a tag
        in_brackets, is_inner = self._is_inside_brackets(start), isinstance(value, list | dict)
        style = getattr(first, "style", None) if first is last else None
        if isinstance(value, str) and style in (SINGLE, DOUBLE) and value.isprintable():
            yield Change(start, end, rewritten(Written(start, end, self._text[start:end], style), value))
        has_brackets = isinstance(first, tokens.FlowSequenceStartToken | tokens.FlowMappingStartToken)
        text = _inline(value, flow=in_brackets)
        if in_brackets or (has_brackets and len(text) <= _WIDEST) or (first is last and not is_inner):
            yield Change(start, end, text)
        if not in_brackets and place.key != place.offset:
            column = self._column(place.key)
            lines = list(mapping_lines({"key": value}, column, self._nested_dash))
            colon = self._colon(place.key)
            if not self._has_comment(colon, start):
                yield Change(colon, end, self._line_end.join([lines[0][column + len("key:") :], *lines[1:]]))

    def _colon(self, key: int) -> int:
        """Return the offset after a key's colon."""
        number = bisect_left(self._starts, key)
        while not isinstance(self._tokens[number], tokens.ValueToken):
            number += 1
        return int(self._tokens[number].end_mark.index)

    def _has_comment(self, start: int, end: int) -> bool:
        """Whether part of the text has a comment between its tokens."""
        at = start
        for number in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            if "#" in self._text[at : self._starts[number]]:
                return True
            at = max(at, self._tokens[number].end_mark.index)
        return "#" in self._text[at:end]

    def _below(self, key: int, value: Any) -> Iterator[Change]:
        """Yield the change that adds a value after or below a key without one."""
        lines = list(mapping_lines({"key": value}, self._column(key), self._nested_dash))
        if len(lines) > 1:
            yield self._at(self._next_line(key), lines[1:], self._column(key) + 1)
            return
        colon = self._colon(key)
        yield Change(
            colon, colon, " " + flow_text(value) if isinstance(value, list | dict) else " " + scalar_text(value)
        )

    def _new_key(
        self, parent: Path, mapping: Mapping[str, Any], place: Place, limit: int, key: str | int, value: Any
    ) -> Iterator[Change]:
        """Yield the changes that add a key: above its commented example, or else in the order of the schema."""
        first = self._token_at(place.offset)
        earlier = self._before(parent, mapping, str(key))
        own = [one.key for one in place.inside.values()]
        if isinstance(first, tokens.FlowMappingStartToken):
            at = min((one for one in own if earlier is None or one > place.inside[earlier].key), default=None)
            said = flow_text({key: value})[1:-1]
            yield self._before_bracket(first, said) if at is None else Change(at, at, f"{said}, ")
            return
        column = self._column(min(own))
        lines = list(mapping_lines({str(key): value}, column, self._nested_dash))
        example = re.search(rf"(?<![^\r\n])# {re.escape(str(key))}:", self._text) if not parent else None
        if example:
            yield self._at(example.start(), lines, column, after=self._line_end)
        is_entry = bool(parent) and isinstance(parent[-1], int)  # its first key follows a dash
        if earlier is None and not is_entry:
            start = min(own)
            yield self._at(start - self._column(start), lines, column)
            return
        blank = self._line_end if not parent and self._has_blank_lines(place) else ""
        after = min(place.inside, key=lambda one: place.inside[one].key) if earlier is None else earlier
        for offset in self._ends_of(self._limit(mapping, place, after, limit), column):
            yield self._at(offset, lines, column, before=blank)

    def _has_blank_lines(self, place: Place) -> bool:
        """Whether blank lines separate the sections of a dossier."""
        lines = self._document.lines
        numbers = (lines.place(one.key)[0] for one in place.inside.values())
        return any(number > 1 and not lines.line(number - 1).strip() for number in numbers)


def _inline(value: Any, *, flow: bool) -> str:
    """Return the YAML of a value on one line."""
    return flow_text(value) if isinstance(value, list | dict) else scalar_text(value, flow=flow)
