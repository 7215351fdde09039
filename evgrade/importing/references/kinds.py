"""Types of sources in a dossier's words, and what other words become: the nearest type, and a remark that says more.

A dossier has the types of CSL that evidence comes in. What it has no word for is an article or a report, and its notes
say what the source calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from evgrade.importing.glossary import glossary
from evgrade.schema.store import schema

Kind = tuple[str, str]
"""A type, empty for none, and a remark, empty where the type says it all."""

ARTICLE: Kind = ("article-journal", "")
BOOK: Kind = ("book", "")
CHAPTER: Kind = ("chapter", "")
UNKNOWN: Kind = ("", "")


@cache
def by_word(form: str) -> Mapping[str, Kind]:
    """Return the types by the words that a format has for them."""
    rows = glossary(__file__)
    return {word: (row.get("type", ""), row.get("remark", "")) for row in rows for word in row.get(form, ())}


def csl(written: str) -> Kind:
    """Return the type for a type of CSL, of which the dossier has a part."""
    if written in schema("dossier")["$defs"]["reference"]["properties"]["type"]["enum"]:
        return written, ""
    return by_word("csl").get(written, ("", f"Type: {written}." if written else ""))
