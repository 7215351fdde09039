"""Slips that change the structure of YAML: unusual spaces, entries below an empty list, a comma in a number.

They explain why a parser failed, and are repaired in files. A slip is certain only if the corrected text has a separate
key or value there: nothing in quotes, a block of text or a comment is a slip.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import yaml
from yaml import tokens

from evgrade.yamlio.events import FastParser
from evgrade.yamlio.numerals import BLANKS, MINUS, blank_name, readings

_ODD = BLANKS.replace("\t", "").replace(" ", "")
_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+"
_IN_BLOCK = re.compile(
    rf"^(?P<indent>[ {_ODD}]*+)(?P<dash>-[ {_ODD}]++)?+(?P<key>{_KEY})(?P<before>[ {_ODD}]*+):(?P<after>[ {_ODD}]++|$)",
    re.MULTILINE,
)
_IN_BRACES = re.compile(rf"[{{,](?P<indent>[ {_ODD}]*+)(?P<key>{_KEY})(?P<before>[ {_ODD}]*+):(?P<after>[ {_ODD}]++)")
_ODD_RUN = re.compile(f"[{_ODD}]+")
_EMPTY = re.compile(
    rf"^(?P<indent>[ ]*+(?:-[ ]++)?+)(?P<key>{_KEY}):(?P<empty>[ ]++(?:\[[ ]*+\]|\{{[ ]*+\}}|null|~))"
    r"(?P<gap>[ ]*+(?:\#.*+)?+\r?+$(?:\n[ ]*+(?:\#.*+)?+\r?+$)*+)\n(?P<inner>[ ]*+)(?P<first>-[ ]|[^\s#])",
    re.MULTILINE,
)
_NUMBER = re.compile(rf"(?:[<>≤≥=]{{1,2}}[ ]*+)?+[-+{MINUS}]?+[0-9][0-9.]*+")
_MORE = re.compile(r"[0-9]++(?:[ ]?+%)?+")


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip.

    Attributes:
        start: the character offset of the wrong text.
        end: the offset after it.
        new: the right text.
        anchor: the offset of the key or value that is a separate token once corrected.
        until: the last offset at which a parser may fail because of it.
        message: what is wrong.
        hint: what would be right.
    """

    start: int
    end: int
    new: str
    anchor: int
    until: int
    message: str
    hint: str

    def place(self, text: str) -> int:
        """Return the offset to show, after ordinary spaces at the start of the wrong text."""
        wrong = text[self.start : self.end]
        return self.end - len(wrong.lstrip(" "))


def misshapen(text: str) -> Sequence[Slip]:
    """Return possible unusual spaces, and empty lists or mappings with content below, in the order of the text."""
    found = [*_empty(text)] if "[" in text or "{" in text or "null" in text or "~" in text else []
    if not text.isascii():
        found += _blanks(text)
    return sorted(found, key=lambda slip: slip.start)


def _blanks(text: str) -> Iterator[Slip]:
    for pattern in (_IN_BLOCK, _IN_BRACES):
        for found in pattern.finditer(text):
            for group in sorted({"indent", "dash", "before", "after"} & pattern.groupindex.keys()):
                if found[group]:
                    for run in _ODD_RUN.finditer(text, *found.span(group)):
                        yield _blank(text, run, group, found)


def _blank(text: str, run: re.Match[str], group: str, found: re.Match[str]) -> Slip:
    key = found["key"]
    where = {"before": f"behind `{key}`", "after": f"after `{key}:`"}.get(group, f"before `{key}`")
    next_line = text.find("\n", text.find("\n", run.end()) + 1)
    return Slip(
        start=run.start(),
        end=run.end(),
        new="" if group == "before" else " " * len(run.group()),
        anchor=found.start("key"),
        until=next_line if next_line >= 0 else len(text),
        message=f"a {blank_name(run.group()[0])} {where} is not a space to YAML",
        hint="remove it" if group == "before" else "use an ordinary space",
    )


def _empty(text: str) -> Iterator[Slip]:
    for found in _EMPTY.finditer(text):
        column, inner = len(found["indent"]), len(found["inner"])
        is_entry = found["first"][0] == "-"
        empty = found["empty"].strip(" ")
        if (inner < column if is_entry else inner <= column) or (empty[0] == "[" and not is_entry):
            continue
        things = "entries of the list" if is_entry else "keys of the mapping"
        line_end = text.find("\n", found.end())
        yield Slip(
            start=found.start("empty"),
            end=found.end("empty"),
            new="",
            anchor=found.start("key"),
            until=line_end if line_end >= 0 else len(text),
            message=f"`{found['key']}: {empty}` says that there is nothing, but {things} follow",
            hint=f"remove {empty} from this line",
        )


def split_numbers(text: str) -> Sequence[Slip]:
    """Return the numbers in braces that commas split into a value and keys, up to where the text cannot be scanned."""
    found = []
    start = end = pieces = 0
    before: Any = None
    for token in _scanned(text):
        at = token.start_mark.index
        if isinstance(token, tokens.ScalarToken) and token.plain:
            if isinstance(before, tokens.ValueToken) and _NUMBER.fullmatch(text, at, token.end_mark.index):
                start, end, pieces = at, token.end_mark.index, 1
            elif pieces and at == end + 1 and text[end] == "," and _MORE.fullmatch(text, at, token.end_mark.index):
                end, pieces = token.end_mark.index, pieces + 1
        elif not (isinstance(token, tokens.FlowEntryToken) and pieces and at == end):
            if pieces > 1:
                found.append(_split(text, start, end))
            pieces = 0
        before = token
    return found


def _split(text: str, start: int, end: int) -> Slip:
    number = text[start:end]
    return Slip(
        start=start,
        end=end,
        new=f'"{number}"',
        anchor=start,
        until=end,
        message=f"a comma in {number} ends the value: between {{ and }}, commas separate keys",
        hint=_how_to_write(number),
    )


def _how_to_write(number: str) -> str:
    found = readings(number)
    if not found:
        return f'write a decimal point, and no thousands separators, or put it in quotes: "{number}"'
    return "write " + " or ".join(f"{one.text} if {one.why}" if len(found) > 1 else one.text for one in found)


def _scanned(text: str) -> Iterator[Any]:
    """Yield the tokens of a text, up to where it cannot be scanned."""
    scanner = FastParser(text)
    try:
        while scanner.check_token():
            yield scanner.get_token()
    except yaml.YAMLError:
        return


def put_right(text: str, found: Sequence[Slip]) -> str:
    """Return a text with slips corrected."""
    parts, end = [], 0
    for slip in found:
        parts += [text[end : slip.start], slip.new]
        end = slip.end
    return "".join([*parts, text[end:]])


def certain(text: str, found: Sequence[Slip]) -> Sequence[Slip]:
    """Return the certain slips: each is a separate token once corrected."""
    for _ in range(_ROUNDS):
        right = put_right(text, found)
        scalars = {token.start_mark.index for token in _scanned(right) if isinstance(token, tokens.ScalarToken)}
        place = moved(found)
        kept = [slip for slip in found if place(slip.anchor) in scalars]
        if len(kept) == len(found):
            return found
        found = kept
    return ()


_ROUNDS = 3


def moved(found: Sequence[Slip]) -> Callable[[int], int]:
    """Return a function from the offset of a character to that in the corrected text."""
    ends = [slip.end for slip in found]
    shifts = _shifts(found)
    return lambda offset: offset + shifts[bisect_right(ends, offset)]


def origin(found: Sequence[Slip]) -> Callable[[int], int]:
    """Return a function from the offset of a character in the corrected text to the original one."""
    shifts = _shifts(found)
    ends = [slip.end + shift for slip, shift in zip(found, shifts[1:], strict=True)]
    return lambda offset: offset - shifts[bisect_right(ends, offset)]


def _shifts(found: Sequence[Slip]) -> Sequence[int]:
    return list(accumulate((len(slip.new) - (slip.end - slip.start) for slip in found), initial=0))


def cause(text: str, offset: int, fails: Callable[[str], int | None]) -> Slip | None:
    """Return the slip that made a parser fail: once corrected, the text can be read, or read further.

    Args:
        text: of the document.
        offset: where the parser failed.
        fails: returns the offset where a parser fails with a text, None if it does not.
    """
    found = [*misshapen(text), *split_numbers(text)]
    near = [slip for slip in found if min(slip.anchor, slip.start) <= offset <= slip.until]
    for slip in near[-_MOST_TRIED:]:
        place = fails(put_right(text, [slip]))
        if place is None or place > slip.until:
            return slip
    return None


_MOST_TRIED = 3
