"""Recognise a dossier or a rubric, valid or not, by the header key of its mapping."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from functools import cache

HEADER = "dossier"

_KEY = rb"""%b["']?[ \t]*+:"""
_KEY_SOMEWHERE = rb"""\b%b(?:["']\s*+:|\s*+:(?!\S))"""
_ESCAPE = re.compile(rb"\\[xuU\r\n]")
_MARKS = b"\xff\xfe\xef\xbb\xbf"


def has_header(content: bytes, header: str = HEADER) -> bool:
    """Whether a file that may not even be YAML has the header of a dossier or a rubric, however that is written.

    Nearly all have it at the beginning of a line, or do not have the word at all. The others are read. What cannot be
    read has the header if the word is anywhere as if it were a key: it is better to report a
    file that is not a dossier than to pass over one that is.
    """
    if has_plain_header(content, header):
        return True
    # In UTF-16 and UTF-32 there is a NUL next to every letter of ASCII.
    plain = content.translate(None, b"\0").lstrip(_MARKS) if b"\0" in content else content
    if header.encode() not in plain and not _ESCAPE.search(plain):
        return False
    from evgrade.yamlio.events import root_keys  # noqa: PLC0415 - hardly any file has to be read for this

    keys = root_keys(content)
    return bool(_pattern(_KEY_SOMEWHERE, header).search(plain)) if keys is None else header in keys


def has_plain_header(content: bytes, header: str = HEADER) -> bool:
    """Whether a line of a file begins with the header, as it does in nearly all dossiers and rubrics.

    It may be in quotes, and follow an opening brace. The key is looked for first, and then what is before it: Python
    finds a word in megabytes twenty times as fast as the line that it begins.
    """
    seen = 0
    for found in _pattern(_KEY, header).finditer(content):
        before = content[max(seen - 1, 0) : found.start()]
        seen = found.end()
        before = before[:-1] if before.endswith((b"'", b'"')) else before
        outside = before.rstrip()
        if _ends_line(before) or (outside.endswith(b"{") and _ends_line(outside[:-1])):
            return True
    return False


def _ends_line(text: bytes) -> bool:
    """Whether a line begins after a text, which is all that comes before it or ends so."""
    return text in (b"", BOM_UTF8) or text.endswith((b"\r", b"\n"))


@cache
def _pattern(pattern: bytes, header: str) -> re.Pattern[bytes]:
    return re.compile(pattern % header.encode())
