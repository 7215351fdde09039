"""What one line of ordinary block style says, such as `  - key: value # comment`: its head, and its value.

Dossiers say the same again and again: `agent: same`, `n: 12`. So short heads and values are remembered, and lines of
which both were. That is quicker than to read them anew, and as equal words are then one object, so is all that is done
with them later.
"""

from __future__ import annotations

import re
from enum import Enum
from string import ascii_letters, digits
from sys import intern
from typing import Any, TypeVar

from evgrade.yamlio.scalars import NOT_TEXT, Scalar, resolve

T = TypeVar("T")

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+"
# Possessive quantifiers such as `*+` give nothing back, so that any text costs one pass.
_HEAD = re.compile(rf"([ ]*+)(-[ ]++)?+({_KEY})")
_ENTRY = re.compile(r"([ ]*+)(-[ ]++)(.*+)")
_VALUE = re.compile(
    r"""(?x)
    [ ]*+
    (?: (?P<plain>(?:[^-?:,[\]{}\#&*!|>'"%@`\s]|-(?=[^ ])) [^:\#]*+ (?:(?::(?![ ]|\Z)|(?<![ ])\#)[^:\#]*+)*+)
      | (?P<quoted>"[^"\\]*+(?:\\["\\][^"\\]*+)*+" | '[^']*+(?:''[^']*+)*+')
      | (?P<flow>\[[^][{}"'\#:&*!|>%@`?]*+\] | \{[^][{}"'\#&*!|>%@`?]*+\})
      | (?P<block>[|>]-?+\Z)
      | (?P<quote>["']).*+
    )?+
    [ ]*+ (?P<comment>(?<![^ ])\#.*+)?+
    """
)
_WORD = frozenset(ascii_letters + digits)
_QUOTES = frozenset("\"'")
_ESCAPED = re.compile(r"\\(.)")


class UnusualError(Exception):
    """A line says something that is not ordinary: the parser takes over."""


class Kind(Enum):
    """What a line says."""

    GAP = "nothing: it is empty, or a comment"
    OPEN = "a key, whose value may stand below"
    TEXT = "a value in plain text, which may go on below"
    WHOLE = "a value"
    FLOW = "a list in brackets or a mapping in braces"
    BLOCK = "that a block of text begins"
    QUOTE = "that a quoted text begins, which ends below"
    MORE = "plain text without a key or a dash: that above goes on, and may go on below"
    LAST = "the same, and there it ends"


GAP, OPEN, TEXT, WHOLE, FLOW, BLOCK, QUOTE, MORE, LAST = Kind

Head = tuple[int, str, int, int]
"""What stands before a value: the column of the key, -1 if a dash stands before it; the key, which may be empty; the
column of the dash, or else of the first word; the column behind the dash."""

Value = tuple[Kind, Any]
"""The kind of line that a value makes, and what the value means; as it is written where that takes more than a line."""

Line = tuple[int, str, int, int, Kind, Any]
"""A head and a value. The first column is -1 also where that takes more than to put the value behind its key."""

HEADS: dict[str, Head] = {}
VALUES: dict[str, Value] = {}
LINES: dict[str, Line] = {}
"""What is remembered of heads, of values behind a key, and of lines; ask `said_by`."""

_LONGEST, _MOST = 64, 4096
"""Of what is remembered: how long it is at most, and how many of a kind, so that no file fills the memory."""


def said_by(line: str) -> Line:
    """Return what a line says.

    Raises:
        UnusualError, ScalarError: it is not ordinary.
    """
    return LINES.get(line) or new_line(line)


def new_line(line: str) -> Line:
    """Return what a line says that is not remembered, as `said_by` does."""
    head, colon, written = line.partition(": ")
    place = (HEADS.get(head) or _head(head)) if colon else None
    if place is None:
        return _remember(LINES, line, _joined(*_line(line)))
    value = VALUES.get(written)
    # A value that is new may well be the only one of its kind.
    return _joined(place, value_of(written)) if value is None else _remember(LINES, line, _joined(place, value))


def _joined(head: Head, value: Value) -> Line:
    column, key, start, inner = head
    kind, meaning = value
    is_plain = kind is TEXT or kind is WHOLE or kind is OPEN
    return (column if is_plain else -1), key, start, inner, kind, meaning


def value_column(line: str, key: str, column: int) -> int:
    """Return the column in which the value of a line begins, behind its key and the blanks, where it has them."""
    begin = column + len(key) + 1 if key else column
    while line[begin] == " ":
        begin += 1
    return begin


def value_of(written: str) -> Value:
    """Return what is written behind a key or a dash.

    Raises:
        UnusualError, ScalarError: it is not ordinary.
    """
    first = written[:1]
    if first in _WORD and ": " not in written and " #" not in written and written[-1] != ":":
        value: Value = (TEXT, resolve(written.rstrip(" ")))
    elif first in _QUOTES and written.find(first, 1) == len(written) - 1 > 0 and "\\" not in written:
        value = (WHOLE, written[1:-1])
    else:
        value = _any_value(written)
    return _remember(VALUES, written, value)


def _any_value(written: str) -> Value:
    """Return what is written behind a key or a dash, whatever it is; what most of it is, `value_of` sees sooner."""
    found = _VALUE.fullmatch(written)
    if found is None:
        raise UnusualError
    plain, quoted, flow, block, quote, comment = found.groups()
    if plain:
        return (WHOLE if comment else TEXT), resolve(plain.rstrip(" "))
    if quoted:
        return WHOLE, unquoted(quoted)
    if flow:
        return FLOW, _flow(flow)
    if block:
        return BLOCK, block
    return (QUOTE, quote) if quote else (OPEN, None)


def _remember(said: dict[str, T], written: str, what: T) -> T:
    if len(written) <= _LONGEST:
        if len(said) >= _MOST:
            said.clear()
        said[written] = what
    return what


def _head(written: str) -> Head | None:
    """Return what stands before a value; None if that is not a key."""
    found = _HEAD.fullmatch(written)
    if found is None:
        return None
    indent, dash, key = found.groups("")
    if key in NOT_TEXT:
        raise UnusualError
    column = len(indent) + len(dash)
    return _remember(HEADS, written, (-1 if dash else column, intern(key), len(indent), column))


def _line(line: str) -> tuple[Head, Value]:
    """Return what a line says that has not both a key and a value."""
    head = _head(line[:-1]) if line.endswith(":") else None
    if head is not None:
        return head, (OPEN, None)
    entry = _ENTRY.fullmatch(line)
    if entry is not None:
        value = value_of(entry[3])
        if value[1] is None:
            raise UnusualError
        return (-1, "", len(entry[1]), entry.start(3)), value
    start = len(line) - len(line.lstrip(" "))
    return (-1, "", start, start), _without_head(line[start:])


def _without_head(written: str) -> Value:
    if not written or written[0] == "#":
        return GAP, None
    found = _VALUE.fullmatch(written)
    if found is None or not found["plain"]:
        raise UnusualError
    return LAST if found["comment"] else MORE, found["plain"].rstrip(" ")


def unquoted(written: str) -> str:
    """Return what a text in quotes means, which are written too."""
    inside = written[1:-1]
    if written[0] == "'":
        return inside.replace("''", "'")
    return _ESCAPED.sub(r"\1", inside) if "\\" in inside else inside


def _flow(written: str) -> list[Scalar] | dict[str, Scalar]:
    """Return what a list in brackets or a mapping in braces means."""
    parts = written[1:-1].split(",") if written[1:-1].strip() else []
    if written[0] == "[":
        return [_part(part) for part in parts]
    mapping: dict[str, Scalar] = {}
    for pair in parts:
        key, colon, value = pair.strip().partition(": ")
        if not colon or ":" in value or key in mapping or key in NOT_TEXT or not re.fullmatch(_KEY, key):
            raise UnusualError
        mapping[key] = _part(value)
    return mapping


def _part(written: str) -> Scalar:
    """Return the value of a plain scalar inside brackets or braces."""
    plain = written.strip()
    if not plain or (plain[0] == "-" and not plain[1:2].isdigit()):
        raise UnusualError
    return resolve(plain)
