"""An article from a dossier and its grades, section by section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.render.page import Block, Paragraph, Span
from evgrade.report.article import closing, evidence, opening
from evgrade.report.article.draft import Draft
from evgrade.report.csl import CitationStyle
from evgrade.report.references import Numbering
from evgrade.rubric.model import Rubric


def article_of(
    dossier: Dossier,
    graded: Sequence[tuple[Rubric, Assessment]],
    by_grade: Assessment | None,
    style: CitationStyle | None = None,
) -> tuple[Block, ...]:
    """Return an article as blocks.

    Args:
        dossier: the dossier.
        graded: each grading system with its assessment; the first gives the main verdict.
        by_grade: the assessment under GRADE; None for a dossier without outcomes.
        style: the citation style; None for numbers and the format of the National Library of Medicine.
    """
    numbering = Numbering(dossier.references, dossier.retracted)
    written = _written(Draft(dossier, graded, by_grade, numbering))
    if style is None:
        labels = {name: f"{number}." for number, name in enumerate(numbering.names(), start=1)}
        return _whole(written, numbering, labels, None, graded[0][1])
    # A style may sort references, so all citations must be known before any can be written.
    cited = style.cited(dossier.references, numbering.clusters, numbering.names())
    again = Numbering(dossier.references, dossier.retracted, cited.order)
    draft = Draft(
        dossier,
        graded,
        by_grade,
        again,
        lambda numbers: cited.citations[frozenset(cited.order[number - 1] for number in numbers)],
    )
    return _whole(_written(draft), again, cited.labels, cited.lines, graded[0][1])


def _written(draft: Draft) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Return the blocks above a warning of retracted sources, and the blocks below it."""
    sections = (
        opening.introduction,
        opening.what_it_is,
        evidence.plausibility,
        evidence.preclinical,
        evidence.cases,
        evidence.trials,
        evidence.findings,
        evidence.safety,
        evidence.cost,
        closing.conclusions,
        closing.declarations,
        closing.table_of_evidence,
        closing.search,
        closing.notes,
        closing.provenance,
    )
    return tuple(opening.front(draft)), tuple(block for section in sections for block in section(draft))


def _whole(
    written: tuple[tuple[Block, ...], tuple[Block, ...]],
    numbering: Numbering,
    labels: Mapping[str, str],
    lines: Mapping[str, tuple[Span, ...]] | None,
    first: Assessment,
) -> tuple[Block, ...]:
    front, body = written
    references = list(zip(numbering.listed(lines), (labels[name] for name in numbering.names()), strict=True))
    retracted = [one for one in references if one[0].is_retracted]
    warning: tuple[Block, ...] = ()
    if any(one.cited for one, _ in retracted):
        warning = (Paragraph(closing.retraction_line(retracted)), *closing.without_retracted_papers(first))
    return (*front, *warning, *body, *closing.references(references))
