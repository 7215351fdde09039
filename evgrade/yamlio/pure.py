"""PyYAML's parser in Python, for installations without libyaml.

It is made to agree with libyaml where the two read YAML differently: tabs between tokens and in plain
text, question marks in brackets (web addresses), the line of a block text's sign, escapes that are no
characters. Everything else is PyYAML's.
"""

from __future__ import annotations

import re
from typing import Any

from yaml.error import Mark
from yaml.events import ScalarEvent
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import FlowEntryToken, FlowMappingEndToken, FlowSequenceEndToken, ScalarToken, TagToken

_BREAKS = "\r\n"
_ENDS = "\0 \t\r\n"
_BLOCK_HEADER = re.compile(r"(?:[-+][1-9]?|[1-9][-+]?)?")
_TAG = re.compile("!(?:![0-9A-Za-z_-]+)?")
_NO_CHARACTER = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u|U0000)[dD][89a-fA-F]|\\U(?!000|0010))")


class PurePythonParser(Reader, Scanner, Parser):
    """An event parser over text, interchangeable with `yaml.cyaml.CParser`."""

    def __init__(self, text: str) -> None:
        """Start at the beginning of a text."""
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def process_empty_scalar(self, mark: Mark) -> ScalarEvent:
        """Put an empty value in brackets before what ends it."""
        if self.check_token(FlowEntryToken, FlowMappingEndToken, FlowSequenceEndToken):
            mark = self.tokens[0].start_mark
        return super().process_empty_scalar(mark)

    def scan_to_next_token(self) -> None:
        """Skip space, comments and line ends; tabs too, but not where they would indent."""
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0\r\n":
                    self.forward()
            if not self._skip_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def fetch_stream_end(self) -> None:
        """End the last line even where the file does not, so that a key there misses its colon."""
        if self.column:
            self.line += 1
            self.column = 0
        self.stale_possible_simple_keys()
        super().fetch_stream_end()

    def _skip_line_break(self) -> bool:
        length = 2 if self.prefix(2) == "\r\n" else 1 if self.peek() in _BREAKS else 0
        self.forward(length)
        return length > 0

    def scan_plain(self) -> ScalarToken:
        """Read text without quotes."""
        start = end = self.get_mark()
        chunks: list[str] = []
        space = ""
        while self.peek() != "#" and not self._at_document_mark():
            length = self._plain_length(start)
            if not length:
                break
            chunks += space, self.prefix(length)
            self.forward(length)
            self.allow_simple_key = False
            end = self.get_mark()
            space = self._scan_space(start)
            if not space or (not self.flow_level and self.column <= self.indent):
                break
        return ScalarToken("".join(chunks), plain=True, start_mark=start, end_mark=end)

    def _at_document_mark(self) -> bool:
        return self.column == 0 and self.prefix(3) in ("---", "...") and self.peek(3) in _ENDS

    def _plain_length(self, start: Mark) -> int:
        """Return how many characters of plain text follow up to the next space or sign."""
        length = 0
        while (sign := self.peek(length)) not in _ENDS:
            following = self.peek(length + 1)
            if self.flow_level and sign == ":" and following in ",?[]{}":
                self.forward(length)
                raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", self.get_mark())
            if (sign == ":" and following in _ENDS) or (self.flow_level and sign in ",[]{}"):
                break
            length += 1
        return length

    def _scan_space(self, start: Mark) -> str:
        """Skip space inside plain text and return what it stands for: itself, or folded line ends."""
        space = ""
        breaks = 0
        while (sign := self.peek()) in " \t\r\n":
            if sign in _BREAKS:
                self._skip_line_break()
                self.allow_simple_key = True
                breaks += 1
                continue
            if sign == "\t" and breaks and self.column <= self.indent:
                problem = "found a tab character that violates indentation"
                raise ScannerError("while scanning a plain scalar", start, problem, self.get_mark())
            space += sign
            self.forward()
        return "\n" * (breaks - 1) or " " if breaks else space

    def scan_tag(self) -> TagToken:
        """Read a tag; a tab may follow it and, in brackets, a comma."""
        start = self.get_mark()
        found = _TAG.match(self.buffer, self.pointer)
        length = found.end() - self.pointer if found else 0
        following = self.peek(length)
        if following not in _ENDS and not (self.flow_level and following == ","):
            return super().scan_tag()
        tag = self.prefix(length)
        self.forward(length)
        value = ("!!", tag[2:]) if len(tag) > 1 else (None, tag)
        return TagToken(value, start, self.get_mark())

    def scan_block_scalar_indicators(self, start_mark: Mark) -> tuple[bool | None, int | None]:
        """Read what follows `|` or `>`: how to end the text (+ keep, - strip) and its indentation."""
        header = _BLOCK_HEADER.match(self.buffer, self.pointer)
        signs = header.group() if header else ""
        self.forward(len(signs))
        digit = signs.strip("+-")
        if self.peek() == "0" and not digit:
            problem = "found an indentation indicator equal to 0"
            raise ScannerError("while scanning a block scalar", start_mark, problem, self.get_mark())
        return ("+" in signs if signs.strip("123456789") else None), (int(digit) if digit else None)

    def scan_block_scalar_ignored_line(self, start_mark: Mark) -> None:
        """Skip the rest of the line of `|` or `>`."""
        while self.peek() in " \t":
            self.forward()
        super().scan_block_scalar_ignored_line(start_mark)

    def scan_block_scalar_indentation(self) -> Any:
        """Find the indentation of a block text from its first line."""
        indentation = super().scan_block_scalar_indentation()
        self._refuse_tab()
        return indentation

    def scan_block_scalar_breaks(self, indent: int) -> Any:
        """Skip empty lines and the indentation of the next line of a block text."""
        breaks = super().scan_block_scalar_breaks(indent)
        if self.column < indent:
            self._refuse_tab()
        return breaks

    def _refuse_tab(self) -> None:
        if self.peek() == "\t":
            problem = "found a tab character where an indentation space is expected"
            raise ScannerError("while scanning a block scalar", None, problem, self.get_mark())

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """Read text in quotes."""
        start = self.get_mark()
        try:
            token = super().scan_flow_scalar(style)
            token.value.encode()
        except (ValueError, OverflowError):  # from chr(), or from encoding half of a surrogate pair
            escape = _NO_CHARACTER.search(self.buffer, start.index)
            index = escape.start(1) if escape else start.index
            problem = "found invalid Unicode character escape code"
            mark = Mark(start.name, index, start.line, start.column, None, 0)
            raise ScannerError("while parsing a quoted scalar", start, problem, mark) from None
        return token
