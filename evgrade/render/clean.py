"""What a sink can show, and one cleaning function per kind of sink. Text from a dossier is hostile until cleaned."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache

# Controls (C0, DEL, C1), line and paragraph separators, bidirectional controls, zero-width and
# invisible format characters, lone surrogates, tags.
_HIDDEN = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

# Fewer characters than Unicode calls white space: some of those are controls.
_BLANKS = re.compile("[ \t\r\n]+")


def for_terminal(text: str) -> str:
    r"""Escape every control and invisible character, so that a terminal can only display the text.

    An escape sequence, a bidirectional override or a line break becomes `\x1b`, `\u202e` or `\x0a`.
    """
    if text.isascii() and text.isprintable():  # nearly all text is; compiling the pattern is slow
        return text
    return re.sub(_HIDDEN, _escape, text)


def prose(text: str) -> str:
    """Return prose for a terminal: collapse blanks and line breaks, as in folded text, and escape controls."""
    return part_of_prose(text).strip(" ")


def part_of_prose(text: str) -> str:
    """Return part of a line of prose for a terminal; it may begin and end with a blank."""
    return for_terminal(_BLANKS.sub(" ", text))


def for_xml(text: str) -> str:
    """Return text for XML, as content or in an attribute: entities for markup, escapes for characters that XML forbids.

    The result is ASCII, so no invisible character reaches a reader of the file. XML 1.0 forbids most
    controls, and U+FFFE and U+FFFF (https://www.w3.org/TR/xml/#charsets).
    """
    import html  # noqa: PLC0415 - only XML needs it

    legal = re.sub("[\ufffe\uffff]", _escape, for_terminal(text))
    return html.escape(legal).encode("ascii", "xmlcharrefreplace").decode("ascii")


def for_html(text: str) -> str:
    """Return text for an HTML page, before its markup is escaped: no controls, and single blanks."""
    return part_of_prose(text)


def for_word(text: str) -> str:
    """Return part of a line of prose for a Word document, without characters that XML forbids."""
    return re.sub("[\ufffe\uffff]", _escape, part_of_prose(text))


def for_sarif(text: str) -> str:
    """Return text for a SARIF message, in which braces hold placeholders and `[text](target)` is a link.

    Double the braces, as SARIF 2.1.0 requires (section 3.11.5), and escape links with a backslash (3.11.6).
    """
    return prose(text).replace("{", "{{").replace("}", "}}").replace("](", "\\](")


def for_csv(text: str) -> str:
    """Return text for a cell of a CSV file that a spreadsheet may open: never a formula, no controls.

    Put an apostrophe before what would begin a formula (https://owasp.org/www-community/attacks/CSV_Injection), even
    after a semicolon: in locales with a decimal comma, spreadsheets split cells there and ignore quotes that open
    further left. Pass text only: a negative number is not a formula.
    """
    plain = for_terminal(text)
    return _formula().sub("'", plain) if begins_formula(plain) else plain


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell, or part of it, for a formula."""
    may_be_one = text[:1] in _MAY_BEGIN_FORMULA or ";" in text  # rare; the pattern is slow
    return may_be_one and _formula().search(text) is not None


_LOST, _SIGNS = ' "\xa0\u3000', "=+-@\uff1d\uff0b\uff0d\uff20"
"""Blanks and quotes that some programs drop before a formula, and the signs that begin one; some programs treat
full-width signs alike. Tabs and line ends are already escaped."""
_MAY_BEGIN_FORMULA = frozenset(_LOST + _SIGNS)


@cache
def _formula() -> re.Pattern[str]:
    """Return the pattern that finds where a formula begins."""
    return re.compile(rf"(?:\A|(?<=;))(?=[{_LOST}]*[{re.escape(_SIGNS)}])")


def for_uri(path: str) -> str:
    """Return a path for a URI (RFC 3986): percent-encode everything but letters, digits, `-._~` and the slash."""
    return "".join(chr(byte) if byte in _PLAIN_IN_URI else f"%{byte:02X}" for byte in os.fsencode(path))


_PLAIN_IN_URI = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def for_command(text: str) -> str:
    """Return the message of a GitHub workflow command on one line: `%` and line ends as `%XX`, no controls.

    GitHub decodes only these three, and two more in properties
    (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
    """
    return for_terminal(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def for_command_property(text: str) -> str:
    """Return the value of a property of a GitHub workflow command, in which `:` and `,` are special too."""
    return for_command(text).replace(":", "%3A").replace(",", "%2C")


# In GitHub Flavored Markdown (https://github.github.com/gfm/): characters that are markup anywhere or at the start
# of a text, and those that GitHub turns into mentions, issue numbers, emoji or links in the rendered text, where a
# zero-width space helps but a backslash does not.
_MARKDOWN = r"""(?xi)
    (?P<escaped> [\\`*\[\]|~] | _(?![^\W_]) | (?<![^\W_])_ | \#(?!\w) | \A[-+=](?!\w) | \A\d{1,9}[.)](?!\S) )
    | (?P<entity> [&<>$] )
    | (?P<alive> @(?=\w) | \#(?=\w) | \bGH-(?=\d) | :(?=//|[\w+-]+(?::|\Z)) | \bwww(?=\.) )"""
_MARKS = frozenset("\\`*[]|~_#&<>$@:")
"""Every match of the pattern contains one of these, except list markers, GH- and www."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}
EMPTY_PLACE = "&#8203;"


def for_markdown(text: str) -> str:
    """Return prose as Markdown that renders as exactly this text in a paragraph, heading, list or table cell.

    Markup, HTML, formulas, cells, links, mentions, issue numbers and emoji stay text. Never put the result inside
    backticks or the brackets of a link.
    """
    return part_of_markdown(text.strip(" \t\r\n"))


def part_of_markdown(text: str) -> str:
    """Return part of a line of prose as Markdown; it may begin with a blank unless it begins the line."""
    plain = part_of_prose(text)
    return _markdown().sub(_plain_markdown, plain) if _may_be_markdown(plain) else plain


def _may_be_markdown(text: str) -> bool:
    """Whether a text may contain markup: a quick test, as the pattern is slow and most names have none."""
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
"""ASCII replacements for the typographic characters that evgrade prints."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A terminal, a pipe or a file.

    Attributes:
        width: its width in columns.
        color: whether to use colours.
        encoding: its character encoding.
    """

    width: int = 80
    color: bool = False
    encoding: str = "utf-8"

    @property
    def ascii(self) -> bool:
        """Whether the sink lacks the bars, boxes and dashes of the report."""
        try:
            "█░╭─╯•…·»".encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    def encodable(self, text: str) -> str:
        """Return text in characters that the sink can show; all others become escapes."""
        if self.ascii:
            for sign, plain in _PLAIN.items():
                text = text.replace(sign, plain)
        try:
            return text.encode(self.encoding, "backslashreplace").decode(self.encoding)
        except LookupError:
            return text.encode("ascii", "backslashreplace").decode("ascii")
