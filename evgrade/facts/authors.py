"""Authors of references: people by family name and initials, organizations by name."""

from __future__ import annotations

import re
from typing import NamedTuple

_INITIALS = re.compile(r"(?P<family>\S.*?),? (?P<initials>[^\W\d_a-zß-öø-ÿ](?:[-. ]{0,2}[^\W\d_a-zß-öø-ÿ]){0,4}\.?)")
_SUFFIX = re.compile(r"(?P<rest>.*?),? (?P<suffix>Jr|Sr|2nd|3rd|4th)\.?")
_BODY = re.compile(
    r"\b(group|study|studies|trial|trials|committee|subcommittee|investigators|consortium|network|agency|institutes?|"
    r"association|society|department|ministry|organi[sz]ation|collaboration|collaborators|team|cent(er|re)|commission|"
    r"administration|university|college|academy|council|board|foundation|program(me)?|services?|union|federation|"
    r"panel|project|registry|hospital|authority|bureau|office|company|inc|ltd|gmbh|task force|the|and|of|for)\b",
    re.IGNORECASE,
)
_LOWER_PARTICLES = re.compile(
    r"(?:(?:van|von|de|der|den|del|della|di|da|dos|du|la|le|el|al|ten|ter|zu|zur|af|av|bin) )+"
)


class Author(NamedTuple):
    """A person, or an organization, which has no initials."""

    name: str
    initials: str = ""
    suffix: str = ""

    @property
    def is_person(self) -> bool:
        """Whether the author is a person."""
        return bool(self.initials)

    @property
    def particle(self) -> str:
        """The lower-case words before a family name, such as `van den`; empty if none."""
        found = _LOWER_PARTICLES.match(self.name)
        return found.group().strip() if found else ""


def author_of(written: str) -> Author:
    """Return the author from a dossier's text: `Family Initials`, or the name of an organization.

    «Study Group II» ends like a person's initials, so words such as «Group» mark an organization.
    """
    name, suffix = written.strip(), ""
    found = _SUFFIX.fullmatch(name)
    if found and _INITIALS.fullmatch(found["rest"]):
        name, suffix = found["rest"], found["suffix"]
    person = _INITIALS.fullmatch(name)
    if person is None or names_a_body(person["family"]):
        return Author(written.strip())
    return Author(person["family"], re.sub(r"[. ]", "", person["initials"]), suffix)


def names_a_body(name: str) -> bool:
    """Whether a name has a word that only organizations have."""
    return _BODY.search(name) is not None
