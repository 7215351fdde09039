"""What decides a row beside the bytes of its file: where none of it changed, a row that was kept is still right."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from evgrade._version import __version__
from evgrade.batch.task import Grading
from evgrade.schema.store import schema_text
from evgrade.yamlio.parser_name import parser_name

_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = {
    "jsonschema": "jsonschema",
    "jsonschema_rs": "jsonschema-rs",
    "yaml": "PyYAML",
    "numpy": "numpy",
    "scipy": "scipy",
}
"""The modules that read, validate and compute, some of them optional, with the names of their distributions."""


def identity(grading: Grading) -> bytes:
    """Return a SHA-256 over all that decides a row beside the bytes of its file.

    That is the rubrics and their order, the schema of dossiers, the version, and evgrade's own files: in a checkout
    code changes while the version stays. It is what is in them that counts and not when they were written, so that it
    holds in a fresh checkout too. It is also Python and the libraries: without scipy some checks are left out, and
    libyaml words its errors in another way.
    """
    # The repr of a grading has all of its fields; one that is added cannot be forgotten here.
    parts = [repr(grading), schema_text("dossier"), __version__, sys.version, sys.platform, parser_name()]
    parts += [repr((module, _version(name), _place(module))) for module, name in _LIBRARIES.items()]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(_framed(part.encode("utf-8", "backslashreplace")))
    for path in _own_files():
        digest.update(_framed(path.relative_to(_PACKAGE).as_posix().encode()))
        digest.update(_framed(path.read_bytes()))
    return digest.digest()


def _framed(part: bytes) -> bytes:
    """Return a part with its length before it, so that no other parts can look the same together."""
    return len(part).to_bytes(8, "big") + part


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _place(module: str) -> str | None:
    """Return where a library would be imported from, without importing it: it may be there without its metadata."""
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        return None
    return None if spec is None else spec.origin


def _own_files() -> Iterator[Path]:
    """Yield evgrade's files, sorted, but for what Python makes of them."""
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix != ".pyc" and path.is_file():
            yield path
