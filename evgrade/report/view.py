"""The content of a report page, made from a dossier and its assessments, independent of its layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.exporting.exported import Graded
from evgrade.exporting.json_ld import for_page
from evgrade.grading.account import OtherVerdict
from evgrade.grading.assess import GRADE, assess_with_retractions, by_grade
from evgrade.grading.assessment import Assessment
from evgrade.model import Finding as Complaint
from evgrade.render.page import Span
from evgrade.report.bias import Bias, bias_of
from evgrade.report.csl import CitationStyle
from evgrade.report.outcomes import Finding, Footnote, findings_of
from evgrade.report.panel import Consensus, consensus_of
from evgrade.report.plain import Question, questions_of
from evgrade.report.recorded import Cards, Recorded, cards_of, flow_of, recorded_in, source_of
from evgrade.report.references import Numbering, Reference
from evgrade.report.safety import Safety, safety_of
from evgrade.report.studies import Forest, forests_of
from evgrade.report.verdict import Firm, Verdict, firm_of, verdicts_of
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The content of a page."""

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
    firm: tuple[Firm, ...]
    others: tuple[OtherVerdict, ...]
    panels: tuple[Consensus, ...]
    recorded: tuple[Recorded, ...]
    references: tuple[Reference, ...]
    source: tuple[tuple[str, tuple[str, ...]], ...]
    flow: tuple[tuple[str, str], ...]
    complaints: tuple[Complaint, ...]
    linked_data: str


def view_of(
    dossier: Dossier,
    graded: Sequence[tuple[Rubric, Assessment]],
    by_grade: Assessment | None,
    numbering: Numbering,
    lines: Mapping[str, tuple[Span, ...]] | None = None,
    firm: tuple[Firm, ...] = (),
) -> View:
    """Return the content of a page.

    Args:
        dossier: the dossier.
        graded: each grading system with its assessment; the first gives the main verdict.
        by_grade: the assessment under GRADE, for the certainty of outcomes; None for a dossier without outcomes.
        numbering: the numbering of references.
        lines: the references in a citation style; None for the built-in one.
        firm: how firm each verdict is.
    """
    data, first = dossier.data, graded[0][1]
    review, numbers = data.get("review", {}), first.numbers
    verdicts = verdicts_of(graded)
    found, footnotes = findings_of(dossier, by_grade, numbers, numbering)
    safety = safety_of(dossier, first, numbering)
    forests = tuple(forests_of(numbers, numbering))
    bias = bias_of(dossier, numbering)
    evidence = tuple(cards_of(dossier, first, numbering))
    recorded = recorded_in(dossier, numbering)
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
        plain=tuple(questions_of(dossier, first, found, safety)),
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
        firm=firm,
        others=tuple(first.verdicts),
        panels=tuple(panel for rubric, one in graded if (panel := consensus_of(dossier, rubric, one)) is not None),
        recorded=recorded,
        references=numbering.listed(lines),
        source=tuple(source_of(dossier, graded)),
        flow=tuple(flow_of(review.get("search", {}).get("flow", {}))),
        complaints=first.findings,
        linked_data=for_page(Graded(dossier, graded, by_grade)),
    )


def graded_view(
    dossier: Dossier, rubrics: Sequence[Rubric], style: CitationStyle | None = None, *, in_brief: bool = False
) -> View:
    """Grade a dossier by each system and return the content of its report.

    Args:
        dossier: a dossier without errors.
        rubrics: at least one system; the first gives the main verdict.
        style: the citation style, which may sort references; None for the built-in one.
        in_brief: whether to leave out the slowest parts: thresholds and the next study.
    """
    graded, by_grade = graded_by(dossier, rubrics)
    numbering = Numbering(dossier.references, dossier.retracted)
    firm = tuple(firm_of(dossier, graded, in_brief=in_brief))
    view = view_of(dossier, graded, by_grade, numbering, firm=firm)
    if style is None:
        return view
    styled = style.cited(dossier.references, numbering.clusters, numbering.names())
    again = Numbering(dossier.references, dossier.retracted, styled.order)
    return view_of(dossier, graded, by_grade, again, styled.lines, firm)


def graded_by(
    dossier: Dossier, rubrics: Sequence[Rubric]
) -> tuple[Sequence[tuple[Rubric, Assessment]], Assessment | None]:
    """Return the assessment by each system, and the one under GRADE (None for a dossier without outcomes)."""
    graded = [(rubric, assess_with_retractions(dossier, rubric)) for rubric in rubrics]
    return graded, next((one for rubric, one in graded if rubric.name == GRADE), None) or by_grade(dossier)
