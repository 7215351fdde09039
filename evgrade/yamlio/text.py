"""Decode bytes to text: UTF-8 with only the characters that YAML allows; errors have positions."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from functools import cached_property

from evgrade.model import Finding, InvalidError, Severity
from evgrade.yamlio.document import Lines

# The forbidden characters: a pattern with all the allowed ones takes thirty times as long to compile.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_PLAIN_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_EMPTY_LINES = r"(?:\ *+(?:\#[^\r\n]*+)?[\r\n])*+"
_PROLOGUE = rf"(?x){_EMPTY_LINES}%YAML\ 1\.2\ *+(?:(?<=\ )\#[^\r\n]*+)?[\r\n]{_EMPTY_LINES}(?=---)"
_PERCENT_LINE = r"(?:\A|[\r\n])(%)"


@dataclass(frozen=True)
class SourceText:
    """The text of a file, and its name for messages."""

    name: str
    text: str

    @cached_property
    def lines(self) -> Lines:
        """The text, split into lines."""
        return Lines.of(self.text)

    def error(self, code: str, message: str, offset: int, *, hint: str, related: int | None = None) -> InvalidError:
        """Return an error to raise, at a character offset."""
        lines = self.lines
        finding = Finding(
            code=code,
            severity=Severity.ERROR,
            message=message,
            location=lines.location(self.name, offset),
            excerpt=lines.excerpt(offset),
            hint=hint,
            related=() if related is None else (lines.location(self.name, related),),
        )
        return InvalidError(f"{self.name} could not be read", (finding,))


def decode(content: bytes, name: str, max_bytes: int) -> SourceText:
    """Return the text of a file, without its byte order mark.

    Raises:
        InvalidError: the file is too large, is not in UTF-8, or contains a forbidden character or directive.
    """
    if len(content) > max_bytes:
        message = f"the file is larger than {max_bytes // 1024 // 1024} MiB"
        raise SourceText(name, "").error("yaml-too-large", message, 0, hint="split it into one dossier per therapy")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            message = f"the file is in {encoding}, not in UTF-8"
            raise SourceText(name, "").error("yaml-encoding", message, 0, hint="save the file as UTF-8")
    try:
        source = SourceText(name, content.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        raise _encoding_error(content, error, name) from None
    if not content.isascii() or content.translate(None, _PLAIN_ASCII):  # otherwise all characters are allowed
        _check_characters(source)
    _check_directives(source)
    return source


def _encoding_error(content: bytes, error: UnicodeDecodeError, name: str) -> InvalidError:
    start = error.start + len(content) - len(error.object)  # without the byte order mark
    good = error.object[: error.start].decode()
    rest_of_line = content[start:].split(b"\n", 1)[0].decode(errors="replace")
    message = f"byte {start + 1} of the file (0x{content[start]:02x}) is not UTF-8"
    source = SourceText(name, _visible(good + rest_of_line))
    return source.error("yaml-encoding", message, len(good), hint="save the file as UTF-8")


def _check_characters(source: SourceText) -> None:
    found = _FORBIDDEN.search(source.text)
    if found:
        code = ord(found.group())
        message = f"the character U+{code:04X} is not allowed in a YAML file"
        hint = f'remove it, or write "\\u{code:04x}" in double quotes'
        visible = SourceText(source.name, _visible(source.text))
        raise visible.error("yaml-character", message, found.start(), hint=hint)


def _visible(text: str) -> str:
    """Replace forbidden characters, so that they neither end a line nor control a terminal."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def _check_directives(source: SourceText) -> None:
    """Refuse lines that start with %, except `%YAML 1.2` above the `---` of the document.

    The parsers disagree about other directives, and libyaml takes quadratic time for many of them.
    """
    text = source.text
    if "%" not in text or not (text.startswith("%") or "\n%" in text or "\r%" in text):  # nearly all files
        return
    prologue = re.match(_PROLOGUE, text)
    line = re.compile(_PERCENT_LINE).search(text, prologue.end() if prologue else 0)
    if line:
        hint = "remove it, or indent it if it is text; only `%YAML 1.2` is allowed there, above a line `---`"
        raise source.error("yaml-directive", "a line cannot start with %", line.start(1), hint=hint)
