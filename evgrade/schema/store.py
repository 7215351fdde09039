"""The JSON Schemas that come with evgrade, by name, and the meaning of their `pattern` and `format`.

Patterns follow ECMA 262, which differs from Python in two ways. One `format` expresses what no pattern can.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

NAMES = (
    *("dossier", "rubric", "mapping", "assessment", "findings", "finding", "row", "compare", "diff"),
    *("robustness", "change", "site", "json-ld", "refs"),
)
"""The schemas that users can print: for files that people write, and for the output of evgrade."""

_FOLDER = Path(__file__).parent


def schema_text(name: str) -> str:
    """Return the text of a schema."""
    return (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema as data. It is shared: never change it."""
    loaded: dict[str, Any] = json.loads(schema_text(name))
    return loaded


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
"""The meaning of `\\s` in ECMA 262, for a character class; Python's has other characters too, but not the last one.

Our patterns use `\\s` only in character classes, and `\\S` only outside."""


def matches(text: str, pattern: str) -> bool:
    """Whether a text contains a match for a schema's pattern."""
    return re.search(_ecma(pattern), text) is not None


@cache
def _ecma(pattern: str) -> re.Pattern[str]:
    outside = pattern.replace(r"\S", f"[^{_BLANKS}]")
    return re.compile(re.sub(r"\$$", r"\\Z", outside.replace(r"\s", _BLANKS)))
