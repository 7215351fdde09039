"""Files of tagged lines, as reference managers exchange them: records of fields, with every line accounted for.

One reader for RIS, MEDLINE and Web of Science, which differ in how tags are written and how records begin and end. Real
files lack ends and beginnings, and have lines between records; so a record begins wherever one must, and a line that
belongs to no field is kept as loose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_LINE = re.compile(r"\r\n|\r|\n")


class Field(NamedTuple):
    """A field: its tag, the lines of its value, and the number of the first of them."""

    tag: str
    lines: list[str]
    number: int

    @property
    def text(self) -> str:
        """The value on one line."""
        return " ".join(line.strip() for line in self.lines)

    @property
    def place(self) -> str:
        """Its place, for notes."""
        return f":{self.number}"


@dataclass(slots=True)
class Block:
    """The fields of a record, and its other lines.

    Attributes:
        number: the line where it begins.
        fields: in the order of the file.
        loose: lines that belong to no field, with their numbers.
        is_opened: whether it begins with the opening tag.
        is_closed: whether it has an end.
    """

    number: int
    fields: list[Field] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)
    is_opened: bool = False
    is_closed: bool = False

    def all(self, *tags: str) -> Iterator[Field]:
        """Yield the non-empty fields with some tags, tag by tag."""
        for tag in tags:
            yield from (one for one in self.fields if one.tag == tag and one.text)

    def tags(self) -> list[str]:
        """Return the tags of non-empty fields, each once."""
        return list(dict.fromkeys(one.tag for one in self.fields if one.text))


class Dialect(NamedTuple):
    """How a format writes records.

    Attributes:
        line: a line with a tag; its groups are `tag`, `value`, and `odd` for an unusual spelling.
        known: the tags that are recognized in an unusual spelling.
        opens: the tag that begins a record.
        closes: the tag that ends one; empty if a blank line does.
        telling: tags of which a record without the opening tag must have one.
        continues: a line without a tag that continues the field before it.
        skipped: a line to ignore, such as a number between records.
    """

    line: re.Pattern[str]
    known: frozenset[str]
    opens: str
    closes: str
    telling: frozenset[str]
    continues: re.Pattern[str]
    skipped: re.Pattern[str]


def blocks(text: str, dialect: Dialect) -> Iterator[Block]:
    """Yield the records of a text."""
    held: Block | None = None
    for block in _split(text, dialect):
        if held is not None and not _is_record(block, dialect):
            held.loose += [(one.number, f"{one.tag} {one.text}") for one in block.fields if one.tag != dialect.closes]
            held.loose += block.loose
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


def _is_record(block: Block, dialect: Dialect) -> bool:
    return block.is_opened or not dialect.telling.isdisjoint(block.tags())


def _split(text: str, dialect: Dialect) -> Iterator[Block]:
    block = Block(1)
    after_blank = True
    for number, line in enumerate(_LINE.split(text), 1):
        bare = line.strip(" \t\ufeff\u00a0\x0c\x1a\x00")
        if not bare:
            after_blank = True
            continue
        if dialect.skipped.fullmatch(bare):
            continue
        found = dialect.line.match(line)
        if found is not None and found["odd"] is not None and found["tag"] not in dialect.known:
            found = None
        if found is None:
            if block.fields and not block.is_closed and dialect.continues.match(line) and not after_blank:
                block.fields[-1].lines.append(bare)
            else:
                block.loose.append((number, bare))
            continue
        tag, value = found["tag"], found["value"].strip()
        if _begins(tag, block, dialect, after_blank=after_blank):
            if block.fields or block.loose or block.is_opened:
                yield block
            block = Block(number)
        block.is_opened |= tag == dialect.opens
        block.is_closed |= tag == dialect.closes
        block.fields.append(Field(tag, [value], number))
        after_blank = False
    if block.fields or block.loose or block.is_opened:
        yield block


def _begins(tag: str, block: Block, dialect: Dialect, *, after_blank: bool) -> bool:
    """Whether a tag begins another record."""
    if not block.fields:
        return True
    if tag == dialect.opens:
        # MEDLINE files from other sources begin a record with another tag, and have the opening tag later.
        return bool(dialect.closes) or block.is_opened or after_blank
    if not dialect.closes:
        return after_blank
    if block.is_closed:
        return tag != dialect.closes
    return not block.is_opened and after_blank and tag == block.fields[0].tag
