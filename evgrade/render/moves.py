"""What reports on changes say alike, whatever they are written in: of evidence that changed and of rules that moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.evidence_diff import Change, EntryChanged
from evgrade.grading.moved import DossierDiff, RuleMoved
from evgrade.render.words import open_range, reason_told, rounded
from evgrade.rubric.phrases import listing

_LONGEST = 160
_LEAD = 40
_MOST = 6


def in_short(given: DossierDiff) -> DossierDiff:
    """Return a difference whose values are no longer than a few lines: long ones are cut to where they differ."""
    entries = tuple(replace(one, changes=tuple(map(_short, one.changes))) for one in given.entries)
    return replace(given, entries=entries)


def _short(change: Change) -> Change:
    """Return a change with its values as `said`, long ones from shortly before the first difference on."""
    before, after = change.said_before, change.said_after
    start = 0
    if before is not None and after is not None and max(len(before), len(after)) > _LONGEST:
        pairs = zip(before, after, strict=False)
        same = next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after)))
        start = max(0, same - _LEAD)
    return replace(change, said_before=_cut(before, start), said_after=_cut(after, start))


def _cut(text: str | None, start: int) -> str | None:
    if text is None:
        return None
    rest = text[start:] if len(text) - start <= _LONGEST else f"{text[start : start + _LONGEST - 1]}…"
    return f"…{rest}" if start else rest


def entry_told(entry: EntryChanged) -> str:
    """Return what to say of an entry after its name: «, line 12 before, 14 now», « added, new line 14: a trial»."""
    if entry.how == "changed":
        old, new = (0 if one is None else one.line for one in (entry.old, entry.new))
        return f", line {old} before, {new} now" if old != new else f", line {new}"
    place = entry.old or entry.new
    told = entry.statement
    if told is None:
        told = next((one.said_before or one.said_after for one in entry.changes), None)
    line = 0 if place is None else place.line
    return f" {entry.how}, {'old' if entry.how == 'removed' else 'new'} line {line}: {told or 'nothing'}"


def change_told(change: Change) -> str:
    """Return what became of a value: «high: 49 becomes 149»."""
    if change.said_before is None:
        return f"{change.name}: {change.said_after} added"
    if change.said_after is None:
        return f"{change.name}: {change.said_before} removed"
    return f"{change.name}: {change.said_before} becomes {change.said_after}"


def reason(domain: DomainGrade) -> str:
    """Return why a domain has its grade: its rule, or its points."""
    return f"{domain.rule.means} [{domain.rule.name}]" if domain.rule else reason_told(domain)


def rule_told(moved: RuleMoved) -> str:
    """Return what became of a rule: «harmful no longer holds, by what changed in trial X»."""
    if moved.after is True:
        told = "now holds"
    elif moved.before is True:
        told = "no longer holds" if moved.after is False else "is no longer known to hold"
    else:
        told = "can no longer hold" if moved.after is False else "could hold now"
    by = f", by what changed in {few(moved.rests_on)}" if moved.rests_on else ""
    return f"{moved.rule.name} {told}{by}"


def few(names: Sequence[str]) -> str:
    """Return names as a phrase; of many, the first and how many more there are."""
    return listing(names) if len(names) <= _MOST else f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"


def score_told(assessment: Assessment) -> str:
    """Return the score of an assessment with what it may still come to."""
    given = assessment.score
    if given is None or given.value is None:
        return "none"
    still = open_range(given)
    return rounded(given.value) + (f" ({still[0]} to {still[1]} possible)" if still else "")
