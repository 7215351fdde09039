"""The data of ordinary block style, line by line: what nearly all dossiers are written in, in a fraction of the time.

What it is for: the throughput of `evgrade batch`, and of `evgrade validate` on a folder. Without it a thousand dossiers
take almost twice as long; a single one would not need it.

What it never does: decide what YAML means. Indentation says what belongs where. Whatever else YAML can say is left to
the parser (see `reader`), and so is every mistake: `fast` returns what the parser's events would give, or None. It
notes no places; where one is needed, the parser reads the text again (see `Document.marks`). The laws in
tests/yamlio/test_fast.py hold it to the parser on generated, damaged and hostile texts.

When it goes: once a library reads YAML 1.2 as fast, with places, on every Python that evgrade supports.

Dossiers repeat themselves: `agent: same`, `n: 12`. So short heads, values and whole lines are remembered. That is
faster than reading them again, and makes equal words one object, which speeds up everything after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice
from string import ascii_letters, digits
from sys import intern
from typing import Any, TypeVar

from evgrade.yamlio.limits import LIMITS
from evgrade.yamlio.scalars import NOT_TEXT, Scalar, ScalarError, resolve

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


class _UnusualError(Exception):
    """A line is not ordinary: the parser takes over."""


class LineKind(Enum):
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


GAP, OPEN, TEXT, WHOLE, FLOW, BLOCK, QUOTE, MORE, LAST = LineKind

Head = tuple[int, str, int, int]
"""What comes before a value: the column of the key, -1 if a dash comes before it; the key, which may be empty; the
column of the dash, or else of the first word; the column behind the dash."""

Value = tuple[LineKind, Any]
"""The kind of line that a value makes, and what the value means; as it is written where that takes more than a line."""

Line = tuple[int, str, int, int, LineKind, Any]
"""A head and a value. The first column is -1 also where that takes more than to put the value behind its key."""

HEADS: dict[str, Head] = {}
VALUES: dict[str, Value] = {}
LINES: dict[str, Line] = {}
"""What is remembered of heads, of values behind a key, and of lines; ask `_said_by`."""

_LONGEST, _MOST = 64, 4096
"""Of what is remembered: how long it is at most, and how many of a kind, so that no file fills the memory."""


def _said_by(line: str) -> Line:
    """Return what a line says.

    Raises:
        _UnusualError, ScalarError: the line is not ordinary.
    """
    return LINES.get(line) or _new_line(line)


def _new_line(line: str) -> Line:
    """Return what a line says that is not remembered yet."""
    head, colon, written = line.partition(": ")
    place = (HEADS.get(head) or _head(head)) if colon else None
    if place is None:
        return _remember(LINES, line, _joined(*_line(line)))
    value = VALUES.get(written)
    # A value that is new may well be the only one of its kind.
    return _joined(place, _value_of(written)) if value is None else _remember(LINES, line, _joined(place, value))


def _joined(head: Head, value: Value) -> Line:
    column, key, start, inner = head
    kind, meaning = value
    is_plain = kind is TEXT or kind is WHOLE or kind is OPEN
    return (column if is_plain else -1), key, start, inner, kind, meaning


def _value_column(line: str, key: str, column: int) -> int:
    """Return the column in which the value of a line begins, behind its key and the blanks, where it has them."""
    begin = column + len(key) + 1 if key else column
    while line[begin] == " ":
        begin += 1
    return begin


def _value_of(written: str) -> Value:
    """Return what is written behind a key or a dash.

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
    """The long way of `_value_of`, for any value."""
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
    """Return what comes before a value; None if that is not a key."""
    found = _HEAD.fullmatch(written)
    if found is None:
        return None
    indent, dash, key = found.groups("")
    if key in NOT_TEXT:
        raise _UnusualError
    column = len(indent) + len(dash)
    return _remember(HEADS, written, (-1 if dash else column, intern(key), len(indent), column))


def _line(line: str) -> tuple[Head, Value]:
    """Return what a line says that lacks a key or a value."""
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
    """Return what a text means, given with its quotes."""
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
            raise _UnusualError
        mapping[key] = _part(value)
    return mapping


def _part(written: str) -> Scalar:
    """Return the value of a plain scalar inside brackets or braces."""
    plain = written.strip()
    if not plain or (plain[0] == "-" and not plain[1:2].isdigit()):
        raise _UnusualError
    return resolve(plain)


# Values that take several lines. Each function gets all lines of a document and the number of one of them; it returns
# what the value means, and the number of the first line that is not part of it.

_FOLD = re.compile(r"\n(\n*+)")
_INSIDE = {'"': re.compile(r'([^"\\]*+(?:\\["\\][^"\\]*+)*+)("?)'), "'": re.compile(r"([^']*+(?:''[^']*+)*+)('?)")}
_REST = re.compile(r"[ ]*+(?:(?<=[ ])\#.*+)?+")


def _block_text(lines: Sequence[str], number: int, style: str, column: int) -> tuple[str, int]:
    """Return the text of a block.

    Args:
        lines: all lines.
        number: of the line with the sign that begins it.
        style: that sign, and the dash behind it.
        column: of the key or dash that it belongs to; it stands further in.

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
    if any(map(str.isspace, lines[first : end + 1])):  # behind the block too: the lines after it may belong to it
        raise _UnusualError
    text = "\n".join(["", *block]).replace(f"\n{margin}", "\n")[1:].rstrip("\n")
    if style[0] == ">":
        if "\n " in text:  # a line that is indented further keeps its line ends
            raise _UnusualError
        text = _FOLD.sub(_folded, text) if "\n\n" in text else text.replace("\n", " ")
    return text if style[-1] == "-" else text + "\n", end


def _quoted_text(lines: Sequence[str], number: int, quote: str) -> tuple[str, int]:
    """Return the text that begins with the first such quote of a line and ends in a later line.

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
    """Return the text without quotes that begins in the line above and goes on in a line.

    Args:
        lines: all lines.
        number: of the first line that goes on.
        column: of the key or dash that the text belongs to; its lines stand further in.

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
"""No column: in a list no line goes on with a mapping."""


def fast(text: str) -> dict[str, Any] | None:
    """Return the data of a document in ordinary block style; None for any other, right or wrong.

    Args:
        text: as `decode` returns it, so that it holds only what a YAML file may hold.
    """
    if text[-1:] != "\n" or "\t" in text or "\r" in text:
        return None
    is_long = 2 * len(text) > LIMITS.values  # any other holds no more values than that, for none has half a character
    if is_long and 3 * text.count("\n") + text.count(",") > LIMITS.values:
        return None
    # Whether a blank that does not break, or another character that does not print, is a blank: the parser knows.
    if not text.isascii() and not text.replace("\n", "").isprintable():
        return None
    try:
        data = _mapping(text)
    except (_UnusualError, ScalarError):
        return None
    return None if not data or (is_long and _size(data) > LIMITS.values) else data


def _size(value: Any) -> int:
    """Return how many keys, values and ends of lists and mappings a value has (see `Limits`)."""
    if isinstance(value, dict):
        return 2 + len(value) + sum(map(_size, value.values()))
    return 2 + sum(map(_size, value)) if isinstance(value, list) else 1


_Filled = tuple[Any, int]
"""A mapping or list that is being filled, and the column where its keys or dashes are."""


def _mapping(text: str) -> dict[str, Any]:
    """Return the mapping that a document is."""
    root: dict[str, Any] = {}
    around: list[_Filled] = [(None, -1)]
    holder: Any
    holder, at = root, 0
    column = at  # of keys that belong to the same mapping as the one before; of none in a list
    last: Any = None  # the key or the number of the entry that was last
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
    """Return what a value means that is more than a word, and the number of the first line that is no part of it."""
    if kind is FLOW:
        return value.copy(), number + 1  # what is remembered of a list or mapping is nobody's
    if kind is BLOCK:
        return _block_text(lines, number, value, at)
    if kind is QUOTE:
        return _quoted_text(lines, number, value)
    raise _UnusualError


def _moved(around: list[_Filled], filled: _Filled, start: int, inner: int, key: str, open_key: str | None) -> _Filled:
    """Return the mapping or list that a line belongs to, where that is another one than before.

    Args:
        around: what is being filled is in, from the outermost.
        filled: what was filled last.
        start: the column of the line's dash, or else of its key.
        inner: the column behind the dash, or again that of the key.
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
