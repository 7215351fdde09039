"""Recognize a dossier or a rubric, valid or not, by the header key of its mapping."""

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
    """Whether a file, which may not even be YAML, has the header of a dossier or a rubric, in any spelling.

    Nearly all files have it at the start of a line, or do not contain the word; others are parsed. A file that cannot
    be parsed has the header if the word looks like a key anywhere: reporting a file that is not a dossier is better
    than skipping one that is.
    """
    if has_plain_header(content, header):
        return True
    # UTF-16 and UTF-32 have a NUL next to every ASCII letter.
    plain = content.translate(None, b"\0").lstrip(_MARKS) if b"\0" in content else content
    if header.encode() not in plain and not _ESCAPE.search(plain):
        return False
    from evgrade.yamlio.events import root_keys  # noqa: PLC0415 - hardly any file has to be parsed

    keys = root_keys(content)
    return bool(_pattern(_KEY_SOMEWHERE, header).search(plain)) if keys is None else header in keys


def has_plain_header(content: bytes, header: str = HEADER) -> bool:
    """Whether a line begins with the header, as in nearly all dossiers and rubrics.

    It may be in quotes, and follow an opening brace. Searching for the key and then looking before it is twenty times
    as fast as searching for the start of the line with it.
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
    """Whether a line begins after this text."""
    return text in (b"", BOM_UTF8) or text.endswith((b"\r", b"\n"))


@cache
def _pattern(pattern: bytes, header: str) -> re.Pattern[bytes]:
    return re.compile(pattern % header.encode())
