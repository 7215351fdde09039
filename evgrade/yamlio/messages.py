"""Messages for files that PyYAML cannot parse.

libyaml and PyYAML's own parser describe the same problem differently, and both in terms of their internals. The first
of the `ROWS` that matches a problem gives the message, the hint and the position. Problems without a row keep PyYAML's
words.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import yaml

from evgrade.yamlio.document import Lines


class Where(enum.Enum):
    """Where in the text the parser gave up, which distinguishes the causes of a problem."""

    LINE_START = "only spaces come before it on its line"
    AFTER_QUOTE = "there is a quote before it on the same line"
    END = "at the end of the file"


class Spot(enum.Enum):
    """The position to show."""

    PROBLEM = "where the parser gave up"
    START = "the start of what it was reading: an opening quote or bracket, a key"
    BACKSLASH = "the backslash before the problem"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of syntax error.

    Attributes:
        signs: parts of PyYAML's message, `context: problem`; one must occur.
        message: what is wrong. `{here}` becomes the character at the problem, `{start}` the line and column of the
            start of what the parser was reading, which then becomes a related position.
        hint: what would be right; `{here}` as above.
        here: characters; one must be at the problem.
        where: where the problem must be.
        spot: the position to show.
        code: of the finding.
    """

    signs: tuple[str, ...]
    message: str
    hint: str
    here: str = ""
    where: Where | None = None
    spot: Spot = Spot.PROBLEM
    code: str = "yaml-syntax"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A syntax error in plain English, with its position and perhaps a related one, as character offsets."""

    code: str
    message: str
    hint: str
    offset: int
    related: int | None = None


_FORBIDDEN_START = "cannot start any token"
_KEYS = ("block mapping: did not find expected key", "block mapping: expected <block end>")
_DASHES = ("block collection: did not find expected '-' indicator", "block collection: expected <block end>")
_DOCUMENT = ("did not find expected <document start>", "expected '<document start>'")
_CONTENT = ("did not find expected node content", "expected the node content")
_LIST = ("expected ',' or ']'",)
_BRACES = ("expected ',' or '}'",)
_QUOTE_BLOCK_SIGN = "put text that starts with | or > in quotes, such as '> 0.05'"

ROWS = (
    Row(
        ("a tag: ", "undefined tag handle"),
        "tags are not supported",
        "remove the tag, or put text that starts with ! in quotes",
        spot=Spot.START,
        code="yaml-tag",
    ),
    Row(
        (_FORBIDDEN_START, "found a tab character"),
        "there is a tab where only spaces are allowed",
        "indent with spaces",
        here="\t",
    ),
    Row((_FORBIDDEN_START,), "a value cannot start with {here}", "put text that starts with {here} in quotes"),
    Row(
        ("mapping values are not allowed",),
        "this colon cannot start a value here",
        "put text with a colon and a space in quotes; a key starts its own line, level with its neighbours",
    ),
    Row(
        ("mapping keys are not allowed", *_CONTENT),
        "a question mark is not allowed here",
        "put text that starts with a question mark and a space in quotes",
        here="?",
    ),
    Row(
        ("sequence entries are not allowed",),
        "a list cannot start here",
        "start the list on a line of its own, or put text that starts with a dash and a space in quotes",
    ),
    Row(
        ("could not find expected ':'",),
        "a key needs a colon and a space after it",
        "write both on one line, within 1,000 characters; indent text that continues from the line above",
        spot=Spot.START,
    ),
    Row(
        (*_KEYS, *_DASHES, *_DOCUMENT),
        "a bracket closes here that was never opened",
        "remove it, or put the text in quotes",
        here="]}",
    ),
    Row(
        (*_KEYS, *_CONTENT),
        "a key is missing before this colon",
        "write the key, or put the text in quotes",
        here=":",
    ),
    Row(
        (*_KEYS, *_DASHES, *_DOCUMENT),
        "text continues after its closing quote",
        "in single quotes write an apostrophe twice, or put the whole text in double quotes",
        where=Where.AFTER_QUOTE,
    ),
    Row(
        _KEYS,
        "this line is not level with the keys it belongs to",
        "indent keys that belong together by the same number of spaces",
        where=Where.LINE_START,
    ),
    Row(
        _DASHES,
        "this line is not level with the dashes of its list",
        "write the dashes of a list below each other, and indent what belongs to an item further",
        where=Where.LINE_START,
    ),
    Row((*_KEYS, *_DASHES), "something follows the value that ends here", "put the whole text in quotes"),
    Row(
        _DOCUMENT,
        "something follows the end of the document",
        "keep one document per file",
        code="yaml-documents",
    ),
    Row(_LIST, "this bracket is never closed", "write ] after the last item", where=Where.END, spot=Spot.START),
    Row(_BRACES, "this brace is never closed", "write }} after the last value", where=Where.END, spot=Spot.START),
    Row(
        _LIST,
        "a comma or ] is missing in the list that starts at {start}",
        "close the list before this, or put the whole text of the item in quotes",
    ),
    Row(
        _BRACES,
        "a comma or }} is missing in the braces that start at {start}",
        "close the braces before this, or put the whole text of the value in quotes",
    ),
    Row(_CONTENT, "the file ends inside brackets", "close every [ with ] and every {{ with }}", where=Where.END),
    Row(_CONTENT, "a value is missing before this comma", "remove the comma, or put the text in quotes", here=","),
    Row(
        _CONTENT,
        "a bracket closes here that does not match the one last opened",
        "close brackets in the order in which they were opened, or put the text in quotes",
        here="]}",
    ),
    Row(
        _CONTENT,
        "a dash is not allowed here, inside brackets",
        "separate items in brackets by commas only, and close every bracket before a line `---`",
        here="-",
    ),
    Row(
        _CONTENT,
        "a value is missing above this line",
        "indent what belongs to an item of a list further than its dash",
        where=Where.LINE_START,
    ),
    Row(
        ("unexpected end of stream", "unexpected document indicator", "unexpected document separator"),
        "this quote is never closed",
        "write the same quote after the text; text that starts with an apostrophe needs double quotes",
        spot=Spot.START,
    ),
    Row(
        ("unknown escape character",),
        "this backslash does not start a valid YAML escape",
        "write the backslash twice, or put the text in single quotes",
        spot=Spot.BACKSLASH,
    ),
    Row(
        ("expected hexdecimal number", "hexadecimal numbers"),
        "this escape has too few digits",
        "after \\x write 2, after \\u 4 and after \\U 8 digits from 0 to f",
        spot=Spot.BACKSLASH,
    ),
    Row(
        ("invalid Unicode character escape code",),
        "this escape is not a valid character",
        "write the character itself, or all of it as one escape, such as \\U0001F600",
        spot=Spot.BACKSLASH,
    ),
    Row(
        ("anchor: did not find expected alphabetic", "anchor: expected alphabetic"),
        "an anchor (&) needs a name of letters and digits, then a space",
        "put text that starts with & in quotes",
        spot=Spot.START,
    ),
    Row(
        ("alias: did not find expected alphabetic", "alias: expected alphabetic"),
        "an alias (*) needs a name of letters and digits, then a space",
        "put text that starts with * in quotes",
        spot=Spot.START,
    ),
    Row(
        ("indentation indicator equal to 0", "indentation indicator in the range 1-9"),
        "the indentation after | or > must be from 1 to 9",
        _QUOTE_BLOCK_SIGN,
    ),
    Row(
        (
            "block scalar: did not find expected comment or line break",
            "block scalar: expected chomping or indentation",
            "block scalar: expected a comment or a line break",
        ),
        "text after | or > must start on the next line",
        _QUOTE_BLOCK_SIGN,
    ),
    Row(
        ("found unexpected ':'",),
        "inside brackets a colon needs a space or a quote after it",
        "put text with a colon in quotes",
    ),
)


def explain(error: yaml.MarkedYAMLError, lines: Lines) -> Explanation:
    """Explain a parser's error about the text of `lines`."""
    text = lines.text
    said = f"{error.context}: {error.problem}"
    end = len(text)
    problem = min(error.problem_mark.index, end) if error.problem_mark else end
    start = min(error.context_mark.index, end) if error.context_mark else problem
    row = next((row for row in ROWS if _fits(row, said, lines, problem)), None)
    if row is None:
        hint = "check the indentation, and look for an unclosed quote or bracket here or on the line above"
        return Explanation("yaml-syntax", error.problem or said, hint, problem)
    line, column = lines.place(start)
    words = {"here": text[problem : problem + 1], "start": f"line {line}, column {column}"}
    return Explanation(
        code=row.code,
        message=row.message.format_map(words),
        hint=row.hint.format_map(words),
        offset=_offset(row.spot, text, problem, start),
        related=start if "{start}" in row.message else None,
    )


def _fits(row: Row, said: str, lines: Lines, problem: int) -> bool:
    if not any(sign in said for sign in row.signs):
        return False
    if row.here and lines.text[problem : problem + 1] not in tuple(row.here):
        return False
    if row.where is Where.END:
        return problem == len(lines.text)
    line, column = lines.place(problem)
    before = lines.line(line)[: column - 1].rstrip()
    if row.where is Where.LINE_START:
        return not before
    if row.where is Where.AFTER_QUOTE:
        return before.endswith(("'", '"'))
    return True


def _offset(spot: Spot, text: str, problem: int, start: int) -> int:
    if spot is Spot.START:
        return start
    if spot is Spot.BACKSLASH:
        return text.rfind("\\", start, problem + 1)
    return problem
