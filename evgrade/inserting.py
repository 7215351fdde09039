"""New entries in a dossier, put where the format has them: text is inserted, and every other byte stays as it was.

Where text can go depends on how a list is written: in block style, in brackets, as `[]`, or not at all yet. Each way
yields places to try; the first is taken whose result reads as the old data with the new entries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from evgrade.model import EvgradeError, InvalidError, Path, dotted
from evgrade.schema.shape import dossier_shape
from evgrade.yamlio.document import Document
from evgrade.yamlio.layout import Layout
from evgrade.yamlio.reader import read
from evgrade.yamlio.scalars import resolve


def inserted(document: Document, section: Path, entries: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the bytes of a dossier with entries added at the end of a list.

    Args:
        document: the dossier, valid or not.
        section: the keys that lead to the list, such as `("trials",)`; those that are absent are added.
        entries: plain data; a number that should keep its digits is a `Decimal`.

    Raises:
        EvgradeError: there is something else than a list, or no place where the result would mean the same.
    """
    expected = _canonical(_added(document.data, section, entries))
    mark = document.content[: len(document.content) - len(document.text.encode())]  # of the byte order, if any
    for change in Layout(document, _before_in_order).changes(section, entries):
        text = document.text[: change.start] + change.text + document.text[change.end :]
        content = mark + text.encode(errors="surrogatepass")
        try:
            data = read(content, document.name).data
        except InvalidError:
            continue
        if _canonical(data) == expected:
            return content
    hint = "write it in block style: the key, and below it a line that begins with `-` for each entry"
    raise EvgradeError(f"nothing can be added to `{dotted(section)}` in {document.name} as it is written", hint=hint)


def _added(data: Any, section: Path, entries: Sequence[Any]) -> Any:
    """Return data with entries added to a list.

    Raises:
        EvgradeError: something else is there.
    """
    if not section:
        if data is not None and not isinstance(data, list):
            raise EvgradeError("nothing can be added: there is something else than a list")
        return [*(data or ()), *entries]
    if data is not None and not isinstance(data, dict):
        raise EvgradeError(f"nothing can be added to `{dotted(section)}`: what it belongs to is not a mapping")
    data = data or {}
    return data | {section[0]: _added(data.get(section[0]), section[1:], entries)}


def _canonical(data: Any) -> str:
    """Return data as text that is equal for equal data only: 1, 1.0 and true differ."""
    return json.dumps(data, sort_keys=True, default=_read_back)


def _read_back(value: Any) -> Any:
    if isinstance(value, Decimal):
        return resolve(str(value))
    raise TypeError(type(value))


def _before_in_order(parent: Path, mapping: Mapping[str, Any], key: str) -> str | None:
    """Return the key of a mapping that comes last before another in the order of the schema, None if none does."""
    shape = dossier_shape()
    for step in parent:
        inside = shape.key(str(step))
        shape = shape if inside is None else inside
    order = shape.keys
    return max((one for one in mapping if one in order[: order.index(key)]), key=order.index, default=None)
