"""An article from a dossier and its grades, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.render.page import Block, Paragraph
from evgrade.report.article import closing, evidence, harms, opening
from evgrade.report.article.draft import Draft, in_numbers
from evgrade.report.references import Numbering
from evgrade.rubric.model import Rubric


def article_of(
    dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]], by_grade: Assessment | None
) -> tuple[Block, ...]:
    """Return an article as blocks.

    Args:
        dossier: the dossier.
        graded: each grading system with its assessment, the one whose verdict comes first in front.
        by_grade: the assessment under GRADE; None where the dossier has no outcomes.
    """
    numbering = Numbering(dossier.references, dossier.retracted)
    draft = Draft(dossier, graded, by_grade, numbering, in_numbers)
    front = tuple(opening.front(draft))
    body = tuple(
        chain(
            opening.introduction(draft),
            opening.what_it_is(draft),
            evidence.plausibility(draft),
            evidence.preclinical(draft),
            evidence.cases(draft),
            evidence.trials(draft),
            evidence.findings(draft),
            harms.safety(draft),
            harms.cost(draft),
            closing.conclusions(draft),
            closing.declarations(draft),
            closing.table_of_evidence(draft),
            closing.search(draft),
            closing.notes(draft),
            closing.provenance(draft),
        )
    )
    references = numbering.listed()
    retracted = [one for one in references if one.is_retracted and one.cited]
    warning = (Paragraph(closing.retraction_line(retracted, labelled=True)),) if retracted else ()
    return (*front, *warning, *body, *closing.references(references, labelled=True))
