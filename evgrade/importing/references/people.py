"""Authors of references, normalized for a dossier: `Family Initials`, or the name of an organization."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evgrade.facts.authors import names_a_body
from evgrade.importing.references.values import one_line

_SUFFIXES = {"ii": "2nd", "iii": "3rd", "iv": "4th", "jr": "Jr", "sr": "Sr", "2nd": "2nd", "3rd": "3rd", "4th": "4th"}
_INITIALS = re.compile(r"[^\W\d_a-z]\.(?:[ -]?[^\W\d_a-z]\.)*")
_LAST_FIRST = re.compile(rf"(?P<family>[^,]*[^,.\s]),? (?P<given>{_INITIALS.pattern})")
_FIRST_LAST = re.compile(rf"(?P<given>{_INITIALS.pattern}) ?(?P<family>[^\W\d_][^,.]+)")
_FIRM = re.compile(r"\b(LLC|Inc|Ltd|GmbH|Corp|PLC)\b|[&0-9/:]")
_PLAIN_INITIALS = re.compile("[A-Z](?:-?[A-Z]){0,3}")
_ET_AL = re.compile(r"(?:^|,? )(?:et\.? al\.?|and others|others)$", re.IGNORECASE)
_MOST_GIVEN = 5


def person(family: str, given: str = "", suffix: str = "") -> str:
    """Return a person by family name and given names, which may be spelled out or initials."""
    words = given.replace(",", " ").split()
    if len(words) > 1 and _suffix(words[-1]):
        suffix = suffix or words.pop()
    particles = ""
    while len(words) > 1 and words[-1].islower() and words[-1].isalpha():  # Beethoven, Ludwig van
        particles = f"{words.pop()} {particles}"
    parts = [particles + family, _initials(words), _suffix(suffix) or suffix]
    return one_line(" ".join(part for part in parts if part))


def name(written: str) -> str:
    """Return one author; empty for `et al.`.

    "Family, Given" is a person, and so is a name with dotted initials. Any other name stays as it is: an organization,
    or a person whose family name could only be guessed.
    """
    text = one_line(_ET_AL.sub("", one_line(written))).rstrip(",;")
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and given and not _is_body(family, given):
        head, more, suffix = (part.strip() for part in given.partition(","))
        if more and not _suffix(suffix):
            head, suffix = (suffix, head) if _suffix(head) else (given, "")  # Smith, Jr., John
        return person(family, head, suffix)
    if comma and (_PLAIN_INITIALS.fullmatch(given) or _INITIALS.fullmatch(given)):
        text = f"{family} {_initials(given.split())}"  # Study Group, II: an organization mistaken for a person
    found = _LAST_FIRST.fullmatch(text) or _FIRST_LAST.fullmatch(text)
    return person(found["family"], found["given"]) if found and not names_a_body(found["family"]) else text


def names(written: str) -> Iterator[str]:
    """Yield the authors in a field: one, or several separated by semicolons."""
    parts = [part for part in (part.strip() for part in written.split(";")) if part]
    if len(parts) > 1 and all("," in part or _LAST_FIRST.fullmatch(part) or _ET_AL.search(part) for part in parts):
        yield from (name(part) for part in parts)
    else:
        yield name(written)


def is_cut(written: str) -> bool:
    """Whether a list of authors ends in `et al.`."""
    return _ET_AL.search(one_line(written)) is not None


def is_body(name: str) -> bool:
    """Whether a name without a comma has a word that only organizations have."""
    return names_a_body(name) or _FIRM.search(name) is not None


def _is_body(family: str, given: str) -> bool:
    return (
        len(given.split()) > _MOST_GIVEN
        or given.count(",") > 1
        or bool(_FIRM.search(family) or _FIRM.search(given))
        or names_a_body(given)
        or (" " in family and names_a_body(family))
    )


def _suffix(word: str) -> str:
    return _SUFFIXES.get(word.strip(". ").lower(), "")


def _initials(words: list[str]) -> str:
    """Return the initials of given names; names in scripts without capitals stay whole."""
    found = ""
    for word in words:
        letters = word.replace(".", "")
        plain = letters.replace("-", "").replace("\u2010", "")
        longest = 4 if len(words) == 1 else 2
        if plain.isupper() and (len(plain) <= longest or "." in word.rstrip(".")):
            found += letters
        elif plain.upper() == plain.lower():
            found += f" {letters}" if found else letters
        else:
            found += "".join(part[0].upper() for part in re.split(r"[-\u2010.]", word) if part)
    return found
