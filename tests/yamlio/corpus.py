"""The files of `tests/hostile`, and readings of them and of other text by both parsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evgrade.model import Finding, InvalidError
from evgrade.yamlio.document import Document
from evgrade.yamlio.events import FastParser, PythonParser
from evgrade.yamlio.reader import read

HOSTILE = Path(__file__).parent.parent / "hostile"
PARSERS = {"libyaml": FastParser, "python": PythonParser}

both_parsers = pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS.keys())


def document(text: str | bytes, parser: Any = FastParser) -> Document:
    """Read a document that must be good."""
    return read(text.encode() if isinstance(text, str) else text, "a.yaml", parser=parser)


def finding(text: str | bytes, parser: Any = FastParser) -> Finding:
    """Read a document that must be refused, for one reason."""
    with pytest.raises(InvalidError) as error:
        document(text, parser)
    (found,) = error.value.findings
    return found


def place(found: Finding) -> str:
    """Return the place of a finding as `line:column`."""
    return f"{found.location.line}:{found.location.column}"


def outcome(text: str | bytes, parser: Any) -> Finding | tuple[str, list[int]]:
    """Return the finding, or the data (types told apart) and the marks, that reading a text ends in."""
    try:
        good = document(text, parser)
    except InvalidError as error:
        return error.findings[0]
    return repr(good.data), list(good.marks)
