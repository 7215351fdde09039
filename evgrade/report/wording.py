"""How findings are put into words, and names into sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from evgrade.yamlio.reader import read


@cache
def wording() -> Mapping[str, Any]:
    """Return how findings are put into words."""
    path = FilePath(__file__).with_name("wording.yaml")
    found: Mapping[str, Any] = read(path.read_bytes(), path.name).data
    return found


def in_sentence(name: str, text: str) -> str:
    """Return a name as it stands within a sentence: with a small letter if the text of the dossier ever has it so."""
    small = name[:1].lower() + name[1:]
    words = r"\s+".join(re.escape(word) for word in small.split())
    return small if small != name and re.search(rf"(?<![\w./@:#-]){words}(?![\w/@-])", text) else name
