"""How firm the verdict of each system is, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evgrade.dossier import Dossier
from evgrade.grading.assessment import Assessment
from evgrade.render.pages.next_study import in_short
from evgrade.render.pages.robustness import (
    become_words,
    fact_words,
    moving_words,
    removed_words,
    step_words,
    strands_words,
    verdict_words,
)
from evgrade.robustness.next_study import next_study
from evgrade.robustness.robust import Robustness, robustness
from evgrade.robustness.standing import LEVEL
from evgrade.rubric.model import Rubric

_MOST = 100
_MOST_THRESHOLDS = 3


@dataclass(frozen=True, slots=True)
class Firm:
    """How firm a verdict is: by which system, in a sentence, what alone moves or settles it, and what study would.

    `strands` says which grades rest on fewer independent strands than items.
    """

    system: str
    sentence: str
    threads: tuple[str, ...]
    strands: tuple[str, ...]
    next_study: tuple[str, ...]


def firm_of(dossier: Dossier, graded: Sequence[tuple[Rubric, Assessment]], *, in_brief: bool) -> Iterator[Firm]:
    """Yield how firm each verdict is, of systems that recommend; larger sets of judgements are not looked for.

    In brief, thresholds and the next study are left out: they take most of the time that a page takes.
    """
    for rubric, assessment in graded:
        if assessment.recommendation is not None:
            one = robustness(dossier, rubric, budget=0)
            threads, strands = tuple(islice(_threads(one), _MOST)), tuple(strands_words(one))
            moving = () if in_brief else tuple(islice(moving_words(one), _MOST_THRESHOLDS))
            coming = () if in_brief else tuple(in_short(next_study(one)))
            yield Firm(assessment.rubric_title, verdict_words(one), (*threads, *moving), strands, coming)


def _threads(one: Robustness) -> Iterator[str]:
    for fact in one.unknown.facts if one.unknown.what == (LEVEL,) else ():
        if fact.settles:
            yield f"Once known, {fact_words(one, fact.fact.path)} can settle it."
    after = [
        *((removed_words(removed), removed.after) for removed in one.removed),
        *((f"If {step_words(one.dossier.data, flip.steps[0])}", flip.after) for flip in one.steps),
    ]
    for what, standing in after:
        if standing.moved_from(one.before):
            yield f"{what}: {become_words(one, standing)}."
