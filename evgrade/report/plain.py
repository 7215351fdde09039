"""The four questions that patients ask, answered in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.assessment import Assessment
from evgrade.report.outcomes import Finding
from evgrade.report.safety import Safety


@dataclass(frozen=True, slots=True)
class Question:
    """A question that patients ask, with its answer in sentences."""

    words: str
    answers: tuple[str, ...]


def questions_of(dossier: Dossier, first: Assessment, found: Sequence[Finding], safety: Safety) -> Iterator[Question]:
    therapy = dossier.data["therapy"]["name"]
    told = [one for one in found if one.importance in ("critical", "important", "")][:3]
    helps = [sentence for one in told for sentence in one.plain]
    if not helps:
        benefit = next((one for one in first.domains if one.about in ("benefit", "trials")), None)
        helps = [
            benefit.rule.means
            if benefit and benefit.rule
            else f"No study that tells whether {therapy} helps is recorded here."
        ]
    yield Question("Does it help?", tuple(helps))
    yield Question("Is it safe?", tuple(_is_safe(therapy, safety)))
    yield Question("What does it cost?", (cost_words(dossier.data.get("cost", {})),))
    given = first.recommendation
    sure = []
    if given is not None and not given.settled:
        sure.append("The verdict above may still change, because facts are missing.")
    elif given is not None:
        sure.append("With what is recorded here, no missing fact could change the verdict above.")
    sure.append(
        "This page sums up studies. It does not know you: ask your doctor before you start or stop a treatment."
    )
    yield Question("How sure is this?", tuple(sure))


def _is_safe(therapy: str, safety: Safety) -> Iterator[str]:
    if not safety.recorded:
        yield f"Nothing is recorded here about harms of {therapy}. That does not mean that it is safe."
        return
    if safety.summary:
        yield safety.summary
    for row in safety.counted[:4]:
        yield f"{row.name[:1].upper()}{row.name[1:]}: {row.per_thousand or row.counted}."
    boxed = next((one for one in safety.warnings if one.title == "Boxed warnings" and one.entries), None)
    for entry, _ in boxed.entries if boxed else ():
        yield f"Official warning: {entry}"
    if not safety.summary and not safety.counted:
        yield "No harm has been counted in the studies that are recorded here."


def cost_words(cost: Mapping[str, Any]) -> str:
    """Return what a therapy costs, in a sentence."""
    low, high, currency = known(cost, "low"), known(cost, "high"), known(cost, "currency")
    if low is None and high is None:
        return "What it costs is not recorded here."
    amounts = sorted({value for value in (low, high) if value is not None})
    told = " to ".join(f"{value:,g}" for value in amounts)
    per = {"course": "for the whole treatment"}.get(cost.get("per", ""), f"a {cost['per']}" if "per" in cost else "")
    year = f" (prices of {int(cost['year'])})" if known(cost, "year") is not None else ""
    covered = {
        True: " Insurance or a health service usually pays.",
        False: " Insurance or a health service usually does not pay.",
    }
    return f"About {told} {currency or ''} {per}".strip() + f"{year}.{covered.get(known(cost, 'covered'), '')}"
