"""Markdown for a code host: escaped text, tables, headings and links to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

PROSE = Path(__file__).with_name("prose")
GENERATED = "<!-- Written by `python docs/generate.py`; do not edit. -->\n"

_CODE = re.compile(r"(`[^`]*`)")
# An underscore inside a word is no markup.
_SPECIAL = re.compile(r"([\\*<>\[\]]|(?<!\w)_|_(?!\w))")
_NOTHING = "[]"


def escaped(text: str) -> str:
    """Escape all markup except `code` between backticks."""
    plain = " ".join(text.split()).replace(_NOTHING, code(_NOTHING))
    parts = _CODE.split(plain)
    return "".join(part if part.startswith("`") and len(part) > 1 else _SPECIAL.sub(r"\\\1", part) for part in parts)


def code(text: object) -> str:
    """Return text as code."""
    return f"`{text}`"


def cell(markdown: str) -> str:
    """Return Markdown for a table cell, where a pipe is escaped even in code."""
    return " ".join(markdown.split()).replace("|", r"\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose cells are already Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell(part) for part in line) + " |" for line in lines)


def slug(heading: str) -> str:
    """Return the name that a code host gives a heading, for links to it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def link(text: str, heading: str) -> str:
    """Return a link to a heading of the same page."""
    return f"[{text}](#{slug(heading)})"


def prose(name: str, **values: object) -> str:
    """Return the text of a page with each `{{name}}` replaced by its value.

    Raises:
        KeyError: the text asks for a value that is not given.
    """
    text = (PROSE / f"{name}.md").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: str(values[match[1]]).strip("\n"), text)
