"""What `pattern` and `format` mean in our schemas.

Patterns are those of ECMA 262, which differ from Python's in two ways. One `format` says what no pattern can express.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache


def is_partial_date(value: object) -> bool:
    """Whether a date written as 2010, 2010-12 or 2010-12-21 exists in the calendar."""
    if not isinstance(value, str):
        return True
    try:
        dt.date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    except ValueError:
        return False
    return True


FORMATS = {"partial-date": is_partial_date}


_BLANKS = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What `\\s` means in ECMA 262, for a character class; Python's means other things too, and not the last one.

Our patterns have `\\s` in character classes only, and `\\S` outside of them."""


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern of a schema is found in a text."""
    return re.search(_ecma(pattern), text) is not None


@cache
def _ecma(pattern: str) -> re.Pattern[str]:
    outside = pattern.replace(r"\S", f"[^{_BLANKS}]")
    return re.compile(re.sub(r"\$$", r"\\Z", outside.replace(r"\s", _BLANKS)))
