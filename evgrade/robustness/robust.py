"""How firm the verdict on a dossier is under one rubric: all results together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evgrade.dossier import Dossier
from evgrade.grading.assess import assess
from evgrade.grading.assessment import Assessment
from evgrade.grading.resting import name_at
from evgrade.robustness.firmness import firmness
from evgrade.robustness.judgements import BUDGET, Fewest, Flip, fewest, single_steps
from evgrade.robustness.numbers import Fragile, Repooled, fragile, repooled
from evgrade.robustness.removals import Removal, What, removals, without
from evgrade.robustness.standing import LEVEL, Regrading, Standing
from evgrade.robustness.strands import RestsOn, Strand, rests_on, strands
from evgrade.robustness.summary import Firmness
from evgrade.robustness.unknown import Open, unknown
from evgrade.rubric.model import Rubric


@dataclass(frozen=True, slots=True)
class Removed:
    """Evidence that was removed, and the verdict without it.

    Attributes:
        removal: what was removed.
        left_out: the removed evidence, by id or path.
        unknown: the reviews and outcomes that pool it, whose results are then unknown.
        after: the verdict without it.
    """

    removal: Removal
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]
    after: Standing


@dataclass(frozen=True, slots=True)
class Robustness:
    """How firm the verdict is.

    Attributes:
        dossier: the dossier.
        rubric: the rubric.
        assessment: the grades with their reasons.
        before: the verdict without reasons, for comparison.
        removed: each removal of evidence alone; those that move the verdict first, then those that move most grades.
        steps: each judgement moved by one step alone, in the same order.
        fewest: the fewest steps that move the level; None without a level.
        strands: the studies that are not independent.
        rests_on: the numbers of items and strands that each grade rests on.
        fragile: how few events undo each significant effect of a trial, effects that grades rest on first.
        repooled: each pooled effect by other methods, and without each study.
        unknown: the missing facts, and what they decide.
        firmness: how firm each domain is, and the score and recommendation if there are any.
    """

    dossier: Dossier
    rubric: Rubric
    assessment: Assessment
    before: Standing
    removed: tuple[Removed, ...]
    steps: tuple[Flip, ...]
    fewest: Fewest | None
    strands: tuple[Strand, ...]
    rests_on: tuple[RestsOn, ...]
    fragile: tuple[Fragile, ...]
    repooled: tuple[Repooled, ...]
    unknown: Open
    firmness: Mapping[str, Firmness]

    @property
    def settling(self) -> tuple[str, ...]:
        """The kinds of missing facts that alone can settle the recommendation, each once.

        Facts are of one kind if their paths differ only in the number of the entry, as in `trials.allocation`.
        """
        facts = self.unknown.facts if self.unknown.what == (LEVEL,) else ()
        kinds = (".".join(part for part in fact.fact.path if isinstance(part, str)) for fact in facts if fact.settles)
        return tuple(dict.fromkeys(kinds))


def robustness(dossier: Dossier, rubric: Rubric, budget: int = BUDGET) -> Robustness:
    """Return how firm the verdict on a valid dossier is; deterministic.

    `budget` limits how many versions are graded to find the fewest steps, and to find sets of facts.
    """
    data = dossier.data
    regrade = Regrading(rubric)
    before = regrade(data)
    removed = tuple(_removed(dossier, one, regrade) for one in removals(data))
    singles = single_steps(data, regrade)
    pieces = [one.after for one in removed if one.removal.what in (What.ITEM, What.SOURCE)]
    assessment = assess(dossier, rubric)
    return Robustness(
        dossier=dossier,
        rubric=rubric,
        assessment=assessment,
        before=before,
        removed=tuple(sorted(removed, key=lambda one: _weight(one.after, before))),
        steps=tuple(sorted(singles, key=lambda one: _weight(one.after, before))),
        fewest=None if before.level is None else fewest(data, regrade, before, singles, budget),
        strands=strands(data),
        rests_on=rests_on(data, assessment),
        fragile=fragile(data, assessment),
        repooled=repooled(assessment.numbers),
        unknown=unknown(data, rubric, assessment, before, regrade, budget),
        firmness=firmness(before, [one.after for one in singles], pieces),
    )


def _removed(dossier: Dossier, removal: Removal, regrade: Regrading) -> Removed:
    data = dossier.data
    left, gone, pooled = without(data, removal)
    left_out, unknown = (tuple(dict.fromkeys(name_at(data, path) for path in paths)) for paths in (gone, pooled))
    return Removed(removal, left_out, unknown, regrade(left))


def _weight(after: Standing, before: Standing) -> tuple[bool, int]:
    """Return a sort key: changes of the level first, then of most grades."""
    moved = after.differs(before)
    return LEVEL not in moved, -len(moved)
