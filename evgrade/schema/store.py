"""The JSON Schemas that come with evgrade, by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

NAMES = (
    *("dossier", "rubric", "mapping", "assessment", "findings", "finding", "row", "compare", "diff"),
    *("robustness", "change", "site", "json-ld", "refs"),
)
"""The schemas that can be requested: of what people write, and of what evgrade prints."""

_FOLDER = Path(__file__).parent


def schema_text(name: str) -> str:
    """Return a schema as it is shipped."""
    return (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a schema as data. It is shared: never change it."""
    loaded: dict[str, Any] = json.loads(schema_text(name))
    return loaded
