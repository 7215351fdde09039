"""The data of ordinary block style, line by line: what nearly all dossiers are written in, in a third of the time.

One pattern cuts the text into lines of the form `  - key: value # comment`; indentation tells what belongs where.
Whatever else YAML can say is left to the reader (see `reader`), and so is every mistake: this returns what the reader
would, or nothing. A law of the tests holds the two together.
"""

from __future__ import annotations

import re
from typing import Any

from evgrade.yamlio.scalars import NOT_TEXT, NUMBER_STARTS, Scalar, ScalarError, resolve

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+"
# Possessive quantifiers such as `*+` give nothing back, so that any text costs one pass.
_LINE = re.compile(
    rf"""(?x)
    ((?:[ ]*+\#[^\n]*+\n|\n)*+)             # gap: empty lines and comments
    ([ ]*+)                                 # indentation
    (-[ ]++)?+                              # the dash of an entry
    (?:({_KEY}):(?:[ ]++|(?=\n)))?+         # a key
    (?:
        ([|>]-?+)\n([ ]++)                  # a block of text: its style, its margin, its lines
        ([^ \n][^\n]*+(?:\n++\6[ ]*+[^ \n][^\n]*+)*+)
      | ((?:[^-?:,[\]{{}}\#&*!|>'"%@`\s]|-(?=[^ \n])) [^\n:\#]*+ (?:(?::(?![ \n])|(?<![ ])\#)[^\n:\#]*+)*+
        | "[^"\\\n]*+(?:(?:\\["\\]|\n[ ]++(?=[^ \n]))[^"\\\n]*+)*+"
        | '[^'\n]*+(?:(?:''|\n[ ]++(?=[^ \n]))[^'\n]*+)*+'
        | \[[^][{{}}"'\#:&*!|>%@`?\n]*+\] | \{{[^][{{}}"'\#&*!|>%@`?\n]*+\}}
        )
    )?+
    (?:[ ]*+((?<=[ ])\#[^\n]*+)?+\n|\Z)     # a comment behind it
    | ((?s:.++))                            # anything else, to the end
    """
)
_LONGEST = 250_000
"""Characters of a text that cannot hold more values than the reader takes."""

_FOLD = re.compile(r"\n(\n*+)")
_ESCAPED = re.compile(r"\\(.)")
_DEEPEST = 32
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
    if len(text) > _LONGEST or text[-1:] != "\n" or not text.replace("\n", "").isprintable():
        return None
    try:
        return _mapping(text) or None
    except (_UnusualError, ScalarError):
        return None


class _Nest:
    """The mapping or list that is being filled, the column where its keys or dashes stand, and what it stands in."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.holder: Any = self.root
        self.column = 0
        self._around: list[tuple[Any, int]] = []

    def move(self, start: int, dash: str, key: str, open_key: str | None) -> None:
        """Go to where a line belongs that begins in column `start`; `open_key` waits for its value."""
        if open_key is not None and (start > self.column or (start == self.column and dash)):
            below: Any = [] if dash else {}
            self.holder[open_key] = below
            self._enter(below, start)
        else:
            wanted = list if dash else dict
            while self._around and (self.column > start or (self.column == start and type(self.holder) is not wanted)):
                self.holder, self.column = self._around.pop()
            if self.column != start or type(self.holder) is not wanted:
                raise _UnusualError
        if dash and key:
            entry: dict[str, Any] = {}
            self.holder.append(entry)
            self._enter(entry, start + len(dash))

    def _enter(self, holder: Any, column: int) -> None:
        self._around.append((self.holder, self.column))
        self.holder, self.column = holder, column
        if len(self._around) > _DEEPEST:
            raise _UnusualError


def _mapping(text: str) -> dict[str, Any]:
    """Return the mapping that a document is.

    A line can go on with the text above it: with a block of text where it begins at `margin` or further in, with
    `plain` text where it begins further in than `edge`. `last` is the key, or the number of the entry, of that text.
    """
    nest = _Nest()
    holder, column = nest.holder, nest.column
    open_key: str | None = None
    last: Any = None
    plain = ""
    margin = edge = _NEVER
    for gap, indentation, dash, key, style, block_margin, block, scalar, comment, other in _LINE.findall(text):
        start = len(indentation)
        if other or (margin != _NEVER and (start >= margin or " " * margin + "#" in gap)):
            raise _UnusualError
        if not key and not dash:
            if not (start or scalar or block):
                break  # the end
            if start <= edge or gap or not scalar or scalar[0] in _MARKED:
                raise _UnusualError
            holder[last] = plain = f"{plain} {scalar.rstrip()}"
            edge = _NEVER if comment else edge
            continue
        if start != column or dash or type(holder) is list:
            nest.move(start, dash, key, open_key)
            holder, column = nest.holder, nest.column
        value: Any = None
        margin = edge = _NEVER
        if scalar:
            value = plain = scalar.rstrip()
            if plain[0] in _TELLING or plain in NOT_TEXT:
                value = _value(plain)
            if not comment and plain[0] not in _MARKED:
                edge = column if key else start
        elif block:
            margin = len(block_margin)
            value = _block(
                style, block.replace("\n" + block_margin, "\n"), indented=margin > (column if key else start)
            )
        open_key = key if value is None else None
        if not key and value is not None:
            last = len(holder)
            holder.append(value)
        elif not key or key in holder or key in NOT_TEXT:
            raise _UnusualError
        else:
            last = key
            holder[key] = value
    return nest.root


def _block(style: str, lines: str, indented: bool) -> str:  # noqa: FBT001 - the one call says what it is
    """Return what a block of text means, its margin removed; it must be indented further than what holds it."""
    if not indented or (style[0] == ">" and "\n " in lines):
        raise _UnusualError
    text = _FOLD.sub(lambda line_ends: line_ends[1] or " ", lines) if style[0] == ">" else lines
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
