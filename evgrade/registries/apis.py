"""What to ask a registry about a number, and whether its answer is the record of that number.

Nothing here connects to anything: addresses go out, and the bytes of answers come in.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import quote, urlencode, urlsplit

from evgrade.importing.content import Content
from evgrade.importing.tree import Element, items, text, texts, within
from evgrade.model import EvgradeError
from evgrade.registries.numbers import Kind, Number


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that has a public API.

    Attributes:
        key: its name in options.
        name: what people call it.
        variable: the environment variable that gives another address.
        address: where its API is.
        pause: seconds between two requests that it asks users to leave.
        holds: what it has records of.
        missing: the statuses of HTTP by which it says that it has no such record.
        elsewhere: where a record may be that it does not have.
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
    missing=frozenset({400, 404, 410}),  # E-utilities answer 400 to a number that was never given
)
CROSSREF = Registry(
    "crossref",
    "Crossref",
    "EVGRADE_CROSSREF_URL",
    "https://api.crossref.org",
    pause=0.2,
    holds="work",
    elsewhere="DOIs of data and theses are often DataCite's, which evgrade does not ask",
)
REGISTRIES: Mapping[Kind, Registry] = {Kind.NCT: CTGOV, Kind.PMID: NCBI, Kind.PMC: NCBI, Kind.DOI: CROSSREF}

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def checked_address(address: str, origin: str) -> str:
    """Return the address of an API without a slash at its end.

    Raises:
        EvgradeError: it is not a plain address of HTTPS; on this computer alone, HTTP is enough.
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
    """Yield the addresses to request one after the other; each answer is sent in, and the last is the record.

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
    """Yield the numbers of the first paper, and not of those that it cites."""
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
        EvgradeError: it has none.
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
        raise EvgradeError(f"{content.name} is not JSON", hint="the registry may be out of order: try again later")
    return content.json
