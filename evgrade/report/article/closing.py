"""The end of an article: conclusions and verdicts with their authors, declarations, Table of Evidence, references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evgrade.facts.known import known
from evgrade.grading.account import OtherVerdict, Source
from evgrade.grading.assessment import Assessment
from evgrade.render.page import (
    Block,
    Bullets,
    Column,
    Heading,
    Item,
    Line,
    Note,
    Paragraph,
    SourceEntry,
    Sources,
    Span,
    Style,
    Table,
    capitalized,
    row,
    strong,
)
from evgrade.render.pages.words import without_items
from evgrade.report.article.draft import Draft, joined
from evgrade.report.panel import Consensus, consensus_of
from evgrade.report.recorded import flow_of, source_of
from evgrade.report.references import Reference
from evgrade.report.verdict import Graded, Verdict, verdicts_of
from evgrade.rubric.phrases import listing
from evgrade.schema.suggest import many


def conclusions(draft: Draft) -> Iterator[Block]:
    """Yield the conclusions of the reviewers, the verdict of each grading system, and the conclusions of others."""
    review = draft.data.get("review", {})
    yield Heading(2, ("Conclusions",))
    own = [one for one in draft.first.verdicts if one.source is Source.GROUP]
    if "conclusion" in review:
        yield Paragraph(draft.said(review["conclusion"], review.get("refs", ())))
    for one in own:
        yield Paragraph(_verdict(draft, one))
    if "conclusion" not in review and not own:
        yield Paragraph(draft.made("The dossier records no conclusion of the reviewers."))
    for verdict in verdicts_of(draft.graded):
        yield Paragraph(draft.made(_by_system(verdict)))
    others = [one for one in draft.first.verdicts if one.source is Source.PUBLISHED]
    if others:
        yield Heading(3, ("What others concluded",))
        for one in others:
            yield Paragraph(_verdict(draft, one))
    yield from _weighed(draft)
    for rubric, given in draft.graded:
        consensus = consensus_of(draft.dossier, rubric, given)
        if consensus is not None:
            yield from _consensus(draft, consensus)


_WEIGHED = {
    "problem": "The problem",
    "values": "What patients value",
    "balance": "Balance of benefits and harms",
    "resources": "Costs",
    "equity": "Equity",
    "acceptability": "Acceptability",
    "feasibility": "Feasibility",
}


def _weighed(draft: Draft) -> Iterator[Block]:
    """Yield what the reviewers weighed beside the evidence, if they did."""
    given = draft.data.get("considerations", {})
    stated = [(title, given[key]) for key, title in _WEIGHED.items() if key in given]
    if stated:
        yield Heading(3, ("From evidence to decision",))
        yield Bullets([_weighing(draft, title, one) for title, one in stated])


def _weighing(draft: Draft, title: str, one: Mapping[str, Any]) -> Item:
    judged = {
        "favours_therapy": "favours the therapy",
        "neutral": "favours neither side",
        "favours_alternative": "favours the alternative",
    }.get(one.get("judgement", ""), "not judged")
    reason = draft.said(one["reason"], one.get("refs", ())) if "reason" in one else ()
    return Item(joined((Span(f"{judged}.", Style.GENERATED),), reason), (title,))


def _by_system(verdict: Verdict) -> str:
    """Return the verdict of a system in sentences that name it."""
    provisional = ", provisionally" if verdict.provisional else ""
    if verdict.level:
        wording = f"By {verdict.system}, the verdict is “{verdict.title}”{provisional}"
    else:
        wording = f"{capitalized(verdict.system)}, gives no verdict"
    reason = verdict.reason or verdict.means
    return " ".join(
        part for part in (f"{wording}: {_lower(reason)}" if reason else f"{wording}.", verdict.differs) if part
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _verdict(draft: Draft, one: OtherVerdict) -> Line:
    dated = f" ({one.date})" if one.date else ""
    system = f", by {one.system}" if one.system else ""
    grades = [f"{domain} {grade}" for domain, grade in one.grades]
    says: Line = (" ", Span(f"{one.says}{system}.", Style.GENERATED)) if one.says else ()
    lead: Line = (strong(f"{one.by}{dated}{':' if one.says else '.'}"), *says)
    return joined(
        lead,
        draft.said(one.statement, one.references) if one.statement else draft.cited(one.references),
        draft.introduced("Grades:", ", ".join(grades)) if grades else (),
    )


def _consensus(draft: Draft, panel: Consensus) -> Iterator[Block]:
    yield Heading(3, ("Independent ratings",))
    raters = many(len(panel.raters), "rater")
    yield Paragraph(
        draft.made(f"Independently of the rules, {raters} graded the evidence by {panel.system}. {panel.agreement}")
    )
    yield Bullets(
        [
            Item(
                (
                    "; ".join(one.about),
                    *((f"; verdict: {one.verdict}",) if one.verdict else ()),
                    *((f"; {'; '.join(one.comments)}",) if one.comments else ()),
                ),
                (one.name,),
            )
            for one in panel.raters
        ]
    )
    if panel.grades:
        yield draft.caption(f"Grades of raters beside those of the rules, by {panel.system}")
        columns = ("Category", 4), ("Grades given", 7), ("Median", 2), ("By the rule", 3)
        yield Table(
            [Column(head, share=share) for head, share in columns],
            [
                row(one.title, ", ".join(f"{name}: {grade}" for name, grade in one.given), one.median, one.by_rule)
                for one in panel.grades
            ],
        )
    wording = (*panel.disagreements, *panel.overrides, *panel.left_out)
    if wording:
        yield Bullets([Item(draft.made(one)) for one in wording])
    elif len(panel.raters) > 1:
        yield Paragraph(draft.made("They agree throughout, and their median grades are those of the rules."))


def declarations(draft: Draft) -> Iterator[Block]:
    """Yield funding and declared interests; saying nothing about these is not the same as having none."""
    review = draft.data.get("review", {})
    funding, conflicts = review.get("funding"), review.get("conflicts_of_interest", {})
    yield Heading(2, ("Funding and declaration of interest",))
    if funding is None:
        yield Paragraph(draft.made("Who funded the review is not stated."))
    elif not funding:
        yield Paragraph(draft.made("The review states no funding."))
    else:
        yield Paragraph(draft.introduced("Funded or supported by:", listing([str(one) for one in funding])))
    declared = known(conflicts, "declared")
    wording = {
        True: "The authors declared conflicts of interest.",
        False: "The authors declared that they have no conflict of interest.",
        None: "Whether conflicts of interest were declared is not stated.",
    }[declared if isinstance(declared, bool) else None]
    statement = conflicts.get("statement")
    yield Paragraph(joined(draft.made(wording), draft.said(statement)) if statement else draft.made(wording))


def table_of_evidence(draft: Draft) -> Iterator[Block]:
    """Yield the grades of each system with their meanings and rules."""
    yield Heading(2, ("Table of Evidence",))
    for verdict in verdicts_of(draft.graded):
        yield draft.caption(f"Table of Evidence by {verdict.system}")
        rows = [
            row(
                domain.title,
                _grade(domain),
                " ".join(_ended(part) for part in dict.fromkeys((domain.means, domain.reason)) if part),
            )
            for domain in verdict.domains
        ]
        yield Table(
            [Column(head, share=share) for head, share in (("Category", 4), ("Grade", 3), ("Explanation", 11))], rows
        )
    unread = [
        f"Not used by {verdict.system}: {'; '.join(one.wording for one in verdict.unread)}"
        for verdict in verdicts_of(draft.graded)
        if verdict.unread
    ]
    if unread:
        yield Note(tuple(unread))


def _grade(domain: Graded) -> str:
    """Return a grade with the others that are possible; these are left out if nothing is recorded, as all are."""
    possible = ", ".join(step.grade for step in domain.steps if step.state == "possible")
    is_given = any(step.state == "given" for step in domain.steps)
    return f"{domain.grade} (still possible: {possible})" if possible and is_given else domain.grade


def _ended(text: str) -> str:
    text = capitalized(text)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def search(draft: Draft) -> Iterator[Block]:
    """Yield the search for evidence, with its PRISMA numbers if counted."""
    given = draft.data.get("review", {}).get("search", {})
    yield Heading(2, ("Search for evidence",))
    if not given:
        yield Paragraph(draft.made("How evidence was searched for is not stated."))
        return
    sources = [str(one) for one in given.get("sources", ())]
    yield Paragraph(
        joined(
            draft.introduced("Searched:", listing(sources), given.get("refs", ()))
            if sources
            else draft.made("Where evidence was searched for is not stated."),
            draft.made(f"The date of the search: {given['date']}.")
            if "date" in given
            else draft.made("When is not stated."),
            draft.introduced("How:", given["strategy"]) if "strategy" in given else (),
        )
    )
    flow = list(flow_of(given.get("flow", {})))
    if flow:
        yield draft.caption("Records through the search (PRISMA 2020)")
        columns = [Column("Step", share=3), Column("Number", share=1)]
        yield Table(columns, [row(title, number or "not stated") for title, number in flow])
    else:
        yield Paragraph(draft.made("Records through the search were not counted, or the numbers are not stated."))


def notes(draft: Draft) -> Iterator[Block]:
    """Yield the reviewers' other notes."""
    data = draft.data
    holders = [data["therapy"], data["condition"], data.get("review", {}), *data.get("outcomes", ()), data]
    wording = [(str(one["notes"]), one.get("refs", ())) for one in holders if "notes" in one]
    if wording:
        yield Heading(2, ("Reviewers' notes",))
        for text, refs in wording:
            yield Paragraph(draft.said(text, refs))


def provenance(draft: Draft) -> Iterator[Block]:
    """Yield the files and versions behind the draft."""
    kept = ("Dossier", "Graded by", "Made with", "History", "Next review")
    rows = [(title, values) for title, values in source_of(draft.dossier, draft.graded) if title in kept]
    yield Heading(2, ("About this draft",))
    yield Bullets([Item(("; ".join(values),), (title,)) for title, values in rows])


def references(listed_ones: list[tuple[Reference, str]]) -> Iterator[Block]:
    """Yield the references with their labels, after a warning that names retracted ones."""
    yield Heading(2, ("References",))
    if not listed_ones:
        yield Paragraph((Span("No source is recorded.", Style.GENERATED),))
        return
    retracted = [one for one in listed_ones if one[0].is_retracted]
    if retracted:
        yield Paragraph(retraction_line(retracted))
    yield Sources(tuple(SourceEntry(label, one.warning, one.line, one.links) for one, label in listed_ones))


def retraction_line(retracted: list[tuple[Reference, str]]) -> Line:
    """Return a sentence that names retracted sources by their labels, or else by their first words."""
    names = [label.strip("[]().") or "".join(span.text for span in one.line)[:_MOST] for one, label in retracted]
    what, them = ("source", "it") if len(names) == 1 else ("sources", "them")
    wording = f"Retracted or withdrawn {what}: {'; '.join(names)}".removesuffix(".")
    return (strong(f"{wording}. Nothing should rest on {them}."),)


def without_retracted_papers(first: Assessment) -> Iterator[Block]:
    """Yield what the verdict would be without evidence from retracted papers, if there is any."""
    if first.without_retracted is not None:
        yield Paragraph((Span(f"Without evidence from retracted papers, by {first.rubric_title}:", Style.GENERATED),))
        yield Bullets(without_items(first.without_retracted, only_changes=True))


_MOST = 80
"""How many characters of a reference without a label name it."""
