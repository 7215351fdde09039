"""The source of scalars: where each begins and ends, and its style."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yaml.tokens import ScalarToken

from evgrade.yamlio.document import Document
from evgrade.yamlio.events import FastParser

PLAIN, SINGLE, DOUBLE = "", "'", '"'


@dataclass(frozen=True, slots=True)
class Written:
    """A scalar in the source, including quotes, without the anchor or tag before it.

    Attributes:
        start: the character offset of its first character.
        end: the character offset after its last character.
        text: its source.
        style: `PLAIN`, `SINGLE` or `DOUBLE`.
    """

    start: int
    end: int
    text: str
    style: str


class Writing:
    """The scalars of a document by position."""

    def __init__(self, document: Document, *, parser: Any = FastParser) -> None:
        self._text = document.text
        self._tokens = _scalar_tokens(parser(document.text))
        self._starts = [token.start_mark.index for token in self._tokens]

    def scalar(self, offset: int) -> Written | None:
        """Return the source of the scalar with its mark at `offset`; None for block scalars and several lines.

        An anchor or a tag may come between the mark and the scalar.
        """
        number = bisect_left(self._starts, offset)
        if number == len(self._tokens):
            return None
        token = self._tokens[number]
        start, end = token.start_mark.index, token.end_mark.index
        text = self._text[start:end]
        style = PLAIN if token.plain else token.style
        if style not in (PLAIN, SINGLE, DOUBLE) or "\n" in text or "\r" in text:
            return None
        return Written(start, end, text, style)


def _scalar_tokens(scanner: Any) -> Sequence[Any]:
    tokens = []
    while scanner.check_token():
        token = scanner.get_token()
        if isinstance(token, ScalarToken):
            tokens.append(token)
    return tokens


def rewritten(written: Written, value: str) -> str:
    """Return the source of another text in the style of a scalar."""
    if written.style == SINGLE:
        return "'" + value.replace("'", "''") + "'"
    if written.style == DOUBLE:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value
