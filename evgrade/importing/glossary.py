"""What formats of others call things: a YAML file beside the module that reads a format, under the module's name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from evgrade.yamlio.reader import read


@cache
def glossary(module: str) -> Any:
    """Return what the YAML file of a module says, by the `__file__` of the module."""
    file = Path(module).with_suffix(".yaml")
    return read(file.read_bytes(), file.name).data
