"""Values of ordinary block style that take several lines: blocks of text, quoted text, plain text.

Each function gets all lines of a document and the number of one of them. It returns what the value means, and the
number of the first line that is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evgrade.yamlio.line import LAST, MORE, UnusualError, said_by, unquoted, value_column

_FOLD = re.compile(r"\n(\n*+)")
_INSIDE = {'"': re.compile(r'([^"\\]*+(?:\\["\\][^"\\]*+)*+)("?)'), "'": re.compile(r"([^']*+(?:''[^']*+)*+)('?)")}
_REST = re.compile(r"[ ]*+(?:(?<=[ ])\#.*+)?+")


def block_text(lines: Sequence[str], number: int, style: str, column: int) -> tuple[str, int]:
    """Return the text of a block.

    Args:
        lines: all lines.
        number: of the line with the sign that begins it.
        style: that sign, and the dash behind it.
        column: of the key or dash that it belongs to; it stands further in.

    Raises:
        UnusualError: it is not ordinary.
    """
    first = end = number + 1
    begin = lines[first]
    indent = len(begin) - len(begin.lstrip(" "))
    margin = " " * indent
    if indent <= max(column, 0) or indent == len(begin):
        raise UnusualError
    while end < len(lines) and (not lines[end] or lines[end].startswith(margin)):
        end += 1
    block = lines[first:end]
    if any(map(str.isspace, lines[first : end + 1])):  # behind the block too: the lines after it may belong to it
        raise UnusualError
    text = "\n".join(["", *block]).replace(f"\n{margin}", "\n")[1:].rstrip("\n")
    if style[0] == ">":
        if "\n " in text:  # a line that is indented further keeps its line ends
            raise UnusualError
        text = _FOLD.sub(_folded, text) if "\n\n" in text else text.replace("\n", " ")
    return text if style[-1] == "-" else text + "\n", end


def quoted_text(lines: Sequence[str], number: int, quote: str) -> tuple[str, int]:
    """Return the text that begins with the first such quote of a line and ends in a later line.

    Raises:
        UnusualError: it is not ordinary.
    """
    inside = _INSIDE[quote]
    parts: list[str] = []
    begin = lines[number].index(quote) + 1
    while found := inside.match(lines[number], begin):
        parts.append(found[1])
        if found[2]:
            if _REST.fullmatch(lines[number], found.end()):
                break
            raise UnusualError
        number, begin = number + 1, 0
        if found.end() < len(found.string) or not lines[number].startswith(" ") or lines[number].isspace():
            raise UnusualError
    first, *middle, last = parts
    text = " ".join([first.rstrip(" "), *(part.strip(" ") for part in middle), last.lstrip(" ")])
    return unquoted(f"{quote}{text}{quote}"), number + 1


def _folded(line_ends: re.Match[str]) -> str:
    return line_ends[1] or " "


def plain_text(lines: Sequence[str], number: int, column: int) -> tuple[str, int]:
    """Return the text without quotes that begins in the line above and goes on in a line.

    Args:
        lines: all lines.
        number: of the first line that goes on.
        column: of the key or dash that the text belongs to; its lines stand further in.

    Raises:
        UnusualError, ScalarError: it is not ordinary.
    """
    above = lines[number - 1]
    _, key, _, inner, _, _ = said_by(above)
    words = [above[value_column(above, key, inner) :].rstrip(" ")]
    kind = MORE
    while kind is MORE:
        _, _, start, _, kind, word = said_by(lines[number])
        if kind not in (MORE, LAST) or start <= column:
            break
        words.append(word)
        number += 1
    if len(words) == 1:
        raise UnusualError
    return " ".join(words), number
