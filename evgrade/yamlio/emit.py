"""Data to YAML as people write it: block style, quotes only if needed, and text that stays text.

Text that a YAML 1.1 reader would misread (`yes`, `1:2`) is quoted, although evgrade would not need that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evgrade.yamlio.scalars import ScalarError, resolve

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_MISREAD = re.compile(r"(?i:y|yes|n|no|on|off|true|false|null)|[-+]?[0-9][0-9_:.]*|[-+.][0-9].*|\.(?i:inf|nan)")
"""Text that other readers may take for a boolean or a number."""
_PLAIN = re.compile(r"\w[^\x00-\x1f]*")
_ENDS_PLAIN = re.compile(r":(?=\s|$)|(?<=\s)#|\s$|[\t\x7f-\xa0\u2028\u2029\ufeff]")
_NAME = re.compile(r"[a-z][a-z0-9_]*+|x-[a-z0-9_-]++")
_FLOW_SIGNS = frozenset(",[]{}")
_WIDEST_FLOW = 100
"""In characters; a longer list of texts has one line per text."""


def scalar_text(value: Any, *, flow: bool = False) -> str:
    """Return the YAML of a scalar; in flow style more texts need quotes.

    A `Decimal` is written as printed: 5.20 keeps its last digit.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    return str(value) if _is_plain(value, flow=flow) else quoted(value)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quoted(text: str) -> str:
    """Return any text as one scalar in double quotes, with printable characters unescaped."""
    escaped = (_ESCAPES.get(sign) or (sign if sign.isprintable() else f"\\U{ord(sign):08X}") for sign in text)
    return f'"{"".join(escaped)}"'


def _is_plain(text: str, *, flow: bool) -> bool:
    if not _PLAIN.fullmatch(text) or _ENDS_PLAIN.search(text) or not text.isprintable():
        return False
    if flow and not _FLOW_SIGNS.isdisjoint(text):
        return False
    if _MISREAD.fullmatch(text) and not _DATE.fullmatch(text):
        return False
    try:
        return resolve(text) == text
    except ScalarError:
        return False


def _key_text(key: str) -> str:
    """Return the YAML of a key: `n` is plain, as in every dossier, although it means no in YAML 1.1."""
    return key if _NAME.fullmatch(key) and resolve(key) == key else quoted(key)


def flow_text(value: Any) -> str:
    """Return the YAML of data in flow style, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key_text(key)}: {flow_text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    return scalar_text(value, flow=True)


def entry_lines(entries: Sequence[Any], dash: int, nested_dash: int = 2) -> Iterator[str]:
    """Yield the lines of list entries, with dashes in column `dash`, counted from 0.

    `nested_dash` is the indentation of the dashes of nested lists, relative to their keys.
    """
    for entry in entries:
        lines = list(_value_lines(entry, dash + 2, nested_dash))
        yield " " * dash + "- " + lines[0].lstrip(" ")
        yield from lines[1:]


def mapping_lines(mapping: Mapping[str, Any], indent: int, nested_dash: int = 2) -> Iterator[str]:
    """Yield the lines of a mapping with keys in column `indent`."""
    for key, value in mapping.items():
        start = f"{' ' * indent}{_key_text(key)}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from mapping_lines(value, indent + 2, nested_dash)
        elif isinstance(value, list | tuple) and value and not _is_short(value, len(start)):
            yield start
            yield from entry_lines(value, indent + nested_dash, nested_dash)
        else:
            yield f"{start} {flow_text(value) if isinstance(value, Mapping | list | tuple) else scalar_text(value)}"


def _value_lines(value: Any, indent: int, nested_dash: int) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        return mapping_lines(value, indent, nested_dash)
    return iter(
        [" " * indent + (flow_text(value) if isinstance(value, Mapping | list | tuple) else scalar_text(value))]
    )


def _is_short(values: Sequence[Any], start: int) -> bool:
    """Whether a list of scalars fits on the line of its key."""
    scalars = not any(isinstance(value, Mapping | list | tuple) for value in values)
    return scalars and start + len(flow_text(values)) < _WIDEST_FLOW
