"""Where the keys and values of an ordinary document begin: its lines once more, for who has something to say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evgrade.yamlio.line import BLOCK, FLOW, GAP, LAST, MORE, OPEN, QUOTE, said_by, value_column
from evgrade.yamlio.several import block_text, quoted_text

_PART = re.compile(r"[^,\s][^,]*")
_VALUE = re.compile(r"(?<=: )\s*")


def ordinary_marks(text: str) -> Sequence[int]:
    """Return the marks (see `Document.marks`) of a text that `ordinary` has read: nothing in it is unusual.

    `around` has the column of each mapping and list around a line, and whether it is a list. `empty` is the place of a
    value that is nothing, unless what stands below turns out to be it.
    """
    marks: list[int] = []
    around: list[tuple[int, bool]] = []
    empty: int | None = 0  # the document itself
    lines = text.split("\n")
    begin = next_begin = done = 0
    for number, line in enumerate(lines):
        begin, next_begin = next_begin, next_begin + len(line) + 1
        if number < done:
            continue
        _, key, start, key_at, kind, value = said_by(line)
        if kind is GAP or kind is MORE or kind is LAST:
            continue
        is_entry = key_at > start
        if empty is not None and (not around or start > around[-1][0] or (is_entry and (start, False) == around[-1])):
            around.append((start, is_entry))
            marks.append(begin + start)
        else:
            if empty is not None:
                marks.append(empty)
            while around[-1] != (start, is_entry):
                around.pop()
        if key:
            if is_entry:
                around.append((key_at, False))
                marks.append(begin + key_at)
            marks.append(begin + key_at)
        empty = begin + key_at + len(key) + 1 if kind is OPEN else None
        if kind is not OPEN:
            value_at = value_column(line, key, key_at)
            marks.append(begin + value_at)
            if kind is FLOW:
                marks.extend(begin + place for place in _inside(line, value_at))
            elif kind is BLOCK:
                done = block_text(lines, number, value, -1)[1]
            elif kind is QUOTE:
                done = quoted_text(lines, number, value)[1]
    return marks if empty is None else [*marks, empty]


def _inside(line: str, begin: int) -> Iterator[int]:
    """Yield where the parts of a list in brackets begin, and the keys and values of a mapping in braces."""
    end = line.index("]" if line[begin] == "[" else "}", begin)
    for part in _PART.finditer(line, begin + 1, end):
        yield part.start()
        if line[begin] == "{":
            value = _VALUE.search(line, part.start(), part.end())
            if value is not None:
                yield value.end()
