"""The dossier schema as types, for type-checking the paths in rubrics."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evgrade.model import UNKNOWN_WORDS
from evgrade.schema.store import schema

_NAMES = re.compile(r"\{(\w+)\}")
_SAME_TWICE = re.compile(r"(?<!\S)(\S++) to \1\b")


class Kind(enum.Enum):
    """The kinds of values."""

    MAPPING = "mapping"
    LIST = "list"
    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Shape:
    """One node of the schema, with references resolved.

    Attributes:
        node: the schema of the value.
        definition: the name under `$defs`, if it has one: items of two sections with the same definition have the same
            shape, and `facts` derives values by definition.
        described: the description at the place of use.
        title: the name of the value there, in words, if its key is not enough.
        found_in: where to find it in a source, if the schema says so.
        judgement: who makes it, for a judgement: `reviewers` only, or `anyone` if a source may state it too.
    """

    node: dict[str, Any]
    definition: str | None
    described: str
    title: str | None = None
    found_in: str | None = None
    judgement: str | None = None

    @cached_property
    def kind(self) -> Kind:
        """The kind of value."""
        declared = self.node.get("type")
        if declared == "object":
            return Kind.MAPPING
        if declared == "array":
            return Kind.LIST
        if "enum" in self.node or "const" in self.node or declared == "boolean":
            return Kind.CHOICE
        if declared in ("number", "integer") or self.node.get("x-number"):
            return Kind.NUMBER
        return Kind.TEXT

    @cached_property
    def choices(self) -> tuple[Any, ...]:
        """The values of a choice, except those that mean unknown."""
        if self.node.get("type") == "boolean":
            return (True, False)
        values = self.node.get("enum", (self.node.get("const"),))
        return tuple(value for value in values if value not in UNKNOWN_WORDS)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that a mapping may have."""
        return tuple(self.node.get("properties", ()))

    def says(self, value: Any) -> str | None:
        """Return a value in words, empty or None if the schema gives no wording.

        The wording of a mapping is its schema's `x-says`: pieces, each omitted unless all its keys are stated.
        """
        if not isinstance(value, dict):
            plain = _plain(value)
            return plain if self.title is None else f"{self.title}: {plain}"
        words = {key: _plain(part) for key, part in value.items() if not isinstance(part, dict | list)}
        pieces = self.node.get("x-says", ())
        wording = "".join(piece.format_map(words) for piece in pieces if set(_NAMES.findall(piece)) <= words.keys())
        wording = _SAME_TWICE.sub(r"\1", wording).strip(" :,")
        return wording if self.title is None or not wording else f"{self.title}: {wording}"

    @property
    def noun(self) -> str:
        """The name of a list entry."""
        return str(self.node.get("title", "entry"))

    def key(self, name: str) -> Shape | None:
        """Return the shape of a mapping's value, None if the key does not exist."""
        node = self.node.get("properties", {}).get(name)
        return None if node is None else _follow(node)

    def only_reviewers_fill(self, name: str) -> bool:
        """Whether a key of a mapping is for a judgement made only by reviewers, or for its reason."""
        judged = self.key(name.removesuffix("_reason"))
        return judged is not None and judged.judgement == "reviewers"

    def field(self, name: str) -> Shape:
        """Return the shape of a mapping's value.

        Raises:
            KeyError: there is no such key.
        """
        found = self.key(name)
        if found is None:
            raise KeyError(name)
        return found

    @cached_property
    def item(self) -> Shape:
        """The shape of a list's entries."""
        return _follow(self.node["items"])


def _plain(value: Any) -> str:
    """Return a scalar as people write it; numbers have no thousands separators, as years have none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def _follow(node: dict[str, Any]) -> Shape:
    where_used = (node.get("description", ""), *map(node.get, ("title", "x-found-in", "x-judgement")))
    definition = None
    while "$ref" in node:
        definition = node["$ref"].removeprefix("#/$defs/")
        node = schema("dossier")["$defs"][definition]
    return Shape(node, definition, *where_used)


def dossier_shape() -> Shape:
    """Return the shape of a dossier."""
    return _follow(schema("dossier"))
