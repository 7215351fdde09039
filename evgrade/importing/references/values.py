"""Values of references as sources write them, in the way of a dossier; empty where one is not what it should be."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import unquote

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
    """Return a text in one line, composed as Unicode has it, without what does not show."""
    return " ".join(_HARMFUL.sub(" ", unicodedata.normalize("NFC", written)).split())[:_LONGEST].strip()


def lines(written: str) -> str:
    """Return a text with its line breaks, and without what does not show."""
    return "\n".join(one_line(line) for line in _BREAKS.sub("\n", written).split("\n")).strip()[:_LONGEST]


def plain(written: str) -> str:
    """Return a text without markup: tags of rich text and entities of HTML."""
    return one_line(html.unescape(_MARKUP.sub("", written)) if "&" in written or "<" in written else written)


def is_mojibake(text: str) -> bool:
    """Return whether letters look like UTF-8 that was read as Windows-1252."""
    return _MOJIBAKE.search(text) is not None


def count_or_text(written: str) -> int | str:
    """Return a volume, an issue or a page: a plain number as one."""
    text = one_line(written)
    return int(text) if re.fullmatch("0|[1-9][0-9]{0,8}", text) else text


def dois(written: str) -> list[str]:
    """Return the DOIs in a text, each once, without a resolver and what was copied with it."""
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
    """Return the first DOI of a field for DOIs."""
    return next(iter(dois(written)), "")[:300]


def doi_of_address(url: str) -> str:
    """Return the DOI of an address that resolves it."""
    found = _DOI_ADDRESS.match(url)
    return doi(unquote(found[1])) if found else ""


def pmid_of_address(url: str) -> str:
    """Return the PMID of an address of PubMed."""
    found = _PUBMED.match(url)
    return found[1] if found else ""


def pmcid_of_address(url: str) -> str:
    """Return the PMCID of an address of PubMed Central."""
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
    """Return the first ISSN of a text."""
    return next(iter(issns(written)), "")


def isbns(written: str) -> list[str]:
    """Return the ISBNs in a text, as they are written."""
    return [
        one.group()
        for one in _ISBN.finditer(one_line(written))
        if len(re.sub("[ -]", "", one.group())) in (10, 13) and len(one.group()) <= 17
    ]


def isbn(written: str) -> str:
    """Return the first ISBN of a text."""
    return next(iter(isbns(written)), "")


def urls(written: str) -> list[str]:
    """Return the web addresses in a text."""
    return [one for one in (found.rstrip(";,") for found in _URL.findall(one_line(written))) if len(one) <= 2000]


def url(written: str) -> str:
    """Return the first web address of a text."""
    return next(iter(urls(written)), "")


_LANGUAGES = {
    "en": "eng english anglais",
    "fr": "fre fra french français",
    "de": "ger deu german deutsch",
    "es": "spa spanish español castilian",
    "it": "ita italian italiano",
    "pt": "por portuguese português",
    "nl": "dut nld dutch nederlands flemish",
    "da": "dan danish",
    "sv": "swe swedish",
    "no": "nor norwegian",
    "fi": "fin finnish",
    "is": "ice isl icelandic",
    "pl": "pol polish",
    "cs": "cze ces czech",
    "sk": "slo slk slovak",
    "sl": "slv slovenian slovene",
    "hr": "hrv scr croatian",
    "sr": "srp scc serbian",
    "bs": "bos bosnian",
    "hu": "hun hungarian",
    "ro": "rum ron romanian",
    "bg": "bul bulgarian",
    "el": "gre ell greek",
    "tr": "tur turkish",
    "ru": "rus russian",
    "uk": "ukr ukrainian",
    "lt": "lit lithuanian",
    "lv": "lav latvian",
    "et": "est estonian",
    "he": "heb hebrew",
    "ar": "ara arabic",
    "fa": "per fas persian farsi",
    "hi": "hin hindi",
    "zh": "chi zho chinese",
    "ja": "jpn japanese",
    "ko": "kor korean",
    "th": "tha thai",
    "vi": "vie vietnamese",
    "id": "ind indonesian",
    "ms": "may msa malay",
    "ca": "cat catalan",
    "eu": "baq eus basque",
    "gl": "glg galician",
    "af": "afr afrikaans",
    "sq": "alb sqi albanian",
    "mk": "mac mkd macedonian",
    "ka": "geo kat georgian",
    "hy": "arm hye armenian",
}
_CODES = {word: code for code, words in _LANGUAGES.items() for word in words.split()}


def language(written: str) -> str:
    """Return the code of one language: of two letters where MEDLINE has three or a source its English name."""
    text = one_line(written)
    known = _CODES.get(text.casefold())
    if known is not None:
        return known
    code = text.replace("_", "-")
    return code if re.fullmatch("[A-Za-z]{2}(-[A-Za-z0-9]+)*|[A-Za-z]{3}(-[A-Za-z0-9]+)+|[a-z]{3}", code) else ""
