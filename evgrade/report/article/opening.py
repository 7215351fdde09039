"""The opening of an article: title, authors, a note on generated text, introduction, and the therapy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from evgrade.facts.known import known
from evgrade.render.page import (
    GENERATED,
    Block,
    Bullets,
    Heading,
    Item,
    Line,
    Paragraph,
    Span,
    Style,
    Title,
    spaced,
    strong,
)
from evgrade.report.article.draft import Draft, joined
from evgrade.rubric.phrases import listing


def title_of(data: Mapping[str, Any]) -> str:
    """Return the title of the article."""
    return str(data.get("review", {}).get("title") or f"{data['therapy']['name']} for {data['condition']['name']}")


def front(draft: Draft) -> Iterator[Block]:
    """Yield the title, the authors, and a note to the editor."""
    review, first = draft.data.get("review", {}), draft.first
    yield Title(title_of(draft.data))
    if "group" in review:
        yield Paragraph((strong(str(review["group"])),))
    if review.get("members"):
        yield Paragraph((listing([str(one) for one in review["members"]]),))
    if "group" not in review and not review.get("members"):
        yield Paragraph(draft.made("The dossier does not name the authors."))
    dated = [
        f"Published {review['date']}" if "date" in review else "",
        f"edition {review['edition']}" if "edition" in review else "",
        f"replaces {review['replaces']}" if "replaces" in review else "",
    ]
    wording = [one for one in dated if one]
    if wording:
        yield Paragraph(draft.made("; ".join(wording)))
    name = PurePath(first.dossier_file).name
    yield Paragraph(
        draft.made(
            f"This is a draft to be edited. evgrade {first.version} made it from the dossier {name}, and nobody has"
            " read it yet. Text like this, in italics (in Word: in the character style"
            f" “{GENERATED}”), was written by evgrade from what the dossier records; other running text is in the words"
            " of the dossier's authors. The headings, tables, captions and the list of references are made by evgrade"
            " too."
        )
    )
    if "plain_summary" in review:
        yield Heading(2, ("Plain language summary",))
        yield Paragraph(draft.said(review["plain_summary"]))


def introduction(draft: Draft) -> Iterator[Block]:
    """Yield the background of the review, its question, and for whom it was made."""
    review, condition = draft.data.get("review", {}), draft.data["condition"]
    yield Heading(2, ("Introduction",))
    if "background" in review:
        yield Paragraph(draft.said(review["background"], review.get("refs", ())))
    requested = (
        draft.introduced("The review was requested by:", review["requested_by"])
        if "requested_by" in review
        else draft.made("Who asked for the review is not stated.")
    )
    question = (
        draft.introduced("The question was:", review["question"])
        if "question" in review
        else draft.made(f"The review is about {draft.therapy} for {draft.condition}.")
    )
    yield Paragraph(joined(requested, question))
    if "description" in condition:
        lead = f"{draft.condition} is described as:"
        yield Paragraph(draft.introduced(lead, condition["description"], condition.get("refs", ())))
    if "process" in review:
        yield Paragraph(draft.introduced("How the group came to its conclusion:", review["process"]))


def what_it_is(draft: Draft) -> Iterator[Block]:
    """Yield the therapy, its dose, decisions of regulators, and claims of proponents."""
    therapy = draft.data["therapy"]
    yield Heading(2, (draft.therapy,))
    names = [str(one) for one in therapy.get("other_names", ())]
    yield Paragraph(
        joined(
            draft.said(therapy["description"], therapy.get("refs", ()))
            if "description" in therapy
            else draft.made("What it is and how it acts is not stated."),
            draft.made(f"It is also called {listing(names)}.") if names else (),
        )
    )
    dose = therapy.get("dose", {})
    if dose_words(dose):
        yield Paragraph(draft.introduced("The dose under review:", dose_words(dose), dose.get("refs", ())))
    else:
        yield Paragraph(draft.made("The dose under review is not stated."))
    related = therapy.get("related_agents", ())
    if related:
        yield Paragraph((Span("Some of the evidence is about related agents:", Style.GENERATED),))
        yield Bullets([Item(_relation(draft, one), (str(one["name"]),)) for one in related])
    yield from _regulators(draft, therapy)
    yield from _claims(draft)


def _relation(draft: Draft, agent: Mapping[str, Any]) -> Line:
    refs = agent.get("refs", ())
    return (
        draft.said(agent["relation"], refs)
        if "relation" in agent
        else draft.made("How it is related is not stated.", refs)
    )


def dose_words(dose: Mapping[str, Any]) -> str:
    """Return a dose in the words of its source, or else from its parts; empty if not stated."""
    if "text" in dose:
        return str(dose["text"])
    amount, unit = known(dose, "amount"), known(dose, "unit")
    if amount is None:
        return ""
    high, per, route = (known(dose, key) for key in ("amount_high", "per", "route"))
    wording = f"{amount:g}" + (f" to {high:g}" if high is not None else "") + (f" {unit}" if unit else "")
    return wording + (f" per {per}" if per and per != "once" else "") + (f", {spaced(route)}" if route else "")


def _regulators(draft: Draft, therapy: Mapping[str, Any]) -> Iterator[Block]:
    decided = therapy.get("regulatory")
    if decided is None:
        yield Paragraph(draft.made("What regulators decided is not stated."))
    elif not decided:
        yield Paragraph(draft.made("No decision of a regulator was found."))
    else:
        yield Paragraph((Span("Regulators decided:", Style.GENERATED),))
        yield Bullets([_decision(draft, one) for one in decided])


def _decision(draft: Draft, one: Mapping[str, Any]) -> Item:
    status = spaced(known(one, "status") or "status not stated")
    dated = f" ({one['date']})" if "date" in one else ""
    about = {"same": "this condition", "related": "a related condition"}.get(known(one, "condition"), "")
    for_what = f", for {about}" if about else ""
    lead = Span(f"{status}{dated}{for_what}", Style.GENERATED)
    refs = one.get("refs", ())
    wording: Line = (
        (lead, ": ", *draft.said(one["indication"], refs)) if "indication" in one else (lead, *draft.cited(refs))
    )
    return Item(joined(wording, draft.said(one["notes"]) if "notes" in one else ()), (str(one["agency"]),))


_STANDING = {
    "supported": "The evidence supports this claim",
    "partly_supported": "The evidence supports this claim in part",
    "unsupported": "The evidence does not support this claim",
    "contradicted": "The evidence contradicts this claim",
    "untested": "This claim has not been tested",
    "unclear": "Whether the evidence supports this claim is unclear",
}


def _claims(draft: Draft) -> Iterator[Block]:
    yield Heading(3, ("What is claimed",))
    yield from draft.recorded(
        "claims", "No claims of proponents are recorded.", "Claims of proponents were looked for, and none was found."
    )
    for claim in draft.data.get("claims", ()):
        by = (
            draft.introduced("Claimed by:", claim["by"])
            if "by" in claim
            else draft.made("Who claims it is not stated.")
        )
        verdict = _STANDING.get(claim.get("standing", ""))
        judged = () if verdict is None else draft.made(f"{verdict}, the reviewers judge.")
        yield Paragraph(
            joined(
                draft.said(claim["statement"], claim.get("refs", ())),
                by,
                draft.introduced("Claimed in:", claim["where"]) if "where" in claim else (),
                judged,
                draft.said(claim["standing_reason"]) if "standing_reason" in claim else (),
            )
        )
