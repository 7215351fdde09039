"""Values of references, normalized for a dossier; a malformed value becomes empty."""

from __future__ import annotations

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from evgrade.importing.found import glossary

_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\ufeff\ud800-\udfff\ufffe\uffff]+")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\u0085]")
_MARKUP = re.compile(
    r"</?(?:i|b|em|strong|su[bp]|sc|scp|inf|italic|bold|u|span|p|jats:\w+|mml:\w+)(?: [^<>]*)?/?>", re.I
)
_MOJIBAKE = re.compile(
    "[\u00c3\u00c2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_LONGEST = 20_000

_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_RESOLVER = re.compile(r"^(?:(?:https?://)?(?:dx[.-])?doi[.-]org[^/\s]*/|doi:? ?)+", re.IGNORECASE)
_DOI_ADDRESS = re.compile(r"^https?://(?:dx[.-])?doi[.-]org[^/\s]*/(10\..+)", re.IGNORECASE)
_PUBMED = re.compile(
    r"https?://(?:www\.ncbi\.nlm\.nih\.gov/pubmed|pubmed\.ncbi\.nlm\.nih\.gov)/([1-9][0-9]{0,8})/?", re.I
)
_PMC = re.compile(
    r"https?://(?:www\.ncbi\.nlm\.nih\.gov/pmc|pmc\.ncbi\.nlm\.nih\.gov)/articles/(PMC[0-9]{1,9})/?", re.I
)
_ISSN = re.compile(r"(?<![0-9-])([0-9]{4})[-\u2010\u2013]?([0-9]{3}[0-9Xx])(?![0-9-])")
_ISBN = re.compile(r"(?<![0-9-])(?:97[89][ -]?)?[0-9][0-9 -]{7,11}[0-9 -][0-9Xx](?![0-9-])")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"]+")


def one_line(written: str) -> str:
    """Return a text on one line, in Unicode normal form C, without invisible characters."""
    return " ".join(_HARMFUL.sub(" ", unicodedata.normalize("NFC", written)).split())[:_LONGEST].strip()


def lines(written: str) -> str:
    """Return a text with its line breaks, without invisible characters."""
    return "\n".join(one_line(line) for line in _BREAKS.sub("\n", written).split("\n")).strip()[:_LONGEST]


def plain(written: str) -> str:
    """Return a text without markup: rich-text tags and HTML entities."""
    return one_line(html.unescape(_MARKUP.sub("", written)) if "&" in written or "<" in written else written)


def is_mojibake(text: str) -> bool:
    """Whether letters look like UTF-8 read as Windows-1252."""
    return _MOJIBAKE.search(text) is not None


def count_or_text(written: str) -> int | str:
    """Return a volume, an issue or a page, as an integer if it is one."""
    text = one_line(written)
    return int(text) if re.fullmatch("0|[1-9][0-9]{0,8}", text) else text


def dois(written: str) -> list[str]:
    """Return the DOIs in a text, each once, without resolvers and punctuation copied along."""
    text = _RESOLVER.sub("", one_line(written))
    if re.search("%2f", text, re.IGNORECASE):
        text = unquote(text)
    return list({one.casefold(): one for one in reversed([_trimmed(one) for one in _DOI.findall(text)])}.values())[::-1]


def _trimmed(doi: str) -> str:
    doi = re.split(r"[;,|](?:10\.[0-9]{4,9}/|https?:)|\[doi\]", doi, flags=re.IGNORECASE)[0].rstrip(".,;:'\u201d")
    while doi and (last := doi[-1]) in ")]}" and doi.count(last) > doi.count({")": "(", "]": "[", "}": "{"}[last]):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def doi(written: str) -> str:
    """Return the first DOI in a text."""
    return next(iter(dois(written)), "")[:300]


def doi_of_address(url: str) -> str:
    """Return the DOI in the address of a resolver."""
    found = _DOI_ADDRESS.match(url)
    return doi(unquote(found[1])) if found else ""


def pmid_of_address(url: str) -> str:
    """Return the PMID in an address of PubMed."""
    found = _PUBMED.match(url)
    return found[1] if found else ""


def pmcid_of_address(url: str) -> str:
    """Return the PMCID in an address of PubMed Central."""
    found = _PMC.match(url)
    return found[1].upper() if found else ""


def pmid(written: str) -> int | str:
    """Return a PMID."""
    found = re.fullmatch(r"(?:PMID:? ?|MEDLINE:)?0*([1-9][0-9]{0,8})\.?", one_line(written), re.IGNORECASE)
    return int(found[1]) if found else ""


def pmcid(written: str) -> str:
    """Return a PMCID."""
    found = re.fullmatch(r"(?:PMCID:? ?)?(?:PMC)?([1-9][0-9]{0,8})(?:\.[0-9]+)?", one_line(written), re.IGNORECASE)
    return f"PMC{found[1]}" if found else ""


def issns(written: str) -> list[str]:
    """Return the ISSNs in a text, each once."""
    return list(dict.fromkeys(f"{one[1]}-{one[2].upper()}" for one in _ISSN.finditer(one_line(written))))


def issn(written: str) -> str:
    """Return the first ISSN in a text."""
    return next(iter(issns(written)), "")


def isbns(written: str) -> list[str]:
    """Return the ISBNs in a text, as they are written."""
    return [
        one.group()
        for one in _ISBN.finditer(one_line(written))
        if len(re.sub("[ -]", "", one.group())) in (10, 13) and len(one.group()) <= 17
    ]


def isbn(written: str) -> str:
    """Return the first ISBN in a text."""
    return next(iter(isbns(written)), "")


def urls(written: str) -> list[str]:
    """Return the web addresses in a text."""
    return [one for one in (found.rstrip(";,") for found in _URL.findall(one_line(written))) if len(one) <= 2000]


def url(written: str) -> str:
    """Return the first web address in a text."""
    return next(iter(urls(written)), "")


@cache
def _languages() -> Mapping[str, str]:
    return {word: code for code, words in glossary(__file__).items() for word in words.split()}


def language(written: str) -> str:
    """Return the code of a language: two letters, even for the three letters of MEDLINE and for English names."""
    text = one_line(written)
    known = _languages().get(text.casefold())
    if known is not None:
        return known
    code = text.replace("_", "-")
    return code if re.fullmatch("[A-Za-z]{2}(-[A-Za-z0-9]+)*|[A-Za-z]{3}(-[A-Za-z0-9]+)+|[a-z]{3}", code) else ""


# Dates, with only their certain parts

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?",
    re.IGNORECASE,
)
_LARGEST_FIRST = re.compile(
    r"(?P<year>[0-9]{4})(?:[-/. ]+(?P<month>[0-9]{1,2}))?(?:[-/. ]+(?P<day>[0-9]{1,2}))?[-/. ]*"
    r"(?:undefined|T[0-9:.]+(?:Z|[+-][0-9:]+)?)?"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_MEANINGLESS = frozenset({"c", "of", "the", "st", "nd", "rd", "th", "de", "undefined"})


class Date(NamedTuple):
    """A date, empty if nothing is certain, and whether it is whole or something was left out."""

    value: int | str
    is_whole: bool


NO_DATE = Date("", is_whole=False)


def date(written: str) -> Date:
    """Return a date such as `2010`, `2010-12` or `2010-12-21`.

    Seasons, ranges and ambiguous days and months leave only the year, and a range of years the first. Two-digit years
    do not count.
    """
    text = one_line(written)
    found = _COMPACT.fullmatch(text) or _LARGEST_FIRST.fullmatch(text)
    if found:
        return of_numbers(*(int(found[key] or 0) for key in ("year", "month", "day")))
    parts = _PARTS.findall(text)
    years = [int(part) for part in parts if len(part) == 4 and part.isdecimal() and int(part) >= 1000]
    if not years:
        return NO_DATE
    months = [_MONTHS.index(part[:3].lower()) + 1 for part in parts if _MONTH.fullmatch(part)]
    others = [int(part) for part in parts if part.isdecimal() and len(part) < 3]
    words = [part for part in parts if not part.isdecimal() and not _MONTH.fullmatch(part)]
    is_plain = all(word.lower() in _MEANINGLESS for word in words)
    if len(set(years)) > 1 or len(set(months)) > 1 or not is_plain:
        return of_numbers(years[0])._replace(is_whole=False)
    if months:
        day = others[0] if len(others) == 1 else 0
        return of_numbers(years[0], months[0], day, is_whole=len(others) < 2)
    return _of_numbers_alone(years[0], others)


def _of_numbers_alone(year: int, others: list[int]) -> Date:
    """Return a date that ends with its year: 05/2019, 25/12/2019, but not the ambiguous 03/04/2019."""
    if len(others) == 2:
        first, second = others
        if first > 12 >= second or first == second:
            return of_numbers(year, second, first)
        if second > 12 >= first:
            return of_numbers(year, first, second)
    if len(others) == 1:
        return of_numbers(year, others[0])
    return of_numbers(year, is_whole=not others)


def of_numbers(year: int, month: int = 0, day: int = 0, *, is_whole: bool = True) -> Date:
    """Return a date made of numbers, without parts that are zero or impossible."""
    if not 1000 <= year <= 9999:
        return NO_DATE
    if not 1 <= month <= 12:
        return Date(year, is_whole=is_whole and not month and not day)
    try:
        return Date(dt.date(year, month, day).isoformat(), is_whole) if day else Date(f"{year}-{month:02}", is_whole)
    except ValueError:
        return Date(f"{year}-{month:02}", is_whole=False)
