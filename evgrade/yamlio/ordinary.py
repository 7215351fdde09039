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
_SPECIAL = frozenset("\"'[{")


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


def _mapping(text: str) -> dict[str, Any]:
    """Build the mapping that a document is, without recursion.

    `holder` is the mapping or list whose keys or dashes stand in `column`, `around` what it stands in. `open_key` is a
    key whose value may follow below it. Text can go on in the next line: a block of text from `margin` on, plain text
    (`plain`) further in than `edge`.
    """
    root: dict[str, Any] = {}
    holder: Any = root
    column = 0
    around: list[tuple[Any, int]] = []
    open_key: str | None = None
    last: Any = None  # the key, or the number of the entry, that was read last
    margin = edge = _NEVER
    plain = ""

    for gap, indentation, dash, key, style, block_indentation, block, scalar, comment, other in _LINE.findall(text):
        start = len(indentation)
        if other or (margin != _NEVER and (start >= margin or " " * margin + "#" in gap)):
            raise _UnusualError
        if not key and not dash:
            if not (scalar or block or start):
                break  # the end
            if start <= edge or gap or not scalar or scalar[0] in _SPECIAL:
                raise _UnusualError
            plain = f"{plain} {scalar.rstrip()}"
            holder[last] = plain
            if comment:
                edge = _NEVER
            continue
        if start != column or dash or type(holder) is list:
            if open_key is not None and (start > column or (start == column and dash)):
                below: Any = [] if dash else {}
                holder[open_key] = below
                around.append((holder, column))
                holder, column = below, start
            else:
                wanted = list if dash else dict
                while around and (column > start or (column == start and type(holder) is not wanted)):
                    holder, column = around.pop()
                if column != start or type(holder) is not wanted:
                    raise _UnusualError
            if dash and key:
                below = {}
                holder.append(below)
                around.append((holder, column))
                holder, column = below, start + len(dash)
            if len(around) > _DEEPEST:
                raise _UnusualError
        margin = edge = _NEVER
        open_key = None
        if scalar:
            first = scalar[0]
            if first in _SPECIAL:
                value = _special(scalar)
            else:
                value = plain = scalar.rstrip()
                if first in NUMBER_STARTS or plain in NOT_TEXT:
                    value = resolve(plain)
                if not comment:
                    edge = column if key else start
        elif block:
            margin = len(block_indentation)
            if margin <= (column if key else start):
                raise _UnusualError
            value = _block(style, block.replace("\n" + block_indentation, "\n"))
        else:
            value = None
            open_key = key
        if key:
            if key in holder or key in NOT_TEXT:
                raise _UnusualError
            last = key
            holder[key] = value
        elif value is None:
            raise _UnusualError
        else:
            last = len(holder)
            holder.append(value)
    return root


def _block(style: str, lines: str) -> str:
    """Return what a block of text means, its indentation removed."""
    text = lines
    if style[0] == ">":
        if "\n " in lines:
            raise _UnusualError
        text = _FOLD.sub(lambda line_ends: line_ends[1] or " ", lines)
    return text if style[-1] == "-" else text + "\n"


def _special(written: str) -> Any:
    """Return what a text in quotes, a list in brackets or a mapping in braces means."""
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
