"""Text that would do something to a terminal, in every field of a dossier that takes text."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from evgrade.schema.shape import Kind, Shape, dossier_shape
from evgrade.yamlio.reader import read

from .support import ROOT

PIECES = {
    r"\e[2J\e[1;1H": "clears the screen",
    r"\x9b31m": "colours, in one character",
    r"\e]8;;https://evil.example\e\\click\e]8;;\e\\": "a link",
    r"\e]0;title\a": "sets the title",
    r"\r\b\b\b": "goes back",
    r"\t\v\f": "goes elsewhere",
    r"\n\n": "starts a line",
    r"\0\x7f\x85": "other controls",
    r"\u202egnp.exe\u202c": "turns text around",
    r"\u2066\u2069\u200f\u061c": "more of it",
    r"ze\u200bro\u200d\u2060\ufeff\xad": "has no width",
    r"\u2028\u2029": "separates lines",
    r"\U000E0041\U000E007F": "tags",
    "[bold]marked[/bold] [/bold] [red]": "markup of rich",
    "[link=javascript:alert(1)]here[/link]": "a link of rich",
    ":smile: :warning:": "names of emoji",
    "{0} %s %(x)s ${x} {x!r}": "templates",
    "<script>alert(1)</script> & <b>": "HTML",
    "::error file=x::y %0A": "commands of GitHub",
    "=HYPERLINK(1) | `x`": "formulas, Markdown",
    "x" * 300: "a long word",
}
"""As they stand in a text in double quotes, and what they would do."""


def hostile_dossier(example: str) -> str:
    """Return an example as YAML with hostile text, numbered, wherever the schema takes any text."""
    texts: dict[str, str] = {}
    numbers = count()

    def replaced(value: Any, shape: Shape | None) -> Any:
        if isinstance(value, dict):
            return {key: replaced(part, shape and shape.key(key)) for key, part in value.items()}
        if isinstance(value, list):
            return [replaced(part, shape and shape.item) for part in value]
        if shape is None or not isinstance(value, str) or shape.definition != "text" or shape.kind is not Kind.TEXT:
            return value
        number = next(numbers)
        piece = list(PIECES)[number % len(PIECES)]
        texts[f"@{number}@"] = f"{number}. {piece} so{number}. "
        return f"@{number}@"

    data = read((ROOT / example).read_bytes(), example).data
    yaml = json.dumps(replaced(data, dossier_shape()), indent=1)
    for token, text in texts.items():
        yaml = yaml.replace(f'"{token}"', f'"{text}"')
    assert len(texts) > 50
    return f"# The reader takes JSON.\n{yaml}\n"


def everything_at_once() -> str:
    """Return all pieces as one text in double quotes."""
    return '"' + " ".join(PIECES) + '"'
