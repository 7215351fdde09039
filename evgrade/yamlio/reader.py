"""YAML bytes to a document: by the fast reader if possible, otherwise by a parser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evgrade.model import InvalidError
from evgrade.yamlio.document import Document
from evgrade.yamlio.fast import fast
from evgrade.yamlio.source import LIMITS, Limits
from evgrade.yamlio.text import SourceText, decode


def read(content: bytes, name: str, *, parser: Any = None, limits: Limits = LIMITS) -> Document:
    """Read one YAML document from UTF-8 bytes.

    Args:
        content: the bytes of the file.
        name: the file's name for messages.
        parser: a PyYAML event parser to use in any case.
        limits: bounds on size, depth and expansion.

    Raises:
        InvalidError: with one finding at the position that could not be read.
    """
    source = decode(content, name, limits.bytes)
    if parser is None and limits is LIMITS:
        data = fast(source.text)
        if data is not None:
            return Document(name, data, source.text, content, _marks)  # a good file never needs them
    from evgrade.yamlio.events import FastParser, read_events  # noqa: PLC0415 - ordinary files need no parser

    try:
        data, marks = read_events(source, parser or FastParser, limits)
    except InvalidError as error:
        raise _explained(error, source, parser or FastParser, limits) from None
    return Document(name, data, source.text, content, marks)


def _explained(error: InvalidError, source: SourceText, parser: Any, limits: Limits) -> InvalidError:
    """Return an error that names the slip that caused it, and its position, if there is one."""
    if error.findings[0].code not in ("yaml-syntax", "yaml-key"):
        return error
    from evgrade.yamlio.events import read_events  # noqa: PLC0415 - as above
    from evgrade.yamlio.slips import cause  # noqa: PLC0415 - only for files that cannot be read

    def fails(text: str) -> int | None:
        try:
            read_events(SourceText(source.name, text), parser, limits)
        except InvalidError as again:
            return SourceText(source.name, text).lines.offset(again.findings[0].location)
        return None

    offset = source.lines.offset(error.findings[0].location)
    slip = cause(source.text, offset, fails)
    if slip is None:
        return error
    return source.error(error.findings[0].code, slip.message, slip.place(source.text), hint=slip.hint, related=offset)


def _marks(text: str) -> Sequence[int]:
    """Return the marks of a text that the fast reader has read, by parsing it."""
    from evgrade.yamlio.events import read_events  # noqa: PLC0415 - as above

    return read_events(SourceText("", text))[1]
