"""What MEDLINE's two formats share: types of publications, titles, pages and ISSNs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evgrade.importing.references import kinds, values

_KINDS = {
    "preprint": kinds.PREPRINT,
    "book": kinds.BOOK,
    "book chapter": kinds.CHAPTER,
    "dataset": kinds.DATASET,
    "technical report": kinds.REPORT,
    "academic dissertation": kinds.THESIS,
    "dissertation": kinds.THESIS,
    "newspaper article": kinds.NEWSPAPER,
    "legislation": kinds.LEGISLATION,
    "patent": kinds.PATENT,
    "webcast": kinds.WEBPAGE,
}


def kind(types: Sequence[str]) -> kinds.Kind:
    """Return the type for types of publications: an article, unless one of them says something else."""
    if not types:
        return kinds.ARTICLE
    return next((_KINDS[one.casefold()] for one in types if one.casefold() in _KINDS), kinds.ARTICLE)


def title(written: str) -> str:
    """Return a title without the dot that ends it, which stays where it belongs to an abbreviation."""
    text = values.plain(written)
    if not text.endswith(".") or text.endswith("...") or re.fullmatch(r"(?:[^\W\d_]\.){2,}", text.rpartition(" ")[2]):
        return text
    return text if re.search(r"\b(?:et al|vs|etc|Inc|Ltd|Jr|spp?)\.$", text) else text[:-1]


def pages(written: str) -> str:
    """Return pages in full: 454-81 is 454-481."""
    text = values.one_line(written)
    found = re.fullmatch(r"([A-Za-z]*)([0-9]+)-([A-Za-z]*)([0-9]+)", text)
    if not found or len(found[4]) >= len(found[2]) or found[3] not in ("", found[1]):
        return text
    last = found[2][: len(found[2]) - len(found[4])] + found[4]
    return f"{found[1]}{found[2]}-{found[3] or found[1]}{last}" if int(last) > int(found[2]) else text


def issn_rank(kind_of_issn: str) -> int:
    """Return the place of an ISSN among several: print, electronic, linking."""
    said = kind_of_issn.casefold()
    return next((at for at, word in enumerate(("print", "electronic", "linking")) if word in said), 3)
