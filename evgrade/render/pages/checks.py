"""The consistency checks for people: the list, and one check explained with its examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from evgrade.checks.prose import Prose, example_text, measurements, said_of
from evgrade.codes import Code
from evgrade.render.findings import findings_text
from evgrade.render.page import Block, Column, Heading, Paragraph, Table, Title, Verbatim, capitalized, row, strong


def checks_page(codes: Iterable[Code]) -> Iterator[Block]:
    """Yield one line per check, by group: its code, usual severity and title."""
    yield Title("Checks")
    columns = (Column(""), Column(""), Column("", share=1))
    for group, members in groupby(sorted(codes, key=lambda code: code.name), lambda code: code.name.split("-")[0]):
        rows = [row(strong(code.name), code.severity.value, code.title) for code in members]
        yield Table(columns, rows, title=group)


def check_page(code: Code, wording: Prose | None) -> Iterator[Block]:
    """Yield the meaning of a code; for a check, also the source of its method and its examples."""
    yield Heading(1, (f"{code.name} ({code.severity.value})",))
    yield Paragraph((code.title,))
    yield Heading(2, ("Why",))
    yield Paragraph((code.why,))
    yield Heading(2, ("How",))
    yield Paragraph((code.how,))
    if wording is not None:
        yield Heading(2, ("Source",))
        yield Paragraph((wording.source,))
        measured = measurements().get(code.name)
        if measured is not None:
            yield Heading(2, ("Measured",))
            yield Paragraph((f"{capitalized(str(measured))}.",))
        fails = example_text(wording.fails)
        said = findings_text(said_of(fails, code.name)) or "(not here: it depends on what is installed)\n"
        yield Heading(2, ("Reported",))
        yield Verbatim(fails)
        yield Verbatim(said)
        yield Heading(2, ("Not reported",))
        yield Verbatim(example_text(wording.passes))
