"""Text that both parsers read differently from YAML 1.2: corrected, or refused."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import tokens

from evgrade.yamlio.limits import Limits
from evgrade.yamlio.text import SourceText

_STUCK_MARK = re.compile(r"(?<![^\s,\[{?])\?(?=\S)")
_OPENING = (tokens.FlowSequenceStartToken, tokens.FlowMappingStartToken)
_CLOSING = (tokens.FlowSequenceEndToken, tokens.FlowMappingEndToken)


def with_last_line_end(text: str) -> str:
    """Return a text such that a last line of blanks ends too, as the YAML test suite has it (JEF9, L24T).

    In a block of text it is a line of its own, and the parsers leave its end out.
    """
    return text + "\n" if text[-1:] in (" ", "\t") and text.rstrip(" \t")[-1:] in ("\n", "\r") else text


def refuse_stuck_question_marks(source: SourceText, parser: Any, limits: Limits) -> None:
    """Refuse `[?x]` and `{?x: 1}`: the question mark is part of the text, and the parsers take it for a sign.

    Raises:
        InvalidError: there is one.
    """
    text = source.text
    if "?" not in text or not ("[" in text or "{" in text) or not _STUCK_MARK.search(text):
        return
    depth, sign = 0, -1
    scanner = parser(text)
    try:
        while depth <= limits.depth and scanner.check_token():
            token = scanner.get_token()
            start = token.start_mark.index
            if depth > 0 and sign >= 0 and start > sign and not text[sign + 1 : sign + 2].isspace():
                hint = "put text that starts with a question mark in quotes"
                raise source.error(
                    "yaml-syntax", "inside brackets, text cannot start with a question mark", sign, hint=hint
                )
            sign = start if isinstance(token, tokens.KeyToken) and text[start : start + 1] == "?" else -1
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
    except yaml.YAMLError:
        return  # whoever reads the text will say so
