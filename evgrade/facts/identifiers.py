"""Identifiers of sources and trials: whether they are well formed, and whether two are the same."""

from __future__ import annotations

import re
import unicodedata

_SENTENCE_END = ".,;:?!'\""
_OF_A_WEB_ADDRESS = ("/full", "/abstract", "/pdf", "/epdf", "/fulltext", "/meta", ".pdf", ".html")
_BRACKETS = {")": "(", "]": "[", ">": "<", "}": "{"}


def issn_check_digit(issn: str) -> str:
    """Return the check digit of an ISSN, from its first seven digits (ISO 3297).

    The digits are weighted 8 to 2, and the check digit makes their sum a multiple of 11; ten is written X.
    """
    return _modulo_11(_characters(issn)[:7], 8)


def isbn_check_digit(isbn: str) -> str:
    """Return the check digit of an ISBN of 10 or 13 characters, from those before it (ISO 2108).

    ISBN-10: weights 10 to 2, sum a multiple of 11, ten is written X. ISBN-13: weights 1 and 3 in turn, sum a multiple
    of 10, as for any article number (GS1 GTIN-13).
    """
    characters = _characters(isbn)
    if len(characters) == 10:
        return _modulo_11(characters[:9], 10)
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(characters[:12]))
    return str(-total % 10)


def issn_flaw(issn: str) -> str | None:
    """Return what is wrong with an ISSN such as 0028-3878, None if its check digit is right (ISO 3297)."""
    return _last(_characters(issn), issn_check_digit(issn))


def isbn_flaw(isbn: str) -> str | None:
    """Return what is wrong with an ISBN, ignoring spaces and hyphens: its length, prefix or check digit (ISO 2108)."""
    characters = _characters(isbn)
    if len(characters) not in (10, 13):
        return f"an ISBN has 10 or 13 digits, but this has {len(characters)}"
    if len(characters) == 13 and not characters.startswith(("978", "979")):
        return "a 13-digit ISBN begins with 978 or 979"
    return _last(characters, isbn_check_digit(isbn))


def doi_flaw(doi: str) -> str | None:
    """Return what was copied along with a DOI but is not part of it, None if nothing (ISO 26324, DOI Handbook).

    DOIs may contain nearly any character, so report only what hardly any has: punctuation at the end, an unmatched
    closing bracket, the ending of a web address.
    """
    last = doi[-1]
    if last.isdecimal():
        return None  # like most DOIs
    if last in _SENTENCE_END:
        return f"it ends with `{last}`, which is probably punctuation"
    if last in _BRACKETS and doi.count(last) > doi.count(_BRACKETS[last]):
        return f"it ends with an unmatched `{last}`"
    if not doi.lower().endswith(_OF_A_WEB_ADDRESS):
        return None
    ending = next(one for one in _OF_A_WEB_ADDRESS if doi.lower().endswith(one))
    return f"`{ending}` is the ending of a web address, not of a DOI"


def same_doi(doi: str) -> str:
    """Return a normal form of a DOI: DOIs are case-insensitive (DOI Handbook, 2.4)."""
    return doi.lower()


MOST_VERSIONS = 6
"""Hardly any preprint has more versions."""

_PREPRINT_VERSION = re.compile(
    r"(10\.(?:1101|21203|31219|31234|31235|20944|12688|7287|48550|26434|22541|36227|32388|7554)/.*?)"
    r"(?:[./_-]?v[0-9]{1,2}|\.[0-9]{1,2})"
)
_NOTICE_OF = re.compile(
    r"(?:author(?:s'?|'s)? )?(?:erratum|corrigendum|correction|addendum|retraction|withdrawal|withdrawn|retracted"
    r"|expression of concern|editorial expression of concern|publisher correction|retracted article)\b"
    r"(?: notice)?(?: to| for| of|:|\]|\.)* *"
)


def without_version(doi: str) -> str:
    """Return the DOI of a preprint without its version number, any other DOI in lower case.

    Preprint servers that number versions have their own prefixes: medRxiv and bioRxiv, Research Square, OSF and
    PsyArXiv, Preprints.org, F1000Research, PeerJ Preprints, arXiv, ChemRxiv, Authorea, TechRxiv, Advance, eLife.
    """
    lower = same_doi(doi)
    found = _PREPRINT_VERSION.fullmatch(lower)
    return found[1] if found else lower


def other_versions(doi: str) -> tuple[str, ...]:
    """Return the possible DOIs of a preprint's other versions, or nothing if the DOI has no versions."""
    bare = without_version(doi)
    prefix = bare.partition("/")[0]
    signs = {"10.1101": "v", "10.21203": "/v", "10.12688": ".", "10.7554": ".", "10.31219": "_v", "10.31234": "_v"}
    if not _PREPRINT_VERSION.fullmatch(f"{bare}v1"):
        return ()
    sign = signs.get(prefix, "-v" if prefix == "10.26434" else ".v" if prefix in ("10.20944", "10.36227") else "v")
    every = (bare, *(f"{bare}{sign}{number}" for number in range(1, MOST_VERSIONS + 1)))
    return tuple(one for one in every if one != same_doi(doi))


def folded_title(title: str) -> str:
    """Return a normal form of a title, ignoring punctuation, accents, case, spelling variants and words of a notice."""
    if not title.isascii():
        apart = unicodedata.normalize("NFKD", title)
        title = "".join(one for one in apart if not unicodedata.combining(one))
    plain = title.casefold().strip(" [(")
    while (notice := _NOTICE_OF.match(plain)) is not None and notice.end() < len(plain):
        plain = plain[notice.end() :].strip(" [(:")
    for american, british in _SPELLINGS:
        plain = plain.replace(american, british)
    return " ".join(re.findall(r"[^\W_]+", plain))


_SPELLINGS = (("ize", "ise"), ("izi", "isi"), ("iza", "isa"), ("yze", "yse"), ("ae", "e"), ("oe", "e"), ("our", "or"))
"""Differences of American and British spelling: randomised, haemorrhage, oedema, tumour."""


def pmid_flaw(pmid: str | int) -> str | None:
    """Return what is wrong with a PubMed number, None if nothing: it has 1 to 8 digits (NLM)."""
    digits = len(str(pmid))
    return f"a PubMed number has at most 8 digits, but this has {digits}" if digits > 8 else None


def pmcid_flaw(pmcid: str) -> str | None:
    """Return what is wrong with a PubMed Central number: it is PMC and 1 to 8 digits, the first not 0 (NLM)."""
    number = pmcid.removeprefix("PMC")
    if number.startswith("0"):
        return "no PubMed Central number begins with 0"
    return f"PMC is followed by at most 8 digits, but here by {len(number)}" if len(number) > 8 else None


# Compiled only when used: few trials have such numbers.
_EU_PREFIX = r"(?:EUDRACT|EUCTR|EUCT|EU-CT|CTIS)[-:#]?"
_EU_LIKE = rf"{_EU_PREFIX}|[0-9]{{4}}-[0-9]{{5,7}}-[0-9]{{1,3}}(?:-|$)"
_EUDRACT = rf"(?:{_EU_PREFIX})?((?:19|20)[0-9]{{2}}-[0-9]{{6}}-[0-9]{{2}})(?:[-/](?:3RD|[A-Z][A-Z/-]*))?"
_EU_CT = rf"(?:{_EU_PREFIX})?(20[0-9]{{2}}-5[0-9]{{5}}-[0-9]{{2}})-[0-9]{{2}}"


def registry_flaw(number: str) -> str | None:
    """Return what is wrong with a trial's registry number, None if nothing or if it is from an unknown registry.

    ClinicalTrials.gov: NCT and 8 digits. ISRCTN: ISRCTN and 8 digits. EudraCT: YYYY-NNNNNN-CC, followed by a country in
    the EU register. EU CT (Regulation 536/2014): 20YY-5NNNNN-CC-RR. The rules for check digits are not published.
    """
    upper = number.upper()
    if upper.startswith("NCT"):
        return None if _is_eight_digits(upper[3:]) else "an NCT number is NCT followed by 8 digits"
    if upper.startswith("ISRCTN"):
        return None if _is_eight_digits(upper[6:]) else "an ISRCTN number is ISRCTN followed by 8 digits"
    if not re.match(_EU_LIKE, upper) or re.fullmatch(_EUDRACT, upper) or re.fullmatch(_EU_CT, upper):
        return None
    return "a EudraCT number has the form YYYY-NNNNNN-CC, an EU CT number 20YY-5NNNNN-CC-RR"


def same_trial(number: str) -> str:
    """Return a normal form of a registry number: in capitals, for the EU registers only the number."""
    upper = number.upper()
    if upper.startswith(("NCT", "ISRCTN")):
        return upper
    bare = re.fullmatch(_EU_CT, upper) or re.fullmatch(_EUDRACT, upper)
    return bare[1] if bare else upper


def _is_eight_digits(text: str) -> bool:
    return len(text) == 8 and text.isascii() and text.isdigit()


def _characters(text: str) -> str:
    return text.replace("-", "").replace(" ", "")


def _modulo_11(digits: str, weight: int) -> str:
    """Return the check digit that makes the sum of digits, weighted from `weight` downwards, a multiple of 11."""
    rest = -sum(int(digit) * (weight - place) for place, digit in enumerate(digits)) % 11
    return "X" if rest == 10 else str(rest)


def _last(characters: str, expected: str) -> str | None:
    if characters[-1] == expected:
        return None
    return f"its last digit is {characters[-1]}, but by the digits before it that should be {expected}"
