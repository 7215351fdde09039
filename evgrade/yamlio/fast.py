"""A fast reader of ordinary block style, in which nearly all dossiers are written, line by line.

What it is for: the throughput of `evgrade batch`, and of `evgrade validate` on a folder. Without it a thousand dossiers
take almost twice as long; a single one would not need it.

What it never does: interpret YAML beyond indentation. It leaves all other YAML and every mistake to the parser (see
`reader`): `fast` returns the data that the parser would give, or None. It records no positions; if one is needed, the
parser reads the text again (see `Document.marks`). The laws in tests/yamlio/test_fast.py compare it with the parser on
generated, damaged and hostile texts.

When to remove it: once a library reads YAML 1.2 as fast, with positions, on every Python that evgrade supports.

Dossiers repeat themselves: `agent: same`, `n: 12`. So short heads, values and whole lines are cached. That is faster
than reading them again, and makes equal words one object, which speeds up everything after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice
from string import ascii_letters, digits
from sys import intern
from typing import Any, TypeVar

from evgrade.yamlio.scalars import NOT_TEXT, Scalar, ScalarError, resolve
from evgrade.yamlio.source import LIMITS

T = TypeVar("T")

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+"
# Possessive quantifiers such as `*+` never backtrack, so any text takes one pass.
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


class _UnusualError(Exception):
    """A line is not ordinary, so the parser takes over."""


class LineKind(Enum):
    """What a line contains."""

    GAP = "nothing: it is empty, or a comment"
    OPEN = "a key, whose value may be below"
    TEXT = "a value in plain text, which may continue below"
    WHOLE = "a complete value"
    FLOW = "a list in brackets or a mapping in braces"
    BLOCK = "the start of a block of text"
    QUOTE = "the start of quoted text, which ends below"
    MORE = "plain text without a key or a dash, which continues that above, and may continue below"
    LAST = "the same, but it ends there"


GAP, OPEN, TEXT, WHOLE, FLOW, BLOCK, QUOTE, MORE, LAST = LineKind

Head = tuple[int, str, int, int]
"""What precedes a value: the column of the key, -1 if a dash precedes it; the key, which may be empty; the column of
the dash, or else of the first word; the column after the dash."""

Value = tuple[LineKind, Any]
"""The kind of line that a value makes, and its meaning; its source if it takes more than one line."""

Line = tuple[int, str, int, int, LineKind, Any]
"""A head and a value. The first column is -1 also if the value cannot simply be assigned to its key."""

HEADS: dict[str, Head] = {}
VALUES: dict[str, Value] = {}
LINES: dict[str, Line] = {}
"""Caches of heads, of values after a key, and of lines; use `_said_by`."""

_LONGEST, _MOST = 64, 4096
"""The longest text to cache, and the most texts in each cache, so that no file fills the memory."""


def _said_by(line: str) -> Line:
    """Return the content of a line.

    Raises:
        _UnusualError, ScalarError: the line is not ordinary.
    """
    return LINES.get(line) or _new_line(line)


def _new_line(line: str) -> Line:
    """Return the content of a line that is not in the cache."""
    head, colon, written = line.partition(": ")
    place = (HEADS.get(head) or _head(head)) if colon else None
    if place is None:
        return _remember(LINES, line, _joined(*_line(line)))
    value = VALUES.get(written)
    # A new value may be the only one of its kind, so do not cache its line.
    return _joined(place, _value_of(written)) if value is None else _remember(LINES, line, _joined(place, value))


def _joined(head: Head, value: Value) -> Line:
    column, key, start, inner = head
    kind, meaning = value
    is_plain = kind is TEXT or kind is WHOLE or kind is OPEN
    return (column if is_plain else -1), key, start, inner, kind, meaning


def _value_column(line: str, key: str, column: int) -> int:
    """Return the column of a line's value, after its key, if any, and spaces."""
    begin = column + len(key) + 1 if key else column
    while line[begin] == " ":
        begin += 1
    return begin


def _value_of(written: str) -> Value:
    """Return the value after a key or a dash.

    Raises:
        _UnusualError, ScalarError: the line is not ordinary.
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
    """Return any value, more slowly than `_value_of` does for simple ones."""
    found = _VALUE.fullmatch(written)
    if found is None:
        raise _UnusualError
    plain, quoted, flow, block, quote, comment = found.groups()
    if plain:
        return (WHOLE if comment else TEXT), resolve(plain.rstrip(" "))
    if quoted:
        return WHOLE, _unquoted(quoted)
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
    """Return what precedes a value; None if that is not a key."""
    found = _HEAD.fullmatch(written)
    if found is None:
        return None
    indent, dash, key = found.groups("")
    if key in NOT_TEXT:
        raise _UnusualError
    column = len(indent) + len(dash)
    return _remember(HEADS, written, (-1 if dash else column, intern(key), len(indent), column))


def _line(line: str) -> tuple[Head, Value]:
    """Return the content of a line without a key or a value."""
    head = _head(line[:-1]) if line.endswith(":") else None
    if head is not None:
        return head, (OPEN, None)
    entry = _ENTRY.fullmatch(line)
    if entry is not None:
        value = _value_of(entry[3])
        if value[1] is None:
            raise _UnusualError
        return (-1, "", len(entry[1]), entry.start(3)), value
    start = len(line) - len(line.lstrip(" "))
    return (-1, "", start, start), _without_head(line[start:])


def _without_head(written: str) -> Value:
    if not written or written[0] == "#":
        return GAP, None
    found = _VALUE.fullmatch(written)
    if found is None or not found["plain"]:
        raise _UnusualError
    return LAST if found["comment"] else MORE, found["plain"].rstrip(" ")


def _unquoted(written: str) -> str:
    """Return the meaning of quoted text."""
    inside = written[1:-1]
    if written[0] == "'":
        return inside.replace("''", "'")
    return _ESCAPED.sub(r"\1", inside) if "\\" in inside else inside


def _flow(written: str) -> list[Scalar] | dict[str, Scalar]:
    """Return the value of a list in brackets or a mapping in braces."""
    parts = written[1:-1].split(",") if written[1:-1].strip() else []
    if written[0] == "[":
        return [_part(part) for part in parts]
    mapping: dict[str, Scalar] = {}
    for pair in parts:
        key, colon, value = pair.strip().partition(": ")
        if not colon or ":" in value or key in mapping or key in NOT_TEXT or not re.fullmatch(_KEY, key):
            raise _UnusualError
        mapping[key] = _part(value)
    return mapping


def _part(written: str) -> Scalar:
    """Return the value of a plain scalar inside brackets or braces."""
    plain = written.strip()
    if not plain or (plain[0] == "-" and not plain[1:2].isdigit()):
        raise _UnusualError
    return resolve(plain)


# Values on several lines. Each function gets all lines of a document and the number of one of them; it returns the
# value, and the number of the first line that is not part of it.

_FOLD = re.compile(r"\n(\n*+)")
_INSIDE = {'"': re.compile(r'([^"\\]*+(?:\\["\\][^"\\]*+)*+)("?)'), "'": re.compile(r"([^']*+(?:''[^']*+)*+)('?)")}
_REST = re.compile(r"[ ]*+(?:(?<=[ ])\#.*+)?+")


def _block_text(lines: Sequence[str], number: int, style: str, column: int) -> tuple[str, int]:
    """Return the text of a block.

    Args:
        lines: all lines.
        number: of the line with its indicator.
        style: that indicator, with the dash after it.
        column: of the key or dash that it belongs to; it is indented further.

    Raises:
        _UnusualError: the line is not ordinary.
    """
    first = end = number + 1
    begin = lines[first]
    indent = len(begin) - len(begin.lstrip(" "))
    margin = " " * indent
    if indent <= max(column, 0) or indent == len(begin):
        raise _UnusualError
    while end < len(lines) and (not lines[end] or lines[end].startswith(margin)):
        end += 1
    block = lines[first:end]
    if any(map(str.isspace, lines[first : end + 1])):  # after the block too: such a line may belong to it
        raise _UnusualError
    text = "\n".join(["", *block]).replace(f"\n{margin}", "\n")[1:].rstrip("\n")
    if style[0] == ">":
        if "\n " in text:  # a line indented further keeps its line ends
            raise _UnusualError
        text = _FOLD.sub(_folded, text) if "\n\n" in text else text.replace("\n", " ")
    return text if style[-1] == "-" else text + "\n", end


def _quoted_text(lines: Sequence[str], number: int, quote: str) -> tuple[str, int]:
    """Return the text that begins with the first such quote in a line and ends in a later line.

    Raises:
        _UnusualError: the line is not ordinary.
    """
    inside = _INSIDE[quote]
    parts: list[str] = []
    begin = lines[number].index(quote) + 1
    while found := inside.match(lines[number], begin):
        parts.append(found[1])
        if found[2]:
            if _REST.fullmatch(lines[number], found.end()):
                break
            raise _UnusualError
        number, begin = number + 1, 0
        if found.end() < len(found.string) or not lines[number].startswith(" ") or lines[number].isspace():
            raise _UnusualError
    first, *middle, last = parts
    text = " ".join([first.rstrip(" "), *(part.strip(" ") for part in middle), last.lstrip(" ")])
    return _unquoted(f"{quote}{text}{quote}"), number + 1


def _folded(line_ends: re.Match[str]) -> str:
    return line_ends[1] or " "


def _plain_text(lines: Sequence[str], number: int, column: int) -> tuple[str, int]:
    """Return the unquoted text that begins in the line above and continues in a line.

    Args:
        lines: all lines.
        number: of the first line of continuation.
        column: of the key or dash that the text belongs to; its lines are indented further.

    Raises:
        _UnusualError, ScalarError: the line is not ordinary.
    """
    above = lines[number - 1]
    _, key, _, inner, _, _ = _said_by(above)
    words = [above[_value_column(above, key, inner) :].rstrip(" ")]
    kind = MORE
    while kind is MORE:
        _, _, start, _, kind, word = _said_by(lines[number])
        if kind not in (MORE, LAST) or start <= column:
            break
        words.append(word)
        number += 1
    if len(words) == 1:
        raise _UnusualError
    return " ".join(words), number


# The document

_DEEPEST = 32
_IN_LIST = -2
"""Not a column: in a list no line continues a mapping."""


def fast(text: str) -> dict[str, Any] | None:
    """Return the data of a document in ordinary block style; None for any other, right or wrong.

    Args:
        text: as `decode` returns it, with only the characters that a YAML file may contain.
    """
    if text[-1:] != "\n" or "\t" in text or "\r" in text:
        return None
    is_long = 2 * len(text) > LIMITS.values  # a text has fewer than two values per character
    if is_long and 3 * text.count("\n") + text.count(",") > LIMITS.values:
        return None
    # The parser knows which unprintable characters, such as a no-break space, count as spaces.
    if not text.isascii() and not text.replace("\n", "").isprintable():
        return None
    try:
        data = _mapping(text)
    except (_UnusualError, ScalarError):
        return None
    return None if not data or (is_long and _size(data) > LIMITS.values) else data


def _size(value: Any) -> int:
    """Return the number of keys, values and ends of lists and mappings in a value (see `Limits`)."""
    if isinstance(value, dict):
        return 2 + len(value) + sum(map(_size, value.values()))
    return 2 + sum(map(_size, value)) if isinstance(value, list) else 1


_Filled = tuple[Any, int]
"""A mapping or list that is being filled, and the column of its keys or dashes."""


def _mapping(text: str) -> dict[str, Any]:
    """Return the mapping of a document."""
    root: dict[str, Any] = {}
    around: list[_Filled] = [(None, -1)]
    holder: Any
    holder, at = root, 0
    column = at  # of keys that belong to the same mapping as the previous one; no column in a list
    last: Any = None  # the last key, or the number of the last entry
    before = WHOLE
    known = LINES.get
    lines = text.split("\n")
    rest = enumerate(lines)
    for number, line in rest:
        pair, key, start, inner, kind, value = known(line) or _new_line(line)
        if pair != column:
            if kind is GAP:
                before = WHOLE if before is TEXT else before
                continue
            if before is TEXT and (kind is MORE or kind is LAST):
                holder[last], end = _plain_text(lines, number, at)
                _skip(rest, end - number - 1)
                before = WHOLE
                continue
            if start != column or inner != column or not key:
                holder, at = _moved(around, (holder, at), start, inner, key, last if before is OPEN else None)
                column = at if key else _IN_LIST
            if kind is not TEXT and kind is not WHOLE and kind is not OPEN:
                value, end = _longer(lines, number, kind, value, at)
                _skip(rest, end - number - 1)
            if not key:
                last = len(holder)
                holder.append(value)
                before = kind
                continue
        if key in holder:
            raise _UnusualError
        holder[key] = value
        last = key
        before = kind
    return root


def _skip(lines: Iterator[object], count: int) -> None:
    for _ in islice(lines, count):
        pass


def _longer(lines: Sequence[str], number: int, kind: LineKind, value: Any, at: int) -> tuple[Any, int]:
    """Return a value that is not one word, and the number of the first line that is not part of it."""
    if kind is FLOW:
        return value.copy(), number + 1  # the cached list or mapping must not be shared
    if kind is BLOCK:
        return _block_text(lines, number, value, at)
    if kind is QUOTE:
        return _quoted_text(lines, number, value)
    raise _UnusualError


def _moved(around: list[_Filled], filled: _Filled, start: int, inner: int, key: str, open_key: str | None) -> _Filled:
    """Return the mapping or list that a line belongs to, if not the same as before.

    Args:
        around: the mappings and lists around the current one, outermost first.
        filled: the current mapping or list.
        start: the column of the line's dash, or else of its key.
        inner: the column after the dash, or else again that of the key.
        key: the key, which may be empty.
        open_key: the key above that waits for its value.

    Raises:
        _UnusualError: it belongs to none.
    """
    is_entry = inner > start
    holder, at = filled
    if open_key is not None and (start > at or (start == at and is_entry)):
        around.append(filled)
        below: Any = [] if is_entry else {}
        holder[open_key] = below
        holder, at = below, start
    else:
        while at > start or (at == start and isinstance(holder, list) is not is_entry):
            holder, at = around.pop()
        if at != start:
            raise _UnusualError
    if is_entry and key:
        around.append((holder, at))
        holder.append({})
        holder, at = holder[-1], inner
    if not (is_entry or key) or len(around) > _DEEPEST:
        raise _UnusualError
    return holder, at
