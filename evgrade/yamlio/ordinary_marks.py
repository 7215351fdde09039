"""Where the keys and values of an ordinary document begin: its lines once more, for who has something to say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evgrade.yamlio.ordinary import FIRST_GAP, LINE

_PART = re.compile(r"[^,\s][^,]*")
_VALUE = re.compile(r"(?<=: )\s*")


def ordinary_marks(text: str) -> Sequence[int]:
    """Return the marks (see `Document.marks`) of a text that `ordinary` has read: nothing in it is unusual.

    `around` has the column of each mapping and list around a line, and whether it is a list. `empty` is the place of a
    value that is nothing, unless what stands below turns out to be it.
    """
    gap = FIRST_GAP.match(text)
    begin = gap.end() if gap else 0
    marks: list[int] = []
    around: list[tuple[int, bool]] = []
    empty: int | None = begin  # the document itself
    for line in LINE.finditer(text, begin):
        lead, key_at = line.group(1), line.start(2)
        is_entry = "-" in lead
        if key_at < 0 and not is_entry:
            continue  # plain text goes on, or the end
        start = lead.index("-") if is_entry else len(lead)
        if empty is not None and (not around or start > around[-1][0] or (is_entry and (start, False) == around[-1])):
            around.append((start, is_entry))
            marks.append(line.start() + start)
        else:
            if empty is not None:
                marks.append(empty)
            while around[-1] != (start, is_entry):
                around.pop()
        if key_at >= 0:
            if is_entry:
                around.append((len(lead), False))
                marks.append(key_at)
            marks.append(key_at)
        value_at = max(line.start(3), line.start(5))
        empty = line.end(2) + 1 if value_at < 0 else None
        if value_at >= 0:
            marks.append(value_at)
            if text[value_at] in "[{":
                marks.extend(_inside(text, value_at, line.end(5)))
    return marks if empty is None else [*marks, empty]


def _inside(text: str, begin: int, end: int) -> Iterator[int]:
    """Yield where the parts of a list in brackets begin, and the keys and values of a mapping in braces."""
    for part in _PART.finditer(text, begin + 1, end - 1):
        yield part.start()
        if text[begin] == "{":
            value = _VALUE.search(text, part.start(), part.end())
            if value is not None:
                yield value.end()
