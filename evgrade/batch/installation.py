"""Everything that decides a row besides the bytes of its file: the grading requested, and the installation.

Equal installations give the same rows. A cluster compares installations, and the cache keeps the rows of each apart.
This is a module of its own because some Pythons are built without SQLite, which the cache needs.
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
from evgrade.yamlio.events import parser_name

_SHIPPED = ("rubrics", "examples")
"""Folders inside an installed package but not in a checkout; the text of each rubric is compared itself."""

_COMPILED = ("__pycache__",)
"""Folders of compiled code."""

_LIBRARIES = {
    "jsonschema": "jsonschema",
    "jsonschema_rs": "jsonschema_rs",
    "numpy": "numpy",
    "pyyaml": "yaml",
    "scipy": "scipy",
}
"""The libraries that read, validate and compute, each with its module; without scipy some checks are left out."""


class Installation(NamedTuple):
    """An evgrade, with its Python and libraries.

    Attributes:
        version: the version of evgrade.
        files: the SHA-256 of its code and data, because two checkouts may have the same version.
        python: the version of Python, without the last number; it determines the Unicode tables.
        libraries: the libraries that read, validate and compute, with their versions, such as `PyYAML-6.0.4`.
    """

    version: str
    files: str
    python: str
    libraries: tuple[str, ...]

    def difference(self, ours: Installation) -> str | None:
        """Return how this installation differs from ours, as the end of a sentence about it; None if it does not."""
        if self.version != ours.version:
            return f"has evgrade {self.version}, not {ours.version}"
        if self.files != ours.files:
            return f"has another evgrade {self.version}: its files differ"
        if self.python != ours.python:
            return f"has Python {self.python}, not {ours.python}"
        if self.libraries != ours.libraries:
            theirs, here = set(self.libraries), set(ours.libraries)
            more, fewer = (" and ".join(sorted(some)) for some in (theirs - here, here - theirs))
            if not more:
                return f"lacks {fewer}"
            return f"has {more} instead of {fewer}" if fewer else f"has {more}, which is missing here"
        return None


@cache
def installation() -> Installation:
    """Return the installation of this process."""
    return Installation(
        version=__version__,
        files=_digest(Path(__file__).parents[1]),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        libraries=tuple(name for name in installed() if name.partition("-")[0].lower() in _LIBRARIES),
    )


def installed() -> list[str]:
    """Return the names of all metadata folders of installed packages; reading the metadata takes ten times as long."""
    return sorted({path.stem for place in sys.path for path in Path(place).glob("*-info")})


def _digest(package: Path) -> str:
    """Return the SHA-256 of the names and bytes of the files of a package."""
    digest = hashlib.sha256()
    for folder, folders, names in os.walk(package):  # Path.rglob would double the time
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
    """Return a SHA-256 of everything that decides a row besides the bytes of its file.

    This includes the rubrics and their order; the version of evgrade, and its code and schemas, which change in a
    checkout while the version stays; Python; and the libraries: without scipy some checks are left out, and another
    libyaml may word its errors differently. Versions come from the names of metadata folders, in a tenth of the time
    that looking each one up takes.
    """
    parts = (
        replace(grading, folder="", seconds=None),  # neither decides a row; the repr covers fields added later
        installation(),
        (sys.version, sys.platform, parser_name()),
        installed(),
        [(module, _place(module)) for module in _LIBRARIES.values()],
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()


def _place(module: str) -> str | None:
    """Return the file from which a library would be imported, without importing it; it may lack metadata."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None else spec.origin
