"""The data of ordinary block style, line by line: what nearly all dossiers are written in, in a third of the time.

One pattern cuts the text into lines of the form `  - key: value # comment`; indentation tells what belongs where.
Whatever else YAML can say is left to the reader (see `reader`), and so is every mistake: this returns what the reader
would, or nothing. A law of the tests holds the two together.
"""

from __future__ import annotations

import re
from typing import Any

from evgrade.yamlio.limits import LIMITS
from evgrade.yamlio.scalars import NOT_TEXT, NUMBER_STARTS, Scalar, ScalarError, resolve

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+"
# Possessive quantifiers such as `*+` give nothing back, so that any text costs one pass.
_GAP = r"(?:[ ]*+\#[^\n]*+\n|\n)*+"  # empty lines and comments
LINE = re.compile(
    rf"""(?x)
    ([ ]*+(?:-[ ]++)?+)                     # lead: indentation, and the dash of an entry
    (?:({_KEY}):(?:[ ]++|(?=\n)))?+         # key
    (?:
        ([|>]-?+\n([ ]++)                   # block of text: its style, its margin, its lines
         [^ \n][^\n]*+(?:\n++\4[ ]*+[^ \n][^\n]*+)*+)
      | ((?:[^-?:,[\]{{}}\#&*!|>'"%@`\s]|-(?=[^ \n])) [^\n:\#]*+ (?:(?::(?![ \n])|(?<![ ])\#)[^\n:\#]*+)*+
        | "[^"\\\n]*+(?:(?:\\["\\]|\n[ ]++(?=[^ \n]))[^"\\\n]*+)*+"
        | '[^'\n]*+(?:(?:''|\n[ ]++(?=[^ \n]))[^'\n]*+)*+'
        | \[[^][{{}}"'\#:&*!|>%@`?\n]*+\] | \{{[^][{{}}"'\#&*!|>%@`?\n]*+\}}
        )
    )?+
    [ ]*+((?:(?<=[ ])\#[^\n]*+)?+\n{_GAP})  # tail: a comment, the end of the line, a gap
    | (?s:.++)                              # anything else, to the end
    """
)
FIRST_GAP = re.compile(rf"\A{_GAP}")
_FOLD = re.compile(r"\n(\n*+)")
_ESCAPED = re.compile(r"\\(.)")
_DEEPEST = 32
_LONGEST_TEXT = 20_000
"""Characters of plain text that is put together line by line, which costs the square of its length."""

_NEVER = 1 << 30
_MARKED = frozenset("\"'[{")
_TELLING = _MARKED | NUMBER_STARTS
"""First characters of what may be no text, or is not written as it is."""


class _UnusualError(Exception):
    """A line says something that is not ordinary: the reader takes over."""


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
    except (_UnusualError, ScalarError):
        return None
    return None if not data or (is_long and _size(data) > LIMITS.values) else data


def _size(value: Any) -> int:
    """Return how many keys, values and ends of lists and mappings a value has (see `Limits`)."""
    if isinstance(value, dict):
        return 2 + len(value) + sum(map(_size, value.values()))
    return 2 + sum(map(_size, value)) if isinstance(value, list) else 1


class _Nest:
    """The mapping or list that is being filled, the column where its keys or dashes stand, and what it stands in."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.holder: Any = self.root
        self.column = 0
        self._around: list[tuple[Any, int]] = []

    def move(self, start: int, inner: int, open_key: str | None, wanted: type) -> None:
        """Go to where a line belongs that begins in column `start`.

        Args:
            start: the column of its dash, or else of its key.
            inner: the column of a key behind a dash.
            open_key: the key above that waits for its value.
            wanted: what holds such a line, a list or a mapping.
        """
        if open_key is not None and (start > self.column or (start == self.column and wanted is list)):
            below: Any = wanted()
            self.holder[open_key] = below
            self._enter(below, start)
        while self._around and (self.column > start or (self.column == start and type(self.holder) is not wanted)):
            self.holder, self.column = self._around.pop()
        if self.column != start or type(self.holder) is not wanted:
            raise _UnusualError
        if wanted is list and inner:
            entry: dict[str, Any] = {}
            self.holder.append(entry)  # type: ignore[attr-defined] # mypy takes no class for one that it knows
            self._enter(entry, inner)

    def _enter(self, holder: Any, column: int) -> None:
        self._around.append((self.holder, self.column))
        self.holder, self.column = holder, column
        if len(self._around) > _DEEPEST:
            raise _UnusualError


def _mapping(text: str) -> dict[str, Any]:
    """Return the mapping that a document is.

    A line further in than `edge` goes on with the `plain` text above it; `last` is its key, or the number of its entry.
    """
    nest = _Nest()
    holder, column = nest.holder, nest.column
    open_key: str | None = None
    last: Any = None
    plain = ""
    edge = _NEVER
    for lead, key, block, margin, scalar, tail in LINE.findall(FIRST_GAP.sub("", text, count=1)):
        dash = "-" in lead
        start = lead.index("-") if dash else len(lead)
        if not tail:
            raise _UnusualError
        if not key and not dash:
            if start <= edge or not scalar or scalar[0] in _MARKED or len(plain) > _LONGEST_TEXT:
                raise _UnusualError
            holder[last] = plain = f"{plain} {scalar.rstrip()}"
            edge = edge if tail == "\n" else _NEVER
            continue
        if start != column or dash or type(holder) is list:
            nest.move(start, len(lead) if key else 0, open_key, list if dash else dict)
            holder, column = nest.holder, nest.column
        value: Any = None
        edge = _NEVER
        if scalar:
            value = plain = scalar.rstrip()
            if plain[0] in _TELLING or plain in NOT_TEXT:
                value = _value(plain)
            if tail == "\n" and plain[0] not in _MARKED:
                edge = column if key else start
        elif block:
            if len(margin) <= (column if key else start):
                raise _UnusualError
            value = _block(block, margin)
        open_key = None if scalar or block else key
        if not key and value is not None:
            last = len(holder)
            holder.append(value)
        elif not key or key in holder or key in NOT_TEXT:
            raise _UnusualError
        else:
            last = key
            holder[key] = value
    return nest.root


def _block(written: str, margin: str) -> str:
    """Return what a block of text means, style and margin included in what is written."""
    style, _, lines = written.partition("\n" + margin)
    text = lines.replace("\n" + margin, "\n")
    if style[0] == ">":
        if "\n " in text:  # a line that is indented further keeps its line ends
            raise _UnusualError
        text = _FOLD.sub(lambda line_ends: line_ends[1] or " ", text)
    return text if style[-1] == "-" else text + "\n"


def _value(written: str) -> Any:
    """Return what a scalar, a list in brackets or a mapping in braces means."""
    if written[0] not in _MARKED:
        return resolve(written)
    inside = written[1:-1]
    if "\n" in inside:
        first, *middle, last = inside.split("\n")
        inside = " ".join([first.rstrip(" "), *(line.strip(" ") for line in middle), last.lstrip(" ")])
    match written[0]:
        case '"':
            return _ESCAPED.sub(r"\1", inside) if "\\" in inside else inside
        case "'":
            return inside.replace("''", "'")
        case "[":
            return [_part(part) for part in inside.split(",")] if inside.strip() else []
    mapping: dict[str, Scalar] = {}
    for pair in inside.split(",") if inside.strip() else ():
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
