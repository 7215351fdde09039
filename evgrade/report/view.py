"""All that a report page shows, made from a dossier and its assessments: what is in it, and not how it looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from evgrade.dossier import Dossier
from evgrade.facts.known import known
from evgrade.grading.account import Direction, EvidenceItem, Harm, HarmKind, OtherVerdict, Unread
from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.judge import Basis
from evgrade.grading.panel import PanelSummary
from evgrade.model import Finding as Complaint
from evgrade.report.links import Link, registry
from evgrade.report.outcomes import Finding, Footnote, findings_of
from evgrade.report.references import Numbering, Reference
from evgrade.report.studies import Bias, Forest, bias_of, forests_of
from evgrade.rubric.model import Rubric
from evgrade.stats.proportion import wilson

GRADE = "grade"
"""The rubric whose certainty a summary of findings gives."""

_SECTIONS = {
    "syntheses": "Systematic reviews",
    "outcomes": "Outcomes over all studies",
    "trials": "Clinical trials",
    "observational": "Observational studies",
    "cases": "Cases and patients' reports",
    "preclinical": "Studies in animals, cells or tissue",
    "mechanism": "Mechanisms",
}
_MARKS = {Direction.FOR: "\u25b2", Direction.AGAINST: "\u25bc", Direction.UNCLEAR: "\u25c6"}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a recommendation, and whether it is given, still possible, or neither."""

    title: str
    means: str
    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """A grade of a scale, and whether it is given, still possible, or neither."""

    grade: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A domain with its scale."""

    title: str
    question: str
    grade: str
    means: str
    reason: str
    steps: tuple[Step, ...]
    better: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one grading system makes of the dossier.

    Attributes:
        system: its title and version.
        title, means, reason: the level, what it means, the rule that gave it.
        because: the grades it rests on, in words.
        levels: all levels, best first.
        settles: the missing facts that could change it.
        provisional: whether they can.
        score: the score in words; empty where there is none.
        domains: the grades.
        better: what a better level would take.
        unread: the evidence that the system does not read.
    """

    system: str
    title: str
    means: str
    reason: str
    because: tuple[str, ...]
    levels: tuple[Level, ...]
    settles: tuple[str, ...]
    provisional: bool
    score: str
    domains: tuple[Graded, ...]
    better: tuple[str, tuple[str, ...]] | None
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An item of evidence."""

    statement: str
    title: str
    result: str
    mark: str
    side: str
    decides: bool
    chips: tuple[str, ...]
    bias: str
    effects: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]
    quote: str
    links: tuple[Link, ...]
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """The items of one section."""

    title: str
    told: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """A harm with a count."""

    name: str
    seriousness: str
    counted: str
    per_thousand: str
    control: str
    about: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings of one kind; `none_found` says that it was looked for and there is none."""

    title: str
    entries: tuple[tuple[str, tuple[int, ...]], ...]
    none_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What is known about harms."""

    recorded: bool
    summary: str
    concern: str
    counted: tuple[HarmRow, ...]
    named: tuple[tuple[str, tuple[int, ...]], ...]
    warnings: tuple[Warned, ...]
    trial_harms: tuple[tuple[str, str, str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that patients ask, with its answer in sentences."""

    words: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A whole page."""

    title: str
    therapy: str
    condition: str
    other_names: tuple[str, ...]
    date: str
    group: str
    edition: str
    verdicts: tuple[Verdict, ...]
    plain_summary: str
    plain: tuple[Question, ...]
    conclusion: str
    findings: tuple[Finding, ...]
    footnotes: tuple[Footnote, ...]
    comparisons: tuple[tuple[str, str, str], ...]
    forests: tuple[Forest, ...]
    bias: tuple[Bias, ...]
    safety: Safety
    evidence: tuple[Cards, ...]
    others: tuple[OtherVerdict, ...]
    panel: PanelSummary | None
    references: tuple[Reference, ...]
    source: tuple[tuple[str, tuple[str, ...]], ...]
    flow: tuple[tuple[str, str], ...]
    complaints: tuple[Complaint, ...]


def view_of(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]], by_grade: Assessment | None) -> View:
    """Return what a page shows.

    Args:
        dossier: the dossier.
        graded: each grading system with its assessment, the one whose verdict comes first in front.
        by_grade: the assessment under GRADE, for the certainty of outcomes; None where the dossier has no outcomes.
    """
    data, first = dossier.data, graded[0][1]
    numbering = Numbering(dossier.references, dossier.retracted)
    review, numbers = data.get("review", {}), first.numbers
    verdicts = tuple(_verdict(system, one) for system, one in graded)
    found, footnotes = findings_of(dossier, by_grade, numbers, numbering)
    safety = _safety(dossier, first, numbering)
    forests = tuple(forests_of(dossier, numbers, numbering))
    bias = bias_of(dossier, numbering)
    evidence = tuple(_evidence(dossier, first, numbering))
    return View(
        title=str(review.get("title", "")),
        therapy=data["therapy"]["name"],
        condition=data["condition"]["name"],
        other_names=tuple(data["therapy"].get("other_names", ())),
        date=str(review.get("date", "")),
        group=str(review.get("group", "")),
        edition=str(review.get("edition", "")),
        verdicts=verdicts,
        plain_summary=str(review.get("plain_summary", "")),
        plain=tuple(_plain(dossier, first, found, safety)),
        conclusion=str(review.get("conclusion", "")),
        findings=found,
        footnotes=footnotes,
        comparisons=tuple(
            (
                one["id"],
                str(one.get("name", one["id"])),
                "; ".join(
                    str(one[key]) for key in ("population", "intervention", "comparator", "setting") if key in one
                ),
            )
            for one in data.get("comparisons", ())
        ),
        forests=forests,
        bias=bias,
        safety=safety,
        evidence=evidence,
        others=tuple(first.verdicts),
        panel=first.panel,
        references=numbering.listed(),
        source=tuple(_source(dossier, graded)),
        flow=tuple(_flow(review.get("search", {}).get("flow", {}))),
        complaints=first.findings,
    )


# The verdict


def _verdict(rubric: Rubric, one: Assessment) -> Verdict:
    given, rule = one.recommendation, rubric.recommendation
    score = one.score
    return Verdict(
        system=f"{rubric.title}, version {rubric.version}",
        title="No recommendation" if rule is None else "Nothing recorded yet" if given is None else given.title,
        means=_no_level(rubric) if given is None else given.means,
        reason="" if given is None else given.rule.means,
        because=() if given is None else given.because,
        levels=()
        if rule is None
        else tuple(
            Level(
                level.title,
                level.means,
                _state(level.name, given.level if given else None, given.possible if given else ()),
            )
            for level in rule.levels
        ),
        settles=() if given is None else tuple(f"{fact.means}: {fact.place}" for fact in list(given.settles)[:6]),
        provisional=given is not None and not given.settled,
        score="" if score is None or score.value is None else f"{round(score.value, 1):g} of 100",
        domains=tuple(_graded(rubric, domain) for domain in one.domains),
        better=None if given is None or given.better is None else (given.better.title, given.better.lacks),
        unread=one.unread,
    )


def _no_level(rubric: Rubric) -> str:
    if rubric.recommendation is None:
        return "This system grades the evidence and recommends nothing."
    return "The dossier holds none of the evidence that this system reads."


def _state(name: str, given: str | None, possible: Sequence[str]) -> str:
    return "given" if name == given else "possible" if name in possible else "excluded"


def _graded(rubric: Rubric, domain: DomainGrade) -> Graded:
    scale = rubric.domain(domain.name).scale
    recorded = domain.basis is not Basis.NOT_RECORDED
    return Graded(
        title=domain.title,
        question=rubric.domain(domain.name).question,
        grade=domain.grade.replace("_", " ") if recorded else "not recorded",
        means=domain.means,
        reason=domain.rule.means if domain.rule and recorded else "",
        steps=tuple(
            Step(name.replace("_", " "), _state(name, domain.grade if recorded else None, domain.possible))
            for name in scale.names()
        ),
        better="" if domain.better is None else f"{domain.better.title}: {'; '.join(domain.better.lacks)}",
        missing=tuple(f"{fact.means}: {fact.place}" for fact in list(domain.missing)[:6]),
    )


# In plain language


def _plain(dossier: Dossier, first: Assessment, found: Sequence[Finding], safety: Safety) -> Iterator[Question]:
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
    yield Question("What does it cost?", (_cost(dossier.data.get("cost", {})),))
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
        yield f"{row.name}: {row.per_thousand or row.counted}."
    boxed = next((one for one in safety.warnings if one.title == "Boxed warnings" and one.entries), None)
    for entry, _ in boxed.entries if boxed else ():
        yield f"Official warning: {entry}"
    if not safety.summary and not safety.counted:
        yield "No harm has been counted in the studies that are recorded here."


def _cost(cost: Mapping[str, Any]) -> str:
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


# Harms


_WARNINGS = {
    "boxed_warnings": (HarmKind.BOXED_WARNING, "Boxed warnings"),
    "contraindications": (HarmKind.CONTRAINDICATION, "Who must not take it"),
    "interactions": (HarmKind.INTERACTION, "What it must not be taken with"),
    "theoretical_harms": (HarmKind.THEORETICAL_HARM, "Argued, but not seen"),
}


def _safety(dossier: Dossier, first: Assessment, numbering: Numbering) -> Safety:
    given, data = first.harms, dossier.data.get("safety", {})
    entries = given.entries if given else ()
    warnings = tuple(
        Warned(
            title,
            tuple(
                (one.evidence.statement or one.name, numbering.cite(one.evidence.references))
                for one in entries
                if one.kind is kind
            ),
            key in data and not data[key],
        )
        for key, (kind, title) in _WARNINGS.items()
        if key in data
    )
    events = [one for one in entries if one.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT)]
    return Safety(
        recorded=given is not None or any(trial.get("harms") for trial in dossier.data.get("trials", ())),
        summary=str(data.get("summary", "")),
        concern=""
        if given is None or given.concern is None
        else f"{given.concern}{f': {given.concern_reason}' if given.concern_reason else ''}",
        counted=tuple(_harm_row(one, numbering) for one in events if one.n is not None or one.percent is not None),
        named=tuple(
            (one.name, numbering.cite(one.evidence.references))
            for one in events
            if one.n is None and one.percent is None
        ),
        warnings=warnings,
        trial_harms=tuple(_trial_harms(dossier, numbering)),
    )


def _harm_row(harm: Harm, numbering: Numbering) -> HarmRow:
    return HarmRow(
        name=harm.name,
        seriousness=str(harm.seriousness or "").replace("_", " ") if harm.n != 0 else "",
        counted=harm.numbers,
        per_thousand=_of_thousand(harm),
        control="",
        about="; ".join(harm.about),
        cited=numbering.cite(harm.evidence.references),
    )


def _of_thousand(harm: Harm) -> str:
    """Return how many of 1,000 people have a harm, with Wilson's interval; of none, how many at most."""
    if harm.n is None or not harm.of or harm.n > harm.of:
        return "" if harm.percent is None else f"about {10 * harm.percent:,.0f} of 1,000"
    share = wilson(harm.n, harm.of)
    if harm.n == 0:
        return f"none of {harm.of:,} seen; there may be up to {1000 * share.high:,.0f} of 1,000"
    return f"{1000 * share.value:,.0f} of 1,000 ({1000 * share.low:,.0f} to {1000 * share.high:,.0f})"


def _trial_harms(dossier: Dossier, numbering: Numbering) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    for trial in dossier.data.get("trials", ()):
        cited = numbering.cite(trial.get("refs", ()))
        name = dossier.citation(trial["refs"][0]) if trial.get("refs") else trial["id"]
        for harm in trial.get("harms", ()):
            counts = "; ".join(
                f"{arm['name']}: {known(arm, 'n')} of {known(arm, 'of')}"
                for arm in harm.get("arms", ())
                if known(arm, "n") is not None and known(arm, "of") is not None
            )
            yield name, harm["name"], counts, cited


# The evidence


def _evidence(dossier: Dossier, first: Assessment, numbering: Numbering) -> Iterator[Cards]:
    """Yield every item of every section that lists evidence, whether a grade rests on it or not."""
    weighed: dict[tuple[str | int, ...], EvidenceItem] = {}
    for domain in first.domains:
        for item in domain.weighed:
            known_one = weighed.get(item.path)
            if known_one is None or item.decides:
                weighed[item.path] = item
    for section, title in _SECTIONS.items():
        entries = dossier.data.get(section)
        if entries is None:
            continue
        cards = tuple(_card(entry, weighed.get((section, number)), numbering) for number, entry in enumerate(entries))
        told = f"{len(cards)} {'entry' if len(cards) == 1 else 'entries'}" if cards else "looked for; there is none"
        yield Cards(title, told, cards)


def _card(entry: Mapping[str, Any], item: EvidenceItem | None, numbering: Numbering) -> Card:
    result = known(entry, "result") or known(entry, "relevance") or known(entry, "direction")
    direction = item.direction if item else Direction.UNCLEAR
    registries = [registry(number) for number in entry.get("registry", ())]
    quote = " ".join(str(entry[key]) for key in ("quote",) if key in entry)
    return Card(
        statement=str(entry.get("statement") or entry.get("name", "")),
        title=str(entry.get("title") or entry.get("model") or entry.get("name") or entry["id"]),
        result="" if result is None else str(result).replace("_", " "),
        mark=_MARKS[direction],
        side=direction.value,
        decides=item is not None and item.decides,
        chips=tuple(part for part in (*(item.design if item else ()), item.size if item else "") if part),
        bias=(item.risk_of_bias or "") if item else "",
        effects=item.effects if item else (),
        reasons=tuple(
            (key.removesuffix("_reason").replace("_", " "), str(entry[key]))
            for key in entry
            if key.endswith("_reason") or key in ("authors_conclusion", "notes", "funding", "conflicts_of_interest")
        ),
        quote=f"{quote} ({entry['locator']})" if quote and "locator" in entry else quote,
        links=tuple(link for link in registries if link is not None),
        cited=numbering.cite(entry.get("refs", ())),
    )


# Where it comes from


def _source(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    review, first = dossier.data.get("review", {}), graded[0][1]
    search = review.get("search", {})
    name = PurePath(first.dossier_file).name
    conflicts = review.get("conflicts_of_interest", {})
    rows: tuple[tuple[str, Sequence[object]], ...] = (
        ("Question", [review.get("question", "")]),
        ("Asked for by", [review.get("requested_by", "")]),
        ("Authors", review.get("members", ())),
        ("How it was made", [review.get("process", "")]),
        ("Searched", [search.get("date", ""), *search.get("sources", ()), search.get("strategy", "")]),
        ("Funding", review.get("funding", ()) or (["none"] if "funding" in review else [])),
        (
            "Conflicts of interest",
            [conflicts.get("statement", "") or ("none declared" if known(conflicts, "declared") is False else "")],
        ),
        ("Replaces", [review.get("replaces", "")]),
        ("History", [f"{one['date']}: {one['change']}" for one in review.get("history", ())]),
        ("Next review", [review.get("next_review", "")]),
        ("Dossier", [f"{name}, SHA-256 {first.dossier_sha256}"]),
        ("Graded by", [f"{one.rubric} {one.rubric_version}, SHA-256 {one.rubric_sha256}" for _, one in graded]),
        ("Made with", [f"evgrade {first.version}"]),
        (
            "To make it again",
            [f"evgrade report {name} {' '.join(f'-r {one.rubric}' for _, one in graded)}"],
        ),
    )
    for title, values in rows:
        told = tuple(str(value) for value in values if value not in ("", None))
        if told:
            yield title, told


_FLOW = {
    "identified": "Records found",
    "duplicates": "Duplicates removed",
    "screened": "Records screened",
    "excluded": "Excluded by title and abstract",
    "sought": "Reports sought",
    "not_retrieved": "Could not be had",
    "assessed": "Reports assessed",
    "included_studies": "Studies included",
    "included_reports": "Reports of included studies",
    "ongoing": "Ongoing studies",
    "awaiting": "Awaiting classification",
}


def _flow(flow: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, title in _FLOW.items():
        if known(flow, key) is not None:
            yield title, f"{int(flow[key]):,}"
        if key == "assessed":
            for one in flow.get("excluded_reports", ()):
                yield f"Excluded: {one['reason']}", f"{int(one['n']):,}" if known(one, "n") is not None else ""
