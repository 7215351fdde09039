"""What of an installation decides rows: two that are alike here give the same rows for the same files and rubrics."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from evgrade import __version__

_SHIPPED = ("rubrics", "examples")
"""What an installed package carries and a checkout has beside it; of a rubric the text itself is sent."""


class Installation(NamedTuple):
    """An evgrade and what it runs on.

    Attributes:
        version: of evgrade.
        files: the SHA-256 of its code and data, for two checkouts may bear the same version.
        python: the version of Python, without the last number: it brings the tables of Unicode.
        scipy: whether it is installed, for some checks need it.
    """

    version: str
    files: str
    python: str
    scipy: bool

    def difference(self, ours: Installation) -> str | None:
        """Return in which way this one is not like ours, as the end of a sentence about it; None if it is."""
        if self.version != ours.version:
            return f"has evgrade {self.version}, not {ours.version}"
        if self.files != ours.files:
            return f"has another evgrade {self.version}: its files differ"
        if self.python != ours.python:
            return f"has Python {self.python}, not {ours.python}"
        if self.scipy != ours.scipy:
            return "has scipy, which is missing here" if self.scipy else "has no scipy, which is installed here"
        return None


@cache
def installation() -> Installation:
    """Return what this process runs."""
    return Installation(
        version=__version__,
        files=_digest(Path(__file__).parents[1]),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        scipy=find_spec("scipy") is not None,
    )


def _digest(package: Path) -> str:
    """Return the SHA-256 of the names and bytes of the files of a package."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.suffix in (".py", ".json", ".yaml") and name.parts[0] not in _SHIPPED:
            content = path.read_bytes()
            digest.update(f"{name.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
