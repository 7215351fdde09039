"""The pages of the documentation, and what stands in them: headings, links, commands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROSE = ROOT / "docs" / "generator"
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md"))
    if not path.is_relative_to(PROSE)
)

_FENCED = re.compile(
    r"(?:^<!-- (?P<remark>[^\n]*?) -->\n)?^(?P<fence>```+)(?P<language>\w*)\n(?P<body>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what it holds, and the comment on the line above it."""

    language: str
    body: str
    remark: str

    def commands(self) -> list[str]:
        """Return the command lines after a `$`, those that a backslash continues as one."""
        joined = self.body.replace("\\\n", " ")
        return [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for found in _FENCED.finditer(text):
        yield Block(found["language"], found["body"], found["remark"] or "")


def links(text: str) -> list[str]:
    """Return the targets of all links of a page; nothing in code is a link."""
    without_code = _CODE.sub("`code`", _FENCED.sub("", text))
    return [found["target"] for found in _LINK.finditer(without_code)]


@cache
def anchors(text: str) -> set[str]:
    """Return the names that a code host gives the headings of a page."""
    seen: Counter[str] = Counter()
    names = set()
    for found in _HEADING.finditer(_FENCED.sub("", text)):
        slug = re.sub(r"[^\w\- ]", "", found["text"].lower()).replace(" ", "-")
        names.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return names
