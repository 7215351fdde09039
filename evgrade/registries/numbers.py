"""The numbers by which registries know studies and papers, as people write and paste them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote, urlsplit


class Kind(StrEnum):
    """What a number is."""

    NCT = "NCT"
    PMID = "PMID"
    PMC = "PMC"
    DOI = "DOI"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a study or a paper.

    Attributes:
        kind: what it is.
        value: the number itself in one spelling: `NCT01234567`, `123`, `PMC123`, `10.1000/xyz` in lower case.
    """

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.kind in (Kind.PMID, Kind.DOI) else self.value

    @property
    def file(self) -> str:
        """The name of the file that keeps its record, which every system allows."""
        kind = f"{self.kind}-" if self.kind in (Kind.PMID, Kind.DOI) else ""
        form = "json" if self.kind in (Kind.NCT, Kind.DOI) else "xml"
        return f"{kind}{quote(self.value, safe='')}.{form}"


_NCT = re.compile(r"NCT[0-9]{8}", re.IGNORECASE)
_PMID = re.compile(r"PMID[: ] ?([1-9][0-9]{0,8})", re.IGNORECASE)
_PMC = re.compile(r"(?:PMCID[: ] ?)?PMC([1-9][0-9]{0,8})", re.IGNORECASE)
_DOI = re.compile(r"(?:doi: ?)?(10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,5}/[!-~]{1,180})", re.IGNORECASE)
_HOSTS = {
    "clinicaltrials.gov": re.compile(r"/(?:[a-z0-9]{1,20}/){1,3}(NCT[0-9]{8})\b", re.IGNORECASE),
    "pubmed.ncbi.nlm.nih.gov": re.compile(r"/([1-9][0-9]{0,8})(?:/|$)"),
    "ncbi.nlm.nih.gov": re.compile(r"/(?:pubmed/([1-9][0-9]{0,8})|pmc/articles/(PMC[0-9]{1,9}))(?:/|$)", re.IGNORECASE),
    "pmc.ncbi.nlm.nih.gov": re.compile(r"/articles/(PMC[0-9]{1,9})(?:/|$)", re.IGNORECASE),
    "doi.org": re.compile(r"/(10\..{1,400})"),
    "dx.doi.org": re.compile(r"/(10\..{1,400})"),
}
_NEARLY = re.compile(r"(?:NCT|PMID|PMC|doi:|10\.|https?:)", re.IGNORECASE)
EXAMPLES = "NCT01234567, PMID:12345678, PMC1234567 or 10.1000/xyz123"


def number_in(text: str) -> Number | None:
    """Return the number that a text is, or that an address of a registry's page holds; None if it is neither."""
    text = text.strip()
    if text[:8].lower().startswith(("http://", "https://")):
        return _in_address(text)
    if _NCT.fullmatch(text):
        return Number(Kind.NCT, text.upper())
    if found := _PMID.fullmatch(text):
        return Number(Kind.PMID, found[1])
    if found := _PMC.fullmatch(text):
        return Number(Kind.PMC, f"PMC{found[1]}")
    if found := _DOI.fullmatch(text):
        return Number(Kind.DOI, found[1].rstrip(".,;").lower())
    return None


def is_nearly_a_number(text: str) -> bool:
    """Whether a text begins as a number or an address does, so that its author may have meant one."""
    return _NEARLY.match(text.strip()) is not None


def _in_address(text: str) -> Number | None:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("classic.")
    except ValueError:
        return None
    if host not in _HOSTS or not (found := _HOSTS[host].match(unquote(parts.path))):
        return None
    number = next(one for one in found.groups() if one)
    return number_in(f"PMID:{number}" if number.isdecimal() else number)
