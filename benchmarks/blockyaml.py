"""Plain data to YAML in block style, as people write dossiers: long text folded, ids in one line."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

WIDTH = 80

# Text that reads as text without quotes, whatever the version of YAML. A word alone may be a constant.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ()/.+_-]*[A-Za-z0-9)]")
_CONSTANTS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def to_yaml(data: dict[str, Any]) -> str:
    """Return a mapping as a YAML document."""
    return "\n".join(_mapping(data, 0)) + "\n"


def _mapping(data: dict[str, Any], indent: int) -> Iterator[str]:
    lead = " " * indent
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield f"{lead}{key}:"
            yield from _mapping(value, indent + 2)
        elif isinstance(value, list) and value:
            yield from _list(key, value, indent)
        elif isinstance(value, str) and len(lead) + len(key) + len(value) + 4 > WIDTH:
            yield f"{lead}{key}: >-"
            yield from textwrap.wrap(value, WIDTH, initial_indent=lead + "  ", subsequent_indent=lead + "  ")
        else:
            yield f"{lead}{key}: {_scalar(value)}"


def _list(key: str, values: list[Any], indent: int) -> Iterator[str]:
    lead = " " * indent
    if not isinstance(values[0], dict):
        line = f"{lead}{key}: [{', '.join(_scalar(value) for value in values)}]"
        if len(line) <= WIDTH:
            yield line
            return
    yield f"{lead}{key}:"
    for value in values:
        if isinstance(value, dict):
            first, *rest = _mapping(value, indent + 4)
            yield f"{lead}  - {first.strip()}"
            yield from rest
        else:
            yield f"{lead}  - {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _CONSTANTS:
        return value
    return json.dumps(value, ensure_ascii=False)
