"""All that a dossier records, in its own order and with the names of the format: the last depth of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.model import Path
from evgrade.report.references import Numbering
from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.yamlio.header import HEADER

_CITED = ("refs", "reports")
_NAMES = ("title", "name", "term", "outcome", "statement", "id")
"""What an entry of a list is called by, the first that it states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A value that a dossier states, or a mapping or list of them.

    Attributes:
        name: what the format calls it, or which entry of a list it is.
        text: the value; empty for what holds others.
        cited: the numbers of the references that it is.
        parts: what it holds.
    """

    name: str
    text: str = ""
    cited: tuple[int, ...] = ()
    parts: tuple[Recorded, ...] = ()


def recorded_in(dossier: Dossier, numbering: Numbering) -> tuple[Recorded, ...]:
    """Return all sections of a dossier, with everything that is stated in them."""
    sections = {name: section for name, section in dossier.data.items() if name != HEADER}
    return tuple(_parts(dossier, numbering, sections, dossier_shape(), ()))


def _parts(
    dossier: Dossier, numbering: Numbering, mapping: dict[str, Any], shape: Shape | None, path: Path
) -> Iterator[Recorded]:
    for key, value in mapping.items():
        name = key if key.startswith("x-") else key.replace("_", " ")
        yield _recorded(dossier, numbering, name, value, shape and shape.key(key), (*path, key))


def _recorded(
    dossier: Dossier, numbering: Numbering, name: str, value: Any, shape: Shape | None, path: Path
) -> Recorded:
    if path[-1] in _CITED:
        return Recorded(name="references" if name == "refs" else name, cited=numbering.cite(value))
    if isinstance(value, dict):
        return Recorded(name=name, parts=tuple(_parts(dossier, numbering, value, shape, path)))
    if isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        item = shape and shape.item
        noun = item.noun if item else "entry"
        return Recorded(
            name=name,
            parts=tuple(
                _recorded(dossier, numbering, _called(entry, noun, number), entry, item, (*path, number))
                for number, entry in enumerate(value)
            ),
        )
    if isinstance(value, list):
        item = shape and shape.item
        texts = [_text(dossier, entry, item, (*path, number)) for number, entry in enumerate(value)]
        return Recorded(name=name, text="; ".join(texts) or "none")
    return Recorded(name=name, text=_text(dossier, value, shape, path))


def _called(entry: Any, noun: str, number: int) -> str:
    names = [str(entry[key]) for key in _NAMES if key in entry] if isinstance(entry, dict) else []
    return names[0] if names else f"{noun} {number + 1}"


def _text(dossier: Dossier, value: Any, shape: Shape | None, path: Path) -> str:
    """Return a value in words: choices without underscores, and numbers with the zeros they are written with."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return dossier.document.written(path)
    return str(value).replace("_", " ") if shape is not None and shape.kind is Kind.CHOICE else str(value)
