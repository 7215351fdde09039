"""Evidence, harms, verdicts and judgements, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evgrade.grading.account import Direction, EvidenceItem, Harm, HarmKind, Harms, OtherVerdict, Source, Unread
from evgrade.grading.assessment import DomainGrade, SuggestedJudgement
from evgrade.grading.panel import PanelGrade, PanelSummary
from evgrade.render.page import Item, Line, Mark, Span, Style, Tone, strong
from evgrade.render.pages.words import LONGEST, few, name_of, place_of
from evgrade.rubric.phrases import either, number
from evgrade.schema.suggest import many

_SHORT = 60

_TITLES = {Direction.FOR: "For", Direction.AGAINST: "Against", Direction.UNCLEAR: "Unclear or mixed"}


# Evidence


def sides(domain: DomainGrade) -> Iterator[tuple[str, list[EvidenceItem]]]:
    """Yield the sides of the evidence that a domain reads: for and against always, unclear where there is any."""
    for direction, title in _TITLES.items():
        items = [item for item in domain.weighed if item.direction is direction]
        if items:
            yield f"{title} ({len(items)})", items
        elif direction is not Direction.UNCLEAR:
            yield f"{title}: none in this dossier", items


def evidence_line(item: EvidenceItem) -> Line:
    """Return what there is to know of an item: result, size, design, risk of bias, effect or finding."""
    pieces = [item.result, item.size, ", ".join(item.design), item.risk_of_bias or ""]
    line: list[str | Span] = ["; ".join(piece for piece in pieces if piece)]
    last = item.effects[0] if item.effects else item.evidence.statement
    if last:
        line += ["; " if line[0] else "", Span(last, most=0 if item.effects else LONGEST)]
    return tuple(line)


def unread_words(unread: Unread) -> str:
    """Return how much of a section is not read, and which systems read it."""
    by = f"used by {few(unread.read_by)}" if unread.read_by else "used by no shipped rubric"
    return f"{unread.wording}, from line {unread.location.line}; {by}"


# Harms


def harms_head(given: Harms) -> Line:
    """Return how many people were followed for harm, and how concerned the reviewers are, as far as it is stated."""
    followed = "" if given.exposed is None else f"{number(given.exposed)} participants were followed for harms."
    if given.concern is None:
        return (followed or "How many participants were followed for harms is not recorded.",)
    line: Line = (followed, f" The reviewers' concern: {given.concern}")
    if given.concern_reason:
        line += (" (", Span(given.concern_reason.rstrip("."), most=LONGEST), ")")
    return (*line, ".")


_BAD = {"died": "fatal", "hospitalized": "needing hospital care"}


def harm_item(harm: Harm, *, decides: bool) -> Item:
    """Return an entry about a harm or a warning: its kind, how bad it is, how many had it, the dose."""
    kind = "" if harm.kind in (HarmKind.COUNT, HarmKind.ADVERSE_EVENT) else harm.kind.words
    bad = "" if harm.kind is HarmKind.COUNT else harm.seriousness or ""
    wording = (kind, _BAD.get(bad, bad.replace("_", " ")), harm.numbers, *harm.about)
    line = "; ".join(piece for piece in wording if piece)
    mark = Mark.DECIDES if decides else Mark.NONE
    name = (Span(harm.name.rstrip("."), Style.STRONG, most=LONGEST),)
    return Item((line,) if line else (), name, place_of(harm.evidence), harm.evidence.citations, mark)


def more_harms(harms: Sequence[Harm]) -> Line:
    """Return the names of harms for which there is no room: none is left out without its name."""
    line: list[str | Span] = [f"and {len(harms)} more: "]
    for place, harm in enumerate(harms):
        line += ["; " if place else "", Span(harm.name.rstrip("."), most=_SHORT)]
    return tuple(line)


# What people concluded


def verdict_item(given: OtherVerdict) -> Item:
    """Return an entry about a verdict of people: whose it is, of when, what it comes to, and in which words."""
    who = {
        Source.GROUP: f"the review group ({given.by})",
        Source.PUBLISHED: given.by,
        Source.RATER: f"the rater {given.by}",
    }[given.source]
    when = "" if given.date is None else f", {given.date}"
    says = "" if given.says is None else f": {given.says}"
    grades = ", ".join(f"{domain} {grade}" for domain, grade in given.grades)
    system = given.system or ("" if not grades else "grades")
    wording = f" ({system}{': ' if system and grades else ''}{grades})" if system or grades else ""
    line: Line = (strong(f"{who[:1].upper()}{who[1:]}{when}{says}"), wording)
    if given.statement:
        line += (". ", Span(given.statement, most=LONGEST))
    return Item(line, citations=given.citations)


def panel_items(panel: PanelSummary) -> Iterator[Item]:
    """Yield what raters gave beside the rules, how far they agree, and what reviewers would give instead."""
    for one in panel.grades:
        yield Item((_panel_grade(one),), (one.title,))
    if panel.statistic is not None:
        wording = panel.untold if panel.agreement is None else f"{panel.agreement:.2f}"
        yield Item((f"Agreement of the raters ({panel.statistic}): {wording}",))
    for override in panel.overrides:
        by = override.by or "the reviewers"
        instead = f"{by} would give {override.grade} instead of {override.instead_of}: {override.reason}"
        yield Item((instead,), (override.title,))
    for reason in panel.left_out:
        yield Item((f"Not counted: {reason}",))


def _panel_grade(one: PanelGrade) -> str:
    """Return what raters gave, beside the rule: «2 raters, from D to F, median between D and F; the rule gives D»."""
    raters = many(len(one.given), "rater")
    if one.best == one.worst:
        return f"{raters} gave {one.best}; the rule {'gives ' + one.grade if one.differs else 'does too'}"
    median = f"between {one.median[0]} and {one.median[1]}" if len(one.median) > 1 else one.median[0]
    return f"{raters}, from {one.best} to {one.worst}, median {median}; the rule gives {one.grade}"


# What numbers suggest


def suggestion_item(one: SuggestedJudgement) -> Item:
    """Return what the numbers of an item suggest, what its reviewers judged, and why; or what it still needs."""
    head = f"{name_of(one.item)}, {one.title}: {_spaced(one.judgement or 'left open')}"
    tone = Tone.FAIR if one.differs else Tone.NONE
    return Item((strong(head) if one.judgement else head, Span(suggestion_words(one), tone=tone)))


def suggestion_words(one: SuggestedJudgement) -> str:
    """Return what the reviewers judged beside a suggestion, and its numbers; or what it still needs."""
    if one.judgement is None:
        judged = "not judged yet" if one.stated is None else f"{_spaced(one.stated)} judged"
        needed = f"; it needs {either(one.missing)}" if one.missing else ""
        rounded = "; the numbers are printed too coarsely to tell" if one.hangs_on_rounding else ""
        return f", {judged}{rounded}{needed}"
    if one.stated is None:
        judged = " suggested, not judged yet"
    elif one.differs:
        judged = f" suggested, {_spaced(one.stated)} judged, which counts"
    else:
        judged = ", as judged" if one.stated == one.judgement else f" or {_spaced(one.stated)}, as judged"
    return judged + (f": {'; '.join(one.because)}" if one.because else "")


def _spaced(word: str) -> str:
    return word.replace("_", " ")
