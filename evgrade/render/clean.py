"""What each kind of sink can show, and one cleaning function for each."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache

# Controls (C0, DEL, C1), line and paragraph separators, bidirectional controls, zero-width and
# invisible format characters, halves of surrogate pairs, tags.
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

# Not all that Unicode calls white space: some of it is a control.
_BLANKS = re.compile("[ \t\r\n]+")


def for_terminal(text: str) -> str:
    r"""Return text that can only be read: every control and invisible character as its escape.

    An escape sequence, a bidirectional override or a line break comes out as `\x1b`, `\u202e` or `\x0a`.
    """
    if text.isascii() and text.isprintable():  # nearly all text; the pattern takes long to compile
        return text
    return re.sub(_HIDDEN, _escape, text)


def prose(text: str) -> str:
    """Return prose for a terminal: blanks and line breaks as one blank, as in folded text, the rest harmless."""
    return part_of_prose(text).strip(" ")


def part_of_prose(text: str) -> str:
    """Return a part of a line of prose, which may begin and end with a blank."""
    return for_terminal(_BLANKS.sub(" ", text))


def for_xml(text: str) -> str:
    """Return text for XML, as content or in an attribute: markup as entities, what XML cannot hold as its escape.

    It is ASCII, so that no invisible character reaches whoever reads the file. XML 1.0 has no place for most
    controls, nor for U+FFFE and U+FFFF (https://www.w3.org/TR/xml/#charsets).
    """
    import html  # noqa: PLC0415 - only XML needs it

    legal = re.sub("[\ufffe\uffff]", _escape, for_terminal(text))
    return html.escape(legal).encode("ascii", "xmlcharrefreplace").decode("ascii")


def for_html(text: str) -> str:
    """Return text for a page of HTML, before its markup is escaped: no control, one blank for blanks and line ends."""
    return part_of_prose(text)


def for_word(text: str) -> str:
    """Return text for a Word document: a part of a line of prose, and nothing that its XML cannot hold."""
    return re.sub("[\ufffe\uffff]", _escape, part_of_prose(text))


def for_sarif(text: str) -> str:
    """Return text for a SARIF message, where braces hold placeholders and `[text](target)` is a link.

    Braces are doubled, as SARIF 2.1.0 requires (section 3.11.5); a backslash keeps a link (3.11.6) from being one.
    """
    return prose(text).replace("{", "{{").replace("}", "}}").replace("](", "\\](")


def for_csv(text: str) -> str:
    """Return text for a cell of a CSV file that a spreadsheet opens: never a formula, no control left.

    What would begin one has an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection), also
    behind a semicolon: where a comma is what decimals have, spreadsheets divide there, and heed no quotes that begin
    further left. Give it text only: a number below zero is no formula.
    """
    plain = for_terminal(text)
    return _formula().sub("'", plain) if begins_formula(plain) else plain


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula, or a part of it for one."""
    may_be_one = text[:1] in _MAY_BEGIN_FORMULA or ";" in text  # nearly all text is not; the pattern takes long
    return may_be_one and _formula().search(text) is not None


_LOST, _SIGNS = ' "\xa0\u3000', "=+-@\uff1d\uff0b\uff0d\uff20"
"""Blanks and quotes that are lost to some programs before a formula, and the signs that begin one: the full-width ones
mean the same to some. A tab or a line end is an escape by now."""
_MAY_BEGIN_FORMULA = frozenset(_LOST + _SIGNS)


@cache
def _formula() -> re.Pattern[str]:
    """Return what finds the places where a formula begins."""
    return re.compile(rf"(?:\A|(?<=;))(?=[{_LOST}]*[{re.escape(_SIGNS)}])")


def for_uri(path: str) -> str:
    """Return a path for a URI (RFC 3986): the bytes of all but letters, digits, `-._~` and the slash as `%XX`."""
    return "".join(chr(byte) if byte in _PLAIN_IN_URI else f"%{byte:02X}" for byte in os.fsencode(path))


_PLAIN_IN_URI = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def for_command(text: str) -> str:
    """Return the message of a GitHub workflow command: on one line, `%` and line ends as `%XX`, no control left.

    GitHub decodes just these three, and in properties two more
    (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
    """
    return for_terminal(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def for_command_property(text: str) -> str:
    """Return the value of a property of a GitHub workflow command, where `:` and `,` have a meaning too."""
    return for_command(text).replace(":", "%3A").replace(",", "%2C")


# In GitHub's flavour of Markdown (https://github.github.com/gfm/): what is markup anywhere, where only a text begins
# with it, and what becomes a mention, the number of an issue, an emoji or a link in the finished text, where a
# backslash no longer helps. An empty place inside of it does.
_MARKDOWN = r"""(?xi)
    (?P<escaped> [\\`*\[\]|~] | _(?![^\W_]) | (?<![^\W_])_ | \#(?!\w) | \A[-+=](?!\w) | \A\d{1,9}[.)](?!\S) )
    | (?P<entity> [&<>$] )
    | (?P<alive> @(?=\w) | \#(?=\w) | \bGH-(?=\d) | :(?=//|[\w+-]+(?::|\Z)) | \bwww(?=\.) )"""
_MARKS = frozenset("\\`*[]|~_#&<>$@:")
"""What all of these have in them, but for what begins a list, GH- and www."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
EMPTY_PLACE = "&#8203;"


def for_markdown(text: str) -> str:
    """Return prose as Markdown that shows just this text, in a paragraph, a heading, a list or a cell of a table.

    Markup, HTML, formulas, cells, links, mentions, numbers of issues and emoji in it stay text. Never put it inside
    backticks or the brackets of a link.
    """
    return part_of_markdown(text.strip(" \t\r\n"))


def part_of_markdown(text: str) -> str:
    """Return a part of a line of prose as Markdown; it may begin and end with a blank, but where it begins the line."""
    plain = part_of_prose(text)
    return _markdown().sub(_plain_markdown, plain) if _may_be_markdown(plain) else plain


def _may_be_markdown(text: str) -> bool:
    """Whether the pattern has to look at a text: it takes long, and most names have nothing in them that is markup."""
    return (
        text[:1] in "+-="
        or text[:1].isdigit()
        or not _MARKS.isdisjoint(text)
        or "h-" in text.lower()
        or "www" in text.lower()
    )


@cache
def _markdown() -> re.Pattern[str]:
    return re.compile(_MARKDOWN)


def _plain_markdown(match: re.Match[str]) -> str:
    found = match.group()
    if match.lastgroup == "escaped":
        return f"{found[:-1]}\\{found[-1]}"
    return _ENTITIES[found] if match.lastgroup == "entity" else f"{found}{EMPTY_PLACE}"


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_PLAIN = {"…": "...", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"', "×": "x"}
"""ASCII replacements for the signs that evgrade itself prints."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A terminal, a pipe or a file.

    Attributes:
        width: columns.
        color: whether colours are wanted.
        encoding: the character encoding of the sink.
    """

    width: int = 80
    color: bool = False
    encoding: str = "utf-8"

    @property
    def ascii(self) -> bool:
        """Whether the sink cannot show the bars, boxes and dashes of the report."""
        try:
            "█░╭─╯•…·»".encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def encodable(self, text: str) -> str:
        """Return text that the sink can show; what it cannot show comes as an escape."""
        if self.ascii:
            for sign, plain in _PLAIN.items():
                text = text.replace(sign, plain)
        try:
            return text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        except LookupError:
            return text.encode("ascii", "backslashreplace").decode("ascii")
