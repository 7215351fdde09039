"""Links of a page: only to http and https, after the address was parsed; everything else stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from evgrade.render.page import Link

_UNSAFE = re.compile(r"[\s\"'<>\\^`{|}\x00-\x20\x7f-\uffff]")
_DOI_SAFE = "/:;().,-_~*!$+="


def web(address: str, words: str) -> Link | None:
    """Return a link to a plain http or https address with a host and no user; None for any other address."""
    if _UNSAFE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return Link(address, words)


def doi_address(doi: str) -> str:
    """Return the address of a digital object identifier."""
    return f"https://doi.org/{quote(doi, safe=_DOI_SAFE)}"


def links_of(reference: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return the links of a reference: DOI, PubMed and PubMed Central, or else its address or registry entry."""
    found: list[Link | None] = []
    if "doi" in reference:
        found.append(Link(doi_address(reference["doi"]), f"doi:{reference['doi']}"))
    if "pmid" in reference:
        found.append(Link(f"https://pubmed.ncbi.nlm.nih.gov/{int(reference['pmid'])}/", f"PubMed {reference['pmid']}"))
    if "pmcid" in reference:
        found.append(Link(f"https://pmc.ncbi.nlm.nih.gov/articles/{reference['pmcid']}/", reference["pmcid"]))
    if not found and "url" in reference:
        found.append(web(reference["url"], reference["url"]))
    elif not found:
        found += map(registry, re.findall(r"\b(?:NCT|ISRCTN)[0-9]{8}\b", str(reference.get("title", "")))[:1])
    return tuple(link for link in found if link is not None)


def registry(number: str) -> Link | None:
    """Return a link to the record of a registry number, if its form identifies the registry."""
    plain = number.upper()
    if re.fullmatch(r"NCT[0-9]{8}", plain):
        return Link(f"https://clinicaltrials.gov/study/{plain}", plain)
    if re.fullmatch(r"ISRCTN[0-9]{1,8}", plain):
        return Link(f"https://www.isrctn.com/{plain}", plain)
    return None
