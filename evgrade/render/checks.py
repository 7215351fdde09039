"""The consistency checks for people: a list of them, and one explained with its examples."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from evgrade.checks.examples import example_text, said_of
from evgrade.checks.prose import Prose
from evgrade.codes import Code
from evgrade.render.clean import prose
from evgrade.render.findings import findings_text
from evgrade.render.sink import Sink

_INDENT = "  "


def checks_list_text(codes: Iterable[Code], sink: Sink) -> str:
    """Return a line a check, by group: its code, the severity it usually has, its title."""
    blocks = []
    for group, members in groupby(sorted(codes, key=lambda code: code.name), lambda code: code.name.split("-")[0]):
        rows = list(members)
        width = max(len(code.name) for code in rows)
        lines = [group]
        for code in rows:
            lead = f"{_INDENT}{code.name:{width}}  {code.severity.value:7}  "
            lines += _wrapped(code.title, sink, lead, " " * len(lead))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def check_text(code: Code, told: Prose | None, sink: Sink) -> str:
    """Return what a code means; of a check also where its method comes from, and its examples."""
    lines = [f"{code.name} ({code.severity.value})", *_wrapped(code.title, sink)]
    lines += _section("Why", code.why, sink)
    lines += _section("How", code.how, sink)
    if told is not None:
        lines += _section("Source", told.source, sink)
        fails = example_text(told.fails)
        said = findings_text(said_of(fails, code.name), sink) or "(not here: it depends on what is installed)\n"
        lines += ["", "Reported:", "", *_indented(fails, sink), "", *_indented(said, sink)]
        lines += ["", "Not reported:", "", *_indented(example_text(told.passes), sink)]
    return "\n".join(lines) + "\n"


def _section(title: str, text: str, sink: Sink) -> list[str]:
    return ["", title, *_wrapped(text, sink, _INDENT, _INDENT)]


def _wrapped(text: str, sink: Sink, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        sink.encodable(prose(text)),
        sink.width,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _indented(text: str, sink: Sink) -> Iterator[str]:
    """Yield the lines of a text that must stay as they are, such as YAML."""
    yield from (f"{_INDENT}{line}".rstrip() for line in sink.encodable(text).splitlines())
