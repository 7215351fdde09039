"""Names of pages: made by the program from what a page is about, never taken from a dossier as they are.

A name is words in lower-case ASCII and a part of a hash. So it leads out of no folder, none is reserved on any system,
and two that differ do so however a file system treats case. It depends on nothing but its own key: pages keep their
addresses whatever is added beside them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

Key = tuple[str, ...]

_LONGEST = 60
_SPOKEN = 3
"""How many parts of a key its words are made of; all of them make the hash."""
_SHORT = 8
"""Characters of the hash, five bits each: enough for no two of a million to be the same by chance."""


def same(text: str) -> str:
    """Return a name such that two that people take for the same are: without regard to case, width and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def names_of(keys: Iterable[Key]) -> dict[Key, str]:
    """Return a name for each key: for different keys different ones."""
    short = {key: _name(key, _SHORT) for key in keys}
    times = Counter(short.values())
    # Two hashes that begin alike were made to; the whole of them differs.
    return {key: name if times[name] == 1 else _name(key, None) for key, name in short.items()}


def _name(key: Key, length: int | None) -> str:
    ascii_only = unicodedata.normalize("NFKD", " ".join(key[:_SPOKEN])).encode("ascii", "ignore").decode().lower()
    words = re.sub("[^a-z0-9]+", "-", ascii_only)[:_LONGEST].strip("-")
    digest = base64.b32encode(hashlib.sha256(json.dumps(key).encode()).digest()).decode().lower().rstrip("=")[:length]
    return f"{words or 'page'}-{digest}"
