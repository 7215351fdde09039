"""Two dossiers set against each other as a Markdown page: what changed in the evidence, and what that did.

Every text passes through `clean.for_markdown` before anything is laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evgrade.grading.assessment import Assessment, DomainGrade
from evgrade.grading.evidence_diff import EntryChanged
from evgrade.grading.moved import DomainMoved, DossierDiff
from evgrade.render.clean import for_markdown, for_terminal, with_texts
from evgrade.render.markdown_parts import bullets, page, table
from evgrade.render.moves import change_told, entry_told, few, in_short, reason, rule_told, score_told
from evgrade.render.words import becomes, grade_told, level_marked, recommendations


def difference_markdown(given: DossierDiff) -> str:
    """Return the difference of two dossiers as a page."""
    shown = _readable(given)
    before, after = shown.before, shown.after
    parts = [
        f"# {after.therapy} for {after.condition}",
        bullets([f"**Old:** {before.dossier_file}", f"**New:** {after.dossier_file}"]),
        "## What changed in the evidence",
        "\n".join(line for entry in shown.entries for line in _entry(entry)) or "Nothing.",
        "## What that did",
        table(("", "Before", "Now"), [*_grades(before, after), *_outcome(before, after)]),
    ]
    for domain in shown.domains:
        parts += _domain(domain)
    parts += _recommendation(before, after)
    parts.append(f"<sub>graded by {after.rubric} {after.rubric_version}, evgrade {after.version}</sub>")
    return page(parts)


def _readable(given: DossierDiff) -> DossierDiff:
    """Return a difference whose texts are Markdown that shows them as they are; blanks of a file name are no prose."""
    shown: DossierDiff = with_texts(in_short(given), for_markdown)
    old, new = (for_markdown(for_terminal(one.dossier_file)) for one in (given.before, given.after))
    return replace(shown, before=replace(shown.before, dossier_file=old), after=replace(shown.after, dossier_file=new))


def _entry(entry: EntryChanged) -> Iterator[str]:
    yield f"- **{entry.name}**{entry_told(entry)}"
    if entry.how == "changed":
        for change in entry.changes:
            yield f"  - {change_told(change)}"


def _grades(before: Assessment, after: Assessment) -> Iterator[tuple[str, ...]]:
    """Yield a row a domain; what is another than before is bold."""
    for one, other in zip(before.domains, after.domains, strict=True):
        yield _row(other.title, _grade(one), _grade(other))


def _grade(domain: DomainGrade) -> str:
    grade = grade_told(domain)
    return grade if len(domain.possible) == 1 else f"{grade} (possible: {' '.join(domain.possible)})"


def _outcome(before: Assessment, after: Assessment) -> Iterator[tuple[str, ...]]:
    """Yield a row for the score, one for the recommendation and one for the findings, as far as there are any."""
    if after.score is not None:
        yield _row(after.score.title, score_told(before), score_told(after))
    if list(recommendations([before, after])):
        yield _row("Recommendation", level_marked(before.recommendation), level_marked(after.recommendation))
    if before.recommendation is not None and after.recommendation is not None:
        one, other = before.recommendation, after.recommendation
        yield _row("still possible", "; ".join(one.possible_titles), "; ".join(other.possible_titles))
    yield _row("Findings", str(len(before.findings)), str(len(after.findings)))


def _row(name: str, before: str, after: str) -> tuple[str, ...]:
    return name, before, after if before == after else f"**{after}**"


def _domain(moved: DomainMoved) -> Iterator[str]:
    """Yield what became of a domain, and why."""
    before, after = reason(moved.before), reason(moved.after)
    yield f"### {moved.title}: {becomes(grade_told(moved.before), grade_told(moved.after))}"
    lines = [after] if before == after else [f"before: {before}", f"now: {after}"]
    lines += [f"because {rule_told(rule)}" for rule in moved.rules]
    if not moved.rules and moved.rests_on:
        lines.append(f"it rests on what changed: {few(moved.rests_on)}")
    yield bullets(lines)


def _recommendation(before: Assessment, after: Assessment) -> Iterator[str]:
    """Yield why another level is recommended, or the same for another reason."""
    one, other = before.recommendation, after.recommendation
    if one is not None and other is not None and one.rule != other.rule:
        yield f"### Recommendation: {becomes(level_marked(one), level_marked(other))}"
        rules = ((word, given.rule) for word, given in (("before", one), ("now", other)))
        yield bullets(f"{word}: {rule.means} [{rule.name}]" for word, rule in rules)
