"""Authors as references name them: people as family name and initials, and bodies by their name."""

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
    """A person, or a body where there are no initials."""

    name: str
    initials: str = ""
    suffix: str = ""

    @property
    def is_person(self) -> bool:
        """Whether it is a person."""
        return bool(self.initials)

    @property
    def particle(self) -> str:
        """The small words before a family name, such as `van den`; empty for none."""
        found = _LOWER_PARTICLES.match(self.name)
        return found.group().strip() if found else ""


def author_of(written: str) -> Author:
    """Return an author as dossiers name them: `Family Initials`, or the name of a body.

    «Study Group II» ends as people do; so what has a word that only bodies have, such as «Group», is one.
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
    """Return whether a name has a word that only bodies have."""
    return _BODY.search(name) is not None
