"""A dossier to start from: the template, with the requested sections and the lines that fit the kind of therapy.

The content of the template is data. Lines that begin with `#@` are directives and never appear:

    #@ for device procedure   the lines up to the next directive are for these kinds
    #@ not for behavioural    the lines are for all other kinds
    #@ end                    the lines that follow are for all kinds
    #@ omitted for diet       first in a section: leave it out for these kinds unless it is requested by name
    #@ with a schema          the lines appear only if a schema is next to the dossier
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from evgrade.model import EvgradeError
from evgrade.schema.shape import Shape, dossier_shape
from evgrade.schema.store import schema
from evgrade.schema.suggest import did_you_mean, listed, shown
from evgrade.yamlio.emit import quoted
from evgrade.yamlio.reader import read

_LIKE_ANY = "drug"
"""The kind whose examples are shown if no kind is stated."""
_SECTION = re.compile(r"^(?:# )?([a-z_]+):", re.MULTILINE)
_WIDTH = 118


def kinds() -> Sequence[str]:
    """Return the kinds of therapy in the format."""
    known: Sequence[str] = schema("dossier")["$defs"]["therapy"]["properties"]["kind"]["enum"]
    return known


def sections() -> Sequence[str]:
    """Return the sections of the format that a dossier may leave out."""
    required = schema("dossier")["required"]
    return [name for name in dossier_shape().keys if name not in required]


def checked(name: str, known: Collection[str], noun: str) -> str:
    """Return a name if it is known.

    Raises:
        EvgradeError: it is not; the hint suggests the nearest one.
    """
    if name not in known:
        raise EvgradeError(
            f"{shown(name)} is not a {noun}", hint=did_you_mean(name, known) or f"known: {listed(known)}"
        )
    return name


def new_dossier(
    therapy: str,
    condition: str,
    schema_path: str | None = None,
    *,
    kind: str | None = None,
    wanted: Collection[str] | None = None,
) -> str:
    """Return a valid, commented dossier to start from.

    Args:
        therapy: the name of the therapy.
        condition: the name of the condition.
        schema_path: the path of the schema for editors, if it is next to the dossier.
        kind: the kind of therapy; sections and fields that do not fit it are left out.
        wanted: the sections to show, whatever the kind; None for those that fit the kind.
    """
    fits = kind or _LIKE_ANY
    blocks = [block for block in _template().split("\n\n") if _is_shown(block, fits, wanted)]
    text = "\n\n".join("\n".join(_lines(block, fits, with_schema=schema_path is not None)) for block in blocks)
    there = _SECTION.findall(text)
    words = {
        "@therapy@": quoted(therapy),
        "@condition@": quoted(condition),
        "@schema@": schema_path or "",
        "@kind@": (f"kind: {kind}" if kind else "# kind: drug").ljust(23),
        "@rest@\n": _rest([name for name in sections() if name not in there]),
    }
    return re.sub("|".join(words), lambda placeholder: words[placeholder.group()], text.rstrip("\n") + "\n")


@cache
def _template() -> str:
    return (FilePath(__file__).parent / "template.dossier.yaml").read_text(encoding="utf-8")


def _is_shown(block: str, kind: str, wanted: Collection[str] | None) -> bool:
    """Whether a block of the template is shown: any block outside sections, and a section that is wanted or fits."""
    found = _SECTION.search(block)
    if found is None or found[1] not in sections():
        return True
    if wanted is not None:
        return found[1] in wanted
    first = block.split("\n", 1)[0]
    return not (first.startswith("#@ omitted for ") and kind in first.split()[3:])


def _lines(block: str, kind: str, *, with_schema: bool) -> Iterator[str]:
    """Yield the lines of a block that fit a kind."""
    fits = True
    for line in block.split("\n"):
        match line.split():
            case ["#@", "for", *those]:
                fits = kind in those
            case ["#@", "not", "for", *those]:
                fits = kind not in those
            case ["#@", "with", *_]:
                fits = with_schema
            case ["#@", *_]:
                fits = True
            case _ if fits:
                yield line


def _rest(left_out: Sequence[str]) -> str:
    """Return the comment that names the sections not shown, and how to show them."""
    if not left_out:
        return ""
    text = f"Not shown here: {listed(left_out)}. `evgrade new --sections {left_out[0]}` shows such a section."
    return textwrap.fill(text, _WIDTH, initial_indent="## ", subsequent_indent="## ", break_on_hyphens=False) + "\n"


@cache
def examples() -> Mapping[str, Sequence[str]]:
    """Return the fields that the template shows, by schema definition, in the order of the template."""
    found: dict[str, dict[str, None]] = {}
    for kind in (_LIKE_ANY, *kinds()):
        text = new_dossier("t", "c", kind=kind, wanted=sections())
        for _ in range(2):  # an example inside another is commented twice
            text = re.sub(r"^( *)# ", r"\1", text, flags=re.MULTILINE)
        _collect(read(text.encode(), "template").data, dossier_shape(), found)
    return {definition: tuple(fields) for definition, fields in found.items()}


def _collect(value: Any, shape: Shape | None, found: dict[str, dict[str, None]]) -> None:
    if isinstance(value, dict) and shape is not None:
        if shape.definition is not None:
            found.setdefault(shape.definition, {}).update(dict.fromkeys(value))
        for key, part in value.items():
            _collect(part, shape.key(key), found)
    elif isinstance(value, list) and shape is not None:
        for part in value:
            _collect(part, shape.item, found)
