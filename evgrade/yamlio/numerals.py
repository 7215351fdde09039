"""Numbers as people print and paste them: with commas, spaces, middle dots and typographic signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 60
"""The length of the longest text that is read, in characters; no printed number has as many."""

BLANKS = "\t \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200E))) + "\u202f\u205f\u2060\u3000"
"""Spaces of all widths, including zero: to strip from text, and for a character class."""

_ODD = re.compile(f"[{BLANKS.replace(' ', '')}]")
MINUS = "\u2212\u2010-\u2015\u2043\u207b\u208b\ufe58\ufe63\uff0d\u02d7"
"""Characters used as a minus sign, for a character class."""

_POINTS = dict.fromkeys("·‧∙⋅•⸱", "decimal point") | {"٫": "decimal separator"}
_QUOTES = "'’ʼ′`´˙٬"
_LOOKS_LIKE = str.maketrans({"，": ",", "．": ".", "＋": "+", "％": "%", "٪": "%", **dict.fromkeys(_QUOTES, "'")})
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

_SIGNED = re.compile(rf"([-+{MINUS}]?)[{BLANKS}]*+(\S.*)", re.DOTALL)
_POWER = re.compile(
    rf"""(?x)
    (?: (?P<mantissa>[^×xX*·⋅∙]++) [×xX*·⋅∙] [{BLANKS}]*+ )?+ 10
    (?: (?:\^|\*\*) [{BLANKS}]*+ (?P<raised>[-+{MINUS}]?+[0-9]{{1,3}}+)
      | (?P<signed>[{MINUS}-][0-9]{{1,3}}+)
      | (?P<small>[⁺⁻]?+[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}+) )"""
)
_EXPONENT = re.compile(rf"([^eE]++)[{BLANKS}]*+[eE]([-+{MINUS}]?+[0-9]{{1,3}}+)")
_SEPARATOR = re.compile(rf"[.,'_{''.join(_POINTS)}]|[{BLANKS}]++")
_ORDINARY = re.compile(r"[0-9]++(?:\.[0-9]++)?+|\.[0-9]++")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that a text can mean.

    Attributes:
        text: the number as evgrade reads it, digit by digit: 1234.50.
        whole: whether it has neither a decimal point nor an exponent.
        why: what is unusual about the text, in words; empty if nothing is.
    """

    text: str
    whole: bool
    why: str = ""


def readings(printed: str) -> Sequence[Reading]:
    """Return the numbers that a text can mean: none, one, or two if a comma is ambiguous."""
    if len(printed) > LONGEST:
        return ()
    text, whys = _ascii(printed)
    signed = _SIGNED.fullmatch(text)
    if signed is None:
        return ()
    sign, rest = signed.groups()
    if sign not in ("", "-", "+"):
        whys.append(f"the sign is {_named(sign)}")
    sign = "" if sign in ("", "+") else "-"
    rest, exponent = _exponent(rest, whys)
    found = []
    for number, why in _unsigned(rest):
        whole = exponent == "" and number.isdigit()
        found.append(Reading(sign + number + exponent, whole, ", ".join([*whys, *([why] if why else [])])))
    return found


def _ascii(printed: str) -> tuple[str, list[str]]:
    """Return a text with plain digits and separators, and what was unusual about it."""
    trimmed = printed.strip(BLANKS)
    if not trimmed:
        return "", []
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in trimmed)
    whys = ["the digits are not those of ASCII"] if text != trimmed else []
    if trimmed != printed:
        around = max(printed.partition(trimmed)[0] + printed.rpartition(trimmed)[2])
        whys.append(f"there is a {blank_name(around)} next to it")
    return text.translate(_LOOKS_LIKE), whys


def _exponent(text: str, whys: list[str]) -> tuple[str, str]:
    """Return the text before a power of ten, and the power as `e-8`."""
    if found := _POWER.fullmatch(text):
        power = found["raised"] or found["signed"] or found["small"].translate(_SUPERSCRIPTS)
        whys.append("a power of ten is written with e")
        return (found["mantissa"] or "1").strip(), f"e{_plain_sign(power)}"
    if found := _EXPONENT.fullmatch(text):
        power = _plain_sign(found[2])
        if power != found[2]:
            whys.append(f"the sign of the exponent is {_named(found[2][0])}")
        return found[1], f"e{power}"
    return text, ""


def _plain_sign(power: str) -> str:
    return power if power[0] in "+-" or power[0].isdigit() else f"-{power[1:]}"


def _unsigned(text: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers that digits and separators can mean, each with the meaning of the separators."""
    if _ORDINARY.fullmatch(text):
        yield (f"0{text}" if text[0] == "." else text), ""
        return
    groups, separators = _SEPARATOR.split(text), _SEPARATOR.findall(text)
    if not separators or not all(group.isascii() and group.isdigit() for group in groups[1:]):
        return
    if groups[0] and not (groups[0].isascii() and groups[0].isdigit()):
        return
    first, last = _kind(separators[0]), _kind(separators[-1])
    kinds = [_kind(separator) for separator in separators]
    grouping = set(kinds[:-1])
    alone = kinds.count(last) == 1 and len(grouping) <= 1 and not grouping & {"·"}
    if last in ".,·" and alone and (len(groups) == 2 or _grouped(groups[:-1])):
        parts = [] if len(groups) == 2 else [f"the {_what(separators[0])} separates thousands"]
        if last == ",":
            parts.append("the comma is a decimal comma")
        elif last == "·":
            parts.append(f"the {_POINTS[separators[-1]]} is {_named(separators[-1])}")
        yield f"{''.join(groups[:-1]) or '0'}.{groups[-1]}", ", ".join(parts)
    if len(set(kinds)) == 1 and first != "·" and _grouped(groups) and (first != "." or len(groups) > 2):
        yield "".join(groups), f"the {_what(separators[0])} separates thousands"


def _kind(separator: str) -> str:
    """Return the kind of a separator, represented by one character."""
    if separator in ".,'_":
        return separator
    return "·" if separator in _POINTS else " "


def _grouped(groups: Sequence[str]) -> bool:
    """Whether digits are grouped like thousands: by three, or as in India by two with three at the end."""
    first, *rest = groups
    if not 1 <= len(first) <= 3 or first[0] == "0" or not rest or len(rest[-1]) != 3:
        return False
    sizes = {len(group) for group in rest[:-1]}
    return sizes <= {3} or (sizes == {2} and len(first) <= 2)


def _what(separator: str) -> str:
    words = {",": "comma", ".": "point", "'": "apostrophe", "_": "underscore"}
    if separator in words:
        return words[separator]
    return blank_name(separator[0])


def odd_blank(text: str) -> str | None:
    """Return the name of the first unusual space in a text, None if there is none."""
    found = None if text.isascii() else _ODD.search(text)
    return blank_name(found.group()) if found else None


def blank_name(sign: str) -> str:
    """Return the name of a space character."""
    return "blank" if sign in " \t" else f"{unicodedata.name(sign).lower()} (U+{ord(sign):04X})"


def _named(sign: str) -> str:
    """Return a character's code and name, as it may look like another."""
    return f"U+{ord(sign):04X} ({unicodedata.name(sign, 'a control character').lower()})"
