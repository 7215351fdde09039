"""The meaning of values in another notation than the format's, for hints and repairs.

A hint may suggest a likely meaning. A repair needs the only possible meaning, whatever the source says. Identifiers
come as people paste them: with an address, a label or a full stop, escaped, or under another key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evgrade.schema.aliases import choice_meant
from evgrade.schema.meant import Meant, Option, Scalar, fits, kinds, text_option
from evgrade.schema.written_dates import date_meant
from evgrade.yamlio.numerals import BLANKS, LONGEST, MINUS, Reading, readings
from evgrade.yamlio.scalars import ScalarError, resolve

LEAVE_OUT = "if the source does not state it, leave it out"

_NO_NUMBER = "not_estimable"
"""The only word that can replace a number."""

_SILENT = frozenset(
    {
        *("unclear", "not_reported", "not reported", "not stated", "not available", "not applicable", "not given"),
        *("unknown", "missing", "no data", "no information", "none reported", "not known", "unspecified"),
        *("na", "n/a", "n.a.", "nr", "n/r", "n.r.", "nd", "n.d.", "ns", "-", "--", "\u2013", "\u2014", "?", "??", "."),
        *("tbd", "tba", "to be determined", "in press", "forthcoming", "ahead of print", "not yet"),
    }
)
"""Words for unknown, for fields that cannot have a word."""

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_LABEL = re.compile(rf"(?i:p(?:[{BLANKS}-]?value)?+|n)[{BLANKS}]*+(?=[=<>≤≥⩽⩾＜＞])")
_RELATION = re.compile(r"(?i:<=|=<|>=|=>|[=<>≤≥⩽⩾＜＞]|less than|more than|greater than|below|above)")
_RELATIONS = {
    "⩽": "≤",
    "⩾": "≥",
    "=<": "<=",
    "=>": ">=",
    "＜": "<",
    "＞": ">",
    "=": "",
    "less than": "<",
    "below": "<",
    "more than": ">",
    "greater than": ">",
    "above": ">",
}
_NOT_SIGNIFICANT = re.compile(r"(?i:n\.?[ ]?s\.?|non?t?[- ]?sig(?:nificant|n?\.?)?)")
_STARS = re.compile(r"\*+|(?i:sig(?:nificant|\.)?)")
_NUMBER_WITHIN = re.compile(rf"[-+{MINUS}]?(?:[.,·][0-9]++|[0-9](?:[0-9.,·{BLANKS}]{{0,30}}[0-9])?)")


def value_meant(value: Scalar, node: Mapping[str, Any], field: str) -> Meant | None:
    """Return the meaning of an invalid scalar; None if it is valid, or if its meaning is unknown.

    Args:
        value: the scalar.
        node: its schema.
        field: the key of the value, or of its list.
    """
    if "enum" in node:
        return None if fits(value, node) else choice_meant(value, node["enum"], field)
    if "x-kind" in node:
        if not isinstance(value, str):
            return identifier_meant("pmcid", str(value)) if node["x-kind"] == "pmcid" else None
        return identifier_meant(node["x-kind"], value) or (None if fits(value, node) else _silent(value))
    if value is None or fits(value, node):
        return None
    types = kinds(node)
    if types == ("boolean",):
        return choice_meant(value, (True, False), field) or _silent(value)
    if isinstance(value, bool):
        return None
    if node.get("format") == "partial-date":
        return None if isinstance(value, float) else date_meant(str(value)) or _silent(value)
    if isinstance(value, str) and fits(_NO_NUMBER, node):
        word = choice_meant(value, (_NO_NUMBER,), field)
        if word is not None:
            return word
    if "number" in types or "integer" in types:
        return _number_meant(str(value), node, is_text=isinstance(value, str))
    return _silent(value) if "pattern" in node else None


def _silent(value: Scalar) -> Meant | None:
    return Meant(LEAVE_OUT) if str(value).strip(BLANKS).casefold() in _SILENT else None


def _number_meant(value: str, node: Mapping[str, Any], *, is_text: bool) -> Meant | None:
    if len(value) > LONGEST:
        return None
    if not is_text:  # a number that is not allowed
        return _point_of_thousands(value, node)
    text = value.strip(BLANKS)
    if node.get("maximum") == 1 and fits("< 0.5", node):  # a p value
        if _NOT_SIGNIFICANT.fullmatch(text):
            return Meant('NS is not a value: leave it out, or write "> 0.05" if that is the level of the source')
        if _STARS.fullmatch(text):
            return Meant("this is not a value: write its meaning in the source, such as < 0.05, or leave it out")
    if (silent := _silent(value)) is not None:
        return silent
    if text.casefold() in ("none", "nil", "no one", "nobody"):
        return Meant("write 0 if there were none, or leave it out if that is unknown")
    if text.casefold() in _WORDS:
        number = str(_WORDS.index(text.casefold()))
        return _chosen([Reading(number, whole=True, why="a number is written in digits")], node)
    label = _LABEL.match(text)
    rest = text[label.end() :] if label else text
    relation = _RELATION.match(rest)
    if relation is not None:
        return _related(relation.group(), rest[relation.end() :], node)
    if text.endswith(("%", "％", "٪")):
        return _percent(text[:-1].rstrip(BLANKS), node)
    return _chosen(readings(value), node) or _within(text, node)


def _point_of_thousands(value: str, node: Mapping[str, Any]) -> Meant | None:
    """Return what 1.667 can mean as a whole number."""
    found = re.fullmatch(r"([1-9][0-9]{0,2})\.([0-9]{3})", value)
    option = _option(Reading("".join(found.groups()), whole=True), node) if found else None
    if option is None:
        return None
    return Meant("this must be a whole number", (Option(option.value, option.text, "the point separates thousands"),))


def _option(reading: Reading, node: Mapping[str, Any], when: str = "") -> Option | None:
    """Return a number as an option, None if the schema rejects it."""
    try:
        value = resolve(reading.text)
    except ScalarError:
        return None
    return Option(value, reading.text, when) if not isinstance(value, str) and fits(value, node) else None


def _chosen(found: Sequence[Reading], node: Mapping[str, Any]) -> Meant | None:
    """Return those of the numbers that a text can mean that the schema accepts.

    If it accepts only whole numbers, a comma before three digits separates thousands.
    """
    whole = "number" not in kinds(node)
    possible = [one for one in found if _option(one, node) and (one.whole or not whole)]
    if len(possible) == 1:
        why = possible[0].why or "a number is written without quotes"
        option = _option(possible[0], node)
        return Meant(why, (option,), certain=True) if option else None
    options = [option for one in possible if (option := _option(one, node, one.why))]
    if options:
        return Meant("the comma can be read in two ways", options)
    if found:
        wanted = "a whole number" if whole and not found[0].whole else "a number in the allowed range"
        return Meant(f"it reads as {' or '.join(one.text for one in found)}, but must be {wanted}")
    return None


def _related(sign: str, number: str, node: Mapping[str, Any]) -> Meant | None:
    """Return what p = 0,03 or <0,001 means."""
    sign = _RELATIONS.get(sign.casefold(), sign)
    if _is_percentage(node):
        number = number.rstrip(f"{BLANKS}%％٪")
    found = readings(number.strip(BLANKS))
    if not sign:
        chosen = _chosen(found, node)
        return chosen and Meant("write only the number", chosen.options, certain=chosen.certain)
    possible = [(text, one.why) for one in found if fits(text := f"{sign} {one.text}", node)]
    if not possible:
        return Meant("a bound cannot be recorded here: leave it out, and describe it under another key")
    if len(possible) > 1:
        return Meant("the comma can be read in two ways", [text_option(text, why) for text, why in possible])
    text, why = possible[0]
    return Meant(why or "a bound is a sign and a number", (text_option(text),), certain=True)


def _percent(number: str, node: Mapping[str, Any]) -> Meant | None:
    """Return what 45% means: a number, if the schema is for percentages."""
    found = readings(number)
    if not found:
        return None
    if "number" not in kinds(node):
        return Meant("a percentage is not a count: write it under `percent`, or write the count here")
    if _is_percentage(node):
        chosen = _chosen(found, node)
        if chosen is None or not chosen.options:
            return chosen
        more = "" if "quotes" in chosen.why else f", {chosen.why}"
        return Meant(f"a percentage is written without %{more}", chosen.options, certain=chosen.certain)
    options = []
    for one in found:
        as_percent = _option(one, node, "it is counted in percent")
        as_part = _option(Reading(_hundredth(one.text), whole=False), node, "it is counted as a proportion")
        options += [option for option in (as_part, as_percent) if option]
    return Meant("a number is written without %", options) if options else None


def _is_percentage(node: Mapping[str, Any]) -> bool:
    return 100 in (node.get("maximum"), node.get("exclusiveMaximum"))


def _hundredth(number: str) -> str:
    from decimal import Decimal  # noqa: PLC0415 - only a mistake needs it

    return f"{Decimal(number) / 100:f}"


def _within(text: str, node: Mapping[str, Any]) -> Meant | None:
    """Return the first number in a text that contains more than a number."""
    for found in _NUMBER_WITHIN.finditer(text):
        for one in readings(found.group()):
            option = _option(one, node)
            if option is not None and (one.whole or "number" in kinds(node)):
                why = "only the number belongs here, the rest under other keys"
                return Meant(why, (Option(option.value, option.text, "that is the number meant"),))
    return None


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
    """Return the identifier meant by pasted text; None if it is well formed, or unknown.

    Args:
        kind: doi, pmid, pmcid, registry, issn or url.
        value: the text.
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
    """Return the meaning of text that is certainly an identifier of another kind, to be moved to its key."""
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
        if "?" in bare or "#" in bare:  # these have a special meaning in addresses
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
        return Meant("a DOI starts with 10., but the first digit seems to be missing", (text_option(f"1{bare}"),))
    if _DOI_BROKEN.fullmatch(bare):
        joined = re.sub(f"[{BLANKS}]", "", bare)
        return Meant("a DOI has no spaces", (text_option(joined, "they come from the end of a line"),))
    inside = _DOI.search(text)
    if inside and "://" in text:
        found = _without_end(inside.group())
        return Meant("this is the address of a page", (text_option(found, "that is the DOI in it"),))
    return None


def _short(name: str) -> Meant:
    return Meant(f"this is a short DOI: open https://doi.org/{name} and write the full DOI of the article")


def _pmid(value: str) -> Meant | None:
    text, whys = _trimmed(value)
    text = _without(_PMID_LABEL, text, whys, "a PMID is only a number")
    bare = _without(_PMID_HOST, text, whys, "a PMID is only a number")
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
    text = _without(_PMCID_LABEL, text, whys, _PMCID_FORM)
    bare = _without(_PMCID_HOST, text, whys, "a PMCID is written without an address")
    if bare != text:
        number = _PMCID.match(bare)
        bare = number.group() if number and _ADDRESS_END.fullmatch(bare, number.end()) else bare
    bare = _end(bare, whys)
    found = _PMCID.fullmatch(bare)
    if found is None:
        if re.fullmatch("[0-9]{1,9}", value):
            return Meant(_PMCID_FORM, (text_option(f"PMC{value}", "this is not a PMID"),))
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
        why = f"a {registry} number is {name} followed by 8 digits"
        return None if new == value else Meant(why, (text_option(new),), certain=True)
    if found := _EU_TRIAL.fullmatch(bare):
        new = "-".join(found.groups())
        return Meant(_joined(whys) or "it needs hyphens", (text_option(new),), certain=True) if new != value else None
    if (found := _TRIAL_SHORT.fullmatch(bare)) and re.search(f"[{BLANKS}]", value):
        return Meant(f"a number of this registry is {found[1].upper()} followed by 8 digits: look it up")
    return None


def _issn(value: str) -> Meant | None:
    found = _ISSN.fullmatch(value.strip(BLANKS))
    new = f"{found[1]}-{found[2].upper()}" if found else value
    return None if new == value else Meant("an ISSN has this form", (text_option(new),), certain=True)


def _url(value: str) -> Meant | None:
    text = value.strip(BLANKS).removeprefix("<").removesuffix(">")
    if _URL.fullmatch(text):
        return None if text == value else Meant("only the web address belongs here", (text_option(text),), certain=True)
    if _URL_BARE.fullmatch(text):
        return Meant("a web address begins with https://", (text_option(f"https://{text}", "that page opens"),))
    return None


_PMCID_FORM = "a PMCID is PMC followed by its number"
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
    return text, [] if text == value else ["there are spaces next to it"]


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
    """Return an address with its percent escapes decoded (RFC 3986)."""

    def characters(escaped: re.Match[str]) -> str:
        return bytes.fromhex(escaped.group().replace("%", "")).decode(errors="replace")

    return re.sub("(?:%[0-9A-Fa-f]{2})++", characters, address)


def _without_end(doi: str) -> str:
    """Return a DOI without punctuation and unmatched closing brackets at its end."""
    while doi and (
        doi[-1] in ".,;:!?'\"" or (doi[-1] in _BRACKETS and doi.count(doi[-1]) > doi.count(_BRACKETS[doi[-1]]))
    ):
        doi = doi[:-1]
    return doi


def _joined(whys: list[str]) -> str:
    return ", ".join(dict.fromkeys(whys))
