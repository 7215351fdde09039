"""What decides a row beside the bytes of its file: what is asked, and the installation that answers.

Installations that are alike give the same rows. A cluster compares them, and a cache keeps the rows of each apart; the
two share nothing else, and some Pythons are built without the SQLite that the cache takes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from evgrade._version import __version__
from evgrade.batch.row import Grading
from evgrade.regular import read_regular
from evgrade.yamlio.parser_name import parser_name

_SHIPPED = ("rubrics", "examples")
"""What an installed package carries and a checkout has beside it; of a rubric the text itself is sent."""

_COMPILED = ("__pycache__",)
"""What Python makes of the code."""

_LIBRARIES = {
    "jsonschema": "jsonschema",
    "jsonschema_rs": "jsonschema_rs",
    "numpy": "numpy",
    "pyyaml": "yaml",
    "scipy": "scipy",
}
"""What reads, validates and computes, each with its module; scipy is optional: without it there are fewer checks."""


class Installation(NamedTuple):
    """An evgrade and what it runs on.

    Attributes:
        version: of evgrade.
        files: the SHA-256 of its code and data, for two checkouts may bear the same version.
        python: the version of Python, without the last number: it brings the tables of Unicode.
        libraries: those that read, validate and compute, each with its version, such as `PyYAML-6.0.4`.
    """

    version: str
    files: str
    python: str
    libraries: tuple[str, ...]

    def difference(self, ours: Installation) -> str | None:
        """Return in which way this one is not like ours, as the end of a sentence about it; None if it is."""
        if self.version != ours.version:
            return f"has evgrade {self.version}, not {ours.version}"
        if self.files != ours.files:
            return f"has another evgrade {self.version}: its files differ"
        if self.python != ours.python:
            return f"has Python {self.python}, not {ours.python}"
        if self.libraries != ours.libraries:
            theirs, here = set(self.libraries), set(ours.libraries)
            return f"has {_listed(theirs - here)}, where here is {_listed(here - theirs)}"
        return None


def _listed(libraries: set[str]) -> str:
    return " and ".join(sorted(libraries)) or "nothing of that kind"


@cache
def installation() -> Installation:
    """Return what this process runs."""
    return Installation(
        version=__version__,
        files=_digest(Path(__file__).parents[1]),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        libraries=tuple(name for name in installed() if name.partition("-")[0].lower() in _LIBRARIES),
    )


def installed() -> list[str]:
    """Return all that is installed, by the names of its folders of metadata: reading those takes ten times as long."""
    return sorted({path.stem for place in sys.path for path in Path(place).glob("*-info")})


def _digest(package: Path) -> str:
    """Return the SHA-256 of the names and bytes of the files of a package."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(package):  # Path.rglob takes as long as all the rest
        inside = folder[len(str(package)) :].replace(os.sep, "/")
        left_out = _COMPILED if inside else (*_SHIPPED, *_COMPILED)
        folders[:] = sorted(name for name in folders if name not in left_out)
        for name in sorted(names):
            if name.endswith((".py", ".json", ".yaml")):
                content = read_regular(os.path.join(folder, name), sys.maxsize)  # noqa: PTH118 - for speed
                digest.update(f"{inside}/{name}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def identity(grading: Grading) -> bytes:
    """Return a SHA-256 over all that decides a row beside the bytes of its file.

    That is the rubrics and their order; the version of evgrade, its code and its schemas as they are in its files, for
    in a checkout they change while the version stays; Python; and the libraries: without scipy some checks are left
    out, and another libyaml may word its errors in another way. Which versions there are is told by the names of all
    that is installed: looking each of them up takes ten times as long.
    """
    parts = (
        replace(grading, folder="", seconds=None),  # neither decides a row; the repr has every field that may be added
        installation(),
        (sys.version, sys.platform, parser_name()),
        installed(),
        [(module, _place(module)) for module in _LIBRARIES.values()],
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()


def _place(module: str) -> str | None:
    """Return where a library would be imported from, without importing it: it may be there without its metadata."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None else spec.origin
