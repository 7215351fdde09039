"""XML as elements that know their lines; no entity is declared, nothing is fetched, and depth has a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from evgrade.model import EvgradeError


@dataclass(slots=True)
class Element:
    """An element of XML.

    Attributes:
        tag: its name, without a namespace.
        line: where it begins, counted from 1.
        attributes: by name, without namespaces.
        parts: texts and elements within, in order.
    """

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[str | Element] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """Yield the elements within."""
        return (part for part in self.parts if isinstance(part, Element))

    def all(self, *path: str) -> Iterator[Element]:
        """Yield the elements that a path of tags leads to, the last of them as often as it occurs."""
        for part in self:
            if part.tag == path[0]:
                if len(path) == 1:
                    yield part
                else:
                    yield from part.all(*path[1:])

    def first(self, *path: str) -> Element | None:
        """Return the first element that a path of tags leads to."""
        return next(self.all(*path), None)

    def text(self, *path: str) -> str:
        """Return the whole text of what a path leads to, in one line; empty if there is none."""
        found = self.first(*path) if path else self
        return "" if found is None else " ".join(found.raw().split())

    def raw(self) -> str:
        """Return the whole text within, as it is written."""
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
        raise EvgradeError(f"{name}:{parser.CurrentLineNumber}: entities are declared: they are not read")

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
    except (ValueError, LookupError) as error:  # an encoding that is unknown
        raise EvgradeError(f"{name}: this is not XML: {error}") from error
    return next(iter(root))
