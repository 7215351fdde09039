"""Numbers of studies and papers, the requests to registries for their records, and checks of the answers.

Nothing here connects to a network: this module returns addresses and takes the bytes of answers.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never
from urllib.parse import quote, unquote, urlencode, urlsplit

from evgrade.importing.content import Content
from evgrade.importing.tree import Element, items, text, texts, within
from evgrade.model import EvgradeError


class Kind(StrEnum):
    """The kind of a number."""

    NCT = "NCT"
    PMID = "PMID"
    PMC = "PMC"
    DOI = "DOI"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a study or a paper.

    Attributes:
        kind: its kind.
        value: the number in its normal spelling: `NCT01234567`, `123`, `PMC123`, `10.1000/xyz` in lower case.
    """

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.kind in (Kind.PMID, Kind.DOI) else self.value

    @property
    def file(self) -> str:
        """The name of the file that keeps its record, valid on every system."""
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
    """Return a text as a number, or the number in the address of a page of a registry; None if it is neither."""
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
    """Whether a text begins like a number or an address, so that one may be meant."""
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


# Registries


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that has a public API.

    Attributes:
        key: its name in options.
        name: its name in messages.
        variable: the environment variable for another address.
        address: the address of its API.
        pause: the seconds that it asks users to leave between requests.
        holds: the kind of its records.
        missing: the HTTP statuses for a record that it does not have.
        elsewhere: a hint on where such a record may be.
    """

    key: str
    name: str
    variable: str
    address: str
    pause: float
    holds: str
    missing: frozenset[int] = frozenset({404, 410})
    elsewhere: str = "compare the number with its source"


CTGOV = Registry(
    "ctgov", "ClinicalTrials.gov", "EVGRADE_CTGOV_URL", "https://clinicaltrials.gov/api/v2", pause=1.2, holds="study"
)
NCBI = Registry(
    "ncbi",
    "PubMed",
    "EVGRADE_NCBI_URL",
    "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
    pause=0.4,
    holds="paper",
    missing=frozenset({400, 404, 410}),  # E-utilities answer 400 to a number that was never assigned
)
CROSSREF = Registry(
    "crossref",
    "Crossref",
    "EVGRADE_CROSSREF_URL",
    "https://api.crossref.org",
    pause=0.2,
    holds="work",
    elsewhere="DOIs of data and theses are often DataCite's, which evgrade does not query",
)
REGISTRIES: Mapping[Kind, Registry] = {Kind.NCT: CTGOV, Kind.PMID: NCBI, Kind.PMC: NCBI, Kind.DOI: CROSSREF}

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def checked_address(address: str, origin: str) -> str:
    """Return the address of an API without a trailing slash.

    Raises:
        EvgradeError: it is not a plain HTTPS address; HTTP is allowed on this computer only.
    """
    try:
        parts = urlsplit(address)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        is_plain = parts.hostname and not (parts.username or parts.password or parts.query or parts.fragment)
        _ = parts.port
    except ValueError:
        is_safe = is_plain = False
    if not (is_safe and is_plain and re.fullmatch("[!-~]+", address)):
        hint = "give an address that begins with https:// and has no user, `?` or `#`"
        raise EvgradeError(f"{origin} is not the address of an API: {address}", hint=hint)
    return address.rstrip("/")


def conversation(number: Number, address: str, email: str) -> Generator[str, bytes, bytes]:
    """Yield the addresses to request, one after the other; take each answer by `send`, and return the record.

    Raises:
        EvgradeError: an answer is not the record of that number.
    """
    match number.kind:
        case Kind.NCT:
            answer = yield f"{address}/studies/{number.value}?format=json"
        case Kind.DOI:
            answer = yield f"{address}/works/{quote(number.value, safe='')}"
        case Kind.PMID:
            answer = yield _paper(address, number.value, email)
        case Kind.PMC:  # its record in PubMed: what PubMed Central has is the whole text
            query = {"dbfrom": "pmc", "db": "pubmed", "linkname": "pmc_pubmed", "id": number.value[3:]}
            links = yield _utility(address, "elink", query | {"retmode": "json"}, email)
            answer = yield _paper(address, _linked(number, links), email)
        case _:
            assert_never(number.kind)
    check(number, answer, f"{REGISTRIES[number.kind].name}'s answer about {number}")
    return answer


def missing(number: Number) -> EvgradeError:
    """Return the error that a registry has no record of a number."""
    registry = REGISTRIES[number.kind]
    return EvgradeError(f"{registry.name} has no {registry.holds} {number}", hint=registry.elsewhere)


def check(number: Number, record: bytes, name: str) -> None:
    """Make sure that an answer, new or kept, is the record of a number.

    Raises:
        EvgradeError: it is something else.
    """
    content = Content(name, record)
    match number.kind:
        case Kind.NCT:
            identification = within(_json(content), "protocolSection", "identificationModule")
            found = [text(identification, "nctId"), *texts(identification, "nctIdAliases")]
        case Kind.DOI:
            found = [text(_json(content), "message", "DOI").lower()]
        case Kind.PMID | Kind.PMC:
            root = content.xml
            if root.tag == "PubmedArticleSet" and not any(True for _ in root):
                raise missing(number)
            found = list(_pubmed_numbers(root))
        case _:
            assert_never(number.kind)
    if number.value not in found:
        of = next((one for one in found if one), "something else")
        raise EvgradeError(f"{name} is not the record of {number} but of {of}", hint="import it again with --refresh")


def _pubmed_numbers(root: Element) -> Iterator[str]:
    """Yield the numbers of the first paper, not of the papers that it cites."""
    article = next(iter(root), None)
    for tag in ("MedlineCitation", "BookDocument"):
        yield from (one.text() for one in (article.all(tag, "PMID") if article else ()))
    for tag in ("PubmedData", "PubmedBookData"):
        yield from (one.text() for one in (article.all(tag, "ArticleIdList", "ArticleId") if article else ()))


def _paper(address: str, pmid: str, email: str) -> str:
    return _utility(address, "efetch", {"db": "pubmed", "id": pmid, "retmode": "xml"}, email)


def _utility(address: str, tool: str, query: Mapping[str, str], email: str) -> str:
    who = {"tool": "evgrade"} | ({"email": email} if email else {})
    return f"{address}/{tool}.fcgi?{urlencode({**query, **who})}"


def _linked(number: Number, links: bytes) -> str:
    """Return the PMID of a paper in PubMed Central.

    Raises:
        EvgradeError: the paper has none.
    """
    content = Content(f"what PubMed says about {number}", links)
    for _, linkset in items(_json(content), "linksets"):
        for _, found in items(linkset, "linksetdbs"):
            for pmid in within(found, "links") or () if text(found, "linkname") == "pmc_pubmed" else ():
                if re.fullmatch("[1-9][0-9]{0,8}", str(pmid)):
                    return str(pmid)
    raise missing(number)


def _json(content: Content) -> Any:
    if content.start[:1] not in ("{", "["):  # an HTML page with an error
        raise EvgradeError(f"{content.name} is not JSON", hint="the registry may be down: try again later")
    return content.json
