"""What an invalid value probably means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.schema.store import is_partial_date, matches

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Option:
    """A possible replacement for a value.

    Attributes:
        value: the new value.
        text: its text, without quotes.
        when: the condition for it to be right, in words; empty if it is the only option.
    """

    value: Scalar
    text: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a value probably means.

    Attributes:
        why: what is wrong or what to do about it, in words.
        options: possible replacements; none if the value alone does not suggest any.
        certain: whether the first option is right whatever the source says, so that a program may write it.
        key: the key that the value belongs under, if that is another.
    """

    why: str
    options: Sequence[Option] = ()
    certain: bool = False
    key: str | None = None

    @property
    def hint(self) -> str:
        """The hint for people."""
        if not self.options or f"`{self.options[0].text}`" in self.why:
            return self.why
        written = " or ".join(f"{_shown(option)}{option.when and f' if {option.when}'}" for option in self.options)
        return f"{self.why}: write {written}{f' under `{self.key}`' if self.key else ''}"


def text_option(text: str, when: str = "") -> Option:
    """Return a text as an option."""
    return Option(text, text, when)


def _shown(option: Option) -> str:
    needs_quotes = isinstance(option.value, str) and option.text[:1] in "<>≤≥&*!|%@`#-?[]{}'\""
    return f'"{option.text}"' if needs_quotes else option.text


def fits(value: Scalar, node: Mapping[str, Any]) -> bool:
    """Whether a schema accepts a scalar."""
    if any(key in node for key in ("anyOf", "oneOf")):
        return any(fits(value, one) for key in ("anyOf", "oneOf") for one in node.get(key, ()))
    if "enum" in node or "const" in node:
        return any(type(one) is type(value) and one == value for one in node.get("enum", (node.get("const"),)))
    types = kinds(node)
    if isinstance(value, bool) or value is None:
        return isinstance(value, bool) and "boolean" in types
    if isinstance(value, str):
        return "string" in types and _fits_text(value, node)
    if not ("number" in types or ("integer" in types and value == int(value))):
        return False
    return (
        node.get("minimum", value) <= value <= node.get("maximum", value)
        and ("exclusiveMinimum" not in node or value > node["exclusiveMinimum"])
        and ("exclusiveMaximum" not in node or value < node["exclusiveMaximum"])
    )


def kinds(node: Mapping[str, Any]) -> Sequence[str]:
    """Return the types in a schema."""
    named = node.get("type", ())
    return (named,) if isinstance(named, str) else tuple(named)


def _fits_text(value: str, node: Mapping[str, Any]) -> bool:
    if not node.get("minLength", 0) <= len(value) <= node.get("maxLength", len(value)):
        return False
    if "format" in node and not is_partial_date(value):
        return False
    return matches(value, node.get("pattern", ""))
