"""Explanations of the checks, each with an example that fails and one that passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evgrade.yamlio.document import Document
from evgrade.yamlio.parts import part
from evgrade.yamlio.reader import read

_FOLDER = Path(__file__).parent / "prose"
_HEADER = {"dossier": 1, "therapy": {"name": "a therapy"}, "condition": {"name": "a condition"}}


@dataclass(frozen=True, slots=True)
class Prose:
    """A check in words.

    Attributes:
        title: what is wrong where it finds something.
        why: why that matters.
        how: how it is judged.
        source: where the method comes from.
        fails: a dossier in which it finds something.
        passes: one in which it finds nothing.
    """

    code: str
    title: str
    why: str
    how: str
    source: str
    fails: Document
    passes: Document


@cache
def all_prose() -> Mapping[str, Prose]:
    """Return the prose of all checks by code, in the order of the files and of what is in them."""
    found: dict[str, Prose] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        document = read(file.read_bytes(), file.name)
        for number, node in enumerate(document.data):
            found[node["code"]] = _prose(document, number, node)
    return found


def _prose(document: Document, number: int, node: Mapping[str, Any]) -> Prose:
    texts = {key: str(node[key]) for key in ("code", "title", "why", "how", "source")}
    return Prose(
        **texts,
        fails=part(document, (number, "fails"), _HEADER),
        passes=part(document, (number, "passes"), _HEADER),
    )
