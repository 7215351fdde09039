"""Two dossiers set against each other as text: what changed in the evidence, and what that did to the grades."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.evidence_diff import Change, EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff, RuleMoved
from evgrade.render.clean import for_terminal, prose, with_texts
from evgrade.render.sink import Sink
from evgrade.render.words import becomes, open_range, points_in_words, rounded
from evgrade.rubric.phrases import listing
from evgrade.schema import many

_LONGEST = 160
_LEAD = 40
_MOST = 6


def difference_text(given: DossierDiff, sink: Sink) -> str:
    """Return the difference of two dossiers as text for a sink: its width, its characters."""
    shown = _readable(given)
    before, after = shown.before, shown.after
    lines = [
        f"{after.therapy} for {after.condition}",
        f"  old: {before.dossier_file}",
        f"  new: {after.dossier_file}",
        "",
        "What changed in the evidence",
        *(line for entry in shown.entries for line in _entry(entry)),
    ]
    if not shown.entries:
        lines.append("  nothing")
    lines += ["", "What that did", *(line for domain in shown.domains for line in _domain(domain))]
    moved = {one.name for one in shown.domains}
    unmoved = [f"{one.title} {one.grade}" for one in after.domains if one.name not in moved]
    if unmoved:
        lines.append(f"  Unchanged: {', '.join(unmoved)}")
    lines += [*_outcome(before, after), "", f"graded by {after.rubric} {after.rubric_version}, evgrade {after.version}"]
    return sink.encodable("".join(f"{row}\n" for line in lines for row in _wrapped(line, sink.width)))


def _readable(given: DossierDiff) -> DossierDiff:
    """Return a difference whose texts are harmless; long values are cut to where they differ."""
    entries = tuple(replace(one, changes=tuple(map(_in_short, one.changes))) for one in given.entries)
    shown: DossierDiff = with_texts(replace(given, entries=entries), prose)
    old, new = (for_terminal(one.dossier_file) for one in (given.before, given.after))  # no prose: its blanks count
    return replace(shown, before=replace(shown.before, dossier_file=old), after=replace(shown.after, dossier_file=new))


def _in_short(change: Change) -> Change:
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


def _entry(entry: EntryChanged) -> Iterator[str]:
    """Yield an entry that changed, and what changed in it, a line each."""
    if entry.how == "changed":
        old, new = (0 if one is None else one.line for one in (entry.old, entry.new))
        yield f"  {entry.name}, line {old} before, {new} now" if old != new else f"  {entry.name}, line {new}"
        for change in entry.changes:
            yield f"    {_change(change)}"
        return
    place = entry.old or entry.new
    told = entry.statement
    if told is None:
        told = next((one.said_before or one.said_after for one in entry.changes), None)
    line = 0 if place is None else place.line
    yield f"  {entry.name} {entry.how}, {'old' if entry.how == 'removed' else 'new'} line {line}: {told or 'nothing'}"


def _change(change: Change) -> str:
    if change.said_before is None:
        return f"{change.name}: {change.said_after} added"
    if change.said_after is None:
        return f"{change.name}: {change.said_before} removed"
    return f"{change.name}: {change.said_before} becomes {change.said_after}"


def _domain(moved: DomainMoved) -> Iterator[str]:
    """Yield what became of a domain, and why."""
    before, after = moved.before, moved.after
    yield f"  {moved.title}: {becomes(before.grade, after.grade)}"
    if before.possible != after.possible:
        yield f"    possible: {becomes(' '.join(before.possible), ' '.join(after.possible))}"
    if _reason(before) == _reason(after):
        yield f"    {_reason(after)}"
    else:
        yield f"    before: {_reason(before)}"
        yield f"    now: {_reason(after)}"
    for rule in moved.rules:
        yield f"    because {_rule(rule)}"
    if not moved.rules and moved.rests_on:
        yield f"    it rests on what changed: {_few(moved.rests_on)}"


def _reason(domain: DomainGrade) -> str:
    return f"{domain.rule.means} [{domain.rule.name}]" if domain.rule else points_in_words(domain)


def _rule(moved: RuleMoved) -> str:
    """Return what became of a rule: «harmful no longer holds, by what changed in trial X»."""
    if moved.after is True:
        told = "now holds"
    elif moved.before is True:
        told = "no longer holds" if moved.after is False else "is no longer known to hold"
    else:
        told = "can no longer hold" if moved.after is False else "could hold now"
    by = f", by what changed in {_few(moved.rests_on)}" if moved.rests_on else ""
    return f"{moved.rule.name} {told}{by}"


def _few(names: tuple[str, ...]) -> str:
    return listing(names) if len(names) <= _MOST else f"{', '.join(names[:_MOST])} and {len(names) - _MOST} more"


def _outcome(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield score, recommendation and findings, before and after."""
    if after.score is not None:
        yield f"  {after.score.title}: {becomes(_score(before), _score(after))}"
    if before.recommendation is not None and after.recommendation is not None:
        one, other = before.recommendation, after.recommendation
        yield f"  Recommendation: {becomes(one.title, other.title)}"
        if one.possible != other.possible:
            yield f"    possible: {becomes('; '.join(one.possible_titles), '; '.join(other.possible_titles))}"
        if one.rule != other.rule:
            yield f"    before: {one.rule.means} [{one.rule.name}]"
            yield f"    now: {other.rule.means} [{other.rule.name}]"
    yield f"  Findings: {becomes(*(many(len(one.findings), 'finding') for one in (before, after)))}"


def _score(assessment: Assessment) -> str:
    given = assessment.score
    if given is None or given.value is None:
        return "none"
    still = open_range(given)
    return rounded(given.value) + (f" ({still[0]} to {still[1]} possible)" if still else "")


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]
