"""Types of sources in a dossier's words, and what other words become: the nearest type, and a remark that says more.

A dossier has the types of CSL that evidence comes in. What it has no word for is an article or a report, and its notes
say what the source calls it.
"""

from __future__ import annotations

from evgrade.schema.store import schema

Kind = tuple[str, str]
"""A type, empty for none, and a remark, empty where the type says it all."""

ARTICLE: Kind = ("article-journal", "")
PREPRINT: Kind = ("article", "")
BOOK: Kind = ("book", "")
CHAPTER: Kind = ("chapter", "")
CONFERENCE: Kind = ("paper-conference", "")
DATASET: Kind = ("dataset", "")
LEGISLATION: Kind = ("legislation", "")
PERSONAL: Kind = ("personal_communication", "")
REPORT: Kind = ("report", "")
SOFTWARE: Kind = ("software", "")
THESIS: Kind = ("thesis", "")
WEBPAGE: Kind = ("webpage", "")
BLOG: Kind = ("post-weblog", "")
UNKNOWN: Kind = ("", "")
MAGAZINE: Kind = ("article", "Magazine article.")
NEWSPAPER: Kind = ("article", "Newspaper article.")
MANUSCRIPT: Kind = ("article", "Manuscript.")
PATENT: Kind = ("report", "Patent.")
STANDARD: Kind = ("report", "Standard.")
SPEECH: Kind = ("report", "Presentation.")

_CSL: dict[str, Kind] = {
    "article-magazine": MAGAZINE,
    "article-newspaper": NEWSPAPER,
    "bill": LEGISLATION,
    "treaty": LEGISLATION,
    "document": UNKNOWN,
    "entry": CHAPTER,
    "entry-dictionary": CHAPTER,
    "entry-encyclopedia": CHAPTER,
    "manuscript": MANUSCRIPT,
    "pamphlet": REPORT,
    "patent": PATENT,
    "review": ARTICLE,
    "review-book": ARTICLE,
    "speech": SPEECH,
    "standard": STANDARD,
}


def csl(written: str) -> Kind:
    """Return the type for a type of CSL, of which the dossier has a part."""
    if written in schema("dossier")["$defs"]["reference"]["properties"]["type"]["enum"]:
        return written, ""
    return _CSL.get(written, ("", f"Type: {written}." if written else ""))
