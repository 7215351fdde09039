"""Two dossiers set against each other as text: what changed in the evidence, and what that did to the grades."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evgrade.grading.assessment import Assessment
from evgrade.grading.evidence_diff import EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff
from evgrade.render.clean import for_terminal, prose, with_texts
from evgrade.render.moves import change_told, entry_told, few, in_short, reason, rule_told, score_told
from evgrade.render.sink import Sink
from evgrade.render.words import becomes, grade_told, level_marked, recommendations, wrapped
from evgrade.schema.suggest import many


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
    unmoved = [f"{one.title} {grade_told(one)}" for one in after.domains if one.name not in moved]
    if unmoved:
        lines.append(f"  Unchanged: {', '.join(unmoved)}")
    lines += [*_outcome(before, after), "", f"graded by {after.rubric} {after.rubric_version}, evgrade {after.version}"]
    return sink.encodable("".join(f"{row}\n" for line in lines for row in wrapped(line, sink.width)))


def _readable(given: DossierDiff) -> DossierDiff:
    """Return a difference whose texts are harmless; long values are cut to where they differ."""
    shown: DossierDiff = with_texts(in_short(given), prose)
    old, new = (for_terminal(one.dossier_file) for one in (given.before, given.after))  # no prose: its blanks count
    return replace(shown, before=replace(shown.before, dossier_file=old), after=replace(shown.after, dossier_file=new))


def _entry(entry: EntryChanged) -> Iterator[str]:
    """Yield an entry that changed, and what changed in it, a line each."""
    yield f"  {entry.name}{entry_told(entry)}"
    if entry.how == "changed":
        for change in entry.changes:
            yield f"    {change_told(change)}"


def _domain(moved: DomainMoved) -> Iterator[str]:
    """Yield what became of a domain, and why."""
    before, after = moved.before, moved.after
    yield f"  {moved.title}: {becomes(grade_told(before), grade_told(after))}"
    if before.possible != after.possible:
        yield f"    possible: {becomes(' '.join(before.possible), ' '.join(after.possible))}"
    if reason(before) == reason(after):
        yield f"    {reason(after)}"
    else:
        yield f"    before: {reason(before)}"
        yield f"    now: {reason(after)}"
    for rule in moved.rules:
        yield f"    because {rule_told(rule)}"
    if not moved.rules and moved.rests_on:
        yield f"    it rests on what changed: {few(moved.rests_on)}"


def _outcome(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield score, recommendation and findings, before and after."""
    if after.score is not None:
        yield f"  {after.score.title}: {becomes(score_told(before), score_told(after))}"
    if list(recommendations([before, after])):
        yield f"  Recommendation: {becomes(level_marked(before.recommendation), level_marked(after.recommendation))}"
    if before.recommendation is not None and after.recommendation is not None:
        one, other = before.recommendation, after.recommendation
        if one.possible != other.possible:
            yield f"    possible: {becomes('; '.join(one.possible_titles), '; '.join(other.possible_titles))}"
        if one.rule != other.rule:
            yield f"    before: {one.rule.means} [{one.rule.name}]"
            yield f"    now: {other.rule.means} [{other.rule.name}]"
    yield f"  Findings: {becomes(*(many(len(one.findings), 'finding') for one in (before, after)))}"
