"""JSON and XML as trees whose parts may be missing. XML has limited depth and no entities, and fetches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from evgrade.model import EvgradeError

_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]+")
LONGEST = 20_000
"""The most characters of a text in a dossier."""


def within(value: Any, *keys: str) -> Any:
    """Return the value at a path of keys, None if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: Any, *keys: str) -> str:
    """Return a text on one line, empty if there is none."""
    found = within(value, *keys)
    return " ".join(_HARMFUL.sub(" ", found).split())[:LONGEST] if isinstance(found, str) else ""


def items(value: Any, *keys: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the mappings in a list with their positions."""
    found = within(value, *keys)
    for at, one in enumerate(found if isinstance(found, list) else ()):
        if isinstance(one, dict):
            yield at, one


def texts(value: Any, *keys: str) -> list[str]:
    """Return the texts in a list."""
    found = within(value, *keys)
    return [text(one) for one in found if text(one)] if isinstance(found, list) else []


# XML


@dataclass(slots=True)
class Element:
    """An element of XML.

    Attributes:
        tag: its name, without a namespace.
        line: the line where it begins, counted from 1.
        attributes: by name, without namespaces.
        parts: its texts and elements, in order.
    """

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[str | Element] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it begins, for notes."""
        return f":{self.line}"

    def __iter__(self) -> Iterator[Element]:
        """Yield the child elements."""
        return (part for part in self.parts if isinstance(part, Element))

    def all(self, *path: str) -> Iterator[Element]:
        """Yield all elements at a path of tags."""
        for part in self:
            if part.tag == path[0]:
                if len(path) == 1:
                    yield part
                else:
                    yield from part.all(*path[1:])

    def within(self, tag: str) -> Iterator[Element]:
        """Yield the elements with a tag at any depth."""
        for part in self:
            if part.tag == tag:
                yield part
            yield from part.within(tag)

    def first(self, *path: str) -> Element | None:
        """Return the first element at a path of tags."""
        return next(self.all(*path), None)

    def text(self, *path: str) -> str:
        """Return the whole text of the first element at a path, on one line; empty if there is none."""
        found = self.first(*path) if path else self
        return "" if found is None else " ".join(found.raw().split())

    def raw(self) -> str:
        """Return the whole text, with its white space."""
        return "".join(part if isinstance(part, str) else part.raw() for part in self.parts)


def parse(name: str, data: bytes, deepest: int) -> Element:
    """Return the root of an XML file.

    Raises:
        EvgradeError: it is not XML, is nested too deeply, or declares entities.
    """
    root = Element("", 0)
    open_elements = [root]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > deepest:
            raise EvgradeError(f"{name}:{parser.CurrentLineNumber}: elements are nested more than {deepest} deep")
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        element = Element(tag.rpartition(":")[2], parser.CurrentLineNumber, plain)
        open_elements[-1].parts.append(element)
        open_elements.append(element)

    def entity(*_: object) -> None:
        raise EvgradeError(f"{name}:{parser.CurrentLineNumber}: entity declarations are not allowed")

    def characters(text: str) -> None:
        open_elements[-1].parts.append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_elements.pop()
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        place = f"{name}:{error.lineno}:{error.offset + 1}"
        said = expat.ErrorString(error.code)
        raise EvgradeError(f"{place}: this is not XML: {said}", hint="download it again") from error
    except (ValueError, LookupError) as error:  # an unknown encoding
        raise EvgradeError(f"{name}: this is not XML: {error}") from error
    return next(iter(root))
