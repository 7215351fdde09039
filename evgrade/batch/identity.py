"""What decides a row beside the bytes of its file: where none of it changed, a row that was kept is still right."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from importlib.util import find_spec

from evgrade.batch.installation import installation, installed
from evgrade.batch.task import Grading
from evgrade.yamlio.parser_name import parser_name

_LIBRARIES = ("jsonschema", "jsonschema_rs", "yaml", "numpy", "scipy")
"""The modules that read, validate and compute; some of them are optional."""


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
        [(module, _place(module)) for module in _LIBRARIES],
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()


def _place(module: str) -> str | None:
    """Return where a library would be imported from, without importing it: it may be there without its metadata."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None else spec.origin
