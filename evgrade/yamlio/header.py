"""Whether a file looks like a dossier or a rubric, without reading it as YAML."""

from __future__ import annotations

import re
from functools import cache

HEADER = "dossier"
_HEADER_LINE = rb"""(?:\A(?:\xef\xbb\xbf)?|[\r\n])(?:\{\s*)?["']?%b["']?[ \t]*:"""


def looks_like(content: bytes, header: str = HEADER) -> bool:
    """Whether a file that may not even be YAML has a line that begins with the header of a dossier or a rubric."""
    return _header_line(header).search(content) is not None


@cache
def _header_line(header: str) -> re.Pattern[bytes]:
    return re.compile(_HEADER_LINE % header.encode())
