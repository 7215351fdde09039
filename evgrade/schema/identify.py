"""Identifiers as people paste them: with an address, a label or a full stop, escaped, under another key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from evgrade.schema.meant import Meant, text_option
from evgrade.yamlio.numerals import BLANKS, readings

_LONGEST = 400
_BRACKETS = {")": "(", "]": "[", ">": "<", "}": "{"}

_DOI = re.compile(r"10\.[0-9]{4,9}/\S++")
_DOI_LABEL = re.compile(rf"(?i:info:doi/|urn:doi:|doi[{BLANKS}]*+[:=][{BLANKS}]*+|doi[{BLANKS}]++)")
_DOI_HOST = re.compile(r"(?i:(?:https?://)?+(?:(?:dx|www)\.)?+doi\.org/)")
_DOI_ESCAPED = re.compile(r"10\.[0-9]{4,9}%2[Ff]\S++")
_DOI_CUT = re.compile(r"0\.[0-9]{4,9}/\S++")
_DOI_SHORT = re.compile(r"(?:10/)?+([A-Za-z0-9]{3,12})")
_DOI_BROKEN = re.compile(rf"10\.[0-9]{{4,9}}/[^{BLANKS}]*+(?:[{BLANKS}]++[^{BLANKS}]++){{1,3}}")

_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"]++")
_URL_BARE = re.compile(r"(?:[A-Za-z0-9-]++\.)++[A-Za-z]{2,}(?:/[^\s<>\"]*+)?+")

_PMID = re.compile(r"[1-9][0-9]{0,8}")
_PMID_LABEL = re.compile(rf"(?i:(?:pubmed[{BLANKS}]*+)?+(?:pmid|id)|pubmed|pmid)[{BLANKS}]*+[:=#]?+[{BLANKS}]*+")
_PMID_HOST = re.compile(
    r"(?i:(?:https?://)?+(?:pubmed\.ncbi\.nlm\.nih\.gov/|(?:www\.)?+ncbi\.nlm\.nih\.gov/(?:m/)?+pubmed/"
    r"|(?:www\.)?+europepmc\.org/(?:article|abstract)/med/))"
)
_PMCID = re.compile(rf"(?i:pmc)[{BLANKS}:-]*+([0-9]{{1,9}})")
_PMCID_LABEL = re.compile(rf"(?i:pmcid|pmc[{BLANKS}]++id)[{BLANKS}]*+[:=#]?+[{BLANKS}]*+")
_PMCID_HOST = re.compile(
    r"(?i:(?:https?://)?+(?:pmc\.ncbi\.nlm\.nih\.gov/articles/|(?:www\.)?+ncbi\.nlm\.nih\.gov/pmc/articles/"
    r"|(?:www\.)?+europepmc\.org/(?:articles?|abstract)/(?:pmc/)?+))"
)
_ADDRESS_END = re.compile(r"/?+(?:[?#]\S*+)?+")

_TRIAL_HOST = re.compile(
    r"(?i:(?:https?://)?+(?:(?:www|classic|beta)\.)?+clinicaltrials\.gov/(?:(?:ct2/)?+show|study)/"
    r"|(?:https?://)?+(?:www\.)?+isrctn\.com/|(?:https?://)?+(?:dx\.)?+doi\.org/10\.1186/)"
)
_TRIAL_LABEL = re.compile(
    rf"(?i:clinicaltrials\.gov|eudract|eu[{BLANKS}-]?+ct|euctr|ctis|ct\.gov)[{BLANKS}]*+"
    rf"(?i:identifier|number|no\.?+|id)?+[{BLANKS}]*+[:=#]?+[{BLANKS}]*+"
)
_TRIAL = re.compile(rf"(?i:(nct|isrctn))[{BLANKS}:#-]*+((?:[0-9][{BLANKS}]*+){{8}})")
_TRIAL_SHORT = re.compile(rf"(?i:(nct|isrctn))[{BLANKS}:#-]*+[0-9{BLANKS}]*+")
_EU_TRIAL = re.compile(r"((?:19|20)[0-9]{2})[-\u2010-\u2015]([0-9]{6})[-\u2010-\u2015]([0-9]{2})")
_ISSN = re.compile(
    rf"(?i:e?-?issn[{BLANKS}]*+:?+[{BLANKS}]*+)?+([0-9]{{4}})[-\u2010-\u2015\u2212{BLANKS}]?+([0-9]{{3}}[0-9Xx])"
)


def identifier_meant(kind: str, value: str) -> Meant | None:
    """Return what was pasted where an identifier is wanted; None if it is as it must be, or nothing that is known here.

    Args:
        kind: doi, pmid, pmcid, registry, issn or url.
        value: what is written there.
    """
    if len(value) > _LONGEST or not value.strip(BLANKS):
        return None
    own = _READ[kind](value)
    if own is not None or kind not in _MOVABLE:
        return own
    for other in _MOVABLE:
        moved = None if other == kind else _elsewhere(other, value)
        if moved is not None:
            return moved
    return None


def _elsewhere(kind: str, value: str) -> Meant | None:
    """Return a value that is certainly an identifier of another kind, to be moved under its key."""
    text = value.strip(BLANKS)
    if kind == "pmid" and not (_PMID_LABEL.match(text) or _PMID_HOST.match(text)):
        return None  # a bare number can be anything
    meant = _READ[kind](text)
    if meant is None:
        is_one = bool(_PMCID.fullmatch(text) if kind == "pmcid" else _DOI.fullmatch(text))
        option = text_option(text) if is_one else None
    else:
        option = meant.options[0] if meant.certain else None
    if option is None:
        return None
    return Meant(f"this is a {_NAMES[kind]}", (option,), certain=True, key=kind)


def _doi(value: str) -> Meant | None:
    text, whys = _trimmed(value)
    text = _without(_DOI_LABEL, text, whys, "a DOI is written without `doi:`")
    bare = _without(_DOI_HOST, text, whys, "a DOI is written without the address of its resolver")
    if bare != text:
        if "?" in bare or "#" in bare:  # in an address these have a meaning of their own
            return Meant("a DOI is written without the address of its resolver, and without what follows ? or #")
        if "%" in bare:
            bare = _unescaped(bare)
            whys.append("a percent sign escapes a character in addresses")
    elif _DOI_ESCAPED.fullmatch(bare):
        bare = _unescaped(bare)
        whys.append("%2F stands for / in addresses")
    if _DOI.fullmatch(bare):
        ended = _without_end(bare)
        if ended != bare:
            whys.append(f"`{bare[len(ended) :]}` at its end belongs to the sentence around it")
        if not whys:
            return None
        return Meant(_joined(whys), (text_option(ended),), certain=_DOI.fullmatch(ended) is not None)
    if short := _DOI_SHORT.fullmatch(bare):
        return _short(short[1]) if "/" in bare or bare != text else None
    if _DOI_CUT.fullmatch(bare):
        return Meant("a DOI starts with 10., and the first digit seems to be missing", (text_option(f"1{bare}"),))
    if _DOI_BROKEN.fullmatch(bare):
        joined = re.sub(f"[{BLANKS}]", "", bare)
        return Meant("a DOI has no blanks", (text_option(joined, "they come from the end of a line"),))
    inside = _DOI.search(text)
    if inside and "://" in text:
        found = _without_end(inside.group())
        return Meant("this is the address of a page", (text_option(found, "that is the DOI in it"),))
    return None


def _short(name: str) -> Meant:
    return Meant(f"this is a short DOI: open https://doi.org/{name} and write the DOI of the article that it leads to")


def _pmid(value: str) -> Meant | None:
    text, whys = _trimmed(value)
    text = _without(_PMID_LABEL, text, whys, "a PMID is a number")
    bare = _without(_PMID_HOST, text, whys, "a PMID is the number alone")
    if bare != text:
        number = _PMID.match(bare)
        bare = number.group() if number and _ADDRESS_END.fullmatch(bare, number.end()) else bare
    bare = _end(bare, whys)
    if not _PMID.fullmatch(bare):
        whole = [one for one in readings(bare) if one.whole and _PMID.fullmatch(one.text)]
        if len(whole) != 1:
            return None
        bare = whole[0].text
        whys.append(whole[0].why)
    return Meant(_joined(whys), (text_option(bare),), certain=True) if whys else None


def _pmcid(value: str) -> Meant | None:
    text, whys = _trimmed(value)
    text = _without(_PMCID_LABEL, text, whys, "a PMCID is written PMC, then its number")
    bare = _without(_PMCID_HOST, text, whys, "a PMCID is written without an address")
    if bare != text:
        number = _PMCID.match(bare)
        bare = number.group() if number and _ADDRESS_END.fullmatch(bare, number.end()) else bare
    bare = _end(bare, whys)
    found = _PMCID.fullmatch(bare)
    if found is None:
        if re.fullmatch("[0-9]{1,9}", value):
            return Meant("a PMCID is written PMC, then its number", (text_option(f"PMC{value}", "this is no PMID"),))
        return None
    new = f"PMC{found[1]}"
    return None if new == value else Meant(whys[0] if whys else _PMCID_FORM, (text_option(new),), certain=True)


def _registry(value: str) -> Meant | None:
    text, whys = _trimmed(value)
    text = _without(_TRIAL_HOST, text, whys, "a registry number is written without an address")
    labelled = _without(_TRIAL_LABEL, text, whys, "a registry number is written without the name of the registry")
    bare = _end(labelled, whys)
    if found := _TRIAL.fullmatch(bare):
        name = found[1].upper()
        new = name + re.sub(f"[{BLANKS}]", "", found[2])
        registry = "ClinicalTrials.gov" if name == "NCT" else "ISRCTN"
        why = f"the number of {registry} begins with {name}, then 8 digits follow"
        return None if new == value else Meant(why, (text_option(new),), certain=True)
    if found := _EU_TRIAL.fullmatch(bare):
        new = "-".join(found.groups())
        return Meant(_joined(whys) or "a hyphen is wanted", (text_option(new),), certain=True) if new != value else None
    if (found := _TRIAL_SHORT.fullmatch(bare)) and re.search(f"[{BLANKS}]", value):
        return Meant(f"a number of this registry is {found[1].upper()} and 8 digits: look it up")
    return None


def _issn(value: str) -> Meant | None:
    found = _ISSN.fullmatch(value.strip(BLANKS))
    new = f"{found[1]}-{found[2].upper()}" if found else value
    return None if new == value else Meant("an ISSN is written in this way", (text_option(new),), certain=True)


def _url(value: str) -> Meant | None:
    text = value.strip(BLANKS).removeprefix("<").removesuffix(">")
    if _URL.fullmatch(text):
        return None if text == value else Meant("a web address stands alone", (text_option(text),), certain=True)
    if _URL_BARE.fullmatch(text):
        return Meant("a web address begins with https://", (text_option(f"https://{text}", "that page opens"),))
    return None


_PMCID_FORM = "a PMCID is written PMC, then its number"
_READ: Mapping[str, Callable[[str], Meant | None]] = {
    "doi": _doi,
    "pmid": _pmid,
    "pmcid": _pmcid,
    "registry": _registry,
    "issn": _issn,
    "url": _url,
}
_NAMES = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}
_MOVABLE = ("doi", "pmcid", "pmid")


def _trimmed(value: str) -> tuple[str, list[str]]:
    text = value.strip(BLANKS)
    return text, [] if text == value else ["blanks stand beside it"]


def _without(start: re.Pattern[str], text: str, whys: list[str], why: str) -> str:
    found = start.match(text)
    if found is None or found.end() == len(text):
        return text
    whys.append(why)
    return text[found.end() :]


def _end(text: str, whys: list[str]) -> str:
    """Return a text without the punctuation of the sentence around it."""
    ended = text.rstrip(".,;:")
    if ended != text:
        whys.append(f"`{text[len(ended) :]}` at its end belongs to the sentence around it")
    return ended


def _unescaped(address: str) -> str:
    """Return an address with what it escapes by percent signs written out (RFC 3986)."""

    def characters(escaped: re.Match[str]) -> str:
        return bytes.fromhex(escaped.group().replace("%", "")).decode(errors="replace")

    return re.sub("(?:%[0-9A-Fa-f]{2})++", characters, address)


def _without_end(doi: str) -> str:
    """Return a DOI without marks that end a sentence and brackets that nothing in it opens."""
    while doi and (
        doi[-1] in ".,;:!?'\"" or (doi[-1] in _BRACKETS and doi.count(doi[-1]) > doi.count(_BRACKETS[doi[-1]]))
    ):
        doi = doi[:-1]
    return doi


def _joined(whys: list[str]) -> str:
    return ", ".join(dict.fromkeys(whys))
