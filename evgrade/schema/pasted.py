"""What a value means that is not written as the format has it: the rule by which hints are given and repairs made.

A hint may name what is only likely. A repair is made where one meaning alone is possible, whatever the source says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evgrade.schema.aliases import choice_meant
from evgrade.schema.identify import identifier_meant
from evgrade.schema.meant import Meant, Option, Scalar, fits, kinds, text_option
from evgrade.schema.written_dates import date_meant
from evgrade.yamlio.numerals import BLANKS, LONGEST, MINUS, Reading, readings
from evgrade.yamlio.scalars import ScalarError, resolve

LEAVE_OUT = "where the source does not state it, leave it out"

_NO_NUMBER = "not_estimable"
"""The one word that can be in the place of a number."""

_SILENT = frozenset(
    {
        *("unclear", "not_reported", "not reported", "not stated", "not available", "not applicable", "not given"),
        *("unknown", "missing", "no data", "no information", "none reported", "not known", "unspecified"),
        *("na", "n/a", "n.a.", "nr", "n/r", "n.r.", "nd", "n.d.", "ns", "-", "--", "\u2013", "\u2014", "?", "??", "."),
        *("tbd", "tba", "to be determined", "in press", "forthcoming", "ahead of print", "not yet"),
    }
)
"""Words for what is not known where no word can be."""

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
    """Return what a value means that is not as it should be; None if it is, or if its meaning is not known.

    Args:
        value: a value that is no list and no mapping.
        node: the schema that holds for it.
        field: the key that it stands under, or under which its list stands.
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
    if not is_text:  # a number, and not one of those that are wanted
        return _point_of_thousands(value, node)
    text = value.strip(BLANKS)
    if node.get("maximum") == 1 and fits("< 0.5", node):  # a p value
        if _NOT_SIGNIFICANT.fullmatch(text):
            return Meant('NS is no value: leave it out, or write "> 0.05" if that is the level of the source')
        if _STARS.fullmatch(text):
            return Meant("this is no value: write what the source has for it, such as < 0.05, or leave it out")
    if (silent := _silent(value)) is not None:
        return silent
    if text.casefold() in ("none", "nil", "no one", "nobody"):
        return Meant("write 0 if there were none, or leave it out if that is not known")
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
    """Return what 1.667 can mean where a whole number is wanted."""
    found = re.fullmatch(r"([1-9][0-9]{0,2})\.([0-9]{3})", value)
    option = _option(Reading("".join(found.groups()), whole=True), node) if found else None
    if option is None:
        return None
    return Meant("a whole number is wanted", (Option(option.value, option.text, "the point separates thousands"),))


def _option(reading: Reading, node: Mapping[str, Any], when: str = "") -> Option | None:
    """Return a number as an option, None if the schema does not accept it."""
    try:
        value = resolve(reading.text)
    except ScalarError:
        return None
    return Option(value, reading.text, when) if not isinstance(value, str) and fits(value, node) else None


def _chosen(found: Sequence[Reading], node: Mapping[str, Any]) -> Meant | None:
    """Return which of the numbers that a text can mean a schema accepts.

    Where only whole numbers are accepted, a comma before three digits separates thousands.
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
        wanted = "a whole number" if whole and not found[0].whole else "a number in its range"
        return Meant(f"it reads as {' or '.join(one.text for one in found)}, and {wanted} is wanted")
    return None


def _related(sign: str, number: str, node: Mapping[str, Any]) -> Meant | None:
    """Return what p = 0,03 or <0,001 means."""
    sign = _RELATIONS.get(sign.casefold(), sign)
    if _is_percentage(node):
        number = number.rstrip(f"{BLANKS}%％٪")
    found = readings(number.strip(BLANKS))
    if not sign:
        chosen = _chosen(found, node)
        return chosen and Meant("the number alone is written", chosen.options, certain=chosen.certain)
    possible = [(text, one.why) for one in found if fits(text := f"{sign} {one.text}", node)]
    if not possible:
        return Meant("a bound cannot be recorded here: leave it out, and put it into words under another key")
    if len(possible) > 1:
        return Meant("the comma can be read in two ways", [text_option(text, why) for text, why in possible])
    text, why = possible[0]
    return Meant(why or "a bound is a sign and a number", (text_option(text),), certain=True)


def _percent(number: str, node: Mapping[str, Any]) -> Meant | None:
    """Return what 45% means: a number where percentages are wanted."""
    found = readings(number)
    if not found:
        return None
    if "number" not in kinds(node):
        return Meant("a percentage is no count: write it under `percent`, or the count itself here")
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
    """Return the first number of a text that says more than a number."""
    for found in _NUMBER_WITHIN.finditer(text):
        for one in readings(found.group()):
            option = _option(one, node)
            if option is not None and (one.whole or "number" in kinds(node)):
                why = "a number stands alone, and what else the source says goes under keys of its own"
                return Meant(why, (Option(option.value, option.text, "that is the number meant"),))
    return None
