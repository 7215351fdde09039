"""Safety, interactions and cost in an article: counted harms as a table, warnings in the words of their sources."""

from __future__ import annotations

from collections.abc import Iterator

from evgrade.render.page import Block, Bullets, Column, Heading, Item, Note, Paragraph, Span, Style, Table, row
from evgrade.report.article.draft import Draft, joined, plain
from evgrade.report.plain import cost_words
from evgrade.report.safety import Safety, Warned, safety_of

_NAMES = {
    "Boxed warnings": ("boxed warnings", "a boxed warning"),
    "Who must not take it": ("contraindications", "a contraindication"),
    "What it must not be taken with": ("interactions", "an interaction"),
    "Argued, but not seen": ("harms that were argued and not seen", "a harm that was argued and not seen"),
}
"""What the kinds of warnings are called in a sentence, many and one."""


def safety(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Safety and interactions",))
    given = draft.data.get("safety")
    if given is None:
        yield Paragraph(draft.made("Nothing is recorded about harms. That does not mean that there are none."))
    else:
        exposed = given.get("exposed")
        concern = draft.first.harms.concern if draft.first.harms else None
        lead = f"The reviewers' concern about harms: {plain(concern)}" if concern else ""
        yield Paragraph(
            joined(
                draft.said(given["summary"], given.get("refs", ())) if "summary" in given else (),
                draft.made(f"{exposed:,} people were followed for harms.") if isinstance(exposed, int) else (),
                draft.introduced(f"{lead}.", given["concern_reason"])
                if lead and "concern_reason" in given
                else draft.made(lead or "The reviewers' concern about harms is not stated."),
                draft.said(given["notes"]) if "notes" in given else (),
            )
        )
        if given.get("adverse_events") == []:
            yield Paragraph(draft.made("Single harms were looked for, and none was found."))
    found = safety_of(draft.dossier, draft.first, draft.numbering)
    yield from _counted(draft, found)
    if found.named:
        yield Paragraph((Span("Named as harms, and not counted:", Style.GENERATED),))
        yield Bullets([Item(draft.sourced(name, cited)) for name, cited in found.named])
    if given is None:
        return
    kinds = {kind.title: kind for kind in found.warnings}
    for title in _NAMES:
        yield from _warned(draft, title, kinds.get(title))


def _counted(draft: Draft, found: Safety) -> Iterator[Block]:
    if found.counted:
        yield draft.caption("Harms that were counted")
        columns = ("Harm", 4), ("Counted", 5), ("Of 1,000 people (95% CI)", 4), ("About", 5)
        yield Table(
            [Column(head, share=share) for head, share in columns],
            [
                row(
                    draft.cell(one.name, one.cited),
                    one.counted,
                    one.per_thousand or "not known",
                    "; ".join(part for part in (one.seriousness, one.about) if part not in ("", "any")) or "not stated",
                )
                for one in found.counted
            ],
        )
        yield Note(("Intervals are Wilson's, computed by evgrade",))
        for one in found.counted:
            if one.note:
                yield Note((f"{one.name[:1].upper()}{one.name[1:]}: {one.note}",))
    if found.trial_harms:
        yield draft.caption("Harms in trials, arm by arm")
        yield Table(
            [Column(head, share=share) for head, share in (("Trial", 3), ("Harm", 4), ("People with it", 7))],
            [
                row(
                    draft.cell(harm.trial, harm.cited),
                    harm.name,
                    harm.counts or "not counted",
                )
                for harm in found.trial_harms
            ],
        )


def _warned(draft: Draft, title: str, kind: Warned | None) -> Iterator[Block]:
    many, one = _NAMES[title]
    if kind is None:
        yield Paragraph(draft.made(f"Nothing is recorded on {many}; whether they were looked for is not stated."))
    elif kind.none_found:
        yield Paragraph(draft.made(f"Looked for and not found: {one}."))
    else:
        yield Paragraph((Span(f"{title}:", Style.GENERATED),))
        yield Bullets([Item(draft.sourced(entry, cited)) for entry, cited in kind.entries])


def cost(draft: Draft) -> Iterator[Block]:
    yield Heading(2, ("Cost",))
    given = draft.data.get("cost", {})
    wording = cost_words(given)
    yield Paragraph(
        joined(
            draft.made(wording, given.get("refs", ())),
            draft.introduced("The source:", given["source"]) if "source" in given else (),
            draft.said(given["notes"]) if "notes" in given else (),
        )
    )
