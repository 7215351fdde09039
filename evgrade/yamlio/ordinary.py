"""The data of ordinary block style, line by line: what nearly all dossiers are written in, in a fraction of the time.

Indentation tells what belongs where. Whatever else YAML can say is left to the parser (see `reader`), and so is every
mistake: this returns what would come of the parser's events, or nothing. A law of the tests holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from evgrade.yamlio.limits import LIMITS
from evgrade.yamlio.line import (
    BLOCK,
    FLOW,
    GAP,
    LAST,
    LINES,
    MORE,
    OPEN,
    QUOTE,
    TEXT,
    WHOLE,
    Kind,
    UnusualError,
    new_line,
)
from evgrade.yamlio.scalars import ScalarError
from evgrade.yamlio.several import block_text, plain_text, quoted_text

_DEEPEST = 32
_IN_LIST = -2
"""No column: in a list no line goes on with a mapping."""


def ordinary(text: str) -> dict[str, Any] | None:
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
    except (UnusualError, ScalarError):
        return None
    return None if not data or (is_long and _size(data) > LIMITS.values) else data


def _size(value: Any) -> int:
    """Return how many keys, values and ends of lists and mappings a value has (see `Limits`)."""
    if isinstance(value, dict):
        return 2 + len(value) + sum(map(_size, value.values()))
    return 2 + sum(map(_size, value)) if isinstance(value, list) else 1


_Filled = tuple[Any, int]
"""A mapping or list that is being filled, and the column where its keys or dashes stand."""


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
        pair, key, start, inner, kind, value = known(line) or new_line(line)
        if pair != column:
            if kind is GAP:
                before = WHOLE if before is TEXT else before
                continue
            if before is TEXT and (kind is MORE or kind is LAST):
                holder[last], end = plain_text(lines, number, at)
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
            raise UnusualError
        holder[key] = value
        last = key
        before = kind
    return root


def _skip(lines: Iterator[object], count: int) -> None:
    for _ in islice(lines, count):
        pass


def _longer(lines: Sequence[str], number: int, kind: Kind, value: Any, at: int) -> tuple[Any, int]:
    """Return what a value means that is more than a word, and the number of the first line that is no part of it."""
    if kind is FLOW:
        return value.copy(), number + 1  # what is remembered of a list or mapping is nobody's
    if kind is BLOCK:
        return block_text(lines, number, value, at)
    if kind is QUOTE:
        return quoted_text(lines, number, value)
    raise UnusualError


def _moved(around: list[_Filled], filled: _Filled, start: int, inner: int, key: str, open_key: str | None) -> _Filled:
    """Return the mapping or list that a line belongs to, where that is another one than before.

    Args:
        around: what is being filled stands in, from the outermost.
        filled: what was filled last.
        start: the column of the line's dash, or else of its key.
        inner: the column behind the dash, or again that of the key.
        key: the key, which may be empty.
        open_key: the key above that waits for its value.

    Raises:
        UnusualError: it belongs to none.
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
            raise UnusualError
    if is_entry and key:
        around.append((holder, at))
        holder.append({})
        holder, at = holder[-1], inner
    if not (is_entry or key) or len(around) > _DEEPEST:
        raise UnusualError
    return holder, at
