"""Four questions that patients ask, with answers in plain language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.assessment import Assessment
from evgrade.render.page import capitalized, spaced
from evgrade.report.outcomes import Finding, in_sentence, wording
from evgrade.report.safety import Safety
from evgrade.rubric.phrases import listing

_MOST = 3
"""How many outcomes the plain answers name, to fit on a sheet; the summary of findings has all of them."""

_NOT_TO_RELY_ON = "Do not rely on this: it rests on retracted studies."


@dataclass(frozen=True, slots=True)
class Question:
    """A question that patients ask, with its answers."""

    words: str
    answers: tuple[str, ...]


def questions_of(dossier: Dossier, first: Assessment, found: Sequence[Finding], safety: Safety) -> Iterator[Question]:
    therapy = in_sentence(dossier.data["therapy"]["name"], dossier.document.text)
    phrasing = _that_matter_most(found)
    helps = [" ".join((*([_NOT_TO_RELY_ON] if one.retracted else []), *one.plain)) for one in phrasing]
    if not helps:
        benefit = next((one for one in first.domains if one.about in ("benefit", "trials")), None)
        helps = [
            benefit.rule.means if benefit and benefit.rule else f"No study of whether {therapy} helps is recorded here."
        ]
    yield Question("Does it help?", tuple(helps))
    yield Question("Is it safe?", tuple(_is_safe(therapy, safety)))
    yield Question("What does it cost?", (cost_words(dossier.data.get("cost", {})),))
    given = first.recommendation
    sure = list(_how_sure(phrasing))
    if given is not None and not given.settled:
        sure.append("The verdict above may still change, because facts are missing.")
    elif given is not None:
        sure.append("Given what is recorded here, no missing fact could change the verdict above.")
    sure.append(
        "This page sums up studies. It cannot take your own situation into account: talk to your doctor before you "
        "start or stop a treatment."
    )
    yield Question("How sure is this?", tuple(sure))


def _that_matter_most(found: Sequence[Finding]) -> Sequence[Finding]:
    """Return the critical outcomes, or if there are none, the important and unrated ones."""
    critical = [one for one in found if one.importance == "critical"]
    return (critical or [one for one in found if one.importance in ("important", "")])[:_MOST]


def _how_sure(phrasing: Sequence[Finding]) -> Iterator[str]:
    """Yield how sure the evidence is, one sentence per level, what rests on retracted papers first."""
    names: dict[str, list[str]] = {sentence: [] for sentence in (wording()["retracted"], *wording()["sure"].values())}
    for one in phrasing:
        names.setdefault(_sure(one), []).append(f"{one.name[:1].lower()}{one.name[1:]}")
    for sentence, outcomes in names.items():
        if outcomes:
            yield sentence.format(outcomes=listing(outcomes))


def _sure(one: Finding) -> str:
    """Return the sentence on how sure a finding is, without the name of its outcome."""
    if one.retracted:
        return str(wording()["retracted"])
    if one.certainty == "not_rated" and one.stated:
        return str(wording()["only_stated"].replace("{stated}", spaced(one.stated)))
    return str(wording()["sure"][one.certainty])


def _is_safe(therapy: str, safety: Safety) -> Iterator[str]:
    if not safety.recorded:
        yield f"Nothing is recorded here about harms of {therapy}. That does not mean that it is safe."
        return
    if safety.summary:
        yield safety.summary
    for row in safety.counted[:4]:
        yield f"{capitalized(row.name)}: {row.plain or row.counted}."
    boxed = next((one for one in safety.warnings if one.title == "Boxed warnings" and one.entries), None)
    for entry, _ in boxed.entries if boxed else ():
        yield f"Official warning: {entry}"
    if not safety.summary and not safety.counted:
        yield "No harm has been counted in the studies that are recorded here."


def cost_words(cost: Mapping[str, Any]) -> str:
    """Return the cost of a therapy in a sentence."""
    low, high, currency = known(cost, "low"), known(cost, "high"), known(cost, "currency")
    if low is None and high is None:
        return "What it costs is not recorded here."
    amounts = sorted({value for value in (low, high) if value is not None})
    phrasing = " to ".join(f"{value:,g}" for value in amounts)
    per = {"course": "for the whole treatment"}.get(cost.get("per", ""), f"a {cost['per']}" if "per" in cost else "")
    year = f" (prices of {int(cost['year'])})" if known(cost, "year") is not None else ""
    covered = {
        True: " Insurance or a health service usually pays.",
        False: " Insurance or a health service usually does not pay.",
    }
    return f"About {phrasing} {currency or ''} {per}".strip() + f"{year}.{covered.get(known(cost, 'covered'), '')}"
