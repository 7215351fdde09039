"""How a document is laid out, and where text can be inserted that adds to one of its lists.

There may be several such places; which of them is right shows when the result is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yaml import tokens

from evgrade.model import Path
from evgrade.yamlio.document import Document, Place
from evgrade.yamlio.emit import entry_lines, flow_text, mapping_lines
from evgrade.yamlio.events import FastParser

Before = Callable[[Path, Mapping[str, Any], str], str | None]
"""Names the key of a mapping, which stands at a path, that a new key comes after; None if it comes first."""


@dataclass(frozen=True, slots=True)
class Change:
    """The characters from `start` up to `end` give way to a text."""

    start: int
    end: int
    text: str


_BRACKETS = {
    tokens.FlowSequenceStartToken: 1,
    tokens.FlowMappingStartToken: 1,
    tokens.FlowSequenceEndToken: -1,
    tokens.FlowMappingEndToken: -1,
}
_BEFORE_VALUE = (tokens.AnchorToken, tokens.TagToken)
_COMMENT = re.compile(r"( *)# ?( *)(?=[^\s#])")
"""A comment, and the blanks before what it says: without its #, an example stands where both together end."""
_SPACES = " \t"


class Layout:
    """The text of a document, and how it is laid out."""

    def __init__(self, document: Document, before: Before) -> None:
        self._document = document
        self._before = before
        self._text = document.text

    def changes(self, section: Path, entries: Sequence[Any]) -> Iterator[Change]:
        """Yield the changes to try, the best one first."""
        data, place, limit = self._document.data, self._document.places, self._end
        for depth, key in enumerate(section):
            missing = _nested(section[depth + 1 :], entries)
            if key not in data:
                yield from self._new_key(section[:depth], data, place, limit, key, missing)
                return
            limit = self._limit(data, place, key, limit)
            data, place = data[key], place.inside[key]
            if data is None:
                yield from self._below(place.key, missing)
                return
        first = self._token_at(place.offset)
        if not place.key < place.offset < limit or first is None:
            return  # an alias: it is written out somewhere else
        if isinstance(first, tokens.FlowSequenceStartToken):
            yield from self._in_brackets(place, first, entries)
        else:
            yield from self._after_entries(first.start_mark.index, limit, entries)

    @cached_property
    def _tokens(self) -> Sequence[Any]:
        """All tokens that have characters; the ends of blocks have none."""
        scanner: Any = FastParser(self._text)
        found = []
        while scanner.check_token():
            token = scanner.get_token()
            if token.end_mark.index > token.start_mark.index:
                found.append(token)
        return found

    @cached_property
    def _end(self) -> int:
        """Where the document ends: at `...`, or with the text."""
        ends = (one.start_mark.index for one in self._tokens if isinstance(one, tokens.DocumentEndToken))
        return next(ends, len(self._text))

    @cached_property
    def _line_end(self) -> str:
        found = re.search(r"\r\n|\n|\r", self._text)
        return found.group() if found else "\n"

    @cached_property
    def _nested_dash(self) -> int:
        """How much further the dashes of lists stand than their keys, as the first list of the file has it."""
        for key, value in self._document.data.items():
            if isinstance(value, list) and value:
                place = self._document.places.inside[key]
                first = self._token_at(place.offset)
                if isinstance(first, tokens.BlockEntryToken | tokens.BlockSequenceStartToken):
                    return max(0, self._column(first.start_mark.index) - self._column(place.key))
        return 2

    def _token_at(self, offset: int) -> Any:
        """Return the token with which the value at an offset begins, past its anchor and tag."""
        later = (one for one in self._tokens if one.start_mark.index >= offset and not isinstance(one, _BEFORE_VALUE))
        return next(later, None)

    def _limit(self, mapping: Mapping[str, Any], place: Place, key: str | int, limit: int) -> int:
        """Return where the value of a key must have ended: at the next key, or where the mapping ends."""
        own = place.inside[key].key
        return min((place.inside[one].key for one in mapping if place.inside[one].key > own), default=limit)

    def _column(self, offset: int) -> int:
        return self._document.lines.place(offset)[1] - 1

    def _next_line(self, offset: int) -> int:
        """Return where the line after that of an offset begins, or the end of the text."""
        line = self._document.lines.place(offset)[0]
        starts = self._document.lines.starts
        return starts[line] if line < len(starts) else len(self._text)

    def _ends_of(self, limit: int, column: int) -> Iterator[int]:
        """Yield where lines can follow what ends before a limit, past the comments that belong to it.

        A comment belongs to it if it stands further right than a column, and no blank line comes before it. The text
        of a block may end in blank lines of its own, so the place behind them is another one to try.
        """
        last = next(one for one in reversed(self._tokens) if one.start_mark.index < limit)
        start, end = last.start_mark.index, min(last.end_mark.index, limit)
        at = self._next_line(start + max(0, len(self._text[start:end].rstrip()) - 1))
        while at < limit and (found := _COMMENT.match(self._text, at)) and len(found[1] + found[2]) > column:
            at = self._next_line(at)
        yield at
        yield end if self._column(end) == 0 else self._next_line(end)

    def _at(self, offset: int, lines: Sequence[str], *, before: str = "", after: str = "") -> Change:
        """Return the change that puts lines at the start of a line; the last line of a file may lack its end."""
        block = self._line_end.join(lines)
        if offset and self._text[offset - 1] not in "\r\n":
            return Change(offset, offset, self._line_end + before + block)
        return Change(offset, offset, before + block + self._line_end + after)

    def _after_entries(self, first: int, limit: int, entries: Sequence[Any]) -> Iterator[Change]:
        """Yield the places behind the last entry of a block list."""
        dash = self._column(first)
        lines = list(entry_lines(entries, dash, self._nested_dash))
        for offset in self._ends_of(limit, dash):
            yield self._at(offset, lines)

    def _in_brackets(self, place: Place, first: Any, entries: Sequence[Any]) -> Iterator[Change]:
        """Yield the places in a list in brackets; an empty one becomes a block where that is possible."""
        close, last = self._closing(first)
        start, end = first.start_mark.index, close.end_mark.index
        if last is first and not self._is_inside_brackets(start):
            column = self._column(place.key)
            lines = entry_lines(entries, column + self._nested_dash, self._nested_dash)
            before = len(self._text[:start].rstrip(_SPACES))
            after = self._next_line(end - 1)
            rest = self._text[end:after].rstrip("\r\n")
            block = self._line_end.join([rest.rstrip(_SPACES), *lines])
            tail = self._text[end + len(rest) : after]
            yield Change(before, after, block + tail)
        yield self._before_bracket(first, ", ".join(map(flow_text, entries)))

    def _before_bracket(self, first: Any, text: str) -> Change:
        """Return the change that adds to what is in brackets."""
        _, last = self._closing(first)
        at = last.end_mark.index
        comma = "" if last is first else " " if isinstance(last, tokens.FlowEntryToken) else ", "
        return Change(at, at, comma + text)

    def _closing(self, first: Any) -> tuple[Any, Any]:
        """Return the bracket that closes another, and the last token before it."""
        number = self._tokens.index(first)
        depth, last = 0, first
        for token in self._tokens[number:]:
            depth += _BRACKETS.get(type(token), 0)
            if depth == 0:
                return token, last
            last = token
        raise AssertionError  # a document that was read closes its brackets

    def _is_inside_brackets(self, offset: int) -> bool:
        return sum(_BRACKETS.get(type(one), 0) for one in self._tokens if one.start_mark.index < offset) > 0

    def _below(self, key: int, value: Any) -> Iterator[Change]:
        """Yield the place below a key that has no value."""
        lines = list(mapping_lines({"key": value}, self._column(key), self._nested_dash))[1:]
        yield self._at(self._next_line(key), lines)

    def _new_key(
        self, parent: Path, mapping: Mapping[str, Any], place: Place, limit: int, key: str | int, value: Any
    ) -> Iterator[Change]:
        """Yield the places of a key that is absent: above its commented example, else in the order of the schema."""
        first = self._token_at(place.offset)
        if isinstance(first, tokens.FlowMappingStartToken):
            yield self._before_bracket(first, flow_text({key: value})[1:-1])
            return
        column = self._column(min(one.key for one in place.inside.values()))
        lines = list(mapping_lines({str(key): value}, column, self._nested_dash))
        example = re.search(rf"(?<![^\r\n])# {re.escape(str(key))}:", self._text) if not parent else None
        if example:
            yield self._at(example.start(), lines, after=self._line_end)
        earlier = self._before(parent, mapping, str(key))
        if earlier is None:
            start = min(one.key for one in place.inside.values())
            yield self._at(start - self._column(start), lines)
            return
        blank = self._line_end if not parent and self._has_blank_lines(place) else ""
        for offset in self._ends_of(self._limit(mapping, place, earlier, limit), column):
            yield self._at(offset, lines, before=blank)

    def _has_blank_lines(self, place: Place) -> bool:
        """Whether a blank line parts the sections of a dossier."""
        lines = self._document.lines
        numbers = (lines.place(one.key)[0] for one in place.inside.values())
        return any(number > 1 and not lines.line(number - 1).strip() for number in numbers)


def _nested(keys: Path, entries: Sequence[Any]) -> Any:
    """Return entries under some keys."""
    value: Any = list(entries)
    for key in reversed(keys):
        value = {key: value}
    return value
